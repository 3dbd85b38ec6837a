import type { DetailFields } from '../../domain/change';
import { endedEarlyBy, leaseIsOver } from '../../domain/loans/lease';
import type { Pool } from '../../domain/pools/pool';
import type { Reservation } from '../../domain/loans/reservation';
import type { Resource } from '../../domain/lifecycle/resource';
import type { Principal } from '../../domain/people/user';
import type { CredentialSecret } from '../../drivers/driver';
import { POSITION_LIMIT, type QueuePosition } from '../../domain/queue/positions';
import type { HeldResource, ClassCount } from '../../store/reads';
import { aad, type Engine } from '../engine';

/** A reservation as its holder, or an admin, may see it; times in epoch ms. */
export interface ReservationView extends Reservation {
  /** Place in line, 1 for the next; null unless queued. */
  position: number | null;
  /** False where there are more before it than are counted. */
  positionIsExact: boolean;
  /** Why it waits, in a sentence; null unless it does. */
  waitingFor: string | null;
  resources: ResourceOfReservation[];
}

export interface ResourceOfReservation {
  resource: Resource;
  pool: string;
  item: number;
  generation: number;
  details: DetailFields;
  /** For the holder only, and only while the lease lives. */
  credentials: CredentialSecret | null;
  /** Does the driver rotate what the holder was shown? */
  rotates: boolean;
}

/**
 * The reservation as it is at this moment for this principal: a lease that is over shows as ended,
 * and gives nothing, whether or not a job has run.
 */
export async function viewReservation(
  engine: Engine,
  principal: Principal,
  reservation: Reservation,
): Promise<ReservationView> {
  const { store } = engine;
  const seen = atThisMoment(reservation, store.now());
  const queuePositions = seen.status === 'queued' ? await store.read.queuePositions(seen.id) : [];
  const held = seen.status === 'queued' ? [] : await store.read.holdings(seen.id);
  const shows = seen.status === 'active' && seen.userId === principal.userId;
  const { position, positionIsExact, waitingFor } = waiting(seen, queuePositions);
  return {
    position,
    positionIsExact,
    waitingFor,
    resources: held.map((entry) => viewHeld(engine, entry, shows)),
    ...seen,
  };
}

/** What the stored row means now. */
export function atThisMoment(reservation: Reservation, now: number): Reservation {
  if (reservation.status !== 'active' || !leaseIsOver(reservation, now)) return reservation;
  return {
    ...reservation,
    status: 'ended',
    endReason: 'expired',
    endDetail: endedEarlyBy(reservation),
    endedAt: reservation.deadlineAt,
    deadlineAt: null,
  };
}

function viewHeld(engine: Engine, held: HeldResource, shows: boolean): ResourceOfReservation {
  const { allocation, resource, pool, details } = held;
  return {
    resource,
    pool: pool?.name ?? '',
    item: allocation.item,
    generation: allocation.generation,
    details: allocation.endedAt === null ? details : {},
    credentials: shows && allocation.endedAt === null ? openCredentials(engine, held) : null,
    rotates: pool?.capabilities.rotates ?? false,
  };
}

function openCredentials(
  { sealer }: Engine,
  { allocation, credential }: HeldResource,
): CredentialSecret | null {
  const sealed = allocation.sealedAccess
    ? { text: allocation.sealedAccess, place: aad.access(allocation.id) }
    : credential && { text: credential.sealed, place: aad.credential(credential.id) };
  return sealed ? (JSON.parse(sealer.open(sealed.place, sealed.text)) as CredentialSecret) : null;
}

/** The login that was opened for the holder of a resource, by name only; null where none was. */
export function loginNameOf({ sealer }: Engine, { allocation }: HeldResource): string | null {
  if (allocation.sealedAccess === null) return null;
  return (
    (
      JSON.parse(
        sealer.open(aad.access(allocation.id), allocation.sealedAccess),
      ) as CredentialSecret
    ).username ?? null
  );
}

function waiting(
  reservation: Reservation,
  queuePositions: QueuePosition[],
): Pick<ReservationView, 'position' | 'positionIsExact' | 'waitingFor'> {
  if (reservation.status === 'preparing')
    return { position: null, positionIsExact: true, waitingFor: 'access is being opened' };
  if (reservation.status !== 'queued')
    return { position: null, positionIsExact: true, waitingFor: null };
  const ahead = Math.max(
    0,
    ...queuePositions
      .filter(({ missing }) => missing > 0)
      .map((queuePosition) => queuePosition.ahead),
  );
  const reasons = queuePositions
    .filter(({ missing }) => missing > 0)
    .map(
      ({ item, count, missing, ahead: before }) =>
        `item ${item}: ${missing} of ${count} missing, ${before} ahead`,
    );
  return {
    position: Math.min(ahead, POSITION_LIMIT) + 1,
    positionIsExact: ahead <= POSITION_LIMIT,
    waitingFor: reasons.join('; '),
  };
}

/** A pool with how many of its resources are in which state. */
export interface PoolView extends Pool {
  counts: PoolCounts;
}

export type PoolCounts = Record<
  | 'total'
  | 'available'
  | 'allocated'
  | 'held'
  | 'provisioning'
  | 'dirty'
  | 'cleaning'
  | 'quarantined'
  | 'destroying'
  | 'maintenance'
  | 'draining',
  number
>;

/** Counts by state, from the counters. `available` is the one predicate. */
export function countStates(counts: ClassCount[]): PoolCounts {
  const sum = (which: (count: ClassCount) => boolean) =>
    counts.filter(which).reduce((total, { count }) => total + count, 0);
  const inStatus = (status: ClassCount['status']) => sum((entry) => entry.status === status);
  return {
    total: sum(() => true),
    available: sum(
      ({ status, adminState, held }) =>
        status === 'available' && adminState === 'in_service' && !held,
    ),
    held: sum(({ held }) => held),
    allocated: inStatus('allocated'),
    provisioning: inStatus('provisioning'),
    dirty: inStatus('dirty'),
    cleaning: inStatus('cleaning'),
    quarantined: inStatus('quarantined'),
    destroying: inStatus('destroying'),
    maintenance: sum(({ adminState }) => adminState === 'maintenance'),
    draining: sum(({ adminState }) => adminState === 'draining'),
  };
}
