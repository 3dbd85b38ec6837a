import { hrefOf, pathOf } from '../../address/address';
import { Status } from '../../parts/loans/status';
import { TimeLeft } from '../../parts/loans/time-left';
import { nameOf, type ReservationSummary } from '../../parts/loans/words';
import type { Column } from '../../parts/table';
import { Time } from '../../parts/time';
import { placeOf } from '../reservation/waiting';

type Columns = readonly Column<ReservationSummary>[];

const NAME: Column<ReservationSummary> = {
  title: 'What',
  kind: 'wide',
  cell: (row) => (
    <div class="loan-name">
      <a href={hrefOf(pathOf('reservations', row.id))}>
        <bdi>{nameOf(row)}</bdi>
      </a>
      {row.note !== null && (
        <span class="hint note-line">
          <bdi>{row.note}</bdi>
        </span>
      )}
    </div>
  ),
};

export const RUNNING_COLUMNS: Columns = [
  NAME,
  {
    title: 'Left',
    cell: ({ status, startsAt, endsAt }) =>
      status === 'preparing' ? (
        <Status of={{ status, endReason: null }} />
      ) : (
        <TimeLeft startsAt={startsAt} endsAt={endsAt} />
      ),
  },
];

export const WAITING_COLUMNS: Columns = [
  { title: 'Place', kind: 'number', cell: placeOf },
  NAME,
  { title: 'Since', cell: ({ requestedAt }) => <Time at={requestedAt} /> },
  { title: 'Priority', kind: 'number', cell: ({ priority }) => (priority > 0 ? priority : '–') },
];

export const ENDED_COLUMNS: Columns = [
  NAME,
  { title: 'End', cell: (row) => <Status of={row} /> },
  { title: 'Lent', cell: ({ startsAt }) => <Time at={startsAt} as="clock" none="never" /> },
  { title: 'Ended', cell: ({ endedAt }) => <Time at={endedAt} /> },
];
