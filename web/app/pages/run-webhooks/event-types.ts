import type { Schemas } from '../../server/client';

export type EventType = Schemas['Webhook']['types'][number];

/** Every type of event in short words, in groups. */
export const EVENT_WORDS: Readonly<Record<EventType, string>> = {
  'lease.ending': 'ends soon',
  'lease.lost': 'ended early, not by its holder',
  'reservation.queued': 'waits in its queues',
  'reservation.preparing': 'was served; access is being opened',
  'reservation.active': 'the lease began',
  'reservation.extended': 'its end was moved',
  'reservation.heartbeat': 'its holder gave a sign of life',
  'reservation.unheard': 'its holder could not be heard',
  'reservation.ended': 'ended',
  'resource.created': 'was added',
  'resource.allocated': 'was lent',
  'resource.freed': 'a loan of it ended',
  'resource.status': 'its status changed',
  'resource.failed': 'a driver call failed',
  'resource.quarantined': 'went into quarantine',
  'resource.quarantine_ended': 'left its quarantine',
  'resource.return_refused': 'its return has shown too little',
  'resource.rotated': 'its credential was replaced',
  'resource.admin_state': 'an admin took it out or put it back',
  'resource.restored': 'was in a backup that was restored',
  'resource.returned': 'a return record was added',
  'resource.fields': 'its listed fields were replaced',
  'resource.kept_alive': 'its idle expiry was put off',
  'pool.created': 'was made',
  'pool.changed': 'was changed',
  'pool.deleted': 'was removed',
  'pool.failing': 'its back end fails',
  'pool.recovered': 'its back end works again',
  'user.created': 'was added',
  'user.changed': 'was changed',
  'user.password': 'has another password',
  'user.deleted': 'was shut out for good',
  'user.linked': 'a GitHub account was linked',
  'token.created': 'was made',
  'token.revoked': 'was revoked',
  'session.created': 'somebody signed in with a browser',
  'session.ended': 'was ended',
  'webhook.created': 'was added',
  'webhook.changed': 'was changed',
  'webhook.secret': 'got another secret',
  'webhook.tested': 'was tried',
  'webhook.replayed': 'events were asked for again',
  'webhook.disabled': 'was stopped by the server',
  'webhook.deleted': 'was removed',
};

/** The types by what they are about, which is the word before their dot. */
export function groupedTypes(): [about: string, types: EventType[]][] {
  const groups = new Map<string, EventType[]>();
  for (const type of Object.keys(EVENT_WORDS) as EventType[]) {
    const about = type.slice(0, type.indexOf('.'));
    groups.set(about, [...(groups.get(about) ?? []), type]);
  }
  return [...groups];
}
