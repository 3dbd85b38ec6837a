import { countStates } from '../../service/loans/views';
import type { Services } from '../../service/services';
import type { Engine } from '../../service/engine';
import { visiblePools } from '../pools';
import { shared } from '../shared';
import { accountPools } from './rules';

/** The statistics of this API, which are part of the welcome at `/`. */
export function acctpoolStatistics({ engine }: Services): Promise<Record<string, number>> {
  return shared(engine, 'acctpool', () => count(engine));
}

async function count(engine: Engine): Promise<Record<string, number>> {
  const { store } = engine;
  const { read } = store;
  const visible = (await visiblePools(engine)).acctpool;
  const pools = new Set(accountPools(await read.pools(), visible).map(({ id }) => id));
  const counts = countStates((await read.counts()).filter(({ poolId }) => pools.has(poolId)));
  const pending = await read.waitingIn([...pools]);
  // A reservation here is for one account, so each lent account counts as a reservation, through
  // whichever API it was borrowed.
  const total = pending + counts.allocated;
  return {
    tokens: await read.liveTokens(store.now()),
    reservations: total,
    accounts: counts.total,
    total_reservations: total,
    pending_reservations: pending,
    total_accounts: counts.total,
    dirty_accounts: counts.dirty,
    reserved_accounts: counts.allocated,
    cleaning_accounts: counts.cleaning,
  };
}
