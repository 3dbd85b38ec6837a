import { hrefOf, pathOf } from '../address/address';
import { Busy } from '../parts/busy';
import { Empty } from '../parts/empty';
import { PageHead } from '../parts/page-head';
import { overview, type PoolOverview } from '../server/overview';

/** Each pool as it is now. */
export default function Now() {
  const now = overview.value;
  if (!now) return <Busy what="Pools" />;
  return (
    <>
      <PageHead title="Now" />
      {now.pools.length === 0 && <Empty title="There are no pools yet." />}
      {now.pools.map((pool) => (
        <PoolNow key={pool.name} pool={pool} />
      ))}
    </>
  );
}

function PoolNow({ pool }: { pool: PoolOverview }) {
  return (
    <section class="card">
      <h2>
        <a href={hrefOf(pathOf('pools', pool.name))}>{pool.name}</a>
      </h2>
      <p>
        {pool.counts.available} of {pool.counts.total} available
      </p>
    </section>
  );
}
