import { randomBytes, scrypt as slowly, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';

const scrypt = promisify<string, Buffer, number, ScryptOptions, Buffer>(slowly);
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Some 50 ms of one processor: holders may choose passwords of eight characters. */
const COST: ScryptOptions = { N: 2 ** 14, r: 8, p: 1 };

/** The hash of a password, with its salt, as `exec-grants.ts` keeps it. */
export async function hashOf(password: string, salt = randomBytes(SALT_BYTES)): Promise<string> {
  const hash = await scrypt(password, salt, HASH_BYTES, COST);
  return `${salt.toString('base64')} ${hash.toString('base64')}`;
}

/** Was this hash made of this password? */
export async function isPasswordOf(password: string, stored: string): Promise<boolean> {
  const [salt = ''] = stored.split(' ');
  const again = await hashOf(password, Buffer.from(salt, 'base64'));
  return timingSafeEqual(Buffer.from(again), Buffer.from(stored));
}
