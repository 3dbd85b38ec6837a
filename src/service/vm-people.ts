import { sameSecret } from '../crypto/tokens';
import type { Passwords } from '../crypto/passwords';
import type { Decision } from '../domain/change';
import type { Principal, Role, User } from '../domain/people/user';
import {
  changeVmUser,
  createVmUser,
  deleteVmUser,
  isVmAdmin,
  isVmUser,
  leaveVms,
  notTheFirst,
  type VmNeighbours,
} from '../domain/people/vm-people';
import type { UserFields } from '../domain/people/users';
import type { Engine } from './engine';
import { revokeAll } from './loans/reservations';

export interface VmUserInput {
  name: string;
  email: string;
  password: string;
  role: Role;
}

const BATCH = 200;

/**
 * The users of the VM reservation API: known by small numbers, with roles that count there only.
 */
export class VmPeople {
  constructor(
    private readonly engine: Engine,
    private readonly passwords: Passwords,
    private readonly setupToken: string,
  ) {}

  /** May who shows this make the first user? */
  isSetupToken(presented: string): boolean {
    return sameSecret(presented, this.setupToken);
  }

  /** Is there nobody yet? */
  async isEmpty(): Promise<boolean> {
    return (await this.all()).length === 0;
  }

  /** Everybody who is not deleted, by number. */
  async all(): Promise<(User & { vmNumber: number })[]> {
    return (await this.numbered()).filter(isVmUser);
  }

  /** Is this an admin there? */
  async isAdmin(principal: Principal): Promise<boolean> {
    return isVmAdmin(principal, await this.engine.store.read.userById(principal.userId));
  }

  /**
   * `unasked`: nobody vouches for the user, which only the first may. Errors: `already_set_up`,
   * `conflict`.
   */
  async create({ name, email, password, role }: VmUserInput, unasked: boolean): Promise<void> {
    // Looked at before the password is hashed: that is slow.
    if (unasked && !(await this.isEmpty())) throw notTheFirst();
    const contact = { email: email.toLowerCase(), username: null };
    const roles = { role: 'user', vmRole: role, origin: 'vms' } as const;
    const user = {
      id: this.engine.newId(),
      name,
      ...contact,
      ...roles,
      passwordHash: await this.passwords.hash(password),
      disabledAt: null,
      version: 1,
    };
    await this.decide(user.id, user.email, (snapshot, now) =>
      createVmUser(snapshot, { ...user, createdAt: now }, unasked),
    );
  }

  /** By themselves or by an admin. Errors: `not_found`, `forbidden`, `conflict`. */
  async change(
    id: string,
    { name, email, password, role }: Partial<VmUserInput>,
    by: 'self' | 'admin',
  ): Promise<void> {
    const set: UserFields = {
      ...(name === undefined ? {} : { name }),
      ...(email === undefined ? {} : { email: email.toLowerCase() }),
      ...(role === undefined ? {} : { vmRole: role }),
      ...(password === undefined ? {} : { passwordHash: await this.passwords.hash(password) }),
    };
    await this.decide(id, set.email ?? null, (snapshot) => changeVmUser(snapshot, id, set, by));
  }

  /** Errors: `not_found`, `forbidden`, `in_use`. */
  async delete(id: string): Promise<void> {
    await this.decide(id, null, (snapshot, now) => deleteVmUser(snapshot, id, now));
  }

  /** Everybody leaves; numbers begin at 1 again. */
  async clear(): Promise<void> {
    for (const { id } of await this.numbered()) {
      const gone = await this.decide(id, null, (snapshot, now) => leaveVms(snapshot, id, now));
      if (gone) await revokeAll(this.engine, { userId: id }, 'the user was deleted');
    }
  }

  private decide<T>(
    id: string,
    email: string | null,
    decide: (snapshot: VmNeighbours, now: number) => Decision<T>,
  ): Promise<T> {
    return this.engine.store.transact({ load: 'user', id, email, username: null }, decide);
  }

  /** Also those who are deleted, whose numbers are not given again. */
  private async numbered(): Promise<User[]> {
    const { read } = this.engine.store;
    const found: User[] = [];
    for (let more = true; more;) {
      const page = await read.vmUsers(found.at(-1)?.vmNumber ?? 0, BATCH);
      found.push(...page);
      more = page.length === BATCH;
    }
    return found;
  }
}
