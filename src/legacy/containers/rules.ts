import { DomainError, type ErrorCode } from '../../domain/errors';

/** The order that people expect: `box-2` before `box-10`. */
const collator = new Intl.Collator('en', { numeric: true });

/** Sorts by the name that `nameOf` gives, in natural order. */
export function byName<T>(list: readonly T[], nameOf: (entry: T) => string): T[] {
  return [...list].sort((a, b) => collator.compare(nameOf(a), nameOf(b)));
}

/** Errors of a submission that mean too few free containers to this API. */
const SHORTAGES: ErrorCode[] = ['unavailable_now', 'unsatisfiable', 'not_found'];

/**
 * The error that this API gives for a refused submission of `count` containers while `available`
 * are free. A shortage never claims that as many are free as were requested, even if one has just
 * come back.
 */
export function refusal(error: DomainError, count: number, available: number): DomainError {
  const { code, field } = error;
  if (code === 'unsupported')
    return new DomainError('unsupported', 'These containers take no users.');
  const isShortage = SHORTAGES.includes(code) || (field === 'items' && available < count);
  if (!isShortage) return error;
  const free = Math.min(available, count - 1);
  return new DomainError('unavailable_now', `Only ${free} containers available`);
}
