import { DomainError } from '../domain/errors';

/** Runs a task as soon as a slot is free; `from` is its origin, an address say. */
export type Slots = <Result>(task: () => Promise<Result>, from?: string) => Promise<Result>;

/** A task that waits for a slot. */
interface Waiter {
  enter: () => void;
  refuse: () => void;
}

/**
 * Runs at most `running` tasks at once, with at most `waiting` queued behind them. Origins take
 * turns. When the queue is full, the newest task of the origin with the most gives way to one from
 * an origin with fewer. Errors: DomainError `busy` for a task that finds no room, or gives way.
 */
export function slots(running: number, waiting: number): Slots {
  const queue = new FairQueue();
  let free = running;

  async function enter(from: string): Promise<void> {
    if (free > 0) {
      free -= 1;
      return;
    }
    if (queue.size >= waiting && !queue.makeRoomFor(from)) throw busy();
    await new Promise<void>((resolve, reject) =>
      queue.add(from, { enter: resolve, refuse: () => reject(busy()) }),
    );
  }

  // A slot goes straight to the next in the queue, so that a newcomer cannot jump it.
  function leave(): void {
    const next = queue.next();
    if (next) next.enter();
    else free += 1;
  }

  return async (task, from = '') => {
    await enter(from);
    try {
      return await task();
    } finally {
      leave();
    }
  };
}

/** Tasks by origin; the origin whose turn is next comes first. */
class FairQueue {
  size = 0;
  private readonly origins = new Map<string, Waiter[]>();

  add(from: string, waiter: Waiter): void {
    const own = this.origins.get(from);
    if (own) own.push(waiter);
    else this.origins.set(from, [waiter]);
    this.size += 1;
  }

  /** Takes the oldest task of the origin whose turn it is; that origin's next turn comes last. */
  next(): Waiter | null {
    const [first] = this.origins;
    if (!first) return null;
    const [from, own] = first;
    const waiter = own.shift()!;
    this.origins.delete(from);
    if (own.length > 0) this.origins.set(from, own);
    this.size -= 1;
    return waiter;
  }

  /** Refuses the newest task of the origin with the most; false if `from` has as many. */
  makeRoomFor(from: string): boolean {
    const share = this.origins.get(from)?.length ?? 0;
    let most: Waiter[] = [];
    for (const own of this.origins.values()) if (own.length > most.length) most = own;
    if (most.length <= share + 1) return false;
    most.pop()!.refuse();
    this.size -= 1;
    return true;
  }
}

function busy(): DomainError {
  return new DomainError('busy', 'Too many sign-ins at once; try again in a moment.');
}
