import type { Allocation } from './allocation';
import type { Change, Decision } from '../change';
import { DomainError } from '../errors';
import { serveWith, type QueueSnapshot } from './granting';
import { endedEarlyBy, leaseIsOver } from './lease';
import { isLost } from './lost';
import type { DecisionContext } from '../context';
import { mergeUpdates } from '../merge-updates';
import type { OperationKind } from '../lifecycle/operation';
import type { Principal } from '../people/user';
import type { Pool } from '../pools/pool';
import {
  END_REASONS_BY_STATUS,
  nextReservationStatus,
  type EndReason,
  type Reservation,
} from './reservation';
import { isIdle, UNHELD, type Resource } from '../lifecycle/resource';
import type { Candidate } from '../queue/queues';
import { candidateOf } from '../lifecycle/steps';
import { endAllocation } from './taking-back';

/** A resource that a reservation holds. */
export interface Holding {
  allocation: Allocation;
  resource: Resource;
}

/** A reservation, its holdings, and the queues that it waits in or that its end may serve. */
export interface ReservationSnapshot extends QueueSnapshot {
  reservation: Reservation;
  holdings: Holding[];
  /** The resources held for it while it is queued. */
  held: Resource[];
}

/**
 * Is the access of this holder closed, or gone together with the resource? If its opening was cut
 * off, a late call may still open it after it was closed, and only a finished cleaning then proves
 * that it is closed. So it does where the cleaning itself ends access, which then has a secret until
 * it is done. If the driver opens none, there is nothing to close.
 */
export function accessRevoked({ allocation, resource }: Holding): boolean {
  if (allocation.access === 'none') return true;
  if (allocation.endedAt === null) return false;
  if (resource.generation > allocation.generation + 1 || isIdle(resource)) return true;
  const isClosed = allocation.access === 'open' && allocation.sealedAccess === null;
  const open: (OperationKind | null)[] = isClosed
    ? ['closeAccess', 'destroy']
    : ['closeAccess', 'clean', 'destroy'];
  return !open.includes(resource.nextOperation);
}

/**
 * The resources that the end of their loan may make available at once. Any other has to be cleaned
 * first, so ending its loan serves nobody yet.
 */
export function freedAtOnce(
  holdings: readonly Holding[],
  pools: Readonly<Record<string, Pool>>,
): Resource[] {
  return holdings
    .map(({ resource }) => resource)
    .filter(({ poolId }) => pools[poolId]!.capabilities.leavesNothing);
}

/**
 * Ends a reservation because its holder is done with it or no longer wants to wait; if anybody else
 * asks, it is revoked. `reason`: why, in their words. One that has ended already stays unchanged.
 */
export function release(
  snapshot: ReservationSnapshot,
  by: Pick<Principal, 'userId' | 'userName'>,
  context: DecisionContext,
  reason: string | null = null,
): Decision<string> {
  const { reservation } = snapshot;
  if (by.userId !== reservation.userId)
    return revoke(snapshot, `by ${by.userName}${reason ? `: ${reason}` : ''}`, context);
  if (reservation.status === 'ended') return { changes: [], value: reservation.id };
  if (leaseIsOver(reservation, context))
    return end(snapshot, 'expired', endedEarlyBy(reservation), context);
  return end(snapshot, reservation.status === 'queued' ? 'cancelled' : 'released', reason, context);
}

/**
 * Ends a reservation against its holder's will. A lease whose time has passed has expired, whoever
 * ends it. One that has ended already stays unchanged.
 */
export function revoke(
  snapshot: ReservationSnapshot,
  detail: string,
  context: DecisionContext,
): Decision<string> {
  const { reservation } = snapshot;
  if (reservation.status === 'ended') return { changes: [], value: reservation.id };
  if (leaseIsOver(reservation, context))
    return end(snapshot, 'expired', endedEarlyBy(reservation), context);
  return end(snapshot, 'revoked', detail, context);
}

/**
 * Ends a reservation whose deadline has passed at `now`, unless it was extended in the meantime.
 */
