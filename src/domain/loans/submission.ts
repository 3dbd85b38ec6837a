import { checkActive, checkQueued, NO_CAPS, type Caps, type Usage } from '../queue/caps';
import type { Change, Decision, QueueEntry } from '../change';
import { DomainError } from '../errors';
import { grant, scheduleChanges, type QueueSnapshot } from './granting';
import type { DecisionContext } from '../context';
import {
  optionsOf,
  type AccessWish,
  type Api,
  type RequestItem,
  type Reservation,
  type ReservationOptions,
} from './reservation';
import type { CallerRows } from '../people/caller';
import type { EligibleClass } from '../queue/matching';
import { lastsFor } from '../queue/request-loading';
import type { QueuedRequest } from '../queue/queues';
import { requestRank } from '../queue/ranks';
import { schedule } from '../queue/scheduling';
import { earlier } from './lease';
import { checkAccess, leaseTerms } from './lease-terms';
import { checkItems, type MatchedItems } from './request-checks';

export { MAX_ITEMS, MAX_RESOURCES } from './request-checks';

/** A caller's request. Durations in ms. */
export interface Submission extends ReservationOptions {
  id: string;
  userId: string;
  apiTokenId: string | null;
  items: RequestItem[];
  /** undefined: the pools' default; null: without an end. */
  duration?: number | null;
  /** Instead of a duration: when the lease ends; epoch ms. */
  endsAt?: number;
  /** The longest silence, without grace; undefined: as the pools say. */
  heartbeat?: number;
  /** The admin who asks for `userId`; null: they ask themselves. */
  requestedBy?: string | null;
  priority: number;
  maxPriority: number;
  /** How long to wait in the queue; null: until served; 0: not at all. */
  queueTimeout: number | null;
  access: AccessWish | null;
  sealedAccess: string | null;
  requestId: string | null;
  traceparent?: string | null;
  via: Api;
  /** Bounds of the user and of the queues; none by default. */
  caps?: Caps;
}

export interface SubmissionSnapshot extends QueueSnapshot, MatchedItems {
  /** The caller as they are now, if the request was asked for with one. */
  caller?: CallerRows;
  /** The user for whom an admin asks, as they are now. */
  onBehalfOf?: CallerRows;
  /** The numbers of the user so far, and the length of the queues. */
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
  const incoming = queuedRequestOf(reservation, snapshot.choices);
  const plan = schedule(
    { ...snapshot.queues, requests: [...snapshot.queues.requests, incoming] },
    context.now,
  );
  const own = plan.grants.find(({ reservationId }) => reservationId === reservation.id);
  if (own) {
    const wanted = reservation.items.reduce((sum, { count }) => sum + count, 0);
    checkActive(submission.caps ?? NO_CAPS, snapshot.usage, wanted);
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
      'Not everything you asked for is available now, and the request does not wait.',
    );
  checkQueued(submission.caps ?? NO_CAPS, snapshot.usage);
  const queued = [
    ...enqueue(reservation, incoming, snapshot.choices),
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
  const { traceparent = null } = submission;
  checkItems(submission, snapshot);
  const pools = [
    ...new Set(snapshot.choices.flatMap((classes) => classes.map(({ poolId }) => poolId))),
  ].map((poolId) => snapshot.pools[poolId]!);
  checkAccess(pools, submission.access);
  const terms = leaseTerms(pools, submission, now);
  const { requestedBy = null, endsAt = null, queueTimeout } = submission;
  // Nobody wants it after the time that was asked for.
  const deadlineAt = earlier(queueTimeout === null ? null : now + queueTimeout, endsAt);
  const begun = {
    requestedAt: now,
    startsAt: null,
    endsAt,
    heartbeatBy: null,
    endedAt: null,
    endReason: null,
    endDetail: null,
    deadlineAt,
    noticeAt: null,
    overtaken: 0,
    credentialsHidden: false,
  } as const;
  return {
    id,
    userId,
    apiTokenId,
    requestedBy,
    status: 'queued',
    items,
    priority,
    ...terms,
    sealedAccess,
    requestId,
    traceparent,
    via,
    ...optionsOf(submission),
    ...begun,
  };
}

function queuedRequestOf(reservation: Reservation, choices: EligibleClass[][]): QueuedRequest {
  const { id: reservationId, requestedAt, priority, overtaken } = reservation;
  const items = choices.map((classes, index) => ({
    classes: classes.map(({ classId }) => classId),
    resourceId: classes[0]!.resourceId,
    count: reservation.items[index]!.count,
    missing: reservation.items[index]!.count,
  }));
  return {
    reservationId,
    rank: requestRank(requestedAt, priority),
    requestedAt,
    overtaken,
    lasts: lastsFor(reservation),
    parked: false,
    items,
  };
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
      parked: false,
    }));
  });
  return [
    { do: 'createReservation', reservation },
    ...queueEntries.map((entry): Change => ({ do: 'enqueue', entry })),
    { do: 'append', event: { type: 'reservation.queued', reservationId, userId } },
  ];
}
