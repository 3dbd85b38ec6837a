import { useState } from 'preact/hooks';
import { Button } from '../parts/button';
import { Empty } from '../parts/empty';
import { Listing } from '../parts/listing';
import { PageHead } from '../parts/page-head';
import { MoreOfList } from '../parts/more-of-list';
import { TextFilter } from '../parts/text-filter';
import { filterOf } from '../address/address';
import { holdfast } from '../server/client';
import { ofPools, useRead } from '../server/query';
import { holds } from '../server/windows';
import '../styles/run.css';
import { DeletePool } from './run-pools/delete-pool';
import { FailingPools } from './run-pools/failing';
import { NewPool } from './run-pools/new-pool';
import type { Pool } from './run-pools/pool-path';
import { PoolTable } from './run-pools/pool-table';

const WINDOW = 100;

/** All pools: their sizes, what fails, and how to make and delete them. */
export default function RunPools() {
  const [open, setOpen] = useState<'new' | { delete: string } | null>(null);
  const read = useRead(
    'pools',
    (signal) => holdfast.pools.list({ limit: 1000, signal }).all(),
    ofPools,
  );
  const close = () => setOpen(null);
  const makeOne = (
    <Button kind="main" onClick={() => setOpen('new')}>
      New pool
    </Button>
  );
  return (
    <>
      <PageHead title="Pools">{makeOne}</PageHead>
      <Listing
        read={read}
        what="Pools"
        empty={
          <Empty title="There are no pools yet.">
            <p>A pool holds resources of one kind. Make one here, or list it in the pools file.</p>
          </Empty>
        }
      >
        {(pools) => (
          <Pools
            pools={pools}
            again={read.again}
            onDelete={({ name }) => setOpen({ delete: name })}
          />
        )}
      </Listing>
      {open === 'new' && <NewPool onClose={close} onDone={read.again} />}
      {open !== null && open !== 'new' && (
        <DeletePool name={open.delete} onClose={close} onDone={read.again} />
      )}
    </>
  );
}

interface PoolsProps {
  pools: readonly Pool[];
  again: () => void;
  onDelete: (pool: Pool) => void;
}

function Pools({ pools, again, onDelete }: PoolsProps) {
  const [wanted, setWanted] = useState(WINDOW);
  const found = pools.filter(({ name, driver }) => holds(filterOf('text'), name, driver));
  const shown = found.slice(0, wanted);
  return (
    <>
      <FailingPools pools={pools} />
      <div class="filters" role="search">
        <TextFilter label="Name or driver" name="text" />
      </div>
      {shown.length > 0 ? (
        <PoolTable pools={shown} again={again} onDelete={onDelete} />
      ) : (
        <Empty title="No pool matches." />
      )}
      <MoreOfList
        shown={shown.length}
        hasMore={found.length > shown.length}
        what={shown.length === 1 ? 'pool' : 'pools'}
        onMore={() => setWanted(wanted + WINDOW)}
      />
    </>
  );
}
