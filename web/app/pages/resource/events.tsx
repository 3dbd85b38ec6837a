import { hrefOf } from '../../address/address';
import { Listing } from '../../parts/listing';
import { ShowMore } from '../../parts/show-more';
import { Table, type Column } from '../../parts/table';
import { Time } from '../../parts/time';
import { holdfast, type Schemas } from '../../server/client';
import { ofPool } from '../../server/query';
import { useWindow } from '../../server/windowed';

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
  { title: 'Event', cell: ({ type }) => <code class="whole">{type}</code> },
  { title: 'What', kind: 'wide', cell: (event) => <bdi>{wordsOf(event)}</bdi> },
  { title: 'By', cell: ({ actor }) => <bdi class="actor">{actor?.name ?? '–'}</bdi> },
];

/** The data of an event in short: `cleaning → available, its fan is broken`. */
function wordsOf({ data }: Event): string {
  // Numbers and hashes for programs say nothing here.
  const { from, to, reason, generation: _generation, hash: _hash, ...rest } = data;
  const change = [from, to].filter((value) => value !== undefined && value !== null).join(' → ');
  const others = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  return [change, ...others, reason].filter(Boolean).join(', ');
}

/** The newest events of a resource, as far as the reader may see them. */
export function ResourceEvents({ id, pool }: { id: string; pool: string }) {
  const read = useWindow(
    `events ${id}`,
    (part) => holdfast.events.list({ ...part, resource: id }).page(),
    { step: 20, concerns: ofPool(pool) },
  );
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
