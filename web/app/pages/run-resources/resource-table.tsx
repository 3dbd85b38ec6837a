import { hrefOf, pathOf } from '../../address/address';
import { StateBadge } from '../../parts/state';
import { Table, type Column } from '../../parts/table';
import { Time } from '../../parts/time';
import { stateOf, type Resource } from './matching';

interface ResourceTableProps {
  resources: readonly Resource[];
  selected: ReadonlySet<string>;
  setSelected: (selected: Set<string>) => void;
}

/** Resources, each of which can be selected. */
export function ResourceTable({ resources, selected, setSelected }: ResourceTableProps) {
  return (
    <Table
      caption="Resources"
      columns={COLUMNS}
      rows={resources}
      keyOf={({ id }) => id}
      selection={{ selected, set: setSelected, nameOf: ({ name }) => name }}
    />
  );
}

const COLUMNS: readonly Column<Resource>[] = [
  {
    title: 'Name',
    cell: ({ id, name }) => (
      <a href={hrefOf(pathOf('resources', id))}>
        <bdi>{name}</bdi>
      </a>
    ),
  },
  {
    title: 'Pool',
    cell: ({ pool }) => (
      <a href={hrefOf(pathOf('run', 'pools', pool))}>
        <bdi>{pool}</bdi>
      </a>
    ),
  },
  { title: 'Type', cell: ({ type }) => <bdi>{type}</bdi> },
  { title: 'State', cell: (resource) => <StateBadge state={stateOf(resource)} /> },
  { title: 'Why', kind: 'wide', cell: (resource) => <Why resource={resource} /> },
  { title: 'Verified', cell: ({ verifiedAt }) => <Time at={verifiedAt} none="never" /> },
];

/** More about its state: the loan, the failure, until when. */
function Why({ resource }: { resource: Resource }) {
  const { heldBy, reason, maintenanceUntil, returning, failures } = resource;
  return (
    <span class="why">
      {heldBy && <a href={hrefOf(pathOf('reservations', heldBy.reservationId))}>its loan</a>}
      {reason && <bdi>{reason}</bdi>}
      {failures > 0 && <span>failed {failures} times</span>}
      {maintenanceUntil && (
        <span>
          until <Time at={maintenanceUntil} as="clock" />
        </span>
      )}
      {returning && !reason && (
        <span>
          next {returning.step}, <Time at={returning.nextAt} />
        </span>
      )}
    </span>
  );
}
