import type { Author } from './author';
import { sameJson } from './merge';

/** Every type of event, and the fact that it records; docs/events.md is made from it. */
export const EVENT_TYPES = {
  'reservation.queued': 'A request waits in its queues.',
  'reservation.preparing': 'A request was served; access is being opened.',
  'reservation.active': 'The lease began. `endsAt`: when it ends.',
  'reservation.extended': 'Its end was moved. `endsAt`, `heartbeatBy`.',
  'reservation.heartbeat': 'Its holder gave a sign of life. `heartbeatBy`: when the next is due.',
  'reservation.unheard':
    'Its holder could not be heard for a while, so the next sign of life is due later.',
  'reservation.ended': 'It ended. `reason`, and `detail` in words.',
  'lease.ending': 'A lease ends soon, unless it is extended. `endsAt`.',
  'lease.lost':
    'A lease ended early and not by its holder: revoked, failed, or unheard of. `reason`, `detail`.',
  'resource.created': 'A resource was added. `name`, `type`.',
  'resource.allocated': 'A resource was lent to `user` under `reservation`.',
  'resource.freed': 'A loan of it ended. `to`: its status since.',
  'resource.status': 'Its status changed, `from` and `to`; `reason` says why.',
  'resource.failed': 'A call of its driver failed. `operation`, `scope`, `reason`.',
  'resource.quarantined':
    'It failed too often, or its return has shown too little: it is not lent, and tried again ' +
    'seldom. `from`, `reason`, `failures` in a row.',
  'resource.quarantine_ended': 'It left its quarantine. `to`: its status since.',
  'resource.return_refused': 'Its return has shown less than its pool asks for. `level`, `needed`.',
  'resource.rotated': 'Its credential was replaced.',
  'resource.admin_state': 'Its admin state was set, `from` and `to`; `reason` as given.',
  'resource.restored': 'It was in a backup that was restored.',
  'resource.returned': 'A return record was added: its number and hash, and the level it shows.',
  'resource.fields': 'Its listed fields were replaced.',
  'resource.kept_alive': 'Its idle expiry was put off, to `expiresAt`.',
  'pool.created': 'A pool was made. `name`, `size`.',
  'pool.changed': 'Fields of a pool were set; settings are named without their values.',
  'pool.deleted': 'An empty pool was removed. `name`.',
  'pool.failing': 'The back end of a pool fails, and calls rest for a while. `reason`.',
  'pool.recovered': 'The back end of a pool works again. `since`: when it began to fail.',
  'user.created': 'A user was added. `role`.',
  'user.changed': 'Fields of a user were set.',
  'user.password': 'A password was set or taken away. `by`: `self` or `other`.',
  'user.deleted': 'A user was shut out for good.',
  'user.linked': 'A GitHub account was linked. `githubId`.',
  'token.created': 'An API token was made. `token`, `name`, `scopes`, `expiresAt`.',
  'token.revoked': 'An API token was revoked. `token`, `name`.',
  'session.created': 'Somebody signed in with a browser. `session`, `endsAt`: at the latest.',
  'session.ended':
    'A session was ended, `by` its `user`, or by the `limit` on those of one credential. `session`.',
  'webhook.created': 'A webhook was added. `webhook`, `everybody`.',
  'webhook.changed': 'Fields of a webhook were set; its address is named without its value.',
  'webhook.secret': 'A webhook got another secret.',
  'webhook.tested': 'Somebody tried a webhook; only that webhook is told.',
  'webhook.replayed': 'Events were asked for again. `from`, `to`: their numbers.',
  'webhook.disabled': 'The server stopped a webhook; `reason` says why.',
  'webhook.deleted': 'A webhook was removed. `webhook`.',
} as const;

export type EventType = keyof typeof EVENT_TYPES;

const FREQUENT_TYPES: ReadonlySet<EventType> = new Set([
  'reservation.queued',
  'reservation.preparing',
  'reservation.active',
  'reservation.heartbeat',
  'reservation.ended',
  'lease.ending',
  'resource.allocated',
  'resource.freed',
  'resource.status',
  'resource.rotated',
  'resource.kept_alive',
  'resource.returned',
]);

/** Is it a type other than those that every loan, every return or every sign of life leaves? */
export function isRare(type: EventType): boolean {
  return !FREQUENT_TYPES.has(type);
}

/**
 * One fact, appended in the transaction that made it true, with its author; the author of an event
 * from before authors were kept is null throughout. Holds no secret, ever.
 */
export interface Event extends Nullable<Author> {
  seq: number;
  at: number;
  type: EventType;
  poolId: string | null;
  resourceId: string | null;
  reservationId: string | null;
  userId: string | null;
  data: EventData;
  /** Old and new values of fields that a user, an admin or the pools file has set. */
  changed: Changed | null;
}

/** An event as a decision makes it; the transaction adds the rest. */
export type NewEvent = Pick<Event, 'type'> &
  Partial<Omit<Event, 'seq' | 'at' | 'type' | keyof Author>>;

/** Fields that changed, from one value to another. */
export type Changed = Record<string, { from: unknown; to: unknown }>;

export type EventData = Record<string, string | number | boolean | null>;

/** The fields among `names` that `set` gives another value; none of them may hold a secret. */
export function changedIn<T extends object>(
  before: T,
  set: Partial<T>,
  names: readonly (keyof T & string)[],
): { changed?: Changed } {
  const found = names
    .filter((name) => set[name] !== undefined && !sameJson(before[name], set[name]))
    .map((name) => [name, { from: before[name], to: set[name] }] as const);
  return found.length === 0 ? {} : { changed: Object.fromEntries(found) };
}

/** May an event of this type end a wait? Nobody can wait for a reservation before it is queued. */
export function mayEndAWait(type: EventType): boolean {
  return type.startsWith('reservation.') && type !== 'reservation.queued';
}

type Nullable<T> = { [K in keyof T]: T[K] | null };
