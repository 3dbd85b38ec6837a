import type { DetailFields } from '../../domain/change';
import { endedEarlyBy, leaseIsOver } from '../../domain/loans/lease';
import type { Reservation } from '../../domain/loans/reservation';
import {
  COUNTED_STATES,
  countedStates,
  type CountedState,
} from '../../domain/lifecycle/counted-states';
import type { Resource } from '../../domain/lifecycle/resource';
import type { Principal } from '../../domain/people/user';
import type { CredentialSecret } from '../../drivers/driver';
import { POSITION_LIMIT, type QueuePosition } from '../../domain/queue/positions';
import type { WaitingItem } from '../../domain/queue/reasons';
import { waitingWords } from '../../domain/queue/waiting-words';
import type { HeldResource, ClassCount } from '../../store/reads';
import { aad, instantIn, type Engine } from '../engine';
import type { Instant } from '../../domain/context';

/** The place of a waiting reservation, and the reason why it waits. */
export interface QueueStatus {
  /** Place in the queue, 1 for the next; null unless queued. */
  position: number | null;
  /** False if more requests are ahead of it than were counted. */
  positionIsExact: boolean;
  /** The reason why it waits, in a sentence; null unless it is waiting. */
  waitingFor: string | null;
}

export const NOT_QUEUED: QueueStatus = { position: null, positionIsExact: true, waitingFor: null };

/** A reservation as a list shows it, without its resources; times in epoch ms. */
export type ReservationSummary = Reservation & QueueStatus;

/** A reservation as its holder or an admin may see it; times in epoch ms. */
export interface ReservationView extends Reservation, QueueStatus {
  resources: ResourceOfReservation[];
  /** When it was looked at; what is left of the lease counts from then. */
  asOf: number;
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
  /** Does it only pretend to exist? */
  simulated: boolean;
}

/** Is it still waiting to be served or refused? */
export function isPending({ status }: Pick<Reservation, 'status'>): boolean {
  return status === 'queued' || status === 'preparing';
}

/**
 * Gives the reservation as it is now, for this principal. A lease whose time is over shows as ended
 * and gives no credentials, whether or not a job has acted on it.
 */
export async function viewReservation(
  engine: Engine,
  principal: Principal,
  reservation: Reservation,
): Promise<ReservationView> {
  const { store } = engine;
  const instant = instantIn(engine);
  const current = atThisMoment(reservation, instant);
  const { id, status } = current;
  const queuePositions = status === 'queued' ? await store.read.queuePositions(id) : [];
  const holdings = status === 'queued' ? [] : await store.read.holdings(id);
  const shows = maySeeCredentials(principal, current);
  const { position, positionIsExact, waitingFor } = queueStatus(current, queuePositions);
  return {
    position,
    positionIsExact,
    waitingFor,
    resources: holdings.map((entry) => viewHeld(engine, entry, shows)),
    asOf: instant.now,
    ...current,
  };
}

/**
 * Only the holder sees the credentials, and only while the lease lives; an admin never does, not
 * even by setting the holder's password (`credentialsHidden`). `reservation` is as it is now
 * (`atThisMoment`).
 */
function maySeeCredentials(
  { userId }: Principal,
  reservation: Pick<Reservation, 'status' | 'userId' | 'credentialsHidden'>,
): boolean {
  const { status, credentialsHidden } = reservation;
  return status === 'active' && reservation.userId === userId && !credentialsHidden;
}

/** Gives the reservation as it is at an instant: a lease whose time has passed has ended. */
export function atThisMoment(reservation: Reservation, instant: Instant): Reservation {
  if (reservation.status !== 'active' || !leaseIsOver(reservation, instant)) return reservation;
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
    details: allocation.endedAt === null ? { ...details, ...resource.fields } : {},
    credentials: shows && allocation.endedAt === null ? openCredentials(engine, held) : null,
    rotates: pool?.capabilities.rotates ?? false,
    simulated: pool?.capabilities.simulates ?? false,
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

/** The name of the login that was opened for the holder; null if none was. */
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

function queueStatus(reservation: Reservation, queuePositions: QueuePosition[]): QueueStatus {
  const unserved = queuePositions.filter(({ missing }) => missing > 0);
  const waitingFor = waitingWords(reservation, unserved.map(placeAsReason));
  return reservation.status === 'queued'
    ? { ...placeOf(unserved), waitingFor }
    : { ...NOT_QUEUED, waitingFor };
}

/** The one reason that a place tells; `whyWaiting` finds the others. */
function placeAsReason({ item, missing, ahead }: QueuePosition): WaitingItem {
  const because = { reason: 'ahead' as const, count: ahead, until: null };
  return { item, missing, ahead, because: ahead > 0 ? [because] : [] };
}

/** The place of a queued request: that of the item which is furthest back. */
export function placeOf(
  queuePositions: QueuePosition[],
): Pick<QueueStatus, 'positionIsExact'> & { position: number } {
  const unserved = queuePositions.filter(({ missing }) => missing > 0);
  const ahead = Math.max(0, ...unserved.map((entry) => entry.ahead));
  return {
    position: Math.min(ahead, POSITION_LIMIT) + 1,
    positionIsExact: ahead <= POSITION_LIMIT,
  };
}

export type PoolCounts = Record<'total' | CountedState, number>;

const NONE = Object.fromEntries(
  ['total', ...COUNTED_STATES].map((state) => [state, 0]),
) as PoolCounts;

/** Adds up the counters by state; `available` is the number that a request could get now. */
export function countStates(counts: readonly ClassCount[]): PoolCounts {
  const sums = { ...NONE };
  for (const entry of counts) {
    sums.total += entry.count;
    for (const state of countedStates(entry)) sums[state] += entry.count;
  }
  return sums;
}
