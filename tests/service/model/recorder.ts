import type { Author } from '../../../src/domain/author';
import type { Change, Decision } from '../../../src/domain/change';
import type { Once } from '../../../src/domain/idempotency';
import type { Load, LoadName, Loads } from '../../../src/store/loads';
import type { Store } from '../../../src/store/store';

/** One decision: what it changed, in order, and when. */
export interface Decided {
  load: LoadName;
  now: number;
  changes: Change[];
}

/** Records an engine's decisions, one after the other, as its store applies them. */
export class Recorder {
  private decided: Decided[] = [];

  readonly wrap = (store: Store): Store => {
    const transact = <K extends LoadName, T>(
      asked: Load<K>,
      decide: (snapshot: Loads[K]['gives'], now: number) => Decision<T>,
      once?: Once<T>,
      author?: Author,
    ) =>
      store.transact(
        asked,
        (snapshot, now) => {
          const decision = decide(snapshot, now);
          if (decision.changes.length > 0)
            this.decided.push({ load: asked.load, now, changes: decision.changes });
          return decision;
        },
        once,
        author,
      );
    return Object.create(store, { transact: { value: transact } }) as Store;
  };

  /** The decisions since the last call. */
  take(): Decided[] {
    return this.decided.splice(0);
  }
}
