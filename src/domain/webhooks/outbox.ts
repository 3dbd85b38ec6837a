import { nothing, type Change, type Decision } from '../change';
import type { Event } from '../event';
import type { CallerRows } from '../people/caller';
import { deleteWebhook, told } from './changing';
import { LOST_AFTER, nextTry } from './retries';
import {
  deliveryId,
  isDeleted,
  mayTell,
  wants,
  whyWithoutRights,
  type Delivery,
  type Webhook,
} from './webhook';

/** A webhook with the rows of the user and the token by whose rights it goes. */
export interface RightsSnapshot {
  webhook: Webhook | null;
  rights: CallerRows;
}

/** The same with deliveries that may be tried now. */
export interface DueSnapshot extends RightsSnapshot {
  due: Delivery[];
}

type Told = Pick<Event, 'seq' | 'type' | 'poolId' | 'userId' | 'reservationId' | 'data'>;

/** A stretch of the events, which was read for a webhook. */
export interface Stretch {
  of: 'new' | 'replayed';
  /** The events after this number, up to `upTo`. */
  after: number;
  upTo: number;
  events: readonly Told[];
}

/**
 * Writes the deliveries of a stretch and moves the webhook on; does nothing if somebody else has.
 * `now` in epoch ms.
 */
export function writeDeliveries(
  { webhook, rights }: RightsSnapshot,
  stretch: Stretch,
  now: number,
): Decision<null> {
  if (!webhook || webhook.state !== 'active' || positionIn(webhook, stretch) !== stretch.after)
    return nothing(null);
  const lost = losingRights(webhook, rights, now);
  if (lost) return lost;
  const made = wantedIn(webhook, stretch).map((event): Change => {
    return { do: 'putDelivery', delivery: deliveryOf(webhook, event, now) };
  });
  const set = movedOn(webhook, stretch);
  return { changes: [...made, { do: 'setWebhook', id: webhook.id, set }], value: null };
}

function positionIn({ cursor, replayAfter }: Webhook, { of }: Stretch): number | null {
  return of === 'new' ? cursor : replayAfter;
}

/** The events of a stretch that a webhook is to get; one that is asked for alone always counts. */
export function wantedIn(webhook: Webhook, { of, after, events }: Stretch): Told[] {
  const isAlone = of === 'replayed' && webhook.replayTo === after + 1;
  return events.filter((event) => (isAlone ? mayTell(webhook, event) : wants(webhook, event)));
}

function movedOn({ replayTo }: Webhook, { of, upTo }: Stretch): Partial<Webhook> {
  if (of === 'new') return { cursor: upTo };
  return upTo >= (replayTo ?? 0) ? { replayAfter: null, replayTo: null } : { replayAfter: upTo };
}

function deliveryOf(
  { id: webhookId }: Webhook,
  { seq, type, reservationId }: Told,
  now: number,
): Delivery {
  return {
    id: deliveryId(webhookId, seq),
    ...{ webhookId, seq, type, reservationId },
    ...{ state: 'pending', tries: 0, since: now, nextTryAt: now },
    ...{ lastTryAt: null, lastStatus: null, lastError: null, finishedAt: null },
  };
}

/**
 * Counts a try of each delivery that is due, before the call: whoever dies during it leaves a
 * delivery that is due again. The value is what to send. `now` in epoch ms.
 */
export function claimDeliveries(
  { webhook, rights, due }: DueSnapshot,
  now: number,
): Decision<{ webhook: Webhook; deliveries: Delivery[] } | null> {
  if (!webhook || webhook.state !== 'active') return nothing(null);
  const lost = losingRights(webhook, rights, now);
  if (lost) return lost;
  const deliveries = due.map((each) => ({
    ...each,
    ...{ tries: each.tries + 1, lastTryAt: now, nextTryAt: now + LOST_AFTER },
  }));
  const changes = deliveries.map(({ id, tries, lastTryAt, nextTryAt }): Change => {
    return { do: 'setDelivery', id, set: { tries, lastTryAt, nextTryAt } };
  });
  return { changes, value: { webhook, deliveries } };
}

/** The end of a webhook whose user was deleted; disables it if another right is lost; null: none is. */
function losingRights(webhook: Webhook, rights: CallerRows, now: number): Decision<null> | null {
  if (isDeleted(rights)) return deleteWebhook(webhook);
  const reason = whyWithoutRights(webhook, rights, now);
  return reason === null ? null : { changes: disabling(webhook, reason), value: null };
}

/** The outcome of one call. */
export interface CallOutcome {
  /** Of the answer; null if there was none. */
  status: number | null;
  /** Why it counts as failed; null: it was delivered. Holds nothing that the receiver sent. */
  error: string | null;
  /** The pause that the receiver asked for, in ms. */
  retryAfter: number | null;
  /** No event with this number is kept any more: nothing is left to send. */
  isGone?: true;
}

/** The receiver wants nothing more, ever (RFC 9110, 15.5.11). */
const GONE = 410;

/**
 * Records the outcome of a try, unless another try has begun since. 410 disables the webhook.
 * `fraction` in [0, 1) varies the next pause; `now` in epoch ms.
 */
export function completeDelivery(
  { webhook, delivery }: { webhook: Webhook | null; delivery: Delivery | null },
  tries: number,
  { status, error, retryAfter, isGone }: CallOutcome,
  now: number,
  fraction: number,
): Decision<null> {
  if (!webhook || !delivery || delivery.state !== 'pending' || delivery.tries !== tries)
    return nothing(null);
  const { id, since } = delivery;
  const last = { lastStatus: status, lastError: error };
  if (error === null)
    return ending(id, { ...last, state: 'delivered', nextTryAt: null, finishedAt: now });
  const isOver = status === GONE || isGone === true;
  const nextTryAt = isOver ? null : nextTry({ tries, since, now, retryAfter, fraction });
  const set: Partial<Delivery> =
    nextTryAt === null
      ? { ...last, state: 'failed', nextTryAt, finishedAt: now }
      : { ...last, nextTryAt };
  const more =
    status === GONE && webhook.state === 'active'
      ? disabling(webhook, 'The receiver answered 410 Gone.')
      : [];
  return { changes: [...ending(id, set).changes, ...more], value: null };
}

function ending(id: string, set: Partial<Delivery>): Decision<null> {
  return { changes: [{ do: 'setDelivery', id, set }], value: null };
}

function disabling(webhook: Webhook, reason: string): Change[] {
  const { id, version } = webhook;
  return [
    { do: 'setWebhook', id, set: { state: 'disabled', reason, version: version + 1 } },
    told(webhook, 'webhook.disabled', { reason }),
  ];
}
