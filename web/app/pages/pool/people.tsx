import { hrefOf, pathOf } from '../../address/address';
import { Badge } from '../../parts/badge';
import { Listing } from '../../parts/listing';
import { ShowMore } from '../../parts/show-more';
import { Table, type Column } from '../../parts/table';
import { Time } from '../../parts/time';
import { holdfast, type Schemas } from '../../server/client';
import { ofPool } from '../../server/query';
import { useWindow } from '../../server/windowed';

type Holder = Schemas['Holder'];
type QueueEntry = Schemas['QueueEntry'];

interface WhoProps {
  person: { name: string } | null;
  mine: boolean;
  reservationId: string | null;
}

/** A person whose name may be hidden, linked to their loan if the reader may see it. */
function Who({ person, mine, reservationId }: WhoProps) {
  const name = <bdi>{mine ? 'you' : (person?.name ?? 'somebody')}</bdi>;
  return reservationId === null ? (
    name
  ) : (
    <a href={hrefOf(pathOf('reservations', reservationId))}>{name}</a>
  );
}

const HELD: readonly Column<Holder>[] = [
  {
    title: 'Resource',
    cell: ({ resource }) => (
      <a href={hrefOf(pathOf('resources', resource.id))}>
        <bdi>{resource.name}</bdi>
      </a>
    ),
  },
  {
    title: 'Holder',
    kind: 'wide',
    cell: ({ holder, ...loan }) => <Who person={holder} {...loan} />,
  },
  { title: 'Since', cell: ({ since }) => <Time at={since} as="clock" /> },
  {
    title: 'Until',
    cell: ({ until, status }) =>
      status === 'preparing' ? (
        <span class="hint">being opened</span>
      ) : (
        <Time at={until} as="clock" none="no end" />
      ),
  },
];

/** The loans of a pool: their resources, their holders, and until when. */
export function Holders({ pool }: { pool: string }) {
  const read = useWindow(`holders ${pool}`, (part) => holdfast.pools.holders(pool, part).page(), {
    concerns: ofPool(pool),
  });
  return (
    <section>
      <h2>Lent</h2>
      <Listing read={read} what="Loans" empty={<p class="hint">Nothing of it is lent.</p>}>
        {(loans) => (
          <Table caption="Lent" columns={HELD} rows={loans} keyOf={({ resource }) => resource.id} />
        )}
      </Listing>
      <ShowMore of={read} />
    </section>
  );
}

const QUEUED: readonly Column<QueueEntry>[] = [
  {
    title: 'Place',
    kind: 'number',
    cell: ({ position, positionIsExact }) => (positionIsExact ? position : `over ${position}`),
  },
  {
    title: 'Who',
    kind: 'wide',
    cell: ({ user, parked, ...request }) => (
      <>
        <Who person={user} {...request} />{' '}
        {parked && (
          <Badge title="It lets others past: something that it lacks cannot come by itself.">
            parked
          </Badge>
        )}
      </>
    ),
  },
  { title: 'Wants', cell: ({ items }) => <bdi>{items.map(wanted).join(', ')}</bdi> },
  { title: 'Since', cell: ({ since }) => <Time at={since} /> },
  { title: 'Priority', kind: 'number', cell: ({ priority }) => priority },
];

function wanted({ count, missing, types }: QueueEntry['items'][number]): string {
  const held = missing < count ? ` (${count - missing} held)` : '';
  return `${count} × ${types.join(' or ')}${held}`;
}

/** The requests that wait for something of a pool, the next first. */
export function Queue({ pool }: { pool: string }) {
  const read = useWindow(`queue ${pool}`, (part) => holdfast.pools.queue(pool, part).page(), {
    most: 100,
    concerns: ofPool(pool),
  });
  return (
    <section>
      <h2>Queue</h2>
      <Listing read={read} what="Queue" empty={<p class="hint">Nobody waits for it.</p>}>
        {(entries) => (
          <Table
            caption="Queue"
            columns={QUEUED}
            rows={entries}
            keyOf={({ position, since, user }) => `${position} ${since} ${user?.userId}`}
          />
        )}
      </Listing>
      <ShowMore of={read} />
    </section>
  );
}
