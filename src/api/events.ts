import { z } from 'zod';
import { ACTOR_KINDS } from '../domain/author';
import { EVENT_TYPES, type EventType } from '../domain/event';
import { id, instant, listOf, pageQuery, time } from './common';

const TYPES = Object.keys(EVENT_TYPES) as [EventType, ...EventType[]];

const thing = z.object({
  id: id.describe('Its id, which stays when it is gone.'),
  name: z.string().nullable().meta({ description: 'null: it is gone.' }),
});
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const actor = z.object({
  kind: z.enum(ACTOR_KINDS).meta({
    description:
      'user: by password. token: a user by an API token. job: in the background. system: the server, ' +
      'or a command at it. legacy: a legacy API in its own name.',
  }),
  id: z.string().meta({ description: 'Of the user; the name of a job, a command or a route.' }),
  name: z.string().meta({ description: 'At that time.' }),
  token: z.string().nullable().meta({ description: 'The id of the API token.' }),
});

export const event = z
  .object({
    seq: z.number().int().meta({ description: 'Rises in the order of commits; may leave gaps.' }),
    at: instant.describe('When it was committed.'),
    type: z.enum(TYPES).describe('The kind of fact; docs/events.md explains each.'),
    actor: actor.nullable().meta({ description: 'null: older than the upgrade that keeps it.' }),
    requestId: z.string().nullable().meta({ description: 'The X-Request-ID of the call.' }),
    traceparent: z.string().nullable().meta({ description: 'Of the call (W3C Trace Context).' }),
    address: z.string().nullable().meta({ description: 'Of the caller; null: not over HTTP.' }),
    pool: thing.nullable().describe('The pool that it is about.'),
    resource: thing.nullable().describe('The resource that it is about.'),
    reservation: z.string().nullable().describe('The id of the reservation that it is about.'),
    user: z.string().nullable().meta({ description: 'The id of the user whom it is about.' }),
    data: z.record(z.string(), scalar).meta({ description: 'Depends on the type.' }),
    changed: z
      .record(
        z.string(),
        z.object({
          from: z.unknown().describe('The value before.'),
          to: z.unknown().describe('The value since.'),
        }),
      )
      .nullable()
      .meta({ description: 'Old and new values of the fields that were set.' }),
  })
  .meta({ id: 'Event', description: 'One fact, as it was committed. It holds no secret.' });

export const eventList = listOf(event).meta({
  id: 'EventList',
  description: 'A page may hold fewer than `limit` events although `nextCursor` leads on.',
});

const named = z.string().min(1).max(200).optional();

const types = z
  .string()
  .max(1000)
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(TYPES)).min(1))
  .optional()
  .meta({
    description: 'One or several, separated by commas.',
    example: 'resource.allocated,resource.freed',
  });

export const eventQuery = pageQuery.extend({
  since: time.optional().meta({ description: 'At this instant or later (RFC 3339).' }),
  until: time.optional().meta({ description: 'Before this instant (RFC 3339).' }),
  type: types,
  pool: named.meta({ description: 'Name; id of one that is gone.' }),
  resource: named.meta({ description: 'Name or id.' }),
  reservation: named.describe('The id of the reservation that it is about.'),
  user: named.meta({ description: 'Whom it is about: id or e-mail address. For admins.' }),
  actor: named.meta({ description: 'Who did it: id or e-mail address of a user, name of a job.' }),
  order: z.enum(['asc', 'desc']).default('desc').describe('asc: the oldest first.'),
  format: z.enum(['json', 'ndjson']).default('json').meta({
    description:
      'ndjson: all of them, one JSON object a line; `limit` and `cursor` have no effect.',
  }),
});

export type EventAnswer = z.input<typeof event>;
