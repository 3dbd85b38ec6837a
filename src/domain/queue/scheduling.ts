import { assign, heldForItem } from './item-assignment';
import { completeAt } from './outlook';
import { classesOf, getAhead, longestWaitingIsKnown, promote, type Round } from './overtaking';
import type { Candidate, Pick, QueuedRequest, Queues, Schedule } from './queues';
import { compareRequests, isPromoted } from './ranks';

export type { Candidate, Pick, QueuedItem, QueuedRequest, Queues } from './queues';
export { AGE_PER_PRIORITY, isPromoted, MAX_PRIORITY, OVERTAKE_LIMIT, requestRank } from './ranks';

/**
 * Decides which requests are served next. Pure; scheduling.ts, ranks.ts (the order),
 * item-assignment.ts and overtaking.ts are all that another scheduler would have to replace.
 *
 * Every queue is served strictly in order of rank: request time, moved up by priority. A request
 * with priority p overtakes those made up to p × AGE_PER_PRIORITY earlier, so waiting outweighs any
 * priority in the end. A request that needs more than it can get at once holds whatever becomes
 * free at the head of a queue, and is promoted: ranked before all that are not, in order of
 * promotion. There is one total order over all queues: of two requests for several resources, the
 * one ranked first always gets the resources that both want, so they cannot deadlock.
 *
 * Bound: a request is overtaken when a later one is served before it with something that it could
 * have used. A request that gets ahead for good, by being served or promoted, is counted in each
 * queue concerned against the oldest request there that is not promoted. After OVERTAKE_LIMIT such
 * counts, that one is promoted at once. So every later request that gets ahead in a queue is counted
 * against the request overtaken or against an older one in that queue. A request that meets `a` older
 * ones in its queues is therefore overtaken at most OVERTAKE_LIMIT × (a + 1) times, and never by
 * requests made after its promotion. A request for one resource by name counts as standing in the
 * queue of that resource's class.
 *
 * Nothing idles without need. A request that lacks something that cannot come by itself is parked: it
 * holds nothing and lets others past, until a review finds that everything can come. If what it lacks
 * comes at a known time, what it holds is lent meanwhile to requests that are done with it, cleaning
 * included, before that time: this delays it not at all, and is no overtake.
 */

/**
 * Gives the available resources of `queues` to the requests whose turn it is. A new request is
 * simply one of them; a request that is not in `grants` afterwards goes on waiting.
 */
