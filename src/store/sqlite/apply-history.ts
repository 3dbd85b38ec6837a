import type { Appliers } from './appliers';
import type { Db } from './database';
import { lazy } from './lazy';

/** Applies changes of the history. */
export function historyAppliers({ $client }: Db): Pick<Appliers, 'putTally'> {
  const put = lazy(() =>
    $client.prepare<[string, string, number, string]>(
      `insert into history_tallies (pool_id, step, at, tally) values (?, ?, ?, ?)
      on conflict do update set tally = excluded.tally`,
    ),
  );
  return {
    putTally: ({ stored: { poolId, step, at, tally } }) =>
      void put().run(poolId, step, at, JSON.stringify(tally)),
  };
}
