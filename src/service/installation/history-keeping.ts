import { keepHistory } from '../../domain/history/keeping';
import type { Engine } from '../engine';

/** Rows of each kind in one transaction. */
const BATCH = 200;

/** Adds what has ended to the history, in short transactions. Errors: `busy`. */
export async function countHistory({ store }: Engine): Promise<void> {
  while (await store.transact({ load: 'historyTail', limit: BATCH }, keepHistory));
}
