import { findAllUnstorable, TOO_DEEP } from '../domain/unstorable';
import type { FieldPath, Report } from './problem';

/** Stands for a part of the file that cannot be read, which has been reported. No schema takes it. */
export const UNREADABLE = Symbol('unreadable');

/**
 * The value with something unreadable in the place of texts that cannot be stored, and of parts that
 * are nested too deeply to be looked into. Reports them, and wrong names of fields. Changes `value`.
 */
export function withoutUnstorable(value: unknown, report: Report): unknown {
  const whole = { value };
  // All are found first, because the search must not meet what stands in their place.
  for (const { path, message } of [...findAllUnstorable(value)]) {
    report(path, message);
    const name = path.at(-1) ?? 'value';
    const around = (path.length === 0 ? whole : at(value, path.slice(0, -1))) as Fields;
    if (message === TOO_DEEP || typeof around[name] === 'string') around[name] = UNREADABLE;
  }
  return whole.value;
}

/** Has a field, or anything around it, been reported as unreadable? */
export function isUnreadable(value: unknown, path: FieldPath): boolean {
  return at(value, path) === UNREADABLE;
}

/** The part at a path, or the last one on the way that has no fields. */
function at(value: unknown, path: FieldPath): unknown {
  let part = value;
  for (const step of path)
    if (typeof part === 'object' && part !== null) part = (part as Fields)[step];
  return part;
}

type Fields = Record<PropertyKey, unknown>;
