import type { z } from 'zod';
import { ConfigError } from '../config-error';

/** A field of the file, by keys and positions from the root. */
export type FieldPath = readonly PropertyKey[];

/**
 * The error of one field: `pools.yaml: pools[0].lease.default: must be …`. The message must quote no
 * value of the file.
 */
export function fieldError(file: string, path: FieldPath, message: string): ConfigError {
  return new ConfigError([file, spelled(path), message].filter((part) => part !== '').join(': '));
}

/**
 * The first problem that zod found below `base`, as the error that `fail` makes of its field and
 * message.
 */
export function firstProblem(
  base: FieldPath,
  error: z.ZodError,
  fail: (path: FieldPath, message: string) => Error,
): Error {
  const [issue] = error.issues;
  if (!issue) return fail(base, 'is invalid');
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return fail([...path, issue.keys[0] ?? ''], 'is not a known key');
  return fail(
    path,
    issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
      ? 'is missing'
      : issue.message,
  );
}

/** A path as people write it: `pools[0].lease.default`. */
export function spelled(path: FieldPath): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`,
    )
    .join('');
}
