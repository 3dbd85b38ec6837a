/**
 * Who is served next. Pure; a richer scheduler will replace this file and nothing else.
 *
 * Every line is served strictly in order of rank: request time, moved up by priority. A request with a priority of p
 * overtakes those that asked up to p × AGE_PER_PRIORITY earlier, so that waiting outweighs any priority in the end.
 * A request that needs more than it can get at once keeps what falls to it (it is set aside) once nobody who asked earlier
 * waits in a line that it lacks something of, and is promoted at that moment: ranked before all that are not, in order of
 * promotion. One total order over all lines: of two bundles the earlier-ranked always gets what both want, so they cannot
 * deadlock. Before its turn it keeps nothing, and others are lent what it cannot use yet.
 *
 * Bound: getting ahead for good, by being served or promoted, overtakes the oldest request of each line concerned, and
 * that one is promoted once this has happened OVERTAKE_LIMIT times (what one transaction does beyond that is counted,
 * not taken back). So one with `a` older ones in its lines is overtaken about OVERTAKE_LIMIT × (a + 1) times at most,
 * and by nobody who asks after it has been promoted.
 */

import { assign, Free, wantingItems, type Candidate, type WaitingItem } from './assigning';

export type { Candidate, WaitingItem };

/** How much waiting time one point of priority is worth, in ms. */
export const AGE_PER_PRIORITY = 60_000;
export const MAX_PRIORITY = 100;
export const OVERTAKE_LIMIT = 10;
const PROMOTED = 1e15;

export interface Waiter {
  reservationId: string;
  rank: number;
  requestedAt: number;
  overtaken: number;
  items: WaitingItem[];
}

/** What stands in some lines: heads, and what could serve them. Bounded, whatever the size of pool and line. */
export interface Queues {
  /** The first of each line and those that name a loaded candidate, each with all its items. */
  waiters: Waiter[];
  /** Available resources of the lines, best first. */
  available: Candidate[];
  /** What is set aside for the loaded waiters. */
  setAside: Candidate[];
  /** The longest-waiting of each line, by line id; of all lines the waiters stand in. */
  oldest: Record<number, Waiter>;
}

export interface Pick {
  item: number;
  candidate: Candidate;
}

export interface Schedule {
  grants: { reservationId: string; picks: Pick[] }[];
  setAside: { reservationId: string; pick: Pick }[];
  /** What each item of a waiter still lacks, and whether it stands in its lines, where that changed. */
  missing: { reservationId: string; item: number; missing: number; wanting: boolean }[];
  promotions: { reservationId: string; rank: number }[];
  overtakes: { reservationId: string; overtaken: number }[];
}

/** The rank of a new request; smaller is served first. */
export function rankOf(requestedAt: number, priority: number): number {
  return requestedAt - priority * AGE_PER_PRIORITY;
}

/** Is this rank that of a promoted request, which nobody overtakes any more? */
export function isPromoted(rank: number): boolean {
  return rank < -PROMOTED / 2;
}

function promotedRank(now: number): number {
  return now - PROMOTED;
}

/** The total order over all lines: rank, then the id, which grows with time. */
export function compareWaiters(a: Waiter, b: Waiter): number {
  return a.rank - b.rank || (a.reservationId < b.reservationId ? -1 : 1);
}

/**
 * Gives the available resources of `queues` to those whose turn it is.
 * A newcomer is simply one more waiter; whoever is not in `grants` afterwards goes on waiting.
 */
export function schedule(queues: Queues, now: number): Schedule {
  const result: Schedule = { grants: [], setAside: [], missing: [], promotions: [], overtakes: [] };
  const free = new Free(queues.available);
  for (const waiter of [...queues.waiters].sort(compareWaiters)) {
    const kept = waiter.items.map((_item, index) => keptFor(waiter, index, queues.setAside));
    const given = assign(waiter.items, kept, free);
    const lacking = waiter.items.map(({ missing }, index) => missing + kept[index]!.length - given[index]!.length);
    if (lacking.every((count) => count === 0)) {
      result.grants.push({ reservationId: waiter.reservationId, picks: picksOf(given) });
      free.settle();
    } else if (isPromoted(waiter.rank) || isItsTurn(waiter, lacking, queues)) {
      keep(waiter, kept, given, result, now);
      free.settle();
    } else {
      free.takeBack();
      tellWanting(waiter, kept, kept, result);
    }
  }
  countOvertakes(queues, result, now);
  return result;
}

/**
 * May it begin to keep what it gets while it lacks the rest? Only where nobody who asked earlier still waits in a line
 * that it lacks something of: else an item of an idle pool would put it before all who wait for a busy one.
 */
function isItsTurn(waiter: Waiter, lacking: number[], queues: Queues): boolean {
  const items = waiter.items.filter((_item, index) => lacking[index]! > 0);
  const rivals = items.flatMap(({ lines, resourceId }) => [...lines.flatMap((line) => queues.oldest[line] ?? []), ...(resourceId === null ? [] : namersOf(resourceId, queues))]);
  return rivals.every((rival) => rival.reservationId === waiter.reservationId || isOlder(waiter, rival));
}

