import type { Change } from '../../src/domain/change';
import type { Store } from '../../src/store/store';

/** The updates of a decision that touch a row which it has updated before, as `kind id`. */
export function updatedTwice(changes: readonly Change[]): string[] {
  const seen = new Set<string>();
  return changes.flatMap((change) => {
    if (!('set' in change)) return [];
    const row = `${change.do} ${change.id}`;
    const isSecond = seen.has(row);
    seen.add(row);
    return isSecond ? [row] : [];
  });
}

/** The store, which refuses a decision that updates one row twice. */
export function writingOnce(store: Store): Store {
  const transact: Store['transact'] = (load, decide, once, author) =>
    store.transact(
      load,
      (snapshot, now) => {
        const decision = decide(snapshot, now);
        const twice = updatedTwice(decision.changes);
        if (twice.length > 0) throw new Error(`Written twice in one decision: ${twice.join(', ')}`);
        return decision;
      },
      once,
      author,
    );
  return Object.create(store, { transact: { value: transact } }) as Store;
}
