import { randomBytes, randomFillSync } from 'node:crypto';

const FRACTION_BITS = 53n;

const PIECE = 4_096;
const piece = Buffer.alloc(PIECE);
let used = PIECE;

/**
 * Bytes from the system's secure source, which is asked for 4 KiB at a time: to ask for a few costs
 * more than what is done with them. What was given is wiped here. Errors: as `randomBytes` of
 * node:crypto, for what is no number of bytes.
 */
export function freshBytes(bytes: number): Buffer {
  if (!(bytes >= 0 && bytes <= PIECE)) return randomBytes(bytes);
  if (used + bytes > PIECE) {
    randomFillSync(piece);
    used = 0;
  }
  const given = Buffer.from(piece.subarray(used, used + bytes));
  piece.fill(0, used, used + bytes);
  used += bytes;
  return given;
}

/** The system's randomness; what drivers and services get as their RandomSource. */
export const systemRandom = {
  /** `bytes` random bytes, base64url. */
  secret: (bytes: number): string => freshBytes(bytes).toString('base64url'),

  /** A number in [0, 1), with all the bits that a double can hold there. */
  fraction: (): number =>
    Number(freshBytes(8).readBigUInt64BE() >> (64n - FRACTION_BITS)) / Number(2n ** FRACTION_BITS),
};
