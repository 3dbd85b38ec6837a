import type { Request } from 'express';
import { DomainError } from '../domain/errors';
import { isVmUser } from '../domain/legacy';
import type { Principal } from '../domain/people/user';
import { attemptOf, presentedCredential } from '../http/authenticate';
import type { PresentedCredential } from '../service/people/authentication';
import type { Services } from '../service/services';

/** The user id and password of the VM reservation API, which every legacy API accepts. */
export interface VmCredential {
  vmNumber: number;
  password: string;
}

/** A credential that a caller of a legacy API may present. */
export type LegacyCredential = PresentedCredential | VmCredential;

/**
 * The credential of a request: `?token=`, Authorization (Bearer or Basic), or
 * `auth: {userid, password}` in the body; null without one.
 */
export function credentialOf(request: Request): LegacyCredential | null {
  const { token } = request.query;
  if (typeof token === 'string') return { token };
  return presentedCredential(request) ?? authOf(request.body);
}

/** Does the call show a credential, even one that cannot be read? */
export function showsCredential(request: Request): boolean {
  return credentialOf(request) !== null || Boolean(request.headers.authorization);
}

/** Finds the caller by the credential of a request. Errors: `unauthenticated`, `rate_limited`, `busy`. */
export async function identify(
  { authentication, engine }: Services,
  request: Request,
): Promise<Principal> {
  const presented = credentialOf(request);
  if (!presented) throw new DomainError('unauthenticated', 'A credential is needed.');
  const attempt = attemptOf(request);
  if (!('vmNumber' in presented)) return authentication.identify(presented, attempt);
  const { vmNumber, password } = presented;
  const found = await engine.store.read.vmUser({ number: vmNumber });
  const userId = found && isVmUser(found) ? found.user.id : null;
  return authentication.identify({ userId, name: String(vmNumber), password }, attempt);
}

function authOf(body: unknown): VmCredential | null {
  const { userid, password } =
    (body as { auth?: { userid?: unknown; password?: unknown } | null } | null | undefined)?.auth ??
    {};
  // No schema has checked the body yet, so it may hold anything, however deeply nested.
  const isNumber =
    (typeof userid === 'string' || typeof userid === 'number') &&
    /^[1-9]\d{0,8}$/.test(String(userid));
  return isNumber && typeof password === 'string' ? { vmNumber: Number(userid), password } : null;
}
