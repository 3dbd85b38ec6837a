import { useState } from 'preact/hooks';

/** How many calls of a batch run at once; a browser has six connections to a server. */
const AT_ONCE = 3;

/** Something that a batch is done to. */
export interface Target {
  id: string;
  name: string;
}

/** Some things of a batch failed; the others are done. */
class PartFailedError extends Error {
  constructor(
    message: string,
    readonly failed: readonly Target[],
  ) {
    super(message);
  }
}

/** A batch of which only the rest is tried again. */
interface Rest {
  /** Those to which it has not been done yet. */
  rest: readonly Target[];
  /** Does it to these. Errors: those of `forAll`. */
  run: (work: (target: Target) => Promise<unknown>) => Promise<void>;
}

/** Keeps the things to which something has not been done yet, from one try to the next. */
export function useRest(targets: readonly Target[]): Rest {
  const [rest, setRest] = useState(targets);
  const run: Rest['run'] = (work) =>
    forAll(rest, work).catch((error: unknown) => {
      if (error instanceof PartFailedError) setRest(error.failed);
      throw error;
    });
  return { rest, run };
}

/**
 * Does the same to several things. Errors: one for all those that failed, once the others are done;
 * if there was only one thing, its own.
 */
async function forAll(
  targets: readonly Target[],
  work: (target: Target) => Promise<unknown>,
): Promise<void> {
  const waiting = [...targets];
  const failures: { target: Target; error: unknown }[] = [];
  const worker = async () => {
    for (let target = waiting.shift(); target; target = waiting.shift()) {
      const each = target;
      await work(each).catch((error: unknown) => failures.push({ target: each, error }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (failures.length === 0) return;
  if (targets.length === 1) throw failures[0]!.error;
  throw new PartFailedError(
    `${failures.length} of ${targets.length} failed. ${reasonsOf(failures)}`,
    failures.map(({ target }) => target),
  );
}

function reasonsOf(failures: readonly { target: Target; error: unknown }[]): string {
  const shown = failures.slice(0, 3).map(({ target, error }) => {
    return `${target.name}: ${error instanceof Error ? error.message : String(error)}`;
  });
  return failures.length > 3 ? `${shown.join(' ')} …` : shown.join(' ');
}
