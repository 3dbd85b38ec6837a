import type { ImportedUser, ImportFile } from '../../api/import-file';
import { hashToken } from '../../crypto/tokens';
import { PLAIN_HASH, type Passwords } from '../../crypto/passwords';
import { nothing } from '../../domain/change';
import { DomainError } from '../../domain/errors';
import { addEmail, addGithubIdentifier } from '../../domain/people/identities';
import type { Kind } from '../../domain/pools/pool';
import { SCOPES, type Principal, type User } from '../../domain/people/user';
import { createToken, createUser } from '../../domain/people/users';
import type { Engine } from '../engine';
import { importResource } from './import-resource';
import { Reservations } from '../loans/reservations';

/** How many of each were taken over, and how many were there already. */
export type ImportCounts = Record<
  keyof Omit<ImportFile, '$schema'>,
  { imported: number; present: number }
>;

const NO_CONTEXT = { requestId: null, idempotencyKey: null };

/**
 * Takes over users, tokens and resources of another system. What is there already (by address, name
 * or secret) is left as it is, so that a cut-off import is done again. Errors: DomainError with the
 * field of the file; where it names a pool, a type or a person that is not there, before anything,
 * and else before that entry.
 */
export async function importAll(
  engine: Engine,
  passwords: Passwords,
  file: ImportFile,
): Promise<ImportCounts> {
  const importer = new Importer(engine, passwords);
  await importer.check(file);
  return {
    users: await each('users', file.users, (entry, at) => importer.user(entry, at)),
    apiTokens: await each('apiTokens', file.apiTokens, (entry, at) => importer.token(entry, at)),
    accounts: await each(
      'accounts',
      file.accounts,
      ({ pool, type, name, username, password }, at) =>
        importer.resource(
          {
            pool,
            kind: 'account',
            type,
            name: name ?? `${pool}-${username}`,
            secret: { username, password },
            details: { username },
          },
          at,
        ),
    ),
    vms: await each('vms', file.vms, (entry, at) => importer.vm(entry, at)),
    tokens: await each('tokens', file.tokens, ({ pool, type, value }, at) =>
      importer.resource(
        {
          pool,
          kind: 'token',
          type,
          name: null,
          secret: { token: value },
          details: { valueHash: hashToken(value) },
        },
        at,
      ),
    ),
  };
}

async function each<T>(
  list: string,
  entries: T[],
  take: (entry: T, at: string) => Promise<boolean>,
): Promise<{ imported: number; present: number }> {
  let imported = 0;
  for (const [index, entry] of entries.entries())
    if (await take(entry, `${list}[${index}]`)) imported += 1;
  return { imported, present: entries.length - imported };
}

type NewResource = Parameters<typeof importResource>[1];

class Importer {
  constructor(
    private readonly engine: Engine,
    private readonly passwords: Passwords,
  ) {}

  /** Is all there, or in the file, that entries name? */
  async check({ users, apiTokens, accounts, vms, tokens }: ImportFile): Promise<void> {
    const coming = new Set(
      users
        .flatMap(({ email, username }) => [email, username])
        .map((person) => person?.toLowerCase()),
    );
    const demand = async (person: string | undefined, at: string) =>
      person === undefined || coming.has(person.toLowerCase()) || this.person(person, at);
    for (const [index, { user }] of apiTokens.entries())
      await demand(user, `apiTokens[${index}].user`);
    for (const [index, { heldBy }] of vms.entries()) await demand(heldBy, `vms[${index}].heldBy`);
    for (const [index, entry] of accounts.entries())
      await this.checkPool(entry, 'account', `accounts[${index}]`);
    for (const [index, entry] of vms.entries()) await this.checkPool(entry, 'vm', `vms[${index}]`);
    for (const [index, entry] of tokens.entries())
      await this.checkPool(entry, 'token', `tokens[${index}]`);
  }

  private async checkPool(
    { pool: name, type }: { pool: string; type?: string | undefined },
    kind: Kind,
    at: string,
  ): Promise<void> {
    const pool = await this.engine.store.read.pool(name);
    if (!pool) throw new DomainError('invalid', `There is no pool ${name}.`, `${at}.pool`);
    if (pool.kind !== kind)
      throw new DomainError('invalid', `Pool ${name} is not of kind ${kind}.`, `${at}.pool`);
    if (type !== undefined && !pool.types.some((entry) => entry.name === type))
      throw new DomainError('invalid', `Pool ${name} has no type ${type}.`, `${at}.type`);
  }

  async user(entry: ImportedUser, at: string): Promise<boolean> {
    const known = await this.find(entry.email ?? entry.username!);
    const id = known?.id ?? (await this.create(entry, at));
    await this.link(id, entry, at);
    return !known;
  }

  async token(
    { user, name, secret, scopes, maxPriority }: ImportFile['apiTokens'][number],
    at: string,
  ): Promise<boolean> {
    const owner = await this.person(user, `${at}.user`);
    const hash = hashToken(secret);
    if (await this.engine.store.read.tokenByHash(hash)) return false;
    if (scopes.includes('admin') && owner.role !== 'admin')
      throw new DomainError('invalid', 'The user is no admin.', `${at}.scopes`);
    const token = {
      id: this.engine.newId(),
      userId: owner.id,
      name,
      hash,
      scopes,
      maxPriority,
      imported: true,
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
    };
    await this.engine.store.transact({ load: 'token', id: null }, (_snapshot, now) =>
      createToken({ ...token, createdAt: now }),
    );
    return true;
  }

