import type { Candidate, QueuedRequest, Queues, Schedule } from './queues';
import { compareRequests, isOlder, OVERTAKE_LIMIT, promotedRank } from './ranks';

/** A schedule in progress. */
export interface Round {
  queues: Queues;
  now: number;
  /** Requests still to be served, in order. */
  turns: QueuedRequest[];
  free: Set<Candidate>;
  /** Resources held for others that may be lent meanwhile. */
  lendable: Set<Candidate>;
  /** Classes for which an earlier request is waiting, so that no later one is served. */
  blocked: Set<number>;
  /** Requests that got ahead for good, and cannot be overtaken any more. */
  ahead: Set<string>;
  overtaken: Map<string, number>;
  result: Schedule;
}

/** A request that was not promoted gets ahead for good, in the queues of these classes. */
interface Advance {
  request: QueuedRequest;
  classes: number[];
}

/** Counts the requests that these overtake, and promotes those overtaken too often. */
export function getAhead(advances: Advance[], round: Round): void {
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

/** Promotes requests; each then counts as having got ahead in all its queues. */
export function promote(requests: QueuedRequest[], round: Round): void {
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
 * Moves the turn of a promoted request forward, unless it has had its turn. A request that was too
 * far back to be loaded is given a turn.
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
 * Is it known for every queue which request is overtaken next? If not, nobody gets ahead before the
 * next transaction.
 */
export function longestWaitingIsKnown(round: Round): boolean {
  return Object.entries(round.queues.longestWaiting).every(
    ([resourceClass, { more }]) =>
      !more || longestWaitingOf(Number(resourceClass), round) !== undefined,
  );
}

/** The classes in whose queues a request waits. */
export function classesOf({ items }: QueuedRequest): number[] {
  return [...new Set(items.flatMap(({ classes }) => classes))];
}
