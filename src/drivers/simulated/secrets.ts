import type { AccessWish } from '../../domain/loans/reservation';
import type { CredentialSecret, RandomSource, Target } from '../driver';

const PASSWORD_BYTES = 18;
const NAME_BYTES = 6;

/** The successor of `current`: a new token, or a new password for the same user. */
export function nextCredential(
  target: Target,
  current: CredentialSecret | null,
  random: RandomSource,
): CredentialSecret {
  if (target.kind === 'token') return { token: uuid(random) };
  return { username: current?.username ?? target.name, password: random.secret(PASSWORD_BYTES) };
}

/** The holder's login as wished; a name or password that is not wished for is made up. */
export function accessFor(wish: AccessWish, random: RandomSource): CredentialSecret {
  const username =
    wish.username ?? `user-${Buffer.from(random.secret(NAME_BYTES)).toString('hex').slice(0, 10)}`;
  const password =
    wish.password ?? (wish.publicKey === undefined ? random.secret(PASSWORD_BYTES) : undefined);
  return {
    username,
    ...(password !== undefined && { password }),
    ...(wish.publicKey !== undefined && { publicKey: wish.publicKey }),
  };
}

/** A version 4 UUID from the injected randomness. */
export function uuid(random: RandomSource): string {
  const bytes = Buffer.from(random.secret(16), 'base64url');
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
