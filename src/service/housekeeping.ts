import { REMEMBERED_FOR } from '../domain/idempotency';
import type { Engine } from './engine';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How long what has ended is kept, in ms. */
export const RETENTION = { events: 30 * DAY, reservations: 90 * DAY, idempotency: REMEMBERED_FOR, operations: 7 * DAY };

const BATCH = 500;

/** Forgets what is past its time, in short transactions; gives how many rows went. */
export async function prune(engine: Engine, retention = RETENTION): Promise<number> {
  const now = engine.store.now();
  const before = {
    events: now - retention.events,
    reservations: now - retention.reservations,
    idempotency: now - retention.idempotency,
    operations: now - retention.operations,
  };
  for (let total = 0; ; ) {
    const gone = await engine.store.prune(before, BATCH);
    total += gone;
    if (gone === 0) return total;
  }
}
