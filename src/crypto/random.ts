import { randomBytes } from 'node:crypto';

const FRACTION_BITS = 53n;

/** The system's randomness; what drivers and services get as their RandomSource. */
export const systemRandom = {
  /** `bytes` random bytes, base64url. */
  secret: (bytes: number): string => randomBytes(bytes).toString('base64url'),

  /** A number in [0, 1), with all the bits that a double can hold there. */
  fraction: (): number => Number(randomBytes(8).readBigUInt64BE() >> (64n - FRACTION_BITS)) / Number(2n ** FRACTION_BITS),
};
