import { DomainError } from '../errors';
import type { ApiToken, Principal, Session, User } from './user';

/**
 * Names the user, the token and the session of a principal whose rights a transaction has to check
 * again.
 */
export type CallerIds = Pick<Principal, 'userId' | 'apiTokenId' | 'session'>;

/** The rows of what a principal stands for, as they are now; `session`: asked for by its id. */
export interface CallerRows {
  user: User | null;
  token: ApiToken | null;
  session?: Session | null;
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
  { apiTokenId, passwordVersion, session: asked }: Principal,
  { user, token, session }: CallerRows,
  now: number,
): boolean {
  if (asked !== undefined && !(session && isOpen(session, now))) return false;
  if (apiTokenId !== null) return token !== null && isLive(token, now);
  return passwordVersion === undefined || (user!.passwordVersion ?? 0) === passwordVersion;
}

/** Does the token still sign in? `now` in epoch ms. */
export function isLive(token: ApiToken, now: number): boolean {
  return token.revokedAt === null && (token.expiresAt === null || token.expiresAt > now);
}

/** Is the session still open, as far as its own times go? `now` in epoch ms. */
export function isOpen({ endsAt }: Pick<Session, 'endsAt'>, now: number): boolean {
  return endsAt > now;
}

/** The error for a credential that does not sign in, the same whatever is wrong. */
export function refusedCredential(): DomainError {
  return new DomainError(
    'unauthenticated',
    'The credential is missing, wrong, expired or revoked.',
  );
}
