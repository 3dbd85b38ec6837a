import { useEffect } from 'preact/hooks';
import { hrefOf } from '../../address/address';
import { Listing } from '../../parts/listing';
import { ShowMore } from '../../parts/show-more';
import { Table, type Column } from '../../parts/table';
import { Time } from '../../parts/time';
import { holdfast, type Schemas } from '../../server/client';
import { ofPool } from '../../server/query';
import { useWindow } from '../../server/windowed';
import { learnNames } from '../events/names';
import { Sentence } from '../events/sentence';

type Event = Schemas['Event'];

const COLUMNS: readonly Column<Event>[] = [
  {
    title: 'When',
    cell: ({ at }) => (
      <span class="whole">
        <Time at={at} as="clock" />
      </span>
    ),
  },
  { title: 'What', kind: 'wide', cell: (event) => <Sentence event={event} /> },
  { title: 'By', cell: ({ actor }) => <bdi class="actor">{actor?.name ?? '–'}</bdi> },
];

/** The newest events of a resource, as far as the reader may see them. */
export function ResourceEvents({ id, pool }: { id: string; pool: string }) {
  const read = useWindow(
    `events ${id}`,
    (part) => holdfast.events.list({ ...part, resource: id }).page(),
    { step: 20, concerns: ofPool(pool) },
  );
  const { data } = read;
  useEffect(() => learnNames(data ?? []), [data]);
  return (
    <section>
      <h2>Events</h2>
      <Listing read={read} what="Events" empty={<p class="hint">No events that you may see.</p>}>
        {(events) => (
          <Table
            caption="Events"
            columns={COLUMNS}
            rows={events}
            keyOf={({ seq }) => String(seq)}
          />
        )}
      </Listing>
      <ShowMore of={read} />
      <p>
        <a href={hrefOf('/events', { resource: id })}>All events of it</a>
      </p>
    </section>
  );
}
