import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { hrefOf } from '../address/address';
import { Busy } from '../parts/busy';
import { Empty } from '../parts/empty';
import { Failure } from '../parts/failure';
import { PageHead } from '../parts/page-head';
import { MoreOfList } from '../parts/more-of-list';
import { holdfast } from '../server/client';
import { useKept } from '../server/kept';
import { ofPools, useRead } from '../server/query';
import { windowOf } from '../server/windows';
import '../styles/run.css';
import { BatchBar } from './run-resources/batch-bar';
import { Filters } from './run-resources/filters';
import { entriesOf, filterInAddress, matches, type Resource } from './run-resources/matching';
import { ResourceTable } from './run-resources/resource-table';

const WINDOW = 100;

/** The resources of all pools or one, and what can be done with many of them at once. */
export default function RunResources() {
  const filter = filterInAddress();
  const key = JSON.stringify(filter);
  const pools = useRead(
    'pools',
    (signal) => holdfast.pools.list({ limit: 1000, signal }).all(),
    ofPools,
  );
  return (
    <>
      <PageHead title="Resources" />
      <Filters filter={filter} pools={pools.data ?? []} />
      <Resources key={key} hasPools={pools.data?.length !== 0} />
    </>
  );
}

function Resources({ hasPools }: { hasPools: boolean }) {
  const filter = filterInAddress();
  const [wanted, setWanted] = useState(WINDOW);
  const { data, failure, again } = useKept(
    useRead(
      `${JSON.stringify(filter)} ${wanted}`,
      (signal) => windowOf(entriesOf(filter, signal), matches(filter), wanted),
      (change) => 'pool' in change && (filter.pool === '' || change.pool === filter.pool),
    ),
  );
  if (failure && !data) return <Failure of={failure} retry={again} />;
  if (!data) return <Busy what="Resources" />;
  return (
    <>
      <Failure of={failure} retry={again} />
      <Selectable resources={data.items} again={again}>
        {!data.hasMore && (hasPools ? <NothingMatches /> : <NoPools />)}
      </Selectable>
      {data.items.length > 0 && (
        <MoreOfList
          shown={data.items.length}
          hasMore={data.hasMore}
          what={data.items.length === 1 && !data.hasMore ? 'resource' : 'resources'}
          onMore={() => setWanted(wanted + WINDOW)}
        />
      )}
    </>
  );
}

interface SelectableProps {
  resources: readonly Resource[];
  again: () => void;
  /** Shown where there are none. */
  children: ComponentChildren;
}

function Selectable({ resources, again, children }: SelectableProps) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isAll, setAll] = useState(false);
  const filter = filterInAddress();
  const shown = isAll ? new Set(resources.map(({ id }) => id)) : selected;
  useEffect(() => {
    setAll(false);
  }, [selected]);
  return (
    <>
      <BatchBar
        selected={resources.filter(({ id }) => selected.has(id))}
        all={isAll ? (signal) => allOf(entriesOf(filter, signal), matches(filter)) : null}
        selectAll={() => setAll(true)}
        clear={() => setSelected(new Set())}
        isIdle={resources.length === 0}
        onDone={again}
      />
      {resources.length === 0 ? (
        children
      ) : (
        <ResourceTable resources={resources} selected={shown} setSelected={setSelected} />
      )}
    </>
  );
}

async function* allOf(entries: AsyncIterable<Resource>, isMeant: (each: Resource) => boolean) {
  for await (const entry of entries) if (isMeant(entry)) yield entry;
}

function NothingMatches() {
  return (
    <Empty title="No resource matches.">
      <a href={hrefOf('/run/resources')}>Show all resources</a>
    </Empty>
  );
}

function NoPools() {
  return (
    <Empty title="There are no resources yet.">
      <p>
        Resources belong to pools: <a href={hrefOf('/run/pools')}>make a pool</a> first.
      </p>
    </Empty>
  );
}
