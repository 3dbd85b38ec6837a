import { flatMapFast } from '../flat-map';

/**
 * Decides which request is served next. Pure.
 *
 * Every queue is served strictly in order of rank: request time, moved up by priority. A request
 * with a priority of p overtakes those that asked up to p × AGE_PER_PRIORITY earlier, so waiting
 * outweighs any priority in the end. A request that needs more than it can get at once holds the
 * resources that fall to it at the head of a queue, and is promoted: ranked before all requests that
 * are not, in order of promotion. One total order covers all queues: of two bundles, the
 * earlier-ranked always gets what both want, so they cannot deadlock.
 *
 * Bound: a later request overtakes one if it is served earlier with something that the other could
 * have used. Each request that gets ahead for good, by being served or promoted, is counted in every
 * queue concerned against the longest waiting that is not promoted; after OVERTAKE_LIMIT such counts,
 * that one is promoted at once. So each overtaking counts against the request itself or against an
 * older one in the same queue. A request that meets `a` older ones in its queues is overtaken
 * OVERTAKE_LIMIT × (a + 1) times at most, and never by a request made after its promotion. A request
 * for one resource by name counts as queued in that resource's class.
 */

/** How much waiting time one point of priority is worth, in ms. */
export const AGE_PER_PRIORITY = 60_000;
export const MAX_PRIORITY = 100;
export const OVERTAKE_LIMIT = 10;
/** Heads of a line that one transaction looks at; who stands further back is served by the next. */
export const QUEUE_DEPTH = 8;
const PROMOTED = 1e15;
/** Every promoted request ranks below this, and no other does. */
export const PROMOTED_BELOW = -PROMOTED / 2;

export interface QueuedItem {
  /** Lines that can serve it. */
  classes: number[];
  /** The one resource it asks for by name, or null. */
  resourceId: string | null;
  missing: number;
}

export interface QueuedRequest {
  reservationId: string;
  rank: number;
  requestedAt: number;
  overtaken: number;
  items: QueuedItem[];
}

/** A resource that can be given away now, or is set aside for `heldFor`. */
export interface Candidate {
  resourceId: string;
  classId: number;
  poolId: string;
  generation: number;
  rank: number;
  operationId: string | null;
  heldFor: string | null;
  heldItem: number | null;
}

/**
 * The front of some queues and the resources that could serve them. Bounded, however large the pool
 * and however long the queue.
 */
export interface Queues {
  /** The first of each line and those that name a loaded candidate, each with all its items. */
  requests: QueuedRequest[];
  /** Available resources of the lines, best first. */
  available: Candidate[];
  /** The resources held for the loaded requests. */
  held: Candidate[];
  /**
   * By line those that have waited longest for something there and are not promoted, of all lines
   * in which somebody may get ahead.
   */
  longestWaiting: Record<number, LongestWaiting>;
  /**
   * The last head that was loaded of a line with more; who ranks after it is not served there
   * before the next transaction.
   */
  queueCutoffs: Record<number, QueuedRequest>;
}

export interface LongestWaiting {
  /** The oldest first. */
  requests: QueuedRequest[];
  /** Are there others, which were not loaded? */
  more: boolean;
}

export interface Pick {
  item: number;
  candidate: Candidate;
}

export interface Schedule {
  grants: { reservationId: string; picks: Pick[] }[];
  held: { reservationId: string; pick: Pick }[];
  /** The number that each item of a request still lacks, if that changed. */
  missing: { reservationId: string; item: number; missing: number }[];
  promotions: { reservationId: string; rank: number }[];
  overtakes: { reservationId: string; overtaken: number }[];
}

/** The rank of a new request; smaller is served first. */
export function requestRank(requestedAt: number, priority: number): number {
  return requestedAt - priority * AGE_PER_PRIORITY;
}

/** Is this rank that of a promoted request, which nobody overtakes any more? */
export function isPromoted(rank: number): boolean {
  return rank < PROMOTED_BELOW;
}

function promotedRank(now: number): number {
  return now - PROMOTED;
}

/** The total order over all lines: rank, then the id, which grows with time. */
export function compareRequests(a: QueuedRequest, b: QueuedRequest): number {
  return a.rank - b.rank || (a.reservationId < b.reservationId ? -1 : 1);
}

