import { hash, randomBytes } from 'node:crypto';
import type { CredentialSecret } from '../driver';

/**
 * `standing`: the thing's own credential, which rotation replaces. `access`: opened for one holder.
 */
export type LoginPurpose = 'standing' | 'access';

/** Stand for the operation of what somebody else made: later, and before we heard of the thing. */
export const OUTSIDE = 'outside';
export const IMPORTED = 'imported';

/** Which operation made a login, and at which try. */
export interface LoginOrigin {
  credentialId: string;
  attempt: number;
  purpose: LoginPurpose;
}

/** A login that works. Its secret is kept as salted SHA-256 only. */
export interface Login extends LoginOrigin {
  username: string;
  salt: string;
  hash: string;
}

/** The login that this credential opens a thing with these logins by. */
export function loginOf(logins: readonly Login[], credential: CredentialSecret): Login | undefined {
  const secret = secretOf(credential);
  if (secret === undefined) return undefined;
  return logins.find(
    (login) =>
      login.username === (credential.username ?? '') && login.hash === digest(login.salt, secret),
  );
}

/** A login for a credential; null for one without any secret. */
export function newLogin(credential: CredentialSecret, origin: LoginOrigin): Login | null {
  const secret = secretOf(credential);
  if (secret === undefined) return null;
  const salt = randomBytes(12).toString('base64url');
  return { username: credential.username ?? '', salt, hash: digest(salt, secret), ...origin };
}

/** Was it made by an operation, as a thing's own? */
export function isIssued({ purpose, credentialId }: Login): boolean {
  return purpose === 'standing' && credentialId !== OUTSIDE && credentialId !== IMPORTED;
}

/**
 * What a credential proves itself with; a public key stands for the private one that the holder
 * keeps.
 */
export function secretOf(credential: CredentialSecret): string | undefined {
  const secret = credential.password ?? credential.token ?? credential.publicKey;
  return secret === undefined ? undefined : String(secret);
}

function digest(salt: string, secret: string): string {
  return hash('sha256', `${salt}\0${secret}`, 'base64url');
}
