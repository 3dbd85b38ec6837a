/** How many calls of a batch run at once; a browser has six connections to a server. */
const AT_ONCE = 3;

/** Something that a batch is done to. */
export interface Target {
  id: string;
  name: string;
}

/**
 * Does the same to several things. Errors: one for all those that failed, once the others are done;
 * if there was only one thing, its own.
 */
export async function forAll(
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
  throw new Error(`${failures.length} of ${targets.length} failed. ${reasonsOf(failures)}`);
}

function reasonsOf(failures: readonly { target: Target; error: unknown }[]): string {
  const shown = failures.slice(0, 3).map(({ target, error }) => {
    return `${target.name}: ${error instanceof Error ? error.message : String(error)}`;
  });
  return failures.length > 3 ? `${shown.join(' ')} …` : shown.join(' ');
}
