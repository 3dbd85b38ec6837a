import type { Change, Decision } from '../change';
import { DomainError, notFound, requireVersion } from '../errors';
import { changedIn, type EventData, type EventType } from '../event';
import { checkCaller, type CallerRows } from '../people/caller';
import { isAdmin, type Principal } from '../people/user';
import {
  MOST_OF_ALL,
  MOST_OF_USER,
  wants,
  type Wanted,
  type Webhook,
  type WebhookSecret,
} from './webhook';

/** The rows that a change of webhooks is based on. */
export interface WebhookSnapshot {
  webhook: Webhook | null;
  /** How many there are: of the user that was asked about, and in all. */
  ofUser: number;
  ofAll: number;
  caller?: CallerRows;
}

/** The fields that callers set. */
export type WebhookFields = Partial<
  Pick<Webhook, 'url' | 'types' | 'poolId' | 'description' | 'state'>
>;

/** How long a former secret signs beside the new one, in ms. */
export const OVERLAP = 24 * 3_600_000;
/** The most secrets that sign at once. */
const MOST_SECRETS = 3;
/** The most events that are sent again at once. */
const MOST_REPLAYED = 100_000;

/** Makes a webhook; the value is its id. Errors: `conflict` at the most webhooks. */
export function createWebhook(
  { ofUser, ofAll }: WebhookSnapshot,
  webhook: Webhook,
): Decision<string> {
  if (ofUser >= MOST_OF_USER || ofAll >= MOST_OF_ALL)
    throw new DomainError(
      'conflict',
      `There may be ${MOST_OF_USER} webhooks of one user, and ${MOST_OF_ALL} in all; delete some first.`,
    );
  const { everybody } = webhook;
  const changes: Change[] = [
    { do: 'createWebhook', webhook },
    told(webhook, 'webhook.created', { everybody }),
  ];
  return { changes, value: webhook.id };
}

/**
 * Finds the webhook of a snapshot for a principal who may act on it: its user, or an admin unless
 * `onlyUser`. `now` in epoch ms. Errors: `not_found`, `unauthenticated`.
 */
export function requireWebhook(
  { webhook, caller }: WebhookSnapshot,
  id: string,
  principal: Principal,
  now: number,
  onlyUser = false,
): Webhook {
  checkCaller(principal, caller, now);
  if (webhook && maySee(principal, webhook) && !(onlyUser && webhook.userId !== principal.userId))
    return webhook;
  throw notFound('webhook', id);
}

/** May a principal see a webhook, and change it? One that was deleted is gone. */
export function maySee(principal: Principal, { userId, everybody, state }: Webhook): boolean {
  if (state === 'deleted') return false;
  return isAdmin(principal) || (userId === principal.userId && !everybody);
}

/**
 * Changes a webhook. Activated by its user, it goes by the rights of the credential that does so.
 * Errors: `precondition_failed`.
 */
export function changeWebhook(
  webhook: Webhook,
  principal: Principal,
  fields: WebhookFields,
  expected: readonly number[] | null,
): Decision<null> {
  requireVersion('webhook', expected, webhook.version);
  const adopted = fields.state === 'active' && webhook.userId === principal.userId;
  const set = {
    ...fields,
    ...(fields.state === undefined ? {} : { reason: null }),
    ...(adopted ? { apiTokenId: principal.apiTokenId } : {}),
    version: webhook.version + 1,
  };
  // An address may hold a token of its receiver.
  const data: EventData = fields.url === undefined ? {} : { url: true };
  const changed = changedIn(webhook, fields, ['types', 'poolId', 'description', 'state']);
  return {
    changes: [
      { do: 'setWebhook', id: webhook.id, set },
      told(webhook, 'webhook.changed', data, changed),
    ],
    value: null,
  };
}

/** Deletes a webhook. The job `prune` forgets it with its deliveries. */
export function deleteWebhook(webhook: Webhook): Decision<null> {
  return {
    changes: [
      { do: 'setWebhook', id: webhook.id, set: { state: 'deleted' } },
      told(webhook, 'webhook.deleted'),
    ],
    value: null,
  };
}

/** The secrets after another one was added: former ones sign for another day, the newest first. */
export function withSecret(
  secrets: readonly WebhookSecret[],
  secret: string,
  now: number,
): WebhookSecret[] {
  const former = secrets
    .map((each) => ({ ...each, until: each.until ?? now + OVERLAP }))
    .filter(({ until }) => until > now);
  return [{ secret, until: null }, ...former].slice(0, MOST_SECRETS);
}

/** Replaces the sealed secrets. */
export function replaceSecrets(webhook: Webhook, sealedSecrets: string): Decision<string> {
  const set = { sealedSecrets, version: webhook.version + 1 };
  return {
    changes: [{ do: 'setWebhook', id: webhook.id, set }, told(webhook, 'webhook.secret')],
    value: webhook.id,
  };
}

/** Appends an event that is sent to this webhook alone. Errors: `conflict` if it is disabled. */
export function testWebhook(webhook: Webhook): Decision<string> {
  requireActive(webhook);
  return { changes: [told(webhook, 'webhook.tested')], value: webhook.id };
}

/** The events from one number to another; `first` is the first of them if times named them. */
export interface ReplayRange {
  from: number;
  to: number;
  first?: Wanted;
}

/**
 * Has a range of events sent again, as far as they are kept and wanted; a single one that its number
 * names also if its type is not. Errors: `conflict` if the webhook is disabled or others are being
 * sent again, `invalid`.
 */
export function replay(webhook: Webhook, { from, to, first }: ReplayRange): Decision<string> {
  requireActive(webhook);
  if (webhook.replayAfter !== null)
    throw new DomainError('conflict', 'Other events are being sent again; try later.');
  // Later ones are sent anyway.
  const replayTo = Math.min(to, webhook.cursor);
  const field = first ? 'since' : 'from';
  if (from > to || replayTo - from >= MOST_REPLAYED)
    throw new DomainError('invalid', `Name 1 to ${MOST_REPLAYED} events, in order.`, field);
  const isUnwanted = first !== undefined && from === replayTo && !wants(webhook, first);
  const set = from > replayTo || isUnwanted ? {} : { replayAfter: from - 1, replayTo };
  return {
    changes: [
      { do: 'setWebhook', id: webhook.id, set },
      told(webhook, 'webhook.replayed', { from, to }),
    ],
    value: webhook.id,
  };
}

function requireActive({ state }: Webhook): void {
  if (state !== 'active')
    throw new DomainError('conflict', 'The webhook is disabled; activate it first.');
}

/** An event about a webhook. */
export function told(
  { id, userId }: Webhook,
  type: EventType,
  data: EventData = {},
  more: { changed?: ReturnType<typeof changedIn>['changed'] } = {},
): Change {
  return { do: 'append', event: { type, userId, data: { webhook: id, ...data }, ...more } };
}
