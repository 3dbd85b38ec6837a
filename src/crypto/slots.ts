import { DomainError } from '../domain/errors';

/** Runs a task as soon as a slot is free. */
export type Slots = <Result>(task: () => Promise<Result>) => Promise<Result>;

/**
 * Runs at most `running` tasks at once, in order of arrival, with at most `waiting` queued behind
 * them. Errors: DomainError `busy` for one more.
 */
export function slots(running: number, waiting: number): Slots {
  const queue: (() => void)[] = [];
  let free = running;

  async function enter(): Promise<void> {
    if (free > 0) {
      free -= 1;
      return;
    }
    if (queue.length >= waiting)
      throw new DomainError('busy', 'Too many sign-ins at once; try again in a moment.');
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  // A slot goes straight to the next in the queue, so that a newcomer cannot jump it.
  function leave(): void {
    const next = queue.shift();
    if (next) next();
    else free += 1;
  }

  return async (task) => {
    await enter();
    try {
      return await task();
    } finally {
      leave();
    }
  };
}
