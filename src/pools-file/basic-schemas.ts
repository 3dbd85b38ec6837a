import { z } from 'zod';
import { isOneLine } from '../domain/plain-text';

/** Like a DNS label, because pool names become part of container and host names. */
const POOL_NAME = /^[a-z][a-z0-9-]{0,62}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$/;

/** The name of a pool. */
export const poolName = z.string().regex(POOL_NAME, {
  error: 'must begin with a lower-case letter and consist of at most 63 of a-z, 0-9 and -',
});
/** The name of a type, a label, a listed resource. */
export const name = z.string().regex(NAME, {
  error: 'must begin with a letter or digit and consist of at most 63 letters, digits and . _ @ -',
});
/** A whole number from `least` to `most`. */
export const count = (least: number, most: number) =>
  z
    .int({ error: `must be a whole number from ${least} to ${most}` })
    .min(least)
    .max(most);

/** One line of at most `longest` characters, which shows as it is. */
export const line = (longest: number) =>
  z.string().max(longest).refine(isOneLine, {
    error: 'must be one line, without control characters and without any that turn text around',
  });