/** The state of a schedule in the making. */
interface Round {
  queues: Queues;
  now: number;
  /** Those whose turn is yet to come, in order. */
  turns: QueuedRequest[];
  free: Set<Candidate>;
  /** Lines in which somebody waits for more, so that nobody later is served. */
  blocked: Set<number>;
  /** The requests that have got ahead for good, and can no longer be overtaken. */
  ahead: Set<string>;
  overtaken: Map<string, number>;
  result: Schedule;
}

/**
 * Gives the available resources of `queues` to those whose turn it is.
 * A newcomer is simply one more waiter; whoever is not in `grants` afterwards goes on waiting.
 */
export function schedule(queues: Queues, now: number): Schedule {
  const result: Schedule = { grants: [], held: [], missing: [], promotions: [], overtakes: [] };
  const turns = [...queues.requests].sort(compareRequests);
  const round: Round = {
    queues,
    now,
    turns,
    free: new Set(bestFirst(queues.available)),
    blocked: new Set(),
    ahead: new Set(),
    overtaken: new Map(),
    result,
  };
  for (let request = turns.shift(); request; request = turns.shift()) {
    if (isPromoted(request.rank) || longestWaitingIsKnown(round)) give(request, round);
    else classesOf(request).forEach((resourceClass) => round.blocked.add(resourceClass));
  }
  const granted = new Set(result.grants.map(({ reservationId }) => reservationId));
  for (const [reservationId, overtaken] of round.overtaken)
    if (!granted.has(reservationId)) result.overtakes.push({ reservationId, overtaken });
  return result;
}

/** In each line the best first, whether it was there or has just been freed; lines as they come. */
function bestFirst(available: Candidate[]): Candidate[] {
  const classes = [...new Set(available.map(({ classId }) => classId))];
  return flatMapFast(classes, (resourceClass) =>
    available.filter(({ classId }) => classId === resourceClass).sort((a, b) => a.rank - b.rank),
  );
}

/** All that it wants, or what falls to it. */
function give(request: QueuedRequest, round: Round): void {
  const { reservationId } = request;
  const given = assign(request, round);
  const picks = flatMapFast(given, (candidates, item) =>
    candidates.map((candidate) => ({ item, candidate })),
  );
  const kept = picks.filter(({ candidate }) => candidate.heldFor !== null).length;
  const wanted = request.items.reduce((sum, { missing }) => sum + missing, kept);
  if (picks.length < wanted) return keep(request, picks, round);
  round.result.grants.push({ reservationId, picks });
  if (!isPromoted(request.rank))
    getAhead([{ request, classes: picks.map(({ candidate }) => candidate.classId) }], round);
}

/**
 * Assigns to each item of a request the resources that are held for it and those that are free.
 * Items that compete for the same classes make room for one another (augmenting paths), so no
 * request blocks itself.
 */
function assign(request: QueuedRequest, { queues, free, blocked }: Round): Candidate[][] {
  const { items } = request;
  const given = items.map((_item, index) => keptFor(request, index, queues.held));
  const find = (index: number, asked: Set<number>): boolean => {
    const item = items[index]!;
    asked.add(index);
    for (const candidate of free) {
      if (
        !fits(item, candidate) ||
        (item.resourceId === null && blocked.has(candidate.classId)) ||
        isBeyond(request, candidate.classId, queues)
      )
        continue;
      free.delete(candidate);
      given[index]!.push(candidate);
      return true;
    }
    return items.some((_other, other) => {
      const spare = asked.has(other)
        ? undefined
        : given[other]!.find((candidate) => fits(item, candidate));
      if (!spare || !find(other, asked)) return false;
      given[other] = given[other]!.filter((candidate) => candidate !== spare);
      given[index]!.push(spare);
      return true;
    });
  };
  // The item with the fewest choices chooses first; whatever is left then suits the others, in any
  // of their classes.
  const choosiest = items
    .map((_item, index) => index)
    .sort((a, b) => choice(items[a]!) - choice(items[b]!));
  for (const index of choosiest) {
    for (let lacking = items[index]!.missing; lacking > 0 && find(index, new Set()); lacking -= 1);
  }
  return given;
}

function choice({ resourceId, classes }: QueuedItem): number {
  return resourceId === null ? classes.length : 0;
}

function keptFor({ reservationId }: QueuedRequest, item: number, held: Candidate[]): Candidate[] {
  return held.filter(
    (candidate) => candidate.heldFor === reservationId && candidate.heldItem === item,
  );
}

