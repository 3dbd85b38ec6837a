import type { Schemas } from '../../server/client';

export type Event = Schemas['Event'];
export type EventType = Event['type'];

/**
 * A sentence for each type. `{actor}`, `{user}`, `{resource}` and `{pool}` stand for those of the
 * event, `{by}` for an actor who is not the user, other names for what is in its data.
 */
export const SENTENCES: Readonly<Record<EventType, string>> = {
  'reservation.queued': '{user} waits in the queue',
  'reservation.preparing': 'Access is being opened for {user}',
  'reservation.active': 'The loan of {user} began, until {endsAt}',
  'reservation.extended': '{actor} moved the end of the loan of {user} to {endsAt}',
  'reservation.heartbeat': '{user} gave a sign of life; the next is due at {heartbeatBy}',
  'reservation.unheard': '{user} could not be heard; a sign of life is due at {heartbeatBy}',
  'reservation.ended': 'The request or loan of {user} ended: {reason}',
  'lease.ending': 'The loan of {user} ends at {endsAt}',
  'lease.lost': '{user} lost the loan: {reason}',
  'resource.created': '{actor} added {resource}',
  'resource.allocated': '{resource} was lent to {user}{by}',
  'resource.freed': '{resource} came back from {user}',
  'resource.status': '{resource} went from {from} to {to}',
  'resource.failed': 'A driver call for {resource} failed: {operation}',
  'resource.quarantined': '{resource} went into quarantine',
  'resource.quarantine_ended': '{resource} left its quarantine and is {to}',
  'resource.return_refused': 'The return of {resource} has shown {level}, not {needed}',
  'resource.rotated': 'The credential of {resource} was replaced',
  'resource.admin_state': '{actor} changed {resource} from {from} to {to}',
  'resource.restored': '{resource} was in a backup that was restored',
  'resource.returned': 'The return of {resource} has shown {level}',
  'resource.fields': '{actor} replaced the fields of {resource}',
  'resource.kept_alive': '{actor} put off the idle expiry of {resource} to {expiresAt}',
  'pool.created': '{actor} made the pool {pool}',
  'pool.changed': '{actor} changed the pool {pool}',
  'pool.deleted': '{actor} removed the pool {pool}',
  'pool.failing': 'The back end of {pool} fails',
  'pool.recovered': 'The back end of {pool} works again',
  'user.created': '{actor} added {user} as {role}',
  'user.changed': '{actor} changed {user}',
  'user.password': '{actor} set or removed the password of {user}',
  'user.deleted': '{actor} shut {user} out',
  'user.linked': '{user} linked a GitHub account',
  'token.created': '{actor} made the API token {name} for {user}',
  'token.revoked': '{actor} revoked the API token {name} of {user}',
  'session.created': '{user} signed in',
  'session.ended': 'A session of {user} was ended',
  'webhook.created': '{actor} added a webhook of {user}',
  'webhook.changed': '{actor} changed a webhook of {user}',
  'webhook.secret': '{actor} gave a webhook of {user} another secret',
  'webhook.tested': '{actor} tried a webhook of {user}',
  'webhook.replayed': '{actor} asked for the events {from} to {to} again',
  'webhook.disabled': 'The server stopped a webhook of {user}',
  'webhook.deleted': '{actor} removed a webhook of {user}',
};

const TYPES = Object.keys(SENTENCES) as EventType[];

/** Groups of types, by the beginnings of their names. */
const GROUPS = [
  [
    'loans',
    'Requests and loans',
    ['reservation.', 'lease.', 'resource.allocated', 'resource.freed'],
  ],
  ['resources', 'Resources', ['resource.']],
  ['returns', 'Returns', ['resource.returned', 'resource.return_refused']],
  [
    'quarantine',
    'Failures and quarantine',
    ['resource.quarantine', 'resource.failed', 'pool.failing', 'pool.recovered'],
  ],
  ['pools', 'Pools', ['pool.']],
  ['people', 'Users, tokens, sessions', ['user.', 'token.', 'session.']],
  ['webhooks', 'Webhooks', ['webhook.']],
] as const;

/** The choices: all, a group, or one type. */
export const CHOICES: readonly (readonly [value: string, words: string])[] = [
  ['', 'All'],
  ...GROUPS.map(([name, words]) => [name, words] as const),
  ...TYPES.map((type) => [type, type] as const),
];

/** The types that a choice means, as the API takes them; undefined for all. */
export function typesOf(choice: string): string | undefined {
  const group = GROUPS.find(([name]) => name === choice);
  if (!group) return choice || undefined;
  const begins = (type: string) => group[2].some((prefix) => type.startsWith(prefix));
  return TYPES.filter(begins).join(',');
}
