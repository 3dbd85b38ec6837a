import type { Change } from '../change';
import { earlier } from '../loans/lease';
import type { DecisionContext } from '../context';
import type { NewEvent } from '../event';
import type { OperationKind } from './operation';
import { firstStep } from './operation-steps';
import type { Pool } from '../pools/pool';
import { nextResourceStatus, UNHELD, type Resource } from './resource';
import type { Candidate } from '../queue/queues';

/** When a resource last used at `now` is removed, in epoch ms; null: never. */
export function idleExpiryOf(pool: Pool, now: number): number | null {
  const { idleExpiry } = pool.policy.lease;
  return pool.sizing === 'manual' && idleExpiry !== null ? now + idleExpiry : null;
}

/** The next maintenance of an idle resource, and when it is due. */
export function idleWork(
  resource: Pick<Resource, 'verifiedAt' | 'rotatedAt' | 'expiresAt'>,
  pool: Pool,
  now: number,
): Pick<Resource, 'nextOperation' | 'dueAt'> {
  const { verification, rotation } = pool.policy;
  const { rotates, staticCredential } = pool.capabilities;
  const due: [OperationKind, number | null][] = [
    ['destroy', resource.expiresAt],
    [
      'issueCredential',
      rotates && staticCredential && rotation.interval !== null
        ? (resource.rotatedAt ?? now) + rotation.interval
        : null,
    ],
    [
      'verify',
      verification.interval === null ? null : (resource.verifiedAt ?? now) + verification.interval,
    ],
  ];
  const dueAt = due.reduce<number | null>((soonest, [, at]) => earlier(soonest, at), null);
  const nextOperation = due.find(([, at]) => at !== null && at === dueAt)?.[0] ?? null;
  return { nextOperation, dueAt };
}

/** The rank of a resource among the available ones of its class: idle since `context.now`. */
export function pickRank(resource: Resource, pool: Pool, context: DecisionContext): number {
  if (pool.policy.pick === 'lowest') return resource.number;
  return pool.policy.pick === 'random' ? Math.floor(context.fraction() * 2 ** 40) : context.now;
}

/** The fields of a resource that becomes available, from any status that allows it. */
export function readyFields(
  resource: Resource,
  pool: Pool,
  context: DecisionContext,
): Partial<Resource> {
  return {
    status: nextResourceStatus(resource.status, 'ready'),
    rank: pickRank(resource, pool, context),
    failures: 0,
    reason: null,
    unprovenSince: null,
    wayBack: null,
    operationId: null,
    changedAt: context.now,
    ...idleWork(resource, pool, context.now),
  };
}

/**
 * A resource that has just become available, as the scheduler sees it; null if it is out of service
 * or has expired.
 */
export function candidateOf(resource: Resource, now: number): Candidate | null {
  if (resource.expiresAt !== null && resource.expiresAt <= now) return null;
  if (resource.adminState !== 'in_service' || resource.heldFor !== null) return null;
  const { id, classId, poolId, generation, rank, operationId } = resource;
  return {
    resourceId: id,
    classId,
    poolId,
    generation,
    rank,
    operationId,
    heldFor: null,
    heldItem: null,
  };
}

/** The part of a resource that its changes of status tell of. */
type Moving = Pick<Resource, 'id' | 'poolId' | 'generation' | 'status'> &
  Partial<Pick<Resource, 'failures'>>;

/** The events that record a change of status; `failures` are those by then. */
export function statusEvents(
  resource: Moving,
  status: Resource['status'],
  reason: string | null = null,
): Change[] {
  const { id: resourceId, poolId, generation } = resource;
  const data = { from: resource.status, to: status, generation, ...(reason ? { reason } : {}) };
  return [
    { do: 'append', event: { type: 'resource.status', poolId, resourceId, data } },
    ...quarantineEvents(resource, status, reason),
  ];
}

/**
 * The event that records that a quarantine begins or ends, if one does. Its types are rare, so that
 * whoever asks for them is woken by nothing else.
 */
export function quarantineEvents(
  { id: resourceId, poolId, status: from, failures = 0 }: Omit<Moving, 'generation'>,
  to: Resource['status'],
  reason: string | null,
): Change[] {
  const isOne = [from, to].map((status) => status === 'quarantined');
  if (isOne[0] === isOne[1]) return [];
  const event: NewEvent = isOne[1]
    ? { type: 'resource.quarantined', data: { from, reason, failures } }
    : { type: 'resource.quarantine_ended', data: { to } };
  return [{ do: 'append', event: { ...event, poolId, resourceId } }];
}

/** The event that records a change of the admin state, and why somebody wanted it. */
export function adminStateEvent(
  { id: resourceId, poolId, adminState: from }: Pick<Resource, 'id' | 'poolId' | 'adminState'>,
  to: Resource['adminState'],
  reason: string | null = null,
): Change {
  const data = { from, to, ...(reason ? { reason } : {}) };
  return { do: 'append', event: { type: 'resource.admin_state', poolId, resourceId, data } };
}

/** Ends an operation whose result is no longer wanted; a later report for it changes nothing. */
export function supersede(operationId: string, now: number): Change {
  const set = { outcome: 'superseded', sealedMemo: null, finishedAt: now } as const;
  return { do: 'setOperation', id: operationId, set };
}

/**
 * Detaches a resource from its operation, which is superseded, and from the request that it is held
 * for, which misses it again.
 */
export function detach(resource: Resource, now: number): Change[] {
  const changes: Change[] = [];
  if (resource.operationId) changes.push(supersede(resource.operationId, now));
  if (resource.heldFor)
    changes.push({
      do: 'releaseHold',
      reservationId: resource.heldFor,
      item: resource.heldItem!,
    });
  return changes;
}

/** Sends an unallocated resource to be cleaned, from step `from` on; by default from the first. */
export function markDirty(
  resource: Resource,
  pool: Pool,
  reason: string,
  now: number,
  from: OperationKind = firstStep(pool) ?? 'verify',
): Change[] {
  const status = nextResourceStatus(resource.status, 'mark_dirty');
  const set = {
    status,
    reason,
    nextOperation: from,
    dueAt: now,
    operationId: null,
    ...UNHELD,
    changedAt: now,
  };
  return [
    { do: 'setResource', id: resource.id, set },
    ...statusEvents(resource, status, reason),
    ...detach(resource, now),
  ];
}