  async resource(thing: NewResource, at: string): Promise<boolean> {
    const outcome = await importResource(this.engine, thing, at);
    if (outcome === 'no_pool')
      throw new DomainError('invalid', `There is no pool ${thing.pool}.`, `${at}.pool`);
    if (outcome === 'no_type')
      throw new DomainError(
        'invalid',
        `Pool ${thing.pool} has no type ${thing.type}.`,
        `${at}.type`,
      );
    if (outcome === 'leaving')
      throw new DomainError(
        'conflict',
        `${thing.name} is still being removed; import it again once it is gone.`,
        `${at}.name`,
      );
    if (outcome === 'taken')
      throw new DomainError(
        'conflict',
        `${thing.name} is the name of something else.`,
        `${at}.name`,
      );
    return outcome === 'imported';
  }

  /**
   * A held VM is asked for in its holder's name: as soon as it is adopted it is theirs, before
   * anybody's.
   */
  async vm(
    { pool, type, number, name, heldBy }: ImportFile['vms'][number],
    at: string,
  ): Promise<boolean> {
    const holder = heldBy === undefined ? null : await this.person(heldBy, `${at}.heldBy`);
    const imported = await this.resource(
      { pool, kind: 'vm', type, number, name: name ?? null, secret: null, details: {} },
      at,
    );
    if (holder && name !== undefined && (await this.isNew(name, holder)))
      await this.hold(pool, name, holder);
    return imported;
  }

  /**
   * Never lent, and not asked for by its holder: so it is too when an import was cut off right
   * after it came in.
   */
  private async isNew(name: string, holder: User): Promise<boolean> {
    const { read } = this.engine.store;
    const asked = await read.reservations(
      { userId: holder.id, status: 'queued' },
      { after: null, limit: 1000 },
    );
    return (
      (await read.resource(name))?.resource.generation === 0 &&
      !asked.some(({ items }) => items[0]?.resource === name)
    );
  }

  private async hold(pool: string, name: string, holder: User): Promise<void> {
    const { policy } = (await this.engine.store.read.pool(pool))!;
    const duration = policy.lease.openEnded ? null : (policy.lease.maximum ?? undefined);
    const request = {
      items: [{ resource: name, count: 1 }],
      onRelease: 'maintenance',
      via: 'vms',
      ...(duration === undefined ? {} : { duration }),
    } as const;
    await new Reservations(this.engine).request(
      asPrincipal(holder),
      { ...request, items: [...request.items] },
      NO_CONTEXT,
    );
  }

  private find(person: string): Promise<User | null> {
    const { read } = this.engine.store;
    return person.includes('@')
      ? read.userByEmail(person.toLowerCase())
      : read.userByUsername(person);
  }

  private async person(person: string, at: string): Promise<User> {
    const found = await this.find(person);
    if (!found) throw new DomainError('invalid', `There is no user ${person}.`, at);
    return found;
  }

  private async create(
    { name, email, username, password, passwordHash, role, vmRole, vmNumber }: ImportedUser,
    at: string,
  ): Promise<string> {
    if (vmNumber !== undefined && (await this.engine.store.read.userByVmNumber(vmNumber)))
      throw new DomainError('conflict', `Number ${vmNumber} is somebody else's.`, `${at}.vmNumber`);
    const hash =
      password !== undefined
        ? await this.passwords.hash(password)
        : passwordHash === undefined
          ? null
          : PLAIN_HASH + passwordHash;
    const contact = { email: email?.toLowerCase() ?? null, username: username ?? null };
    const user = {
      id: this.engine.newId(),
      name,
      ...contact,
      role,
      vmRole: vmRole ?? null,
      origin: 'import',
      passwordHash: hash,
      disabledAt: null,
      version: 1,
    } as const;
    const ask = { id: user.id, ...contact };
    return this.engine.store.transact({ load: 'user', ...ask }, (snapshot, now) => {
      const { changes, value } = createUser(snapshot, { ...user, createdAt: now });
      return {
        changes:
          vmNumber === undefined
            ? changes
            : [...changes, { do: 'setUser', id: user.id, set: { vmNumber } }],
        value,
      };
    });
  }

  private async link(
    userId: string,
    { emails, githubIds }: ImportedUser,
    at: string,
  ): Promise<void> {
    const { store, newId } = this.engine;
    const unproven = { userId, verifiedAt: null };
    for (const email of emails) {
      await store.transact(
        { load: 'identity', userId, email, githubId: null },
        (found, createdAt) =>
          addEmail(found.user, found.email, { id: newId(), ...unproven, email, createdAt }),
      );
    }
    for (const githubId of githubIds.map(String)) {
      await store.transact(
        { load: 'identity', userId, email: null, githubId },
        (found, createdAt) => {
          if (found.githubIdentifier?.userId === userId) return nothing(found.githubIdentifier);
          if (found.githubIdentifier)
            throw new DomainError(
              'conflict',
              `GitHub account ${githubId} is linked to somebody else.`,
              `${at}.githubIds`,
            );
          return addGithubIdentifier(found.user, null, {
            id: newId(),
            ...unproven,
            githubId,
            createdAt,
          });
        },
      );
    }
  }
}

function asPrincipal(user: User): Principal {
  return {
    userId: user.id,
    userName: user.name,
    role: user.role,
    apiTokenId: null,
    scopes: SCOPES,
    maxPriority: 0,
    isMany: true,
  };
}
