import { nothing } from '../../domain/change';
import { announceEnd } from '../../domain/loans/lease';
import { longestNotice } from '../../domain/loans/notice';
import { instantIn, type Engine } from '../engine';

const BATCH = 200;

/**
 * Announces the leases that end soon. No lease is waited for: the leases whose deadline is near are
 * looked at, so that those which are given back before cost nothing. The job `expire` runs it.
 */
export async function announceEnds(engine: Engine): Promise<void> {
  const { store } = engine;
  const horizon = longestNotice(await store.read.pools());
  for (;;) {
    const now = store.now();
    const due = await store.read.endingSoon(now, now + horizon, BATCH);
    const announce = (id: string) =>
      store.transact({ load: 'reservation', id }, (snapshot, at) =>
        snapshot ? announceEnd(snapshot.reservation, instantIn(engine, at)) : nothing(id),
      );
    await Promise.all(due.map(announce));
    if (due.length < BATCH) return;
  }
}
