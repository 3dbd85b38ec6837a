import { nothing } from '../../domain/change';
import { end } from '../../domain/loans/ending';
import { invalidateRestored, RESTORED, withdraw } from '../../domain/lifecycle/restored';
import type { ReservationStatus } from '../../domain/loans/reservation';
import { contextOf, type Engine } from '../engine';
import { everyResource } from './every-resource';

/** The most reservations read at once. */
const BATCH = 200;
/** Queued reservations end first, since otherwise they would get whatever the others give back. */
const IN_ORDER: readonly Exclude<ReservationStatus, 'ended'>[] = ['queued', 'preparing', 'active'];

export interface RestoreCounts {
  reservations: number;
  resources: number;
}

/**
 * Makes a restored database fit to be served: all reservations and sessions end, and every resource
 * is cleaned and verified before it is lent. The database must not be in service yet.
 */
export async function invalidateRestoredDatabase(engine: Engine): Promise<RestoreCounts> {
  let reservations = 0;
  // Nothing may be free to lend while reservations end; the resources that this releases are
  // handled afterwards.
  await everyResource(engine, 'startup', withdraw);
  for (const status of IN_ORDER) reservations += await endAll(engine, status);
  const resources = await everyResource(engine, 'restored', invalidateRestored);
  // One that was ended since the backup would be open again.
  await engine.store.transact({ load: 'session', id: null }, () => ({
    changes: [{ do: 'endSessions', userId: null }],
    value: null,
  }));
  await engine.store.setMetadata(
    'epoch',
    String(Number((await engine.store.metadata('epoch')) ?? '0') + 1),
  );
  return { reservations, resources };
}

/**
 * Ends all reservations of a status. The restore is the reason even for a lease whose time has passed
 * since the backup: nobody knows how it ended outside.
 */
async function endAll(engine: Engine, status: ReservationStatus): Promise<number> {
  const { store } = engine;
  for (let total = 0; ;) {
    const found = await store.read.reservations({ status }, { after: null, limit: BATCH });
    if (found.length === 0) return total;
    await Promise.all(
      found.map(({ id }) =>
        store.transact({ load: 'reservation', id }, (snapshot, now) =>
          snapshot && snapshot.reservation.status !== 'ended'
            ? end(snapshot, 'revoked', RESTORED, contextOf(engine, now))
            : nothing(id),
        ),
      ),
    );
    total += found.length;
  }
}
