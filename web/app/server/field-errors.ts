import { ProblemError } from '../../../src/client';

/** An input that cannot even be sent, such as text that is no JSON. */
export class InputError extends Error {
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

/** The input that a failure is about; null: none, or another kind of failure. */
export function fieldOf(failure: unknown): string | null {
  if (failure instanceof ProblemError || failure instanceof InputError)
    return failure.field ?? null;
  return null;
}

/** Why the input at `path` was refused, such as `lease.default`; null: it was not. */
export function errorAt(failure: unknown, path: string): string | null {
  const field = fieldOf(failure);
  if (field === null) return null;
  const isOurs = field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`);
  return isOurs ? (failure as Error).message : null;
}

/** Was the change refused because somebody else has changed the thing since it was read? */
export function isStale(failure: unknown): boolean {
  return failure instanceof ProblemError && failure.code === 'precondition_failed';
}
