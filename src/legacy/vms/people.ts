import type { Passwords } from '../../crypto/passwords';
import type { Decision } from '../../domain/change';
import { checkCaller } from '../../domain/people/caller';
import { comparable, type Principal, type Role, type User } from '../../domain/people/user';
import type { Engine } from '../../service/engine';
import type { FoundVmUser } from '../../store/reads';
import { readListed } from '../shared';
import {
  changeVmUser,
  createVmUser,
  deleteVmUser,
  isPresent,
  isVmAdmin,
  leaveVms,
  notTheFirst,
  requireVmAdmin,
  type VmUserState,
} from './user-rules';

export interface VmUserInput {
  name: string;
  email: string;
  password: string;
  role: Role;
}

/** A user who holds a VM; `number` is null if this API does not know them. */
export interface Borrower {
  user: User;
  number: number | null;
}

const BATCH = 200;

/**
 * The users of this API: they have small numbers as ids, and their roles count only in this API.
 */
export class VmPeople {
  constructor(
    private readonly engine: Engine,
    private readonly passwords: Passwords,
  ) {}

  /** Are there no users yet? */
  async isEmpty(): Promise<boolean> {
    for (let after = 0; ;) {
      const page = await this.engine.store.read.vmUsers(after, BATCH);
      if (page.some(isPresent)) return false;
      if (page.length < BATCH) return true;
      after = page.at(-1)!.vmUser.number;
    }
  }

  /**
   * The users who are not deleted, in order of number, `MOST_LISTED` at most, all or after this one.
   * `last`: the number after which the list goes on; null if it is whole.
   */
  async list(after = 0): Promise<{ users: FoundVmUser[]; last: number | null }> {
    const { found, more } = await readListed<FoundVmUser>((last, limit) =>
      this.engine.store.read.vmUsers(last?.vmUser.number ?? after, limit),
    );
    return { users: found.filter(isPresent), last: more ? found.at(-1)!.vmUser.number : null };
  }

  /** The user with this e-mail address; null without one. */
  async findByEmail(email: string): Promise<FoundVmUser | null> {
    const { read } = this.engine.store;
    const user = await read.userByEmail(comparable(email));
    const found = user && (await read.vmUser({ userId: user.id }));
    return isPresent(found) ? found : null;
  }

  /** The user with this number; null without one, and for a deleted one. */
  async find(number: number): Promise<FoundVmUser | null> {
    const found = await this.engine.store.read.vmUser({ number });
    return isPresent(found) ? found : null;
  }

  /** A user of Holdfast with their number in this API; null if there is no such user. */
  async borrower(userId: string): Promise<Borrower | null> {
    const { read } = this.engine.store;
    const found = await read.vmUser({ userId });
    if (found)
      return {
        user: found.user,
        number: found.vmUser.role === 'none' ? null : found.vmUser.number,
      };
    const user = await read.userById(userId);
    return user && { user, number: null };
  }

  /** Is the caller an admin here? */
  async isAdmin(principal: Principal): Promise<boolean> {
    const { userId } = principal;
    return isVmAdmin(principal, await this.engine.store.read.vmUser({ userId }));
  }

  /**
   * Makes a user. Without a credential (`caller` is null), that is allowed only for the first one.
   * Errors: `already_set_up`, `conflict`, `unauthenticated` (the caller lost the right meanwhile).
   */
  async create(
    { name, email, password, role }: VmUserInput,
    caller: Principal | null,
  ): Promise<void> {
    const unasked = caller === null;
    // Checked before the password is hashed, which is slow.
    if (unasked && !(await this.isEmpty())) throw notTheFirst();
    const user = {
      id: this.engine.newId(),
      name,
      email: comparable(email),
      emailSelfDeclared: true,
      username: null,
      role: 'user',
      origin: 'vms',
      passwordHash: await this.passwords.hash(password),
      disabledAt: null,
      version: 1,
    } as const;
    await this.decide(
      user.id,
      user.email,
      (state, now) => createVmUser(state, { ...user, createdAt: now }, role, unasked),
      caller && { principal: caller, as: 'admin' },
    );
  }

  /**
   * Changes a user; `by` says whether the user or an admin asks, and `caller` who that is. Errors:
   * `not_found`, `forbidden`, `conflict`, `unauthenticated` (the caller lost the right meanwhile).
   */
  async change(
    id: string,
    { name, email, password, role }: Partial<VmUserInput>,
    by: 'self' | 'admin',
    caller: Principal,
  ): Promise<void> {
    const address = email === undefined ? undefined : comparable(email);
    const set = {
      ...(name === undefined ? {} : { name }),
      ...(address === undefined ? {} : { email: address }),
      ...(role === undefined ? {} : { role }),
      ...(password === undefined ? {} : { passwordHash: await this.passwords.hash(password) }),
    };
    await this.decide(id, address ?? null, (state, now) => changeVmUser(state, id, set, by, now), {
      principal: caller,
      as: by,
    });
  }

  /**
   * Deletes a user for an admin. Errors: `not_found`, `forbidden`, `in_use`, `unauthenticated` (the
   * caller lost the right meanwhile).
   */
  async delete(id: string, caller: Principal): Promise<void> {
    const by = { principal: caller, as: 'admin' } as const;
    await this.decide(id, null, (state, now) => deleteVmUser(state, id, now), by);
  }

  /** Removes all users from this API; numbers begin at 1 again. */
  async clear(): Promise<void> {
    for (const { user } of await this.numbered())
      await this.decide(user.id, null, (state, now) => leaveVms(state, user.id, now), null);
  }

  private decide<T>(
    id: string,
    email: string | null,
    decide: (state: VmUserState, now: number) => Decision<T>,
    by: { principal: Principal; as: 'self' | 'admin' } | null,
  ): Promise<T> {
    const ask = { id, email, username: null, ...(by ? { caller: by.principal } : {}) };
    return this.engine.store.transact({ load: 'vmUser', ...ask }, (state, now) => {
      if (by) checkCaller(by.principal, state.caller, now);
      if (by?.as === 'admin') requireVmAdmin(by.principal, state);
      return decide(state, now);
    });
  }

  /** All users with a number, even deleted ones, because their numbers are not given again. */
  private async numbered(): Promise<FoundVmUser[]> {
    const { read } = this.engine.store;
    const found: FoundVmUser[] = [];
    for (let more = true; more;) {
      const page = await read.vmUsers(found.at(-1)?.vmUser.number ?? 0, BATCH);
      found.push(...page);
      more = page.length === BATCH;
    }
    return found;
  }
}
