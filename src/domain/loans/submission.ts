import { checkActive, checkQueued, NO_CAPS, type Caps, type Usage } from '../queue/caps';
import type { Change, Decision, QueueEntry } from '../change';
import { DomainError } from '../errors';
import { grant, scheduleChanges, type QueueSnapshot } from './granting';
import { flatMapFast } from '../flat-map';
import type { DecisionContext } from '../context';
import {
  optionsOf,
  type AccessWish,
  type Api,
  type RequestItem,
  type Reservation,
  type ReservationOptions,
} from './reservation';
import { MAX_CLASSES, unsatisfiable, type EligibleClass } from '../queue/matching';
import { MAX_PRIORITY, requestRank, schedule, type QueuedRequest } from '../queue/scheduling';
import { checkAccess, leaseTerms } from './lease-terms';

/** The most items, and the most resources, of one request. */
export const MAX_ITEMS = 10;
export const MAX_RESOURCES = 1000;

/** A caller's request. Durations in ms. */
export interface Submission extends ReservationOptions {
  id: string;
  userId: string;
  apiTokenId: string | null;
  items: RequestItem[];
  /** undefined: the pools' default; null: without an end. */
  duration?: number | null;
  priority: number;
  maxPriority: number;
  /** How long to wait in the queue; null: until served; 0: not at all. */
  queueTimeout: number | null;
  access: AccessWish | null;
  sealedAccess: string | null;
  requestId: string | null;
  via: Api;
  /** Bounds of the user and of the queues; none by default. */
  caps?: Caps;
}

export interface SubmissionSnapshot extends QueueSnapshot {
  /** The classes that match each item, at most MAX_CLASSES + 1 of them. */
  choices: EligibleClass[][];
  /**
   * For each item, the first pool it names that does not exist, or null. If no class matches the
   * item, a pool that is being deleted counts, too.
   */
  unknownPools: (string | null)[];
  /** The user's reservations so far, and the length of the queues. */
  usage: Usage;
}

/** The result of a request. `reservation` is null when it repeats an earlier one. */
export interface Submitted {
  id: string;
  reservation: Reservation | null;
}

/**
 * Takes a request: grants all its items at once, or queues it. Errors: `invalid`, `not_found`,
 * `too_many_classes`, `over_maximum`, `unsupported`, `unsatisfiable`, `unavailable_now` (it would
 * not wait), `too_many_active`, `too_many_queued`, `queue_full`.
 */
export function submit(
  snapshot: SubmissionSnapshot,
  submission: Submission,
  context: DecisionContext,
): Decision<Submitted> {
  const reservation = newReservation(snapshot, submission, context.now);
  const newcomer = queuedRequestOf(reservation, snapshot.choices);
  const plan = schedule(
    { ...snapshot.queues, requests: [...snapshot.queues.requests, newcomer] },
    context.now,
  );
  const own = plan.grants.find(({ reservationId }) => reservationId === reservation.id);
  if (own) {
    checkActive(submission.caps ?? NO_CAPS, snapshot.usage);
    const { set, granted } = grant(reservation, own.picks, snapshot.pools, context.now);
    const others = scheduleChanges(
      { ...plan, grants: plan.grants.filter((entry) => entry !== own) },
      snapshot,
      context.now,
    );
    const made = { ...reservation, ...set };
    return {
      changes: [{ do: 'createReservation', reservation: made }, ...granted, ...others],
      value: { id: made.id, reservation: made },
    };
  }
  if (submission.queueTimeout === 0)
    throw new DomainError(
      'unavailable_now',
      'Not everything asked for is available now, and the request does not wait.',
    );
  checkQueued(submission.caps ?? NO_CAPS, snapshot.usage);
  const queued = [
    ...enqueue(reservation, newcomer, snapshot.choices),
    ...scheduleChanges(plan, snapshot, context.now),
  ];
  return { changes: queued, value: { id: reservation.id, reservation } };
}

function newReservation(
  snapshot: SubmissionSnapshot,
  submission: Submission,
  now: number,
): Reservation {
  const { id, userId, apiTokenId, items, sealedAccess, requestId, via, priority } = submission;
  checkItems(snapshot, submission);
  const pools = [
    ...new Set(flatMapFast(snapshot.choices, (classes) => classes.map(({ poolId }) => poolId))),
  ].map((poolId) => snapshot.pools[poolId]!);
  checkAccess(pools, submission.access);
  const { duration, maximum, heartbeat, prepare } = leaseTerms(pools, submission);
  const deadlineAt = submission.queueTimeout === null ? null : now + submission.queueTimeout;
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
    sealedAccess,
    requestId,
    via,
    ...optionsOf(submission),
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
  snapshot.choices.forEach((classes, index) =>
    checkClasses(classes, items[index]!, index, snapshot.unknownPools[index]!),
  );
  const named = flatMapFast(snapshot.choices, (classes) =>
    classes.filter(({ resourceId }) => resourceId !== null),
  );
  if (new Set(named.map(({ resourceId }) => resourceId)).size < named.length)
    throw new DomainError('invalid', 'The same resource is named twice.', 'items');
  const misfit = unsatisfiable(
    snapshot,
    items.map(({ count }) => count),
  );
  if (misfit !== null)
    throw new DomainError('unsatisfiable', 'The pools are smaller than what is asked for.', [
      'items',
      misfit,
      'count',
    ]);
}

function checkClasses(
  classes: EligibleClass[],
  item: RequestItem,
  index: number,
  stranger: string | null,
): void {
  const at = ['items', index];
  if (classes.length === 0 && item.resource !== undefined)
    throw new DomainError('not_found', `No resource ${item.resource} is what this item asks for.`, [
      ...at,
      'resource',
    ]);
  if (stranger !== null) {
    throw new DomainError(
      'not_found',
      `There is no pool ${stranger}.`,
      item.pool === undefined ? [...at, 'pools', item.pools!.indexOf(stranger)] : [...at, 'pool'],
    );
  }
  if (classes.length === 0)
    throw new DomainError('not_found', 'No pool lends what this item asks for.', at);
  if (classes.length > MAX_CLASSES)
    throw new DomainError(
      'too_many_classes',
      `This item fits more than ${MAX_CLASSES} lines; narrow it by pool, type or labels.`,
      at,
    );
  if (item.resource !== undefined && item.count !== 1)
    throw new DomainError('invalid', 'A named resource is asked for once.', [...at, 'count']);
}

function queuedRequestOf(reservation: Reservation, choices: EligibleClass[][]): QueuedRequest {
  const { id: reservationId, requestedAt, priority, overtaken } = reservation;
  const items = choices.map((classes, index) => ({
    classes: classes.map(({ classId }) => classId),
    resourceId: classes[0]!.resourceId,
    missing: reservation.items[index]!.count,
  }));
  return { reservationId, rank: requestRank(requestedAt, priority), requestedAt, overtaken, items };
}

function enqueue(
  reservation: Reservation,
  request: QueuedRequest,
  choices: EligibleClass[][],
): Change[] {
  const { id: reservationId, userId, requestedAt } = reservation;
  const queueEntries: QueueEntry[] = choices.flatMap((classes, item) => {
    const count = reservation.items[item]!.count;
    return classes.map(({ classId, resourceId }) => ({
      reservationId,
      item,
      classId,
      resourceId,
      count,
      missing: count,
      rank: request.rank,
      requestedAt,
    }));
  });
  return [
    { do: 'createReservation', reservation },
    ...queueEntries.map((wait): Change => ({ do: 'enqueue', wait })),
    { do: 'append', event: { type: 'reservation.queued', reservationId, userId } },
  ];
}