function fits(item: QueuedItem, candidate: Candidate): boolean {
  return (
    item.classes.includes(candidate.classId) &&
    (item.resourceId === null || item.resourceId === candidate.resourceId)
  );
}

/** Do others of the line, who were not loaded, go before it? */
function isBeyond(
  request: QueuedRequest,
  resourceClass: number,
  { queueCutoffs }: Queues,
): boolean {
  const last = queueCutoffs[resourceClass];
  return last !== undefined && compareRequests(last, request) < 0;
}

/** It goes on waiting, and keeps what fell to it. */
function keep(request: QueuedRequest, picks: Pick[], round: Round): void {
  const { reservationId } = request;
  const { queues, blocked, result } = round;
  request.items.forEach((item, index) => {
    const gained =
      picks.filter((pick) => pick.item === index).length -
      keptFor(request, index, queues.held).length;
    const missing = item.missing - gained;
    if (missing > 0 && item.resourceId === null)
      item.classes.forEach((resourceClass) => blocked.add(resourceClass));
    if (gained !== 0) result.missing.push({ reservationId, item: index, missing });
  });
  const moved = picks.filter(
    ({ item, candidate }) => candidate.heldFor === null || candidate.heldItem !== item,
  );
  for (const pick of moved) result.held.push({ reservationId, pick });
  if (moved.length > 0 && !isPromoted(request.rank)) promote([request], round);
}

/** Somebody who was not promoted gets ahead for good, in these lines. */
interface Advance {
  request: QueuedRequest;
  classes: number[];
}

/** Counts whom they overtake, and promotes those who have been overtaken too often. */
function getAhead(advances: Advance[], round: Round): void {
  for (const { request } of advances) round.ahead.add(request.reservationId);
  const enough = new Map<string, QueuedRequest>();
  for (const { request, classes } of advances) {
    const met = new Map(
      classes
        .flatMap((resourceClass) => longestWaitingOf(resourceClass, round) ?? [])
        .map((longest) => [longest.reservationId, longest]),
    );
    for (const longest of met.values()) {
      if (!isOlder(longest, request)) continue;
      const overtaken = (round.overtaken.get(longest.reservationId) ?? longest.overtaken) + 1;
      round.overtaken.set(longest.reservationId, overtaken);
      if (overtaken >= OVERTAKE_LIMIT) enough.set(longest.reservationId, longest);
    }
  }
  if (enough.size > 0) promote([...enough.values()], round);
}

/** Ahead of all who are not promoted; to be promoted is to get ahead, in all its lines. */
function promote(requests: QueuedRequest[], round: Round): void {
  const rank = promotedRank(round.now);
  for (const request of requests) {
    const { reservationId } = request;
    round.result.promotions.push({ reservationId, rank });
    takeItsTurn({ ...request, rank }, round);
  }
  getAhead(
    requests.map((request) => ({ request, classes: classesOf(request) })),
    round,
  );
}

/**
 * Its turn comes sooner, unless it has been; one that stood too far back to be loaded has one now.
 */
function takeItsTurn(request: QueuedRequest, { queues, turns }: Round): void {
  const isIt = ({ reservationId }: QueuedRequest) => reservationId === request.reservationId;
  const index = turns.findIndex(isIt);
  if (index < 0 && queues.requests.some(isIt)) return;
  if (index >= 0) turns.splice(index, 1);
  const before = turns.findIndex((other) => compareRequests(request, other) < 0);
  turns.splice(before < 0 ? turns.length : before, 0, request);
}

function longestWaitingOf(
  resourceClass: number,
  { queues, ahead }: Round,
): QueuedRequest | undefined {
  return queues.longestWaiting[resourceClass]?.requests.find(
    ({ reservationId }) => !ahead.has(reservationId),
  );
}

/**
 * Can it be told of every line who is overtaken next? Else nobody gets ahead before the next
 * transaction.
 */
function longestWaitingIsKnown(round: Round): boolean {
  return Object.entries(round.queues.longestWaiting).every(
    ([resourceClass, { more }]) =>
      !more || longestWaitingOf(Number(resourceClass), round) !== undefined,
  );
}

function classesOf({ items }: QueuedRequest): number[] {
  return [...new Set(flatMapFast(items, ({ classes }) => classes))];
}

function isOlder(a: QueuedRequest, b: QueuedRequest): boolean {
  return (
    a.requestedAt < b.requestedAt ||
    (a.requestedAt === b.requestedAt && a.reservationId < b.reservationId)
  );
}
