import type { EventType } from '../event';
import { isLost } from '../loans/lost';
import type { Reservation } from '../loans/reservation';
import type { Level } from '../returns/level';
import type { ReturnCause } from '../returns/way-back';
import { rounded, type Tallies } from './tally';

/** A row in order of a time (epoch ms), then of its id. */
export interface PlaceInTime {
  at: number;
  id: string;
}

/** A resource that is lent now; epoch ms. */
export interface LiveHolding {
  reservationId: string;
  requestedAt: number;
  poolId: string;
  startedAt: number;
}

/** A resource that a reservation has, or had; epoch ms. */
export interface CountedHolding {
  /** null: its resource is forgotten. */
  poolId: string | null;
  startedAt: number;
  /** null: with its reservation. */
  endedAt: number | null;
}

/** A reservation that has ended, with all that it held. */
export type EndedReservation = Pick<
  Reservation,
  'id' | 'requestedAt' | 'startsAt' | 'endReason' | 'endDetail' | 'items'
> & { endedAt: number; holdings: CountedHolding[] };

/** A resource that is gone; epoch ms. */
export interface GoneResource {
  id: string;
  poolId: string;
  createdAt: number;
  destroyedAt: number;
}

/** A return, as far as it is counted; `since` and `at` are epoch ms. */
export interface CountedReturn {
  seq: number;
  poolId: string;
  cause: ReturnCause;
  level: Level;
  since: number;
  at: number;
}

/** The events that are counted as failures. */
export const FAILURES = ['resource.failed', 'resource.quarantined'] as const satisfies EventType[];

/** One of them; `operation`: the kind of the call that failed, null of others. */
export interface CountedFailure {
  seq: number;
  at: number;
  type: (typeof FAILURES)[number];
  poolId: string | null;
  operation: string | null;
}

/**
 * Counts a request that was served: where it was, and how long it had waited. All of its resources
 * are lent at once.
 */
export function countServed(
  tallies: Tallies,
  { requestedAt, holdings }: Pick<EndedReservation, 'requestedAt' | 'holdings'>,
): void {
  const at = Math.min(...holdings.map(({ startedAt }) => startedAt));
  const poolIds = poolsOf(holdings);
  tallies.add(poolIds, at, 'started');
  tallies.add(poolIds, at, `wait ${rounded(at - requestedAt)}`);
  if (at > requestedAt) tallies.add(poolIds, at, 'waited');
}

/** Counts a reservation that has ended. `wanted`: the pools that could have served it. */
export function countEnded(
  tallies: Tallies,
  reservation: EndedReservation,
  wanted: readonly string[],
): void {
  const { holdings, endedAt, endReason, endDetail, startsAt } = reservation;
  if (endReason === null) return;
  if (holdings.length === 0) return tallies.add(wanted, endedAt, `unserved ${endReason}`);
  countServed(tallies, reservation);
  for (const { poolId, startedAt, endedAt: to } of holdings)
    if (poolId !== null) tallies.addStretch(poolId, startedAt, to ?? endedAt, 'held');
  tallies.add(poolsOf(holdings), endedAt, `ended ${endReason}`);
  const status = startsAt === null ? 'preparing' : 'active';
  if (isLost(status, endReason, endDetail)) tallies.add(poolsOf(holdings), endedAt, 'lost');
}

/** Counts the time that a resource was there. */
export function countGone(tallies: Tallies, resource: GoneResource): void {
  tallies.addStretch(resource.poolId, resource.createdAt, resource.destroyedAt, 'there');
}

/** Counts a return after a loan; of others, nobody waits for what they show. */
export function countReturn(tallies: Tallies, returned: CountedReturn): void {
  const { poolId, cause, level, since, at } = returned;
  if (cause !== 'loan' && cause !== 'unopened') return;
  tallies.add([poolId], at, `back ${rounded(at - since)}`);
  tallies.add([poolId], at, `level ${level}`);
}

/** Counts a failure. */
export function countFailure(tallies: Tallies, failure: CountedFailure): void {
  const { at, type, poolId, operation } = failure;
  const pools = poolId === null ? [] : [poolId];
  if (type === 'resource.quarantined') return tallies.add(pools, at, 'quarantined');
  tallies.add(pools, at, 'failed call');
  if (operation === 'clean') tallies.add(pools, at, 'failed cleaning');
}

function poolsOf(holdings: readonly CountedHolding[]): string[] {
  return holdings.flatMap(({ poolId }) => poolId ?? []);
}
