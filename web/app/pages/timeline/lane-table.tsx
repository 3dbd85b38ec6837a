import { hrefOf, pathOf } from '../../address/address';
import { present, skew } from '../../parts/now-signal';
import { Table, type Column } from '../../parts/table';
import { Time } from '../../parts/time';
import { holderOf, KINDS, leftOf, type Lane, type Span, type Timeline } from './words';

interface Row {
  resource: Lane['resource'];
  /** null: the resource was not busy in the window. */
  span: Span | null;
}

const COLUMNS: readonly Column<Row>[] = [
  {
    title: 'Resource',
    cell: ({ resource }) => (
      <a href={hrefOf(pathOf('resources', resource.id))}>
        <bdi>{resource.name}</bdi>
      </a>
    ),
  },
  { title: 'What', cell: ({ span }) => (span ? KINDS[span.kind] : 'nothing in this time') },
  { title: 'Holder', kind: 'wide', cell: ({ span }) => span && <Holder {...span} /> },
  { title: 'From', cell: ({ span }) => span && <Time at={span.from} as="clock" /> },
  {
    title: 'To',
    cell: ({ span }) => span && <Time at={span.to} as="clock" none="nobody knows" />,
  },
  { title: 'Left', cell: ({ span }) => span && <Left span={span} /> },
];

/** The same facts as the chart. */
export function LaneTable({ timeline: { pool, lanes } }: { timeline: Timeline }) {
  const rows = lanes.flatMap<Row>(({ resource, spans }) =>
    spans.length === 0 ? [{ resource, span: null }] : spans.map((span) => ({ resource, span })),
  );
  return (
    <Table
      caption={`Timeline of ${pool}`}
      columns={COLUMNS}
      rows={rows}
      keyOf={({ resource, span }) => `${resource.id} ${span?.from}`}
      rowClass={({ span }) => (span?.mine ? 'tl-mine' : undefined)}
    />
  );
}

function Holder(span: Span) {
  const name = <bdi>{holderOf(span) || '–'}</bdi>;
  if (span.reservationId === null) return name;
  return <a href={hrefOf(pathOf('reservations', span.reservationId))}>{name}</a>;
}

function Left({ span }: { span: Span }) {
  return <>{leftOf(span, present.value + skew.value)}</>;
}
