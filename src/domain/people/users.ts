import { nothing, type Change, type Decision } from '../change';
import { changedIn, type EventData, type NewEvent } from '../event';
import { DomainError, notFound, requireVersion } from '../errors';
import {
  isSystemName,
  mayBeAdmin,
  MOST_TOKENS,
  SYSTEM_PREFIX,
  type ApiToken,
  type NewUser,
  type User,
} from './user';
import { checkFree, takeOver, type Neighbours } from './taken';

export type { Neighbours, NewUser };

/**
 * Makes a user, who takes over an address that its user only claims (`givesWay`). Errors: `conflict`
 * with the field whose value is taken.
 */
export function createUser(neighbours: Neighbours, user: NewUser): Decision<string> {
  checkFree(neighbours, user);
  return { changes: [...takeOver(neighbours, user), ...newUser(user)], value: user.id };
}

/** Makes the first admin and their token. Errors: `already_set_up`, `conflict`. */
export function setUp(neighbours: Neighbours, user: NewUser, token: ApiToken): Decision<string> {
  if (neighbours.admins > 0)
    throw new DomainError('already_set_up', 'This server has an admin already; sign in as one.');
  checkFree(neighbours, user);
  const changes = [...takeOver(neighbours, user), ...newUser(user), ...newToken(token)];
  return { changes, value: user.id };
}

function newUser(user: NewUser): Change[] {
  if (user.origin !== 'system' && user.username !== null && isSystemName(user.username))
    throw reserved();
  return [
    { do: 'createUser', user },
    { do: 'append', event: { type: 'user.created', userId: user.id, data: { role: user.role } } },
  ];
}

function newToken(token: ApiToken): Change[] {
  return [
    { do: 'createToken', token },
    {
      do: 'append',
      event: { type: 'token.created', userId: token.userId, data: tokenData(token) },
    },
  ];
}

function tokenData({ id: token, name, scopes, expiresAt }: ApiToken): EventData {
  return { token, name, scopes: scopes.join(','), expiresAt };
}

function reserved(): DomainError {
  return new DomainError(
    'conflict',
    `Usernames that begin with ${SYSTEM_PREFIX} are the server's own.`,
    'username',
  );
}

export type UserFields = Partial<
  Pick<User, 'name' | 'email' | 'emailSelfDeclared' | 'username' | 'role' | 'passwordHash'>
>;

/** A change of a user; `by`: the user, or somebody else. */
export interface UserChange {
  id: string;
  set: UserFields;
  by: 'self' | 'other';
  /** The versions that the user may have; null for any. */
  expected: readonly number[] | null;
  /** Epoch ms. */
  now: number;
}

/**
 * Changes a user. A new password ends all tokens and sessions. A way to sign in that somebody else
 * sets hides the credentials of what the user holds, because the next to sign in may be another
 * person. Errors: `not_found`, `precondition_failed`, `conflict` (a value is taken, or no admin would
 * be left).
 */
export function changeUser(
  neighbours: Neighbours,
  user: User | null,
  { id, set, by, expected, now }: UserChange,
): Decision<string> {
  const found = requirePresent(user, id);
  requireVersion('user', expected, found.version);
  const wanted = { id, username: set.username, emailSelfDeclared: set.emailSelfDeclared };
  checkFree(neighbours, wanted);
  if (set.username && isSystemName(set.username)) throw reserved();
  if (set.role === 'user') keepAnAdmin(found, neighbours, 'role');
  if (set.role === 'admin' && !mayBeAdmin(found.origin))
    throw new DomainError('conflict', `A user made by ${found.origin} cannot be an admin.`, 'role');
  const changes: Change[] = [
    ...takeOver(neighbours, wanted),
    { do: 'setUser', id, set: { ...set, ...newPassword(found, set), version: found.version + 1 } },
    { do: 'append', event: { type: 'user.changed', userId: id, ...told(found, set) } },
  ];
  return { changes: [...changes, ...newSignIn(id, set, by, now)], value: id };
}

