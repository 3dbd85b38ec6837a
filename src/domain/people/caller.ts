import { DomainError } from '../errors';
import type { ApiToken, Principal, User } from './user';

/** Names the user and the token of a principal whose rights a transaction has to check again. */
export type CallerIds = Pick<Principal, 'userId' | 'apiTokenId'>;

/** The rows of the user and the token that a principal stands for, as they are now. */
export interface CallerRows {
  user: User | null;
  token: ApiToken | null;
}

/**
 * Checks that the credential of a principal still has the rights with which it was let in: a call
 * may take a while, to hash a password or because its answer is held. `now` in epoch ms. Without a
 * user there is nothing to check: an API calls in its own name. Errors: `unauthenticated`.
 */
export function checkCaller(principal: Principal, rows: CallerRows | undefined, now: number): void {
  if (!rows?.user) return;
  const { user } = rows;
  const isSame =
    user.disabledAt === null &&
    (principal.role !== 'admin' || user.role === 'admin') &&
    hasCredential(principal, rows, now);
  if (!isSame) throw refusedCredential();
}

/**
 * Checks that somebody can still borrow, for whom an admin asks; undefined: for nobody but
 * themselves. Errors: `not_found` with the field `onBehalfOf`.
 */
export function checkOnBehalfOf(rows: CallerRows | undefined): void {
  if (rows === undefined) return;
  const { user } = rows;
  if (!user || user.disabledAt !== null || user.leavingSince !== null)
    throw new DomainError('not_found', 'There is no such user any more.', 'onBehalfOf');
}

function hasCredential(
  { apiTokenId, passwordVersion }: Principal,
  { user, token }: CallerRows,
  now: number,
): boolean {
  if (apiTokenId !== null) return token !== null && isLive(token, now);
  return passwordVersion === undefined || (user!.passwordVersion ?? 0) === passwordVersion;
}

/** Does the token still sign in? `now` in epoch ms. */
export function isLive(token: ApiToken, now: number): boolean {
  return token.revokedAt === null && (token.expiresAt === null || token.expiresAt > now);
}

/** The error for a credential that does not sign in, the same whatever is wrong. */
export function refusedCredential(): DomainError {
  return new DomainError(
    'unauthenticated',
    'The credential is missing, wrong, expired or revoked.',
  );
}
