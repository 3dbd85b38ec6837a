import type { Change } from '../change';
import type { DecisionContext } from '../context';
import { firstStep } from '../lifecycle/operation-steps';
import { nextResourceStatus, type Resource } from '../lifecycle/resource';
import {
  adminStateEvent,
  candidateOf,
  idleExpiryOf,
  quarantineEvents,
  readyFields,
  supersede,
} from '../lifecycle/steps';
import type { Pool } from '../pools/pool';
import type { Candidate } from '../queue/queues';
import { againAfter, keep } from '../returns/ending';
import { recordOf, type ReturnRecord } from '../returns/record';
import { wayBackFrom, type ReturnCause } from '../returns/way-back';
import type { Allocation } from './allocation';
import type { Reservation } from './reservation';

/**
 * Takes one resource back: it is cleaned, removed if it is draining, or available at once if
 * holders leave nothing behind.
 */
export function endAllocation(
  allocation: Allocation,
  resource: Resource,
  pool: Pool,
  { onRelease, deadlineAt, userId }: Reservation,
  context: DecisionContext,
): { changes: Change[]; candidate: Candidate | null } {
  const { now } = context;
  const adminState =
    onRelease === 'maintenance' && resource.adminState === 'in_service'
      ? 'maintenance'
      : resource.adminState;
  const status = nextResourceStatus(resource.status, 'end');
  const dirty = {
    ...resource,
    adminState,
    status,
    generation: resource.generation + 1,
    operationId: null,
    wayBack: wayBackFrom(causeOf(allocation), now, allocation.reservationId),
    changedAt: now,
  };
  // A lease ends at its deadline, even if that is noticed later.
  const expiresAt = idleFrom(dirty, pool, Math.min(now, deadlineAt ?? now));
  const record = firstStep(pool) === null ? recordAtOnce(dirty, pool, context) : null;
  const after = afterLoan({ ...dirty, expiresAt }, record, pool, context);
  const next = { expiresAt, backAt: null, ...after };
  const { id: resourceId, poolId } = resource;
  const changes: Change[] = [
    { do: 'setAllocation', id: allocation.id, set: { endedAt: now } },
    { do: 'setResource', id: resourceId, set: next },
    {
      do: 'append',
      event: {
        type: 'resource.freed',
        poolId,
        resourceId,
        reservationId: allocation.reservationId,
        userId,
        data: { generation: dirty.generation, to: next.status ?? dirty.status },
      },
    },
  ];
  if (adminState !== resource.adminState)
    changes.push(adminStateEvent(resource, adminState, 'Its holder returned it so.'));
  if (resource.operationId) changes.push(supersede(resource.operationId, now));
  const candidate = next.status === 'available' ? candidateOf({ ...dirty, ...next }, now) : null;
  if (record) changes.push(...keep(record));
  const { failures, status: last, reason } = { ...dirty, ...next };
  changes.push(...quarantineEvents({ ...dirty, failures }, last, reason));
  return { changes, candidate };
}

/** Where nothing is done after a loan, its end is the whole return, unless the resource goes. */
function recordAtOnce(dirty: Resource, pool: Pool, context: DecisionContext): ReturnRecord | null {
  return dirty.adminState === 'draining' ? null : recordOf(dirty, pool, 'ready', context);
}

/** `record`: of a return that is over already; null if it has steps to take. */
function afterLoan(
  dirty: Resource,
  record: ReturnRecord | null,
  pool: Pool,
  context: DecisionContext,
): Partial<Resource> {
  const { status, adminState, generation, changedAt, wayBack } = dirty;
  const common = { adminState, generation, operationId: null, changedAt, wayBack };
  if (adminState === 'draining')
    return {
      status: nextResourceStatus(status, 'destroy'),
      nextOperation: 'destroy',
      dueAt: context.now,
      ...common,
    };
  if (!record) return { status, nextOperation: firstStep(pool), dueAt: context.now, ...common };
  if (record.outcome === 'returned')
    return { adminState, generation, ...readyFields(dirty, pool, context) };
  const quarantined = nextResourceStatus(status, 'quarantine');
  return { ...common, status: quarantined, ...againAfter(record, dirty, pool, context) };
}

/** A holder who was shown no login has nothing that could be tried. */
function causeOf({ access }: Allocation): ReturnCause {
  return access === 'opening' ? 'unopened' : 'loan';
}

/** A resource that was lent for longer than its idle expiry becomes idle when its loan ends. */
function idleFrom({ expiresAt }: Resource, pool: Pool, endedAt: number): number | null {
  return expiresAt !== null && expiresAt <= endedAt ? idleExpiryOf(pool, endedAt) : expiresAt;
}
