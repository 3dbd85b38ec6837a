import type { ImportedUser, ImportFile } from '../../api/import-file';
import { PLAIN_HASH, type Passwords } from '../../crypto/passwords';
import { hashToken } from '../../crypto/tokens';
import { nothing } from '../../domain/change';
import { DomainError } from '../../domain/errors';
import { comparable, rightsAs, type User } from '../../domain/people/user';
import { createToken, createUser } from '../../domain/people/users';
import type { Engine } from '../../service/engine';
import { addEmail, addGithubIdentifier, isProven } from '../identities/rules';
import { enrol } from '../vms/user-rules';
import { findPerson, requirePerson } from './check';

/**
 * Imports a user, with further addresses and GitHub accounts, unverified; false if the user is
 * present already. Errors: `conflict` with the field of the file.
 */
export async function importPerson(
  engine: Engine,
  passwords: Passwords,
  entry: ImportedUser,
  at: string,
): Promise<boolean> {
  const known = await findPerson(engine, entry.email ?? entry.username!);
  requireProven(known, entry, at);
  requireSpelling(known, entry, at);
  const id = known?.id ?? (await create(engine, passwords, entry, at));
  for (const email of entry.emails) await linkEmail(engine, id, comparable(email));
  for (const githubId of entry.githubIds.map(String))
    await linkGithub(engine, id, githubId, `${at}.githubIds`);
  return !known;
}

/**
 * An address that a user of the VM reservation API gave themselves may be somebody else's: nothing
 * that the file has for its owner goes to them. Errors: `conflict`.
 */
function requireProven(known: User | null, { email, vmRole }: ImportedUser, at: string): void {
  if (known === null || email === undefined || vmRole !== undefined) return;
  if (known.emailSelfDeclared)
    throw new DomainError(
      'conflict',
      `${known.name} chose this address in the VM reservation API; confirm it as an admin first.`,
      `${at}.email`,
    );
}

/**
 * Names that differ in case only were two people elsewhere: nothing of one goes to the other. Errors:
 * `conflict`.
 */
function requireSpelling(known: User | null, { email, username }: ImportedUser, at: string): void {
  if (known === null || email !== undefined || known.username === username) return;
  throw new DomainError(
    'conflict',
    `There is a user ${known.username}; usernames that differ in case only are one name.`,
    `${at}.username`,
  );
}

async function create(
  { store, newId }: Engine,
  passwords: Passwords,
  entry: ImportedUser,
  at: string,
): Promise<string> {
  const { name, email, username, role, vmRole, vmNumber } = entry;
  if (vmNumber !== undefined && (await store.read.vmUser({ number: vmNumber })))
    throw new DomainError('conflict', `Number ${vmNumber} is somebody else's.`, `${at}.vmNumber`);
  const contact = {
    email: email === undefined ? null : comparable(email),
    username: username ?? null,
  };
  const user = {
    id: newId(),
    name,
    ...contact,
    // Users of the VM reservation API could set their own address before they were imported.
    emailSelfDeclared: vmRole !== undefined,
    role,
    origin: 'import',
    passwordHash: await hashOf(passwords, entry),
    disabledAt: null,
    version: 1,
  } as const;
  return store.transact({ load: 'vmUser', id: user.id, ...contact }, (state, createdAt) => {
    const { changes, value } = createUser(state, { ...user, createdAt });
    const enrolled = vmRole === undefined ? [] : [enrol(state, user.id, vmRole, vmNumber)];
    return { changes: [...changes, ...enrolled], value };
  });
}

async function hashOf(
  passwords: Passwords,
  { password, passwordHash }: ImportedUser,
): Promise<string | null> {
  if (password !== undefined) return passwords.hash(password);
  return passwordHash === undefined ? null : PLAIN_HASH + passwordHash;
}

async function linkEmail({ store, newId }: Engine, userId: string, email: string): Promise<void> {
  const added = { id: newId(), userId, email, verifiedAt: null };
  await store.transact({ load: 'identity', userId, email, githubId: null }, (found, createdAt) =>
    addEmail(found.user, found.email, { ...added, createdAt }, found.addresses),
  );
}

async function linkGithub(
  { store, newId }: Engine,
  userId: string,
  githubId: string,
  at: string,
): Promise<void> {
  const added = { id: newId(), userId, githubId, verifiedAt: null, vouched: true };
  await store.transact(
    { load: 'identity', userId, email: null, githubId },
    ({ user, githubIdentifier: taken }, createdAt) => {
      const isFirm = taken !== null && isProven(taken);
      if (isFirm && taken.userId === userId) return nothing(taken);
      if (isFirm)
        throw new DomainError(
          'conflict',
          `GitHub account ${githubId} is linked to somebody else.`,
          at,
        );
      return addGithubIdentifier(user, taken, { ...added, createdAt });
    },
  );
}

/**
 * Imports an API token; false if it is present already. Errors: `invalid` with the field, also for
 * rights that the role of its user does not give.
 */
export async function importToken(
  engine: Engine,
  { user, name, secret, scopes, maxPriority }: ImportFile['apiTokens'][number],
  at: string,
): Promise<boolean> {
  const { store, newId } = engine;
  const owner = await requirePerson(engine, user, `${at}.user`);
  const hash = hashToken(secret);
  if (await store.read.tokenByHash(hash)) return false;
  const given = rightsAs(owner.role, { scopes, maxPriority });
  if (given.scopes.length < scopes.length)
    throw new DomainError('invalid', 'The user is no admin.', `${at}.scopes`);
  if (given.maxPriority < maxPriority)
    throw new DomainError('invalid', 'The user is no admin.', `${at}.maxPriority`);
  const token = {
    id: newId(),
    userId: owner.id,
    name,
    hash,
    scopes,
    maxPriority,
    imported: true,
    parentId: null,
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
  };
  await store.transact({ load: 'token', id: null }, (_snapshot, createdAt) =>
    createToken({ ...token, createdAt }),
  );
  return true;
}
