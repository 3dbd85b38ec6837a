import { checkActive, checkQueued, NO_CAPS, type Caps, type Standing } from './caps';
import type { Change, Decision, Remembered, Wait } from './change';
import { DomainError } from './errors';
import { grant, scheduleChanges, type QueueSnapshot } from './granting';
import { recall, remember, type Once } from './idempotency';
import { joined } from './lists';
import type { Moment } from './moment';
import type { AccessWish, Api, RequestItem, Reservation } from './reservation';
import { MAX_PRIORITY, rankOf, schedule, type Waiter } from './scheduling';
import { capacityOf } from './sizing';
import { checkAccess, leaseTerms } from './terms';

/** Lines that one item may resolve to, items of one request, and resources of one request. */
export const MAX_LINES = 16;
export const MAX_ITEMS = 10;
export const MAX_RESOURCES = 1000;

/** What a caller asks for. Durations in ms. */
export interface Submission {
  id: string;
  userId: string;
  apiTokenId: string | null;
  items: RequestItem[];
  /** undefined: the pools' default; null: without an end. */
  duration?: number | null;
  priority: number;
  maxPriority: number;
  /** How long to wait in line; null: until served; 0: not at all. */
  giveUp: number | null;
  access: AccessWish | null;
  sealedAccess: string | null;
  onRelease: Reservation['onRelease'];
  note: string | null;
  requestId: string | null;
  via: Api;
  once: Once | null;
  /** Bounds of the user and of the lines; none by default. */
  caps?: Caps;
}

/** A line that can serve an item. */
export interface LineChoice {
  lineId: number;
  poolId: string;
  type: string;
  resourceId: string | null;
}

export interface SubmissionSnapshot extends QueueSnapshot {
  /** For each item the lines it resolves to, at most MAX_LINES + 1 of them. */
  choices: LineChoice[][];
  /**
   * For each item the first pool of its own naming that there is not; for one that resolves to no
   * line it may be going, too. Else null.
   */
  strangers: (string | null)[];
  remembered: Remembered | null;
  /** What the user has, and how long the lines are. */
  standing: Standing;
}

/**
 * What came of a request; `reservation` as it was made just now, null where the same request had
 * come before.
 */
export interface Submitted {
  id: string;
  reservation: Reservation | null;
}

/**
 * Takes a request: all items at once, or a place in the lines. Errors: `invalid`, `not_found`,
 * `too_many_lines`, `over_maximum`, `unsupported`, `unsatisfiable`, `unavailable_now` (it would not
 * wait), `too_many_active`, `too_many_queued`, `line_full`, `idempotency_mismatch`.
 */
export function submit(
  snapshot: SubmissionSnapshot,
  submission: Submission,
  moment: Moment,
): Decision<Submitted> {
  const before = recall(submission.once, snapshot.remembered, moment.now);
  if (before) return { changes: [], value: { id: before.resultId, reservation: null } };
  const reservation = newReservation(snapshot, submission, moment.now);
  const newcomer = waiterOf(reservation, snapshot.choices);
  const plan = schedule(
    { ...snapshot.queues, waiters: [...snapshot.queues.waiters, newcomer] },
    moment.now,
  );
  const own = plan.grants.find(({ reservationId }) => reservationId === reservation.id);
  const kept = remember(submission.once, reservation.id, moment.now);
  if (own) {
    checkActive(submission.caps ?? NO_CAPS, snapshot.standing);
    const { set, granted } = grant(reservation, own.picks, snapshot.pools, moment.now);
    const others = scheduleChanges(
      { ...plan, grants: plan.grants.filter((entry) => entry !== own) },
      snapshot,
      moment.now,
    );
    const made = { ...reservation, ...set };
    return {
      changes: [{ do: 'createReservation', reservation: made }, ...granted, ...others, ...kept],
      value: { id: made.id, reservation: made },
    };
  }
  if (submission.giveUp === 0)
    throw new DomainError(
      'unavailable_now',
      'Not everything asked for is available now, and the request does not wait.',
    );
  checkQueued(submission.caps ?? NO_CAPS, snapshot.standing);
  const queued = [
    ...enqueue(reservation, newcomer, snapshot.choices),
    ...scheduleChanges(plan, snapshot, moment.now),
    ...kept,
  ];
  return { changes: queued, value: { id: reservation.id, reservation } };
}

function newReservation(
  snapshot: SubmissionSnapshot,
  submission: Submission,
  now: number,
): Reservation {
  const { id, userId, apiTokenId, items, onRelease, note, sealedAccess, requestId, via, priority } =
    submission;
  checkItems(snapshot, submission);
  const pools = [
    ...new Set(joined(snapshot.choices, (lines) => lines.map(({ poolId }) => poolId))),
  ].map((poolId) => snapshot.pools[poolId]!);
  checkAccess(pools, submission.access);
  const { duration, maximum, heartbeat, prepare } = leaseTerms(pools, submission);
  const deadlineAt = submission.giveUp === null ? null : now + submission.giveUp;
  const begun = {
    requestedAt: now,
    startsAt: null,
    endsAt: null,
    heartbeatBy: null,
    endedAt: null,
    endReason: null,
    endDetail: null,
    deadlineAt,
    overtaken: 0,
  } as const;
  return {
    id,
    userId,
    apiTokenId,
    status: 'queued',
    items,
    priority,
    duration,
    maximum,
    heartbeat,
    prepare,
    onRelease,
    note,
    sealedAccess,
    requestId,
    via,
    ...begun,
  };
}

