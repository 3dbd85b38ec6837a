import type { Event, EventType } from '../event';
import { isLive, type CallerRows } from '../people/caller';

export const WEBHOOK_STATES = ['active', 'disabled', 'deleted'] as const;
/** `disabled`: gets nothing until somebody activates it again. `deleted`: is still to be forgotten. */
export type WebhookState = (typeof WEBHOOK_STATES)[number];

/** An address that gets events. */
export interface Webhook {
  id: string;
  /** Its rights are those of this user and, unless null, of this token. */
  userId: string;
  apiTokenId: string | null;
  /** Is it told of everybody's events? Otherwise only of those about its user. */
  everybody: boolean;
  url: string;
  types: EventType[];
  /** Only events of this pool; null: of any. */
  poolId: string | null;
  description: string;
  state: WebhookState;
  /** Why it is disabled; null unless the server did that. */
  reason: string | null;
  /** Its secrets (`WebhookSecret[]`), sealed. */
  sealedSecrets: string;
  /** The number of the last event that has been looked at for it. */
  cursor: number;
  /** Events after this number, up to `replayTo`, are to be sent again; null: none are. */
  replayAfter: number | null;
  replayTo: number | null;
  createdAt: number;
  version: number;
}

/** A secret that signs until this time, epoch ms; null: for good. */
export interface WebhookSecret {
  secret: string;
  until: number | null;
}

export const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** One event for one webhook; written before the first call that sends it. */
export interface Delivery {
  /** The same at every try: `deliveryId`. */
  id: string;
  webhookId: string;
  /** The number of the event. */
  seq: number;
  type: EventType;
  reservationId: string | null;
  state: DeliveryState;
  /** How often it was sent. */
  tries: number;
  /** The start of the time within which it is tried. */
  since: number;
  /** When to try next, or by when to count on no answer; null: it is over. */
  nextTryAt: number | null;
  lastTryAt: number | null;
  /** Of the last answer; null if there was none. */
  lastStatus: number | null;
  lastError: string | null;
  finishedAt: number | null;
}

const OF_LEASES: readonly EventType[] = [
  'lease.ending',
  'lease.lost',
  'reservation.active',
  'reservation.ended',
];
/** Something broke, or works again; about nobody in particular. */
const OF_FAULTS: readonly EventType[] = [
  'resource.quarantined',
  'resource.quarantine_ended',
  'resource.return_refused',
  'pool.failing',
  'pool.recovered',
];

/** The types that a webhook gets unless it names others. */
export function defaultTypes(everybody: boolean): EventType[] {
  return everybody ? [...OF_LEASES, ...OF_FAULTS] : [...OF_LEASES];
}

/** The most webhooks of one user, and of all. */
export const MOST_OF_USER = 10;
export const MOST_OF_ALL = 100;

/** The id of a delivery, the same however often it is asked for. */
export function deliveryId(webhookId: string, seq: number): string {
  return `${webhookId}_${seq}`;
}

/** The part of an event that says who wants it. */
export type Wanted = Pick<Event, 'seq' | 'type' | 'poolId' | 'userId' | 'data'>;

/** May the user of a webhook see this event? */
export function mayTell({ everybody, userId }: Webhook, event: Wanted): boolean {
  return everybody || event.userId === userId;
}

/** Does a webhook want to be told of this event? A test of it is always wanted. */
export function wants(webhook: Webhook, event: Wanted): boolean {
  if (event.type === 'webhook.tested') return event.data.webhook === webhook.id;
  return (
    mayTell(webhook, event) &&
    webhook.types.includes(event.type) &&
    (webhook.poolId === null || event.poolId === webhook.poolId)
  );
}

/** Is the user by whose rights a webhook goes deleted? */
export function isDeleted({ user }: CallerRows): boolean {
  return !user || user.disabledAt !== null;
}

/** Why a webhook of a user who exists has no rights any more; null while it has them. */
export function whyWithoutRights(
  { apiTokenId, everybody }: Pick<Webhook, 'apiTokenId' | 'everybody'>,
  { user, token }: CallerRows,
  now: number,
): string | null {
  if (everybody && user?.role !== 'admin') return 'Its user is no admin any more.';
  if (apiTokenId !== null && (!token || !isLive(token, now)))
    return 'The API token with which it was activated has ended.';
  return null;
}

/** The secrets that sign at `now`, the newest first. */
export function signingSecrets(secrets: readonly WebhookSecret[], now: number): string[] {
  return secrets.filter(({ until }) => until === null || until > now).map(({ secret }) => secret);
}
