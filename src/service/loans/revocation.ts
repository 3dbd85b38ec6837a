import { nothing } from '../../domain/change';
import { accessRevoked, revoke } from '../../domain/loans/ending';
import { leave } from '../../domain/people/users';
import type { ReservationFilter } from '../../store/reads';
import { contextOf, type Engine } from '../engine';
import { until } from '../wait-until';
import { deleteWebhooksOf } from '../webhooks/leaving';

/**
 * Ends every live reservation of a user, for example a disabled one, or of an API; gives their ids.
 */
export async function revokeAll(
  engine: Engine,
  whose: Pick<ReservationFilter, 'userId' | 'via'>,
  detail: string,
): Promise<string[]> {
  const ended: string[] = [];
  for (const status of ['queued', 'preparing', 'active'] as const) {
    for (;;) {
      const found = await engine.store.read.reservations(
        { ...whose, status },
        { after: null, limit: 100 },
      );
      if (found.length === 0) break;
      ended.push(...(await Promise.all(found.map(({ id }) => revokeOne(engine, id, detail)))));
    }
  }
  return ended;
}

/** The most deleted users dealt with at once. */
const BATCH = 20;

/**
 * Ends the reservations of deleted users, and deletes their webhooks. Nobody can make more for them,
 * because `submit` and `checkCaller` look at the user. Only the job `reconcile` calls it.
 */
export async function endLeaving(engine: Engine): Promise<void> {
  const { store } = engine;
  for (const id of await store.read.leavingUsers(BATCH)) {
    await revokeAll(engine, { userId: id }, 'the user was deleted');
    await deleteWebhooksOf(engine, id);
    await store.transact({ load: 'user', id, email: null, username: null }, ({ user, live }) =>
      leave(user, live),
    );
  }
}

/**
 * Gives true once the access that these ended reservations opened is closed; false after `timeout`
 * ms, or when the signal aborts.
 */
export function untilAccessRevoked(
  engine: Engine,
  ids: string[],
  timeout: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const { read } = engine.store;
  const isRevoked = async (id: string) => (await read.holdings(id)).every(accessRevoked);
  return until(
    engine.store,
    async () => (await Promise.all(ids.map(isRevoked))).every(Boolean),
    timeout,
    signal,
  );
}

function revokeOne(engine: Engine, id: string, detail: string): Promise<string> {
  return engine.store.transact({ load: 'reservation', id }, (snapshot, now) =>
    snapshot ? revoke(snapshot, detail, contextOf(engine, now)) : nothing(id),
  );
}