function checkItems(
  snapshot: SubmissionSnapshot,
  { items, priority, maxPriority }: Submission,
): void {
  if (priority > Math.min(maxPriority, MAX_PRIORITY)) {
    throw new DomainError(
      'invalid',
      `Your credential allows a priority of ${maxPriority} at most.`,
      'priority',
    );
  }
  if (items.reduce((sum, { count }) => sum + count, 0) > MAX_RESOURCES) {
    throw new DomainError(
      'invalid',
      `One request asks for ${MAX_RESOURCES} resources at most.`,
      'items',
    );
  }
  snapshot.choices.forEach((lines, index) =>
    checkLines(lines, items[index]!, index, snapshot.strangers[index]!),
  );
  const named = joined(snapshot.choices, (lines) =>
    lines.filter(({ resourceId }) => resourceId !== null),
  );
  if (new Set(named.map(({ resourceId }) => resourceId)).size < named.length)
    throw new DomainError('invalid', 'The same resource is named twice.', 'items');
  const misfit = unsatisfiable(
    snapshot,
    items.map(({ count }) => count),
  );
  if (misfit !== null)
    throw new DomainError(
      'unsatisfiable',
      'The pools are smaller than what is asked for.',
      `items[${misfit}].count`,
    );
}

function checkLines(
  lines: LineChoice[],
  item: RequestItem,
  index: number,
  stranger: string | null,
): void {
  const at = `items[${index}]`;
  if (lines.length === 0 && item.resource !== undefined)
    throw new DomainError(
      'not_found',
      `No resource ${item.resource} is what this item asks for.`,
      `${at}.resource`,
    );
  if (stranger !== null) {
    throw new DomainError(
      'not_found',
      `There is no pool ${stranger}.`,
      item.pool === undefined ? `${at}.pools[${item.pools!.indexOf(stranger)}]` : `${at}.pool`,
    );
  }
  if (lines.length === 0)
    throw new DomainError('not_found', 'No pool lends what this item asks for.', at);
  if (lines.length > MAX_LINES)
    throw new DomainError(
      'too_many_lines',
      `This item fits more than ${MAX_LINES} lines; narrow it by pool, type or labels.`,
      at,
    );
  if (item.resource !== undefined && item.count !== 1)
    throw new DomainError('invalid', 'A named resource is asked for once.', `${at}.count`);
}

/**
 * The index of an item that the pools could not serve even if all were free, or null. Exact by
 * Gale's theorem on supply and demand (1957): every set of items must fit into the lines open to it
 * together.
 */
export function unsatisfiable(
  snapshot: Pick<SubmissionSnapshot, 'choices' | 'pools'>,
  counts: number[],
): number | null {
  for (let set = 1; set < 1 << counts.length; set += 1) {
    const members = counts.map((_count, index) => index).filter((index) => set & (1 << index));
    const lines = new Map(
      joined(members, (index) => snapshot.choices[index]!).map((choice) => [choice.lineId, choice]),
    );
    const room = [...lines.values()].reduce(
      (sum, { poolId, type }) => sum + capacityOf(snapshot.pools[poolId]!, type),
      0,
    );
    if (members.reduce((sum, index) => sum + counts[index]!, 0) > room)
      return members[members.length - 1]!;
  }
  return null;
}

function waiterOf(reservation: Reservation, choices: LineChoice[][]): Waiter {
  const { id: reservationId, requestedAt, priority, overtaken } = reservation;
  const items = choices.map((lines, index) => ({
    lines: lines.map(({ lineId }) => lineId),
    resourceId: lines[0]!.resourceId,
    missing: reservation.items[index]!.count,
  }));
  return { reservationId, rank: rankOf(requestedAt, priority), requestedAt, overtaken, items };
}

function enqueue(reservation: Reservation, waiter: Waiter, choices: LineChoice[][]): Change[] {
  const { id: reservationId, userId, requestedAt } = reservation;
  const waits: Wait[] = choices.flatMap((lines, item) => {
    const count = reservation.items[item]!.count;
    return lines.map(({ lineId, resourceId }) => ({
      reservationId,
      item,
      lineId,
      resourceId,
      count,
      missing: count,
      rank: waiter.rank,
      requestedAt,
    }));
  });
  return [
    { do: 'createReservation', reservation },
    ...waits.map((wait): Change => ({ do: 'enqueue', wait })),
    { do: 'append', event: { type: 'reservation.queued', reservationId, userId } },
  ];
}
