import { hash, randomBytes } from 'node:crypto';
import type { CredentialSecret } from '../driver';

/**
 * `standing`: the thing's static credential, which rotation replaces. `access`: opened for one
 * holder.
 */
export type LoginPurpose = 'standing' | 'access';

/** In place of the operation: made by somebody else later, or before we knew the thing. */
export const OUTSIDE = 'outside';
export const IMPORTED = 'imported';

/** The operation that made a login, and its attempt. */
export interface LoginOrigin {
  credentialId: string;
  attempt: number;
  purpose: LoginPurpose;
}

/** A working login. Its secret is kept only as a salted SHA-256. */
export interface Login extends LoginOrigin {
  username: string;
  salt: string;
  hash: string;
}

/** The one of these logins that the credential matches, if any. */
export function loginOf(logins: readonly Login[], credential: CredentialSecret): Login | undefined {
  const secret = secretOf(credential);
  if (secret === undefined) return undefined;
  return logins.find(
    (login) =>
      login.username === (credential.username ?? '') && login.hash === digest(login.salt, secret),
  );
}

/** A login for a credential; null if that has no secret. */
export function newLogin(credential: CredentialSecret, origin: LoginOrigin): Login | null {
  const secret = secretOf(credential);
  if (secret === undefined) return null;
  const salt = randomBytes(12).toString('base64url');
  return { username: credential.username ?? '', salt, hash: digest(salt, secret), ...origin };
}

/** Was it made by an operation as the thing's static credential? */
export function isIssued({ purpose, credentialId }: Login): boolean {
  return purpose === 'standing' && credentialId !== OUTSIDE && credentialId !== IMPORTED;
}

/**
 * The secret of a credential. A public key stands for the private key, which the holder keeps.
 */
export function secretOf(credential: CredentialSecret): string | undefined {
  const secret = credential.password ?? credential.token ?? credential.publicKey;
  return secret === undefined ? undefined : String(secret);
}

function digest(salt: string, secret: string): string {
  return hash('sha256', `${salt}\0${secret}`, 'base64url');
}
