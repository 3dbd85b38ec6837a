/**
 * Who is served next. Pure; a richer scheduler will replace this file and nothing else.
 *
 * Every line is served strictly in order of rank: request time, moved up by priority. A request with a priority of p
 * overtakes those that asked up to p × AGE_PER_PRIORITY earlier, so that waiting outweighs any priority in the end.
 * A request that needs more than it can get at once keeps what falls to it at the head of a line (it is set aside), and
 * is promoted: ranked before all that are not, in order of promotion. One total order over all lines: of two bundles the
 * earlier-ranked always gets what both want, so they cannot deadlock.
 *
 * Bound: the oldest request of a line is overtaken OVERTAKE_LIMIT times at most, then promoted; so one with `a` older
 * ones in its lines is overtaken at most OVERTAKE_LIMIT × (a + 1) times, and a promoted one never.
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
  /** The longest-waiting of each line that still lacks something, by line id. */
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
    const picks = waiter.items.map((item, index) => take(item, index, free, blocked));
    const taken = picks.flat();
    const short = waiter.items.map((item, index) => item.missing - picks[index]!.length);
    for (const { candidate } of taken) free.delete(candidate);
    if (short.every((missing) => missing === 0)) grant(waiter, taken, queues, result);
    else keep(waiter, taken, short, blocked, result, now);
  }
  countOvertakes(queues, result, now);
  return result;
}

function take(item: WaitingItem, index: number, free: Set<Candidate>, blocked: Set<number>): Pick[] {
  const picks: Pick[] = [];
  for (const candidate of free) {
    if (picks.length === item.missing) break;
    if (!item.lines.includes(candidate.lineId)) continue;
    const wanted = item.resourceId === null ? !blocked.has(candidate.lineId) : item.resourceId === candidate.resourceId;
    if (!wanted) continue;
    picks.push({ item: index, candidate });
    free.delete(candidate);
  }
  return picks;
}

function grant(waiter: Waiter, taken: Pick[], queues: Queues, result: Schedule): void {
  const kept = queues.setAside
    .filter((candidate) => candidate.setAsideFor === waiter.reservationId)
    .map((candidate) => ({ item: candidate.setAsideItem!, candidate }));
  result.grants.push({ reservationId: waiter.reservationId, picks: [...kept, ...taken] });
}

function keep(waiter: Waiter, taken: Pick[], short: number[], blocked: Set<number>, result: Schedule, now: number): void {
  waiter.items.forEach((item, index) => {
    if (short[index]! > 0 && item.resourceId === null) item.lines.forEach((line) => blocked.add(line));
    if (short[index] !== item.missing) result.missing.push({ reservationId: waiter.reservationId, item: index, missing: short[index]! });
  });
  for (const pick of taken) result.setAside.push({ reservationId: waiter.reservationId, pick });
  if (taken.length > 0 && !isPromoted(waiter.rank)) result.promotions.push({ reservationId: waiter.reservationId, rank: promotedRank(now) });
}

/** Every grant from a line over the head of the one that has waited there longest counts against the limit. */
function countOvertakes(queues: Queues, result: Schedule, now: number): void {
  const asked = new Map(queues.waiters.map((waiter) => [waiter.reservationId, waiter]));
  const granted = new Set(result.grants.map(({ reservationId }) => reservationId));
  const counts = new Map<Waiter, number>();
  for (const { reservationId, picks } of result.grants) {
    const passed = new Map<string, Waiter>();
    for (const { candidate } of picks) {
      const oldest = queues.oldest[candidate.lineId];
      if (oldest && !granted.has(oldest.reservationId) && isOlder(oldest, asked.get(reservationId)!)) passed.set(oldest.reservationId, oldest);
    }
    for (const waiter of passed.values()) counts.set(waiter, (counts.get(waiter) ?? waiter.overtaken) + 1);
  }
  for (const [waiter, overtaken] of counts) {
    const { reservationId, rank } = waiter;
    result.overtakes.push({ reservationId, overtaken });
    const promotedNow = result.promotions.some((promotion) => promotion.reservationId === reservationId);
    if (overtaken >= OVERTAKE_LIMIT && !isPromoted(rank) && !promotedNow) result.promotions.push({ reservationId, rank: promotedRank(now) });
  }
}

function isOlder(a: Waiter, b: Waiter): boolean {
  return a.requestedAt < b.requestedAt || (a.requestedAt === b.requestedAt && a.reservationId < b.reservationId);
}
