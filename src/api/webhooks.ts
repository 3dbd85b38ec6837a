import { z } from 'zod';
import { EVENT_TYPES, type EventType } from '../domain/event';
import { DELIVERY_STATES } from '../domain/webhooks/webhook';
import { id, instant, listOf, time } from './common';
import { oneLine } from './text';

const TYPES = Object.keys(EVENT_TYPES) as [EventType, ...EventType[]];

const url = z
  .string()
  .max(2_000)
  .refine(isWebAddress, {
    error: 'must be an http(s) address without user and fragment',
  })
  .meta({
    description:
      'https, to a public address; others only as WEBHOOK_ALLOW of the server lists them.',
  });
const types = z
  .array(z.enum(TYPES))
  .min(1)
  .max(TYPES.length)
  .describe('The types of events that it gets.');
const pool = z.string().min(1).max(200).nullable().meta({ description: 'Name; null: any.' });
const description = oneLine(200).describe('For people: what it is for.');
const state = z.enum(['active', 'disabled']).describe('disabled: nothing is sent.');
const everybody = z.boolean().meta({
  description: "Does it get everybody's events? Otherwise only those about its user.",
});

const example = {
  url: 'https://hooks.example.org/holdfast',
  types: ['lease.ending', 'lease.lost'],
  description: 'tells the chat',
};

export const newWebhook = z
  .strictObject({
    url,
    types: types.optional().meta({
      description: 'Default: the start and the end of leases; if everybody, faults, too.',
    }),
    pool: pool.optional(),
    description: description.optional(),
    state: state.optional(),
    everybody: everybody.optional(),
  })
  .meta({ id: 'NewWebhook', description: 'A webhook to be made.', example });

export const webhookChange = z
  .strictObject({ url, types, pool, description, state })
  .partial()
  .meta({
    id: 'WebhookChange',
    description: 'Only what is given changes.',
    example: { types: ['lease.lost'] },
  });

export const webhook = z
  .object({
    id: id.describe('The id of the webhook.'),
    userId: id.meta({ description: 'Its rights are those of this user.' }),
    everybody,
    url: z.string().describe('The address that is called.'),
    types: z.array(z.enum(TYPES)).describe('The types of events that it gets.'),
    pool,
    description: z.string().describe('For people: what it is for.'),
    state,
    reason: z.string().nullable().meta({ description: 'Why the server has disabled it.' }),
    cursor: z.number().int().meta({ description: 'All events up to this number were looked at.' }),
    createdAt: instant.describe('When it was made.'),
  })
  .meta({ id: 'Webhook', description: 'An address that events are sent to.' });
export const webhookList = listOf(webhook).meta({
  id: 'WebhookList',
  description: 'A page of webhooks.',
});

const secret = z.string().nullable().meta({
  description: 'Shown only here; null in the answer to a repeated request.',
});
export const newWebhookAnswer = webhook
  .extend({ secret })
  .meta({ id: 'NewWebhookAnswer', description: 'A new webhook, with its secret.' });
export const webhookSecret = z
  .object({ secret })
  .meta({ id: 'WebhookSecret', description: 'The new secret of a webhook.' });

export const replayed = z
  .strictObject({
    from: z.number().int().min(1).optional().meta({ description: 'The `seq` of the first event.' }),
    to: z.number().int().min(1).optional().meta({
      description: 'Of the last one; the same for a single event. Default: the newest.',
    }),
    since: time.optional().meta({ description: 'Instead of `from`: at this instant or later.' }),
    until: time.optional().meta({ description: 'Before this instant. Default: the newest.' }),
  })
  .superRefine(checkRange)
  .meta({ id: 'Replay', description: 'A range of events.', example: { from: 1, to: 1 } });

export const delivery = z
  .object({
    id: z.string().meta({ description: 'The `webhook-id` of each try.' }),
    seq: z.number().int().meta({ description: 'The number of the event.' }),
    type: z.enum(TYPES).describe('The type of the event.'),
    reservation: z
      .string()
      .nullable()
      .describe('The id of the reservation that the event is about.'),
    state: z.enum(DELIVERY_STATES).describe('Where it is on its way.'),
    tries: z.number().int().describe('How often it was sent.'),
    nextTryAt: instant
      .nullable()
      .describe('When it is sent next, or given up for want of an answer; null: it is over.'),
    lastTryAt: instant.nullable().describe('When it was sent last; null: not yet.'),
    lastStatus: z
      .number()
      .int()
      .nullable()
      .describe('The status that answered the last try; null: no answer.'),
    lastError: z.string().nullable().describe('Why the last try failed; null: it did not.'),
    finishedAt: instant.nullable().describe('When it arrived or was given up; null: neither yet.'),
  })
  .meta({ id: 'WebhookDelivery', description: 'One event for one webhook.' });
export const deliveryList = listOf(delivery).meta({
  id: 'WebhookDeliveryList',
  description: 'A page of deliveries.',
});

function isWebAddress(text: string): boolean {
  if (!/^https?:\/\/[^\s]+$/.test(text) || !URL.canParse(text)) return false;
  const { username, password, hash } = new URL(text);
  return [username, password, hash].every((part) => part === '');
}

/** A range goes by numbers or by times, and has a beginning. */
function checkRange(
  { from, to, since, until }: Partial<Record<'from' | 'to' | 'since' | 'until', number>>,
  { addIssue }: { addIssue: (issue: { code: 'custom'; path: string[]; message: string }) => void },
): void {
  const wrong = (path: string, message: string) =>
    addIssue({ code: 'custom', path: [path], message });
  const byTime = since !== undefined || until !== undefined;
  if (byTime && (from !== undefined || to !== undefined))
    wrong(since === undefined ? 'until' : 'since', 'cannot stand beside from or to');
  else if (byTime && since === undefined) wrong('since', 'is missing');
  else if (!byTime && from === undefined) wrong('from', 'is missing; or name times by since');
  else if (until !== undefined && until <= since!) wrong('until', 'must be later than since');
}