function told(user: User, set: UserFields): Pick<NewEvent, 'data' | 'changed'> {
  const data = { fields: Object.keys(set).join(',') };
  return { data, ...changedIn(user, set, ['name', 'email', 'username', 'role']) };
}

function newPassword({ passwordVersion }: User, { passwordHash }: UserFields): Partial<User> {
  return passwordHash === undefined ? {} : { passwordVersion: (passwordVersion ?? 0) + 1 };
}

function newSignIn(
  id: string,
  { passwordHash, email }: UserFields,
  by: UserChange['by'],
  now: number,
): Change[] {
  const changes: Change[] = [];
  if (passwordHash !== undefined)
    changes.push(
      { do: 'revokeTokens', userId: id, revokedAt: now },
      { do: 'endSessions', userId: id },
      { do: 'append', event: { type: 'user.password', userId: id, data: { by } } },
    );
  if (by === 'other' && (passwordHash !== undefined || email !== undefined))
    changes.push({ do: 'hideCredentials', userId: id });
  return changes;
}

/**
 * Shuts a user out for good: revokes their tokens, ends their sessions, and frees their address and
 * name. The job `reconcile` ends their reservations.
 */
export function deleteUser(
  neighbours: Neighbours,
  user: User | null,
  id: string,
  now: number,
): Decision<string> {
  const found = requirePresent(user, id);
  keepAnAdmin(found, neighbours);
  const changes: Change[] = [
    {
      do: 'setUser',
      id,
      set: {
        disabledAt: now,
        leavingSince: now,
        email: null,
        username: null,
        passwordHash: null,
        version: found.version + 1,
      },
    },
    { do: 'revokeTokens', userId: id, revokedAt: now },
    { do: 'endSessions', userId: id },
    { do: 'append', event: { type: 'user.deleted', userId: id } },
  ];
  return { changes, value: id };
}

/** Notes that a deleted user has lost everything; does nothing as long as something is left. */
export function leave(user: User | null, live: number): Decision<null> {
  if (!user || live > 0) return nothing(null);
  return { changes: [{ do: 'setUser', id: user.id, set: { leavingSince: null } }], value: null };
}

function requirePresent(user: User | null, id: string): User {
  if (!user || user.disabledAt !== null) throw notFound('user', id);
  return user;
}

function keepAnAdmin(user: User, { admins }: Neighbours, field?: string): void {
  if (user.role === 'admin' && admins <= 1)
    throw new DomainError(
      'conflict',
      'This is the last admin; promote somebody else first.',
      field,
    );
}

/**
 * Makes an API token for a user who has `working` tokens; the value is its id. Errors: `conflict` if
 * those are as many as a user may have.
 */
export function createOwnToken(token: ApiToken, working: number): Decision<string> {
  if (working >= MOST_TOKENS)
    throw new DomainError(
      'conflict',
      `You have ${MOST_TOKENS} API tokens, and no user may have more; revoke some first.`,
    );
  const { userId, createdAt: now } = token;
  return {
    changes: [{ do: 'forgetDeadTokens', userId, now, keep: MOST_TOKENS }, ...newToken(token)],
    value: token.id,
  };
}

/** Makes an API token; the value is its id. */
export function createToken(token: ApiToken): Decision<string> {
  return { changes: newToken(token), value: token.id };
}

/** Revokes a token and all that were made with it; does nothing if it is revoked already. */
export function revokeToken(token: ApiToken, now: number): Decision<string> {
  if (token.revokedAt !== null) return { changes: [], value: token.id };
  const changes: Change[] = [
    { do: 'setToken', id: token.id, set: { revokedAt: now } },
    { do: 'revokeDescendants', tokenId: token.id, revokedAt: now },
    {
      do: 'append',
      event: { type: 'token.revoked', userId: token.userId, data: tokenData(token) },
    },
  ];
  return { changes, value: token.id };
}
