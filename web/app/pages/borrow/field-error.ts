import { ProblemError } from '../../../../src/client';

/** A field of the form does not hold what it should. */
export class FieldError extends Error {
  /** `field`: as the API spells it. `problem`: a sentence. */
  constructor(
    readonly field: string,
    readonly problem: string,
  ) {
    super(`${labelOf(field)}: ${problem}`);
  }
}

/** Does some work; a refusal that names a field becomes a `FieldError`. Errors: those of the work. */
export async function namingFields<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProblemError && error.field !== undefined)
      throw new FieldError(error.field, error.detail);
    throw error;
  }
}

const LABELS: Readonly<Record<string, string>> = {
  durationSeconds: 'How long',
  endsAt: 'Until',
  heartbeatSeconds: 'Heartbeat',
  onBehalfOf: 'Lend to',
  priority: 'Priority',
  queueTimeoutSeconds: 'Give up waiting after',
  note: 'Note',
  access: 'Login',
  'access.publicKey': 'Public key',
  'access.username': 'Login name',
};

/** A field in the words of the form. */
function labelOf(field: string): string {
  const [, index, name] = /^items\[(\d+)\](?:\.(\w+))?/.exec(field) ?? [];
  if (index === undefined) return LABELS[field] ?? field;
  return name === undefined ? `Item ${Number(index) + 1}` : `Item ${Number(index) + 1}, ${name}`;
}
