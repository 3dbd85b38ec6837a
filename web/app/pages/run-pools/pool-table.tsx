import { hrefOf, pathOf } from '../../address/address';
import { Badge } from '../../parts/badge';
import { Button } from '../../parts/button';
import { STATE_NAMES, StateBadge } from '../../parts/state';
import { Table, type Column } from '../../parts/table';
import { Time } from '../../parts/time';
import type { Pool } from './pool-path';
import { Size } from './size';

interface PoolTableProps {
  pools: readonly Pool[];
  again: () => void;
  onDelete: (pool: Pool) => void;
}

/** The pools with their sizes, which can be changed in place. */
export function PoolTable({ pools, again, onDelete }: PoolTableProps) {
  const columns: Column<Pool>[] = [
    { title: 'Name', cell: (pool) => <Name pool={pool} /> },
    { title: 'Size', cell: (pool) => <Size pool={pool} again={again} /> },
    { title: 'Driver', cell: (pool) => <Driver pool={pool} /> },
    { title: 'Resources', kind: 'wide', cell: (pool) => <Counts pool={pool} /> },
    { title: 'Made by', cell: ({ origin }) => <Origin origin={origin} /> },
    {
      title: '',
      kind: 'actions',
      cell: (pool) => (
        <span class="row">
          <a class="button plain" href={hrefOf(pathOf('run', 'pools', pool.name))}>
            Change
          </a>
          {!pool.deleting && (
            <Button kind="danger" label={`Delete ${pool.name}`} onClick={() => onDelete(pool)}>
              Delete
            </Button>
          )}
        </span>
      ),
    },
  ];
  return <Table caption="Pools" columns={columns} rows={pools} keyOf={({ name }) => name} />;
}

function Name({ pool: { name, deleting, failing } }: { pool: Pool }) {
  return (
    <span class="why">
      <a href={hrefOf(pathOf('run', 'pools', name))}>
        <bdi>{name}</bdi>
      </a>
      {deleting && <Badge kind="warn">being deleted</Badge>}
      {failing && (
        <Badge kind="bad" title={failing.reason}>
          fails since <Time at={failing.since} as="clock" />
        </Badge>
      )}
    </span>
  );
}

function Driver({ pool: { driver, kind, sizing } }: { pool: Pool }) {
  return (
    <>
      {driver}
      <div class="hint">
        {kind}
        {sizing === 'manual' && ', sized by hand'}
      </div>
    </>
  );
}

/** How many are in which state; each leads to the list of them. */
function Counts({ pool: { name, counts } }: { pool: Pool }) {
  const present = STATE_NAMES.filter((state) => counts[state] > 0);
  if (present.length === 0) return <span class="hint">none</span>;
  return (
    <span class="why">
      {present.map((state) => (
        <a
          key={state}
          class="state-count"
          href={hrefOf('/run/resources', {
            pool: name,
            status: state === 'held' ? 'available' : state,
          })}
        >
          {counts[state]} <StateBadge state={state} />
        </a>
      ))}
    </span>
  );
}

/** Tells who made a pool, and what that means for changes. */
export function Origin({ origin }: Pick<Pool, 'origin'>) {
  return origin === 'api' ? (
    <Badge title="A call of the API made it; only calls change it.">API</Badge>
  ) : (
    <Badge title="The pools file made it. A change here holds until that field changes in the file.">
      pools file
    </Badge>
  );
}