function keptFor({ reservationId }: Waiter, item: number, setAside: Candidate[]): Candidate[] {
  return setAside.filter((candidate) => candidate.setAsideFor === reservationId && candidate.setAsideItem === item);
}

function picksOf(given: Candidate[][]): Pick[] {
  return given.flatMap((candidates, item) => candidates.map((candidate) => ({ item, candidate })));
}

/** It goes on waiting, and keeps what fell to it. */
function keep(waiter: Waiter, kept: Candidate[][], given: Candidate[][], result: Schedule, now: number): void {
  const { reservationId } = waiter;
  tellWanting(waiter, kept, given, result);
  const moved = picksOf(given).filter(({ item, candidate }) => candidate.setAsideFor === null || candidate.setAsideItem !== item);
  for (const pick of moved) result.setAside.push({ reservationId, pick });
  if (moved.length > 0 && !isPromoted(waiter.rank)) result.promotions.push({ reservationId, rank: promotedRank(now) });
}

/** Says what each item lacks, and in which lines it stands, where that is other than before. */
function tellWanting(waiter: Waiter, kept: Candidate[][], given: Candidate[][], result: Schedule): void {
  const { reservationId, items } = waiter;
  const missing = items.map((item, index) => item.missing + kept[index]!.length - given[index]!.length);
  const wanting = wantingItems(items, missing, given);
  items.forEach((item, index) => {
    if (missing[index] === item.missing && wanting[index] === item.wanting) return;
    result.missing.push({ reservationId, item: index, missing: missing[index]!, wanting: wanting[index]! });
  });
}

/** Somebody who goes before others from now on: because served, or promoted. */
interface Advance {
  waiter: Waiter;
  lines: number[];
  resourceIds: string[];
}

/**
 * Whoever gets ahead for good overtakes those who have waited longest in the lines, or for the named resources, that it
 * advances in. A promoted one is counted at its promotion and not again when it is served: else many could get ahead of
 * the same one before the first of them counts.
 */
function countOvertakes(queues: Queues, result: Schedule, now: number): void {
  const granted = new Set(result.grants.map(({ reservationId }) => reservationId));
  const promoted = new Set(result.promotions.map(({ reservationId }) => reservationId));
  const counts = new Map<Waiter, number>();
  const advances = advancesOf(queues, result);
  // A promotion for having been overtaken is an advance in its turn, and is looked at here as well.
  for (const advance of advances) {
    for (const waiter of passedBy(advance, queues)) {
      const { reservationId, rank } = waiter;
      if (granted.has(reservationId)) continue;
      const overtaken = (counts.get(waiter) ?? waiter.overtaken) + 1;
      counts.set(waiter, overtaken);
      if (overtaken < OVERTAKE_LIMIT || isPromoted(rank) || promoted.has(reservationId)) continue;
      promoted.add(reservationId);
      result.promotions.push({ reservationId, rank: promotedRank(now) });
      advances.push(inAllLines(waiter));
    }
  }
  for (const [{ reservationId }, overtaken] of counts) result.overtakes.push({ reservationId, overtaken });
}

function advancesOf({ waiters }: Queues, { grants, promotions }: Schedule): Advance[] {
  const ordinary = new Map(waiters.filter(({ rank }) => !isPromoted(rank)).map((waiter) => [waiter.reservationId, waiter]));
  const served = grants.flatMap(({ reservationId, picks }): Advance[] => {
    const waiter = ordinary.get(reservationId);
    return waiter ? [{ waiter, lines: picks.map(({ candidate }) => candidate.lineId), resourceIds: picks.map(({ candidate }) => candidate.resourceId) }] : [];
  });
  return [...served, ...promotions.flatMap(({ reservationId }) => ordinary.get(reservationId) ?? []).map(inAllLines)];
}

function inAllLines(waiter: Waiter): Advance {
  const lines = waiter.items.filter(({ resourceId }) => resourceId === null).flatMap((item) => item.lines);
  return { waiter, lines, resourceIds: waiter.items.flatMap(({ resourceId }) => resourceId ?? []) };
}

function passedBy({ waiter, lines, resourceIds }: Advance, queues: Queues): Set<Waiter> {
  const met = [...lines.flatMap((line) => queues.oldest[line] ?? []), ...resourceIds.flatMap((resourceId) => namersOf(resourceId, queues))];
  const passed = new Map(met.filter((other) => isOlder(other, waiter)).map((other) => [other.reservationId, other]));
  return new Set(passed.values());
}

function namersOf(resourceId: string, { waiters }: Queues): Waiter[] {
  return waiters.filter(({ items }) => items.some((item) => item.resourceId === resourceId && item.missing > 0));
}

function isOlder(a: Waiter, b: Waiter): boolean {
  return a.requestedAt < b.requestedAt || (a.requestedAt === b.requestedAt && a.reservationId < b.reservationId);
}
