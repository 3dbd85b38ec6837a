import type { Change } from '../change';
import type { DecisionContext } from '../context';
import { firstStep } from '../lifecycle/operation-steps';
import { nextResourceStatus, type Resource } from '../lifecycle/resource';
import {
  adminStateEvent,
  candidateOf,
  idleExpiryOf,
  readyFields,
  supersede,
} from '../lifecycle/steps';
import type { Pool } from '../pools/pool';
import type { Candidate } from '../queue/queues';
import { keep } from '../returns/ending';
import { recordOf } from '../returns/record';
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
  const next = { expiresAt, backAt: null, ...afterLoan({ ...dirty, expiresAt }, pool, context) };
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
  const record = next.status === 'available' ? recordOf(dirty, pool, 'ready', context) : null;
  if (record) changes.push(keep(record));
  return { changes, candidate };
}

function afterLoan(dirty: Resource, pool: Pool, context: DecisionContext): Partial<Resource> {
  const { status, adminState, generation, changedAt, wayBack } = dirty;
  const common = { adminState, generation, operationId: null, changedAt, wayBack };
  if (adminState === 'draining')
    return {
      status: nextResourceStatus(status, 'destroy'),
      nextOperation: 'destroy',
      dueAt: context.now,
      ...common,
    };
  const first = firstStep(pool);
  return first
    ? { status, nextOperation: first, dueAt: context.now, ...common }
    : { adminState, generation, ...readyFields(dirty, pool, context) };
}

/** A holder who never got a login keeps none. */
function causeOf({ access }: Allocation): ReturnCause {
  return access === 'opening' ? 'unopened' : 'loan';
}

/** A resource that was lent for longer than its idle expiry becomes idle when its loan ends. */
function idleFrom({ expiresAt }: Resource, pool: Pool, endedAt: number): number | null {
  return expiresAt !== null && expiresAt <= endedAt ? idleExpiryOf(pool, endedAt) : expiresAt;
}
