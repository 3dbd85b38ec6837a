import type { Tally } from '../../src/domain/history/tally';
import type { Store } from '../../src/store/store';
import { apply } from '../store/rows';

const HOUR = 3_600_000;
const AT = 24 * HOUR;
const span = (now: number) => ({ step: 'day', since: AT, until: now }) as const;

const put = (store: Store, poolId: string, at: number, tally: Tally) =>
  apply(store, { do: 'putTally', stored: { poolId, step: 'day', at, tally } });

const started = async (store: Store, poolId: string | null) => {
  const { steps } = await store.read.history(
    { poolId, span: span(AT + 30 * HOUR) },
    AT + 30 * HOUR,
  );
  return steps.map(({ figures }) => figures.started);
};

/** The changes of the history, as the others in store-changes.ts. */
export const HISTORY_CHANGES = {
  putTally: async (store: Store) => {
    await put(store, 'p1', AT, { started: 1 });
    await put(store, 'p1', AT, { started: 2 });
    await put(store, 'p1', AT + 24 * HOUR, { started: 3 });
    await put(store, 'p2', AT, { started: 5 });
    await put(store, '', AT, { started: 7 });
    expect(await started(store, 'p1')).toEqual([2, 3]);
    expect(await started(store, null)).toEqual([7, 0]);
  },
};
