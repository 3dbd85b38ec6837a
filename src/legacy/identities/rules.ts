import type { Change, Decision } from '../../domain/change';
import { DomainError, notFound } from '../../domain/errors';
import {
  MOST_ADDRESSES,
  type Email,
  type GithubIdentifier,
  type Principal,
  type User,
} from '../../domain/people/user';
import type { NewUser } from '../../domain/people/users';

/** A user made through this API: without a password or an address, and never an admin. */
export function newAccount(id: string, username: string, createdAt: number): NewUser {
  return {
    id,
    name: username,
    username,
    email: null,
    emailSelfDeclared: false,
    role: 'user',
    origin: 'identities',
    passwordHash: null,
    disabledAt: null,
    createdAt,
    version: 1,
  };
}

/**
 * Does this API show the user? It shows users with a username, except those of the server itself.
 */
export function isAccount(user: User | null): user is User & { username: string } {
  return (
    user !== null && user.disabledAt === null && user.username !== null && user.origin !== 'system'
  );
}

/**
 * Checks that the caller may write the identity of an account: the scope `self` allows one's own,
 * `identity:write` anybody's. Errors: `forbidden`.
 */
export function requireIdentity({ userId, scopes }: Principal, accountId: string | null): void {
  const isOwn = userId === accountId;
  if ((isOwn && scopes.includes('self')) || scopes.includes('identity:write')) return;
  throw new DomainError('forbidden', `This needs the scope ${isOwn ? 'self' : 'identity:write'}.`);
}

/**
 * Checks that the caller may see the identity of an account: one's own, or with `identity:write`
 * anybody's. Errors: `forbidden`.
 */
export function requireSight({ userId, scopes }: Principal, accountId: string | null): void {
  if (userId === accountId || scopes.includes('identity:write')) return;
  throw new DomainError('forbidden', 'This needs the scope identity:write.');
}

/** Is the link more than a claim that its user made? GitHub or a writer for others stands for it. */
export function isProven({ verifiedAt, vouched }: GithubIdentifier): boolean {
  return verifiedAt !== null || vouched === true;
}

/**
 * Adds an address to a user who has `count` of them; adding it again changes nothing. Errors:
 * `not_found`, `conflict` if those are as many as a user may have.
 */
export function addEmail(
  user: User | null,
  known: Email | null,
  email: Email,
  count: number,
): Decision<Email> {
  requireUser(user, email.userId);
  if (known) return { changes: [], value: known };
  if (count >= MOST_ADDRESSES)
    throw new DomainError(
      'conflict',
      `An account has ${MOST_ADDRESSES} addresses at most.`,
      'email',
    );
  const changes: Change[] = [{ do: 'addEmail', email }, told(email.userId, 'emails', email.email)];
  return { changes, value: email };
}

/**
 * Links a GitHub account to a user. A link that its user only claims gives way to one of another
 * user, or to one that is proven. Errors: `not_found`, `conflict` if it is linked already.
 */
export function addGithubIdentifier(
  user: User | null,
  taken: GithubIdentifier | null,
  identifier: GithubIdentifier,
): Decision<GithubIdentifier> {
  requireUser(user, identifier.userId);
  const { userId, githubId } = identifier;
  const linked = told(userId, 'githubIdentifiers', githubId);
  if (!taken)
    return { changes: [{ do: 'addGithubIdentifier', identifier }, linked], value: identifier };
  const isNews = taken.userId !== userId || isProven(identifier);
  if (isProven(taken) || !isNews)
    throw new DomainError('conflict', 'This GitHub account is linked already.', 'githubId');
  return { changes: [{ do: 'linkGithub', identifier }, linked], value: identifier };
}

/** The event that records an address or account that was added to a user. */
function told(userId: string, field: string, added: string): Change {
  const changed = { [field]: { from: null, to: added } };
  return {
    do: 'append',
    event: { type: 'user.changed', userId, data: { fields: field }, changed },
  };
}

function requireUser(user: User | null, id: string): void {
  if (!user || user.disabledAt !== null) throw notFound('account', id);
}