export function expire(snapshot: ReservationSnapshot, context: DecisionContext): Decision<string> {
  const { reservation } = snapshot;
  const due =
    reservation.status !== 'ended' &&
    reservation.deadlineAt !== null &&
    reservation.deadlineAt <= context.now;
  if (!due) return { changes: [], value: reservation.id };
  if (reservation.status === 'queued') return end(snapshot, 'timed_out', null, context);
  if (reservation.status === 'preparing')
    return end(snapshot, 'failed', 'Access could not be opened in time.', context);
  const isUnheard = reservation.heartbeatBy !== null && !leaseIsOver(reservation, context);
  if (isUnheard) return { changes: [], value: reservation.id };
  return end(snapshot, 'expired', endedEarlyBy(reservation), context);
}

/**
 * Ends a reservation in any live status, or gives up its place in the queues. Its resources begin
 * their way back: the steps of lifecycle/operation-steps.ts, which service/lifecycle/
 * operation-runner.ts makes and reports to completion.ts, and last handover.ts, which lends them to
 * the next. Errors: `conflict` when the reason does not fit the status.
 */
export function end(
  snapshot: ReservationSnapshot,
  reason: EndReason,
  detail: string | null,
  context: DecisionContext,
): Decision<string> {
  const { reservation } = snapshot;
  const { id, userId, status } = reservation;
  if (!END_REASONS_BY_STATUS[status].includes(reason)) {
    throw new DomainError('conflict', `A reservation that is ${status} cannot end as ${reason}.`);
  }
  const set: Partial<Reservation> = {
    status: nextReservationStatus(status, 'end'),
    endReason: reason,
    endDetail: detail,
    endedAt: context.now,
    deadlineAt: null,
    sealedAccess: null,
  };
  const changes: Change[] = [
    { do: 'setReservation', id, set },
    {
      do: 'append',
      event: {
        type: 'reservation.ended',
        reservationId: id,
        userId,
        data: { reason, ...(detail ? { detail } : {}) },
      },
    },
    ...(isLost(status, reason, detail) ? [lost(reservation, reason, detail)] : []),
    ...(status === 'queued' ? leaveQueues(snapshot, context) : giveBack(snapshot, context)),
  ];
  return { changes, value: id };
}

function lost({ id, userId }: Reservation, reason: EndReason, detail: string | null): Change {
  const data = { reason, ...(detail ? { detail } : {}) };
  return { do: 'append', event: { type: 'lease.lost', reservationId: id, userId, data } };
}

function leaveQueues(snapshot: ReservationSnapshot, context: DecisionContext): Change[] {
  const { reservation, held } = snapshot;
  const changes: Change[] = [{ do: 'dequeue', reservationId: reservation.id }];
  const freed: Candidate[] = [];
  for (const resource of held) {
    changes.push({
      do: 'setResource',
      id: resource.id,
      set: { ...UNHELD },
    });
    const candidate =
      resource.status === 'available'
        ? candidateOf({ ...resource, heldFor: null }, context.now)
        : null;
    if (candidate) freed.push(candidate);
  }
  return mergeUpdates([...changes, ...serveWith(withoutIt(snapshot), freed, context.now)]);
}

function giveBack(snapshot: ReservationSnapshot, context: DecisionContext): Change[] {
  const freed: Candidate[] = [];
  const changes = snapshot.holdings.flatMap(({ allocation, resource }) => {
    const result = endAllocation(
      allocation,
      resource,
      snapshot.pools[resource.poolId]!,
      snapshot.reservation,
      context,
    );
    if (result.candidate) freed.push(result.candidate);
    return result.changes;
  });
  return freed.length === 0
    ? changes
    : mergeUpdates([...changes, ...serveWith(withoutIt(snapshot), freed, context.now)]);
}

/** The queues without the reservation that ends. */
function withoutIt({ reservation, ...snapshot }: ReservationSnapshot): QueueSnapshot {
  const { queues } = snapshot;
  const requests = queues.requests.filter(({ reservationId }) => reservationId !== reservation.id);
  return { ...snapshot, queues: { ...queues, requests } };
}
