import { allocationId, type Allocation } from './allocation';
import type { Change } from '../change';
import { earlier, endOf, startLease } from './lease';
import type { Pool } from '../pools/pool';
import { nextReservationStatus, type Reservation } from './reservation';
import { nextResourceStatus, UNHELD } from '../lifecycle/resource';
import type { Candidate, Pick, Queues, Schedule } from '../queue/queues';
import { schedule } from '../queue/scheduling';
import { idleExpiryOf, supersede } from '../lifecycle/steps';

/** Queues together with the rows that granting needs, by id. */
export interface QueueSnapshot {
  queues: Queues;
  /** The reservations of the queued requests. */
  reservations: Record<string, Reservation>;
  /** The pools of the classes. */
  pools: Record<string, Pool>;
}

/** Gives the available resources to the requests whose turn it is, as changes. */
export function serve(snapshot: QueueSnapshot, now: number): Change[] {
  return scheduleChanges(schedule(snapshot.queues, now), snapshot, now);
}

/** Does the same as `serve`, as if `freed` were available, too. */
export function serveWith(
  snapshot: QueueSnapshot,
  freed: readonly Candidate[],
  now: number,
): Change[] {
  const { queues } = snapshot;
  const available = [...queues.available, ...freed];
  return serve({ ...snapshot, queues: { ...queues, available } }, now);
}

/** The changes that carry out a schedule for reservations that already exist. */
export function scheduleChanges(plan: Schedule, snapshot: QueueSnapshot, now: number): Change[] {
  const changes: Change[] = [];
  for (const { reservationId, picks } of plan.grants) {
    const reservation = snapshot.reservations[reservationId]!;
    const { set, granted } = grant(reservation, picks, snapshot.pools, now);
    changes.push(
      { do: 'setReservation', id: reservationId, set },
      { do: 'dequeue', reservationId },
      ...granted,
    );
  }
  for (const { reservationId, pick, until } of plan.held) {
    changes.push({
      do: 'setResource',
      id: pick.candidate.resourceId,
      set: { heldFor: reservationId, heldItem: pick.item, heldUntil: until },
    });
  }
  for (const { reservationId, released } of plan.parked)
    changes.push(...park(reservationId, released));
  for (const reservationId of plan.unparked)
    changes.push({ do: 'setParked', reservationId, parked: false });
  for (const entry of plan.missing) changes.push({ do: 'setMissing', ...entry });
  for (const entry of plan.taken) changes.push({ do: 'releaseHold', ...entry });
  for (const { reservationId, rank } of plan.promotions)
    changes.push({ do: 'setRank', reservationId, rank });
  for (const { reservationId, overtaken } of plan.overtakes)
    changes.push({ do: 'setReservation', id: reservationId, set: { overtaken } });
  return changes;
}

/** Has a queued request hold nothing, and let others past. */
export function park(
  reservationId: string,
  released: readonly Candidate[],
  parked = true,
): Change[] {
  return [
    { do: 'setParked', reservationId, parked },
    ...released.flatMap(({ resourceId, heldItem }): Change[] => [
      { do: 'setResource', id: resourceId, set: { ...UNHELD } },
      { do: 'releaseHold', reservationId, item: heldItem! },
    ]),
  ];
}

/**
 * Lends the picked resources to a reservation: gives its new fields, and the changes to the
 * resources.
 */
export function grant(
  reservation: Reservation,
  picks: Pick[],
  pools: Record<string, Pool>,
  now: number,
): { set: Partial<Reservation>; granted: Change[] } {
  const opens = picks.some(({ candidate }) => pools[candidate.poolId]!.capabilities.opensAccess);
  const status = nextReservationStatus(reservation.status, opens ? 'prepare' : 'activate');
  const set: Partial<Reservation> = {
    status,
    ...(opens
      ? { deadlineAt: earlier(now + reservation.prepare, reservation.endsAt) }
      : startLease(reservation, now)),
    ...backInTime(reservation, picks, now),
  };
  const { id: reservationId, userId, prepare } = reservation;
  const backAt = endOf(reservation, now + (opens ? prepare : 0));
  const granted: Change[] = picks.flatMap((pick) =>
    allocate(pick, { reservationId, userId, backAt }, pools, now),
  );
  granted.push({
    do: 'append',
    event: {
      type: `reservation.${opens ? 'preparing' : 'active'}`,
      reservationId,
      userId,
      data: { endsAt: set.endsAt ?? null },
    },
  });
  return { set, granted };
}

/** A lease of something that is held for another cannot be extended beyond the time given. */
function backInTime(
  { maximum, prepare }: Reservation,
  picks: Pick[],
  now: number,
): Partial<Reservation> {
  const until = picks.flatMap(({ candidate }) => candidate.lendUntil ?? []);
  if (until.length === 0) return {};
  const longest = Math.min(...until) - now - prepare;
  return { maximum: maximum === null ? longest : Math.min(maximum, longest) };
}

function allocate(
  { item, candidate }: Pick,
  {
    reservationId,
    userId,
    backAt,
  }: { reservationId: string; userId: string; backAt: number | null },
  pools: Record<string, Pool>,
  now: number,
): Change[] {
  const pool = pools[candidate.poolId]!;
  const opens = pool.capabilities.opensAccess;
  const allocation = allocationOf(candidate, item, reservationId, opens, now);
  const { resourceId, generation } = allocation;
  const changes: Change[] = [
    { do: 'allocate', allocation },
    {
      do: 'setResource',
      id: resourceId,
      set: {
        status: nextResourceStatus('available', 'allocate'),
        generation,
        ...UNHELD,
        backAt,
        nextOperation: opens ? 'openAccess' : null,
        dueAt: opens ? now : null,
        operationId: null,
        expiresAt: idleExpiryOf(pool, now),
        changedAt: now,
      },
    },
    {
      do: 'append',
      event: {
        type: 'resource.allocated',
        poolId: candidate.poolId,
        resourceId,
        reservationId,
        userId,
        data: { generation },
      },
    },
  ];
  if (candidate.operationId) changes.push(supersede(candidate.operationId, now));
  return changes;
}

function allocationOf(
  candidate: Candidate,
  item: number,
  reservationId: string,
  opens: boolean,
  now: number,
): Allocation {
  const generation = candidate.generation + 1;
  return {
    id: allocationId(candidate.resourceId, generation),
    resourceId: candidate.resourceId,
    reservationId,
    item,
    generation,
    access: opens ? 'opening' : 'none',
    sealedAccess: null,
    startedAt: now,
    endedAt: null,
  };
}
