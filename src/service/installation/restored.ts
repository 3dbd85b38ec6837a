import { nothing, type Decision } from '../../domain/change';
import { end } from '../../domain/loans/ending';
import type { DecisionContext } from '../../domain/context';
import {
  invalidateRestored,
  RESTORED,
  withdraw,
  type RestoredSnapshot,
} from '../../domain/lifecycle/restored';
import type { ReservationStatus } from '../../domain/loans/reservation';
import { contextOf, type Engine } from '../engine';

/** The most rows handled in one transaction. */
const BATCH = 200;
/** Queued reservations end first, since otherwise they would get whatever the others give back. */
const IN_ORDER: readonly Exclude<ReservationStatus, 'ended'>[] = ['queued', 'preparing', 'active'];

export interface RestoreCounts {
  reservations: number;
  resources: number;
}

/**
 * Makes a restored database fit to be served: all reservations end, and every resource is cleaned
 * and verified before it is lent. The database must not be in service yet.
 */
export async function invalidateRestoredDatabase(engine: Engine): Promise<RestoreCounts> {
  let reservations = 0;
  // Nothing may be free to lend while reservations end; the resources that this releases are
  // handled afterwards.
  await everyResource(engine, 'startup', withdraw);
  for (const status of IN_ORDER) reservations += await endAll(engine, status);
  const resources = await everyResource(engine, 'restored', invalidateRestored);
  await engine.store.setMetadata(
    'epoch',
    String(Number((await engine.store.metadata('epoch')) ?? '0') + 1),
  );
  return { reservations, resources };
}

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

/** How many entries a page held, and the id of the last; null: it was empty. */
interface Seen {
  seen: number;
  last: string | null;
}

type Decide = (snapshot: RestoredSnapshot, context: DecisionContext) => Decision<number>;

/**
 * Decides on all resources, or (`startup`) on the available ones, page by page; gives how many it
 * saw.
 */
async function everyResource(
  engine: Engine,
  load: 'startup' | 'restored',
  decide: Decide,
): Promise<number> {
  let after: string | null = null;
  for (let total = 0; ;) {
    const page: Seen = await engine.store.transact(
      { load, after, limit: BATCH },
      (snapshot, now) => {
        const decision = decide(snapshot, contextOf(engine, now));
        return {
          ...decision,
          value: { seen: decision.value, last: snapshot.resources.at(-1)?.id ?? null },
        };
      },
    );
    total += page.seen;
    after = page.last;
    if (page.seen < BATCH) return total;
  }
}
