import type { Change, Decision } from './change';
import type { DecisionContext } from './context';
import { idleWork } from './lifecycle/steps';
import type { Resource } from './lifecycle/resource';
import { earlier } from './loans/lease';
import type { Reservation } from './loans/reservation';
import type { Pool } from './pools/pool';
import { ask, type Loading } from './query';

/**
 * Deadlines that ask for a sign of life (heartbeats, idle expiry) do not run while nobody could be
 * heard: the service was down, stood still, or could not write. The store remembers the last moment
 * at which callers could be heard; whoever finds that it is long ago moves these deadlines on by the
 * time since. `endsAt` stays.
 */
export interface Hearing {
  /** The last moment at which callers could be heard; epoch ms. */
  at: number;
  /** The deadlines that are still to be moved on, if any. */
  moving: Moving | null;
}

/** A silence that is the service's own, and how far its consequences have been dealt with. */
interface Moving {
  from: number;
  until: number;
  of: 'reservations' | 'resources';
  /** The id of the last one dealt with; empty: none yet. */
  after: string;
}

/** The memory, and the next ones whose deadlines are to be moved. */
export interface HearingSnapshot {
  hearing: Hearing | null;
  reservations: Reservation[];
  resources: Resource[];
  pools: Record<string, Pool>;
}

/** The name of the memory, as JSON, in the metadata of the store. */
const NAME = 'hearing';

/** Plans the load of at most `limit` of those whose deadlines are to be moved. */
export function* loadHearing({ limit }: { limit: number }): Loading<HearingSnapshot> {
  const text = yield* ask({ ask: 'metadata', name: NAME });
  const hearing = text === null ? null : (JSON.parse(text) as Hearing);
  const snapshot: HearingSnapshot = { hearing, reservations: [], resources: [], pools: {} };
  if (!hearing?.moving) return snapshot;
  const { of, after } = hearing.moving;
  if (of === 'reservations')
    return { ...snapshot, reservations: yield* ask({ ask: 'beating', after, limit }) };
  const resources = yield* ask({ ask: 'idling', after, limit });
  const ids = [...new Set(resources.map(({ poolId }) => poolId))];
  const pools = yield* ask({ ask: 'poolsById', ids });
  return {
    ...snapshot,
    resources,
    pools: Object.fromEntries(pools.map(({ pool }) => [pool.id, pool])),
  };
}

/** A process that can hear callers now. */
export interface Listener {
  /** The last moment at which it could hear them before; epoch ms, null if it has just started. */
  since: number | null;
  /** The last sign of an earlier process, should nothing be remembered; epoch ms. */
  earlier: number | null;
  /** The longest time that is no silence, in ms. */
  tolerated: number;
}

/**
 * Records that callers can be heard now. After a silence it first moves deadlines on, a piece at a
 * time: true if it has to be called again.
 */
export function hear(
  snapshot: HearingSnapshot,
  { since, earlier: sign, tolerated }: Listener,
  context: DecisionContext,
): Decision<boolean> {
  const { now } = context;
  const { hearing } = snapshot;
  if (hearing?.moving) return moveOn(snapshot, hearing.moving, context);
  const from = Math.max(hearing?.at ?? sign ?? now, since ?? 0);
  const isSilence = now - from > tolerated;
  const moving: Moving | null = isSilence
    ? { from, until: now, of: 'reservations', after: '' }
    : null;
  // While deadlines are being moved, `at` stays.
  return { changes: [remember({ at: isSilence ? from : now, moving })], value: isSilence };
}

function moveOn(
  { reservations, resources, pools }: HearingSnapshot,
  moving: Moving,
  context: DecisionContext,
): Decision<boolean> {
  const last = reservations.at(-1) ?? resources.at(-1);
  const changes = [
    ...reservations.flatMap((reservation) => moveLease(reservation, moving)),
    ...resources.flatMap((one) => moveIdleExpiry(one, pools[one.poolId], moving, context)),
  ];
  const next = last
    ? { ...moving, after: last.id }
    : moving.of === 'reservations'
      ? { ...moving, of: 'resources' as const, after: '' }
      : null;
  changes.push(remember({ at: next ? moving.from : moving.until, moving: next }));
  return { changes, value: next !== null };
}

function remember(hearing: Hearing): Change {
  return { do: 'setMetadata', name: NAME, value: JSON.stringify(hearing) };
}

function moveLease(reservation: Reservation, moving: Moving): Change[] {
  const { id, userId, status, endsAt, heartbeat, heartbeatBy: due } = reservation;
  if (status !== 'active' || heartbeat === null || due === null) return [];
  const heartbeatBy = moved(due, heartbeat, moving);
  if (heartbeatBy === due) return [];
  return [
    {
      do: 'setReservation',
      id,
      set: { heartbeatBy, deadlineAt: earlier(endsAt, heartbeatBy) },
    },
    {
      do: 'append',
      event: {
        type: 'reservation.unheard',
        reservationId: id,
        userId,
        data: { heartbeatBy, from: moving.from, until: moving.until },
      },
    },
  ];
}

function moveIdleExpiry(
  resource: Resource,
  pool: Pool | undefined,
  moving: Moving,
  context: DecisionContext,
): Change[] {
  const idleExpiry = pool?.policy.lease.idleExpiry ?? null;
  if (!pool || idleExpiry === null || resource.expiresAt === null) return [];
  const expiresAt = moved(resource.expiresAt, idleExpiry, moving);
  if (expiresAt === resource.expiresAt) return [];
  const isIdle = resource.status === 'available' && resource.operationId === null;
  const due =
    isIdle && resource.adminState !== 'draining'
      ? idleWork({ ...resource, expiresAt }, pool, context.now)
      : {};
  return [{ do: 'setResource', id: resource.id, set: { expiresAt, ...due } }];
}

/**
 * The deadline later by the part of the silence that it ran in; a deadline that had passed before
 * stays. `allowed`: how long before the deadline the last sign came; ms.
 */
function moved(deadline: number, allowed: number, { from, until }: Moving): number {
  if (deadline <= from) return deadline;
  const began = Math.max(from, deadline - allowed);
  return began < until ? deadline + (until - began) : deadline;
}
