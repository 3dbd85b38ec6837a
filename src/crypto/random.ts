import { randomBytes, randomFillSync } from 'node:crypto';

const FRACTION_BITS = 53n;

const BUFFER_SIZE = 4_096;
const buffer = Buffer.alloc(BUFFER_SIZE);
let used = BUFFER_SIZE;

/**
 * Bytes from the system's secure source, fetched 4 KiB at a time because a small request costs as
 * much as a large one. Bytes handed out are wiped from the buffer. Errors: as `randomBytes` of
 * node:crypto for an invalid number of bytes.
 */
export function freshBytes(bytes: number): Buffer {
  if (!(bytes >= 0 && bytes <= BUFFER_SIZE)) return randomBytes(bytes);
  if (used + bytes > BUFFER_SIZE) {
    randomFillSync(buffer);
    used = 0;
  }
  const given = Buffer.from(buffer.subarray(used, used + bytes));
  buffer.fill(0, used, used + bytes);
  used += bytes;
  return given;
}

/** The system's randomness, as a RandomSource for drivers and services. */
export const systemRandom = {
  /** `bytes` random bytes, base64url. */
  secret: (bytes: number): string => freshBytes(bytes).toString('base64url'),

  /** A number in [0, 1), with all the bits that a double can hold there. */
  fraction: (): number =>
    Number(freshBytes(8).readBigUInt64BE() >> (64n - FRACTION_BITS)) / Number(2n ** FRACTION_BITS),
};
