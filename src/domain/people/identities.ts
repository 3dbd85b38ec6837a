import type { Decision } from '../change';
import { DomainError, notFound } from '../errors';
import type { Email, GithubIdentifier, User } from './user';

/**
 * Adds an e-mail address to a user; the same address again is the same one. Errors: `not_found`.
 */
export function addEmail(user: User | null, known: Email | null, email: Email): Decision<Email> {
  requireUser(user, email.userId);
  return known
    ? { changes: [], value: known }
    : { changes: [{ do: 'addEmail', email }], value: email };
}

/** Links a GitHub account to a user. Errors: `not_found`, `conflict` when it is linked already. */
export function addGithubIdentifier(
  user: User | null,
  taken: GithubIdentifier | null,
  identifier: GithubIdentifier,
): Decision<GithubIdentifier> {
  requireUser(user, identifier.userId);
  if (taken)
    throw new DomainError('conflict', 'This GitHub account is linked already.', 'githubId');
  return { changes: [{ do: 'addGithubIdentifier', identifier }], value: identifier };
}

function requireUser(user: User | null, id: string): void {
  if (!user || user.disabledAt !== null) throw notFound('account', id);
}