export function schedule(queues: Queues, now: number): Schedule {
  const result: Schedule = {
    grants: [],
    held: [],
    parked: [],
    unparked: [],
    taken: [],
    missing: [],
    promotions: [],
    overtakes: [],
  };
  const turns = [...queues.requests].sort(compareRequests);
  const round: Round = {
    queues,
    now,
    turns,
    free: new Set(bestFirst(queues.available)),
    lendable: new Set(queues.lendable),
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

/** Sorts each class by rank, whether a resource was free before or has just become free. */
function bestFirst(available: Candidate[]): Candidate[] {
  const classes = [...new Set(available.map(({ classId }) => classId))];
  return classes.flatMap((resourceClass) =>
    available.filter(({ classId }) => classId === resourceClass).sort((a, b) => a.rank - b.rank),
  );
}

/** Grants everything that a request wants, or holds for it whatever is free. */
function give(request: QueuedRequest, round: Round): void {
  const picks = picksOf(assign(request, round));
  if (isComplete(request, picks, round)) return grant(request, picks, round);
  const lendable = lendableTo(request, round);
  if (lendable.length > 0) {
    const meanwhile = picksOf(assign(request, round, lendable));
    if (isComplete(request, meanwhile, round)) return grant(request, meanwhile, round);
  }
  hold(request, picks, round);
}

function picksOf(given: Candidate[][]): Pick[] {
  return given.flatMap((candidates, item) => candidates.map((candidate) => ({ item, candidate })));
}

function isComplete({ items, reservationId }: QueuedRequest, picks: Pick[], { queues }: Round) {
  const held = queues.held.filter(({ heldFor }) => heldFor === reservationId).length;
  return picks.length >= items.reduce((sum, { missing }) => sum + missing, held);
}

/** Resources held for others that this request would give back before they can be used. */
function lendableTo({ reservationId, lasts }: QueuedRequest, { lendable, now }: Round) {
  if (lasts === null) return [];
  return [...lendable].filter(
    ({ heldFor, lendUntil }) => heldFor !== reservationId && now + lasts <= lendUntil!,
  );
}

function grant(request: QueuedRequest, picks: Pick[], round: Round): void {
  const { reservationId } = request;
  const { result, free, lendable } = round;
  result.grants.push({ reservationId, picks });
  for (const { candidate } of picks) {
    free.delete(candidate);
    if (lendable.delete(candidate))
      result.taken.push({ reservationId: candidate.heldFor!, item: candidate.heldItem! });
  }
  keep(request, round);
  if (!isPromoted(request.rank))
    getAhead([{ request, classes: picks.map(({ candidate }) => candidate.classId) }], round);
}

/** The holds of this request change in this schedule: nobody else gets any of them meanwhile. */
function keep({ reservationId }: QueuedRequest, { lendable }: Round): void {
  for (const candidate of lendable)
    if (candidate.heldFor === reservationId) lendable.delete(candidate);
}

/** The request goes on waiting, and holds its picks if everything else can come by itself. */
function hold(request: QueuedRequest, picks: Pick[], round: Round): void {
  const { reservationId } = request;
  const { queues, blocked, free, result, now } = round;
  const lacking = request.items.map((item, index) => {
    const gained =
      picks.filter((pick) => pick.item === index).length -
      heldForItem(request, index, queues.held).length;
    return item.missing - gained;
  });
  const picked = new Set(picks.map(({ candidate }) => candidate));
  const left = (classId: number) =>
    [...free].filter((each) => each.classId === classId && !picked.has(each)).length +
    givenBefore(classId, round);
  const until = picks.length > 0 ? completeAt(request, lacking, queues.outlooks, left, now) : now;
  if (until === null) return park(request, round);
  request.items.forEach((item, index) => {
    const missing = lacking[index]!;
    if (missing > 0 && item.resourceId === null)
      item.classes.forEach((resourceClass) => blocked.add(resourceClass));
    if (missing !== item.missing) result.missing.push({ reservationId, item: index, missing });
  });
  const moved = picks.filter(
    ({ item, candidate }) => candidate.heldFor === null || candidate.heldItem !== item,
  );
  if (moved.length === 0) return;
  keep(request, round);
  if (request.parked) result.unparked.push(reservationId);
  for (const pick of moved) {
    free.delete(pick.candidate);
    result.held.push({ reservationId, pick, until: until > now ? until : null });
  }
  if (!isPromoted(request.rank)) promote([request], round);
}

/**
 * How many of a class this schedule has given to requests before this one. They come back like any
 * that is lent or held, but no outlook has them: it was made when they were free.
 */
function givenBefore(classId: number, { queues, result }: Round): number {
  const isStuck = queues.outlooks.classes[classId]?.isStuck ?? false;
  const granted = isStuck ? [] : result.grants.flatMap(({ picks }) => picks);
  return [...granted, ...result.held.map(({ pick }) => pick)].filter(
    ({ candidate }) => candidate.classId === classId && candidate.heldFor === null,
  ).length;
}

/** The request lets others past, and gives back what it holds. */
function park(request: QueuedRequest, round: Round): void {
  const { reservationId } = request;
  const released = round.queues.held.filter(({ heldFor }) => heldFor === reservationId);
  if (request.parked && released.length === 0) return;
  keep(request, round);
  round.result.parked.push({ reservationId, released });
}
