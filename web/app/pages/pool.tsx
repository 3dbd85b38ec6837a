import { hrefOf, pathOf } from '../address/address';
import type { PageParams } from '../address/pages';
import { Busy } from '../parts/busy';
import { Counts } from '../parts/counts';
import { Failing } from '../parts/failing';
import { Failure } from '../parts/failure';
import { PageHead } from '../parts/page-head';
import { PoolBadges } from '../parts/pool-badges';
import { QueueWords } from '../parts/queue-words';
import type { State } from '../parts/state';
import { Strip } from '../parts/strip';
import { holdfast, type Schemas } from '../server/client';
import { overview } from '../server/overview';
import { ofPool, useRead } from '../server/query';
import { may } from '../server/session';
import '../styles/pool.css';
import { Holders, Queue } from './pool/people';
import { Policies } from './pool/policies';
import { PoolResources, STATUSES } from './pool/resources';

/** Everything about one pool. */
export default function PoolPage({ params }: { params: PageParams }) {
  const name = params.name!;
  const { data, failure, again } = useRead(
    `pool ${name}`,
    (signal) => holdfast.pools.get(name, { signal }),
    ofPool(name),
  );
  return (
    <>
      <PageHead title={name} about={data && <About of={data} />}>
        <Links pool={name} />
      </PageHead>
      <Failure of={failure} retry={again} />
      {!data && failure === null && <Busy what="Pool" />}
      {data && (
        <>
          <PoolNow name={name} />
          <div class="pool">
            <div class="stack">
              <Queue pool={name} />
              <Holders pool={name} />
              <PoolResources pool={name} types={data.types.map((type) => type.name)} />
            </div>
            <Policies of={data} />
          </div>
        </>
      )}
    </>
  );
}

function About({ of: pool }: { of: Schemas['Pool'] }) {
  return (
    <span class="row">
      {pool.kind}
      <PoolBadges pool={pool} />
      {Object.entries(pool.labels).map(([label, value]) => (
        <bdi key={label}>
          {label}={value}
        </bdi>
      ))}
    </span>
  );
}

function Links({ pool }: { pool: string }) {
  return (
    <>
      {may('reserve') && (
        <a class="button main" href={hrefOf('/borrow', { pool })}>
          Borrow
        </a>
      )}
      <a class="button plain" href={hrefOf('/timeline', { pool })}>
        Timeline
      </a>
      <a class="button plain" href={hrefOf('/history', { pool })}>
        History
      </a>
      {may('admin') && (
        <a class="button plain" href={hrefOf(pathOf('run', 'pools', pool))}>
          Settings
        </a>
      )}
    </>
  );
}

/** The pool as the overview shows it. */
function PoolNow({ name }: { name: string }) {
  const pool = overview.value?.pools.find((each) => each.name === name);
  if (!pool) return null;
  const filtered = (status: State) =>
    status in STATUSES ? hrefOf(pathOf('pools', name), { status }) : undefined;
  return (
    <section class="card pool-now">
      <h2 class="unseen">Now</h2>
      <Failing of={pool.failing} />
      <Strip pool={pool} hrefOf={({ id }) => hrefOf(pathOf('resources', id))} />
      <div class="pool-now-foot">
        <Counts counts={pool.counts} hrefOf={filtered} />
        <QueueWords queue={pool.queue} />
      </div>
    </section>
  );
}
