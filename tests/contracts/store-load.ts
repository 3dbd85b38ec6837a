import { nothing } from '../../src/domain/change';
import type { Load, LoadName, Loads } from '../../src/store/loads';
import type { Store } from '../../src/store/store';

/** Looks through the eyes of a decision. */
export function load<K extends LoadName>(store: Store, asked: Load<K>): Promise<Loads[K]['gives']> {
  return store.transact(asked, (snapshot) => nothing(snapshot));
}
