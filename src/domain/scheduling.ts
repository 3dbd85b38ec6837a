/**
 * Who is served next. Pure; a richer scheduler will replace this file and nothing else.
 *
 * Every line is served strictly in order of rank: request time, moved up by priority. A request with a priority of p
 * overtakes those that asked up to p × AGE_PER_PRIORITY earlier, so that waiting outweighs any priority in the end.
 * A request that needs more than it can get at once keeps what falls to it at the head of a line (it is set aside), and
 * is promoted: ranked before all that are not, in order of promotion. One total order over all lines: of two bundles the
 * earlier-ranked always gets what both want, so they cannot deadlock.
 *
 * Bound: getting ahead for good, by being served or promoted, overtakes the oldest request of each line concerned, and
 * that one is promoted once this has happened OVERTAKE_LIMIT times (what one transaction does beyond that is counted,
 * not taken back). So one with `a` older ones in its lines is overtaken about OVERTAKE_LIMIT × (a + 1) times at most,
 * and by nobody who asks after it has been promoted.
 */

/** How much waiting time one point of priority is worth, in ms. */
export const AGE_PER_PRIORITY = 60_000;
export const MAX_PRIORITY = 100;
export const OVERTAKE_LIMIT = 10;
const PROMOTED = 1e15;

export interface WaitingItem {
  /** Lines that can serve it. */
  lines: number[];
  /** The one resource it asks for by name, or null. */
  resourceId: string | null;
  missing: number;
}

export interface Waiter {
  reservationId: string;
  rank: number;
  requestedAt: number;
  overtaken: number;
  items: WaitingItem[];
}

/** A resource that can be given away now, or is set aside for `setAsideFor`. */
export interface Candidate {
  resourceId: string;
  lineId: number;
  poolId: string;
  generation: number;
  rank: number;
  operationId: string | null;
  setAsideFor: string | null;
  setAsideItem: number | null;
}

/** What stands in some lines: heads, and what could serve them. Bounded, whatever the size of pool and line. */
export interface Queues {
  /** The first of each line and those that name a loaded candidate, each with all its items. */
  waiters: Waiter[];
  /** Available resources of the lines, best first. */
  available: Candidate[];
  /** What is set aside for the loaded waiters. */
  setAside: Candidate[];
  /** The longest-waiting of each line that still lacks something, by line id; of all lines the loaded waiters stand in. */
  oldest: Record<number, Waiter>;
}

export interface Pick {
  item: number;
  candidate: Candidate;
}

export interface Schedule {
  grants: { reservationId: string; picks: Pick[] }[];
  setAside: { reservationId: string; pick: Pick }[];
  /** What each item of a waiter still lacks, where that changed. */
  missing: { reservationId: string; item: number; missing: number }[];
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
  const free = new Set(queues.available);
  const blocked = new Set<number>();
  for (const waiter of [...queues.waiters].sort(compareWaiters)) {
    const given = assign(waiter, queues.setAside, free, blocked);
    const picks = given.flatMap((candidates, item) => candidates.map((candidate) => ({ item, candidate })));
    const kept = picks.filter(({ candidate }) => candidate.setAsideFor !== null).length;
    const wanted = waiter.items.reduce((sum, { missing }) => sum + missing, kept);
    if (picks.length === wanted) result.grants.push({ reservationId: waiter.reservationId, picks });
    else keep(waiter, picks, queues.setAside, blocked, result, now);
  }
  countOvertakes(queues, result, now);
  return result;
}

/**
 * What each item of a waiter can have: what is set aside for the waiter already, and what is free. Items that want the
 * same lines make room for one another (augmenting paths), so that no request stands in its own way.
 */
function assign(waiter: Waiter, setAside: Candidate[], free: Set<Candidate>, blocked: Set<number>): Candidate[][] {
  const { items } = waiter;
  const given = items.map((_item, index) => keptFor(waiter, index, setAside));
  const find = (index: number, asked: Set<number>): boolean => {
    const item = items[index]!;
    asked.add(index);
    for (const candidate of free) {
      if (!fits(item, candidate) || (item.resourceId === null && blocked.has(candidate.lineId))) continue;
      free.delete(candidate);
      given[index]!.push(candidate);
      return true;
    }
    return items.some((_other, other) => {
      const spare = asked.has(other) ? undefined : given[other]!.find((candidate) => fits(item, candidate));
      if (!spare || !find(other, asked)) return false;
      given[other] = given[other]!.filter((candidate) => candidate !== spare);
      given[index]!.push(spare);
      return true;
    });
  };
  // Who has least choice chooses first: what then comes free suits the others, in whichever of their lines it does.
  const choosiest = items.map((_item, index) => index).sort((a, b) => choice(items[a]!) - choice(items[b]!));
  for (const index of choosiest) {
    for (let lacking = items[index]!.missing; lacking > 0 && find(index, new Set()); lacking -= 1);
  }
  return given;
}

function choice({ resourceId, lines }: WaitingItem): number {
  return resourceId === null ? lines.length : 0;
}

function keptFor({ reservationId }: Waiter, item: number, setAside: Candidate[]): Candidate[] {
  return setAside.filter((candidate) => candidate.setAsideFor === reservationId && candidate.setAsideItem === item);
}

function fits(item: WaitingItem, candidate: Candidate): boolean {
  return item.lines.includes(candidate.lineId) && (item.resourceId === null || item.resourceId === candidate.resourceId);
}

/** It goes on waiting, and keeps what fell to it. */
function keep(waiter: Waiter, picks: Pick[], setAside: Candidate[], blocked: Set<number>, result: Schedule, now: number): void {
  const { reservationId } = waiter;
  waiter.items.forEach((item, index) => {
    const gained = picks.filter((pick) => pick.item === index).length - keptFor(waiter, index, setAside).length;
    const missing = item.missing - gained;
    if (missing > 0 && item.resourceId === null) item.lines.forEach((line) => blocked.add(line));
    if (gained !== 0) result.missing.push({ reservationId, item: index, missing });
  });
  const moved = picks.filter(({ item, candidate }) => candidate.setAsideFor === null || candidate.setAsideItem !== item);
  for (const pick of moved) result.setAside.push({ reservationId, pick });
  if (moved.length > 0 && !isPromoted(waiter.rank)) result.promotions.push({ reservationId, rank: promotedRank(now) });
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
