import type { History, HistoryOf } from '../../../domain/history/history';
import { READ_PLANS } from '../../plans';
import type { Reads } from '../../reads';
import type { Db } from '../database';
import type { Run } from '../queries/types';

/** The history of pools, all of it as of one state of the database. */
export function historyReads({ $client }: Db, run: Run): Pick<Reads, 'history'> {
  const read = $client.transaction((asked: HistoryOf, now: number): History =>
    run(READ_PLANS.history(asked, now)),
  );
  return { history: async (asked, now) => read.deferred(asked, now) };
}
