import { nothing } from '../../domain/change';
import { expire } from '../../domain/loans/ending';
import { contextOf, instantIn, type Engine } from '../engine';

const BATCH = 200;

/**
 * Ends leases, waits and preparations whose time is over, whichever deadline it was (`deadlineAt`).
 * The job `expire` runs it (jobs/jobs.ts), and so does a request that will not wait. Gives when the
 * next one ends (epoch ms), or null if none will.
 */
export async function expireOverdue(engine: Engine): Promise<number | null> {
  const { store } = engine;
  for (;;) {
    const overdue = await store.read.overdue(instantIn(engine), BATCH);
    const end = (id: string) =>
      store.transact({ load: 'reservation', id }, (snapshot, now) =>
        snapshot ? expire(snapshot, contextOf(engine, now)) : nothing(id),
      );
    await Promise.all(overdue.map(end));
    if (overdue.length < BATCH) return store.read.nextDeadline();
  }
}
