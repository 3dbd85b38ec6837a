import type { Schemas } from '../../server/client';
import { Time } from '../../parts/time';

type Event = Schemas['Event'];

const WORDS: Readonly<Partial<Record<Event['type'], string>>> = {
  'reservation.queued': 'began to wait',
  'reservation.preparing': 'was served; access is being opened',
  'reservation.active': 'began',
  'reservation.extended': 'end was moved',
  'reservation.heartbeat': 'heartbeat',
  'reservation.unheard': 'could not be heard; the next heartbeat is due later',
  'reservation.ended': 'ended',
  'lease.ending': 'ends soon',
  'lease.lost': 'was lost',
  'resource.allocated': 'was lent',
  'resource.freed': 'came back',
};

/** `end`: epoch ms, if there is one. */
function MovedTo({ end }: { end: unknown }) {
  if (typeof end !== 'number') return null;
  return (
    <>
      {' to '}
      <Time at={new Date(end).toISOString()} as="clock" />
    </>
  );
}

/** The newest events of a reservation. */
export function EventList({ events }: { events: readonly Event[] }) {
  if (events.length === 0) return null;
  return (
    <section class="card" aria-label="Events">
      <h2>Events</h2>
      <ol class="events">
        {events.map(({ seq, at, type, resource, actor, data }) => (
          <li key={seq}>
            <Time at={at} as="clock" />
            <span>
              {resource && <bdi>{resource.name ?? 'a resource that is gone'}</bdi>}{' '}
              {WORDS[type] ?? type}
              {type === 'reservation.extended' && <MovedTo end={data.endsAt} />}
              {typeof data.reason === 'string' && `: ${data.reason.replaceAll('_', ' ')}`}
            </span>
            {actor && (
              <span class="hint">
                {actor.kind === 'job' ? 'job ' : ''}
                <bdi>{actor.name}</bdi>
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
