import { filterOf, hrefOf, pathOf, setQuery } from '../../address/address';
import { Empty } from '../../parts/empty';
import { SelectField } from '../../parts/field';
import { Listing } from '../../parts/listing';
import { stateOf } from '../../parts/resource-state';
import { ShowMore } from '../../parts/show-more';
import { StateBadge } from '../../parts/state';
import { Table, type Column } from '../../parts/table';
import { Time } from '../../parts/time';
import { holdfast, type Schemas } from '../../server/client';
import { ofPool } from '../../server/query';
import { may } from '../../server/session';
import { useWindow } from '../../server/windowed';

type Resource = Schemas['Resource'];
type Status = Resource['status'];

/** The statuses by which the server filters, with their words. */
export const STATUSES: Readonly<Partial<Record<Status, string>>> = {
  available: 'available or held',
  allocated: 'lent',
  dirty: 'to be cleaned',
  cleaning: 'being cleaned',
  provisioning: 'being made',
  quarantined: 'in quarantine',
  spare: 'spare',
  destroying: 'being removed',
};

const COLUMNS: readonly Column<Resource>[] = [
  {
    title: 'Name',
    cell: ({ id, name }) => (
      <a href={hrefOf(pathOf('resources', id))}>
        <bdi>{name}</bdi>
      </a>
    ),
  },
  { title: 'State', cell: (resource) => <StateBadge state={stateOf(resource)} /> },
  { title: 'Type', cell: ({ type }) => <bdi>{type}</bdi> },
  { title: 'Cleaned', cell: ({ cleanedAt }) => <Time at={cleanedAt} none="never" /> },
];
const REASON: Column<Resource> = {
  title: 'Reason',
  kind: 'wide',
  cell: ({ reason }) => <bdi>{reason ?? '–'}</bdi>,
};

/** The resources of a pool, by status and type; the filters are kept in the address. */
export function PoolResources({ pool, types }: { pool: string; types: readonly string[] }) {
  const status = filterOf('status') in STATUSES ? (filterOf('status') as Status) : undefined;
  const type = filterOf('type') || undefined;
  const read = useWindow(
    `resources ${status} ${type} ${pool}`,
    (part) => holdfast.resources.list({ ...part, pool, status, type }).page(),
    { concerns: ofPool(pool) },
  );
  return (
    <section>
      <h2 id="resources">Resources</h2>
      <div class="filters">
        <SelectField
          label="Status"
          value={status ?? ''}
          options={[['', 'Any'], ...Object.entries(STATUSES)]}
          onValue={(chosen) => setQuery({ status: chosen })}
        />
        <SelectField
          label="Type"
          value={type ?? ''}
          options={[['', 'Any'], ...types.map((name) => [name, name] as const)]}
          onValue={(chosen) => setQuery({ type: chosen })}
        />
      </div>
      <Listing read={read} what="Resources" empty={<None isFiltered={Boolean(status ?? type)} />}>
        {(resources) => (
          <Table
            caption="Resources"
            columns={may('admin') ? [...COLUMNS, REASON] : COLUMNS}
            rows={resources}
            keyOf={({ id }) => id}
          />
        )}
      </Listing>
      <ShowMore of={read} />
    </section>
  );
}

function None({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <Empty title="No resource is like that.">
      <p>Choose another status or type.</p>
    </Empty>
  ) : (
    <Empty title="The pool has no resources.">
      <p>An admin gives it a size, or adds some.</p>
    </Empty>
  );
}
