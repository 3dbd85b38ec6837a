import { useState } from 'preact/hooks';
import { address, filterOf, go, hrefOf } from '../address/address';
import { Button } from '../parts/button';
import { Busy } from '../parts/busy';
import { Empty } from '../parts/empty';
import { FirstSteps, wantsFirstPool } from '../parts/first-steps';
import { PageHead } from '../parts/page-head';
import { ShowMore } from '../parts/show-more';
import { Legend } from '../parts/strip';
import { connection, overview, type Overview } from '../server/overview';
import '../styles/now.css';
import { FilterBar } from './now/filter-bar';
import { filtersInAddress, showsPool } from './now/filters';
import { Headline } from './now/headline';
import { ResourceBeside } from './now/beside';
import { PoolNow } from './now/pool-now';

/** Each pool as it is now. */
export default function Now() {
  const now = overview.value;
  return (
    <>
      <PageHead title="Now">
        <Liveness />
      </PageHead>
      {!now && connection.value !== 'lost' && <Busy what="Pools" />}
      {now && (wantsFirstPool() ? <FirstSteps /> : <PoolsNow now={now} />)}
    </>
  );
}

function Liveness() {
  return connection.value === 'live' ? <span class="live">live</span> : null;
}

function PoolsNow({ now }: { now: Overview }) {
  if (now.pools.length > 0) return <Pools now={now} />;
  return (
    <Empty title="There are no pools yet.">
      <p>An admin makes the first one.</p>
    </Empty>
  );
}

/** How many pools are drawn at first, and more each time. */
const STEP = 50;

function Pools({ now }: { now: Overview }) {
  const [count, setCount] = useState(STEP);
  const filters = filtersInAddress();
  const shown = now.pools.filter((pool) => showsPool(pool, filters));
  const query = address.value.query.toString();
  const current = filterOf('resource');
  return (
    <>
      <Headline of={now} />
      <FilterBar pools={now.pools} />
      <div class={current === '' ? 'now' : 'now beside'}>
        <div class="pools-now">
          {shown.length === 0 && <NoneMeant />}
          {shown.slice(0, count).map((pool) => (
            <PoolNow key={pool.id} {...{ pool, filters, query, current }} />
          ))}
          <ShowMore of={{ more: shown.length > count ? () => setCount(count + STEP) : null }} />
          <Legend pools={shown} />
        </div>
        {current !== '' && <ResourceBeside key={current} id={current} />}
      </div>
    </>
  );
}

function NoneMeant() {
  return (
    <Empty title="No pool is like that.">
      <Button onClick={() => go(hrefOf('/'))}>Show all pools</Button>
    </Empty>
  );
}
