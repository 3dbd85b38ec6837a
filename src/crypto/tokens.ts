import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const TOKEN_PREFIX = 'hf_';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BYTES = 32;
/** 62^43 is the first power of 62 over 2^256. */
const SECRET_DIGITS = 43;
/** 62^6 is the first power of 62 over 2^32. */
const CHECKSUM_DIGITS = 6;
const SHAPE = new RegExp(`^${TOKEN_PREFIX}[0-9A-Za-z]{${SECRET_DIGITS + CHECKSUM_DIGITS}}$`);

/**
 * A new API token: `hf_`, 256 random bits, and a checksum that tells tokens from other texts, for us
 * and for secret scanners (CRC-32 in base 62, as in GitHub's). The caller shows it once and stores
 * its `hashToken`.
 */
export function makeToken(random: (bytes: number) => Buffer = randomBytes): string {
  const body =
    TOKEN_PREFIX + base62(BigInt(`0x${random(SECRET_BYTES).toString('hex')}`), SECRET_DIGITS);
  return body + checksum(body);
}

/**
 * Does the text have the shape and the checksum of a token? Recognises typing errors without a
 * lookup in the store.
 */
export function looksLikeToken(text: string): boolean {
  if (!SHAPE.test(text)) return false;
  const body = text.slice(0, -CHECKSUM_DIGITS);
  return checksum(body) === text.slice(-CHECKSUM_DIGITS);
}

/** SHA-256 of the whole token, in hex. 256 random bits need no slow hash. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex');
}

function checksum(body: string): string {
  return base62(BigInt(crc32(body)), CHECKSUM_DIGITS);
}

function base62(value: bigint, digits: number): string {
  let text = '';
  for (let rest = value; text.length < digits; rest /= 62n)
    text = DIGITS[Number(rest % 62n)] + text;
  return text;
}

/** Are the two secrets equal? Takes equally long either way. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}
