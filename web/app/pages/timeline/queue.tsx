import { hrefOf, pathOf } from '../../address/address';
import { Badge } from '../../parts/badge';
import { Table, type Column } from '../../parts/table';
import { Time } from '../../parts/time';
import { wantsOf, type Request, type Timeline } from './words';

const COLUMNS: readonly Column<Request>[] = [
  {
    title: '#',
    kind: 'number',
    cell: ({ position, positionIsExact }) => `${positionIsExact ? '' : '> '}${position}`,
  },
  { title: 'Who', kind: 'wide', cell: (request) => <Who {...request} /> },
  { title: 'Waits for', cell: (request) => <bdi>{wantsOf(request)}</bdi> },
  { title: 'Since', cell: ({ since }) => <Time at={since} /> },
];

/** The first requests that wait for the pool. */
export function Queue({ timeline: { queue, moreQueued, pool } }: { timeline: Timeline }) {
  if (queue.length === 0) return <p class="hint">Nobody waits for this pool.</p>;
  const all = hrefOf('/queue', { pool });
  return (
    <section class="tl-queue">
      <h2>Waiting</h2>
      <Table
        caption={`Requests that wait for ${pool}`}
        columns={COLUMNS}
        rows={queue}
        keyOf={({ position, since }) => `${position} ${since}`}
        rowClass={({ mine }) => (mine ? 'tl-mine' : undefined)}
      />
      {moreQueued && (
        <p class="hint">
          More requests wait. <a href={all}>See the whole queue</a>
        </p>
      )}
    </section>
  );
}

function Who({ user, mine, reservationId, parked }: Request) {
  const name = mine ? 'You' : (user?.name ?? 'Somebody');
  return (
    <>
      {reservationId === null ? (
        <bdi>{name}</bdi>
      ) : (
        <a href={hrefOf(pathOf('reservations', reservationId))}>
          <bdi>{name}</bdi>
        </a>
      )}{' '}
      {parked && <Badge title="Others go past: something that it lacks cannot come">parked</Badge>}
    </>
  );
}
