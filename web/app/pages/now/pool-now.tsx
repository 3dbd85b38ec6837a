import { Component } from 'preact';
import { hrefOf, pathOf } from '../../address/address';
import { Badge } from '../../parts/badge';
import { Counts } from '../../parts/counts';
import { Failing } from '../../parts/failing';
import { PoolBadges } from '../../parts/pool-badges';
import { QueueWords } from '../../parts/queue-words';
import { Strip, type Cell } from '../../parts/strip';
import type { PoolOverview } from '../../server/overview';
import { may } from '../../server/session';
import { borrowHref } from '../borrow/link';
import { labelsOf, meantIn, type Filters } from './filters';

interface PoolNowProps {
  pool: PoolOverview;
  filters: Filters;
  /** The query of the address: it says what is shown of the pool. */
  query: string;
  /** The id of the resource that is shown beside. */
  current: string;
}

/** A pool as it is now; drawn again only if it has changed, or the filters have. */
export class PoolNow extends Component<PoolNowProps> {
  override shouldComponentUpdate({ pool, query }: PoolNowProps): boolean {
    return pool !== this.props.pool || query !== this.props.query;
  }

  render({ pool, filters, query, current }: PoolNowProps) {
    return (
      <section class="pool-now">
        <Head pool={pool} />
        <Failing of={pool.failing} />
        <Strip
          pool={pool}
          isMeant={meantIn(pool, filters)}
          current={current}
          hrefOf={({ id }) => besides(query, id)}
        />
        <div class="pool-now-foot">
          <Counts counts={pool.counts} />
          <QueueWords queue={pool.queue} />
        </div>
      </section>
    );
  }
}

/** The same view with a resource beside it. */
function besides(query: string, id: Cell['id']): string {
  return hrefOf('/', { ...Object.fromEntries(new URLSearchParams(query)), resource: id });
}

function Head({ pool }: { pool: PoolOverview }) {
  return (
    <header class="row">
      <h2>
        <a href={hrefOf(pathOf('pools', pool.name))}>
          <bdi>{pool.name}</bdi>
        </a>
      </h2>
      <Badge>{pool.kind}</Badge>
      <PoolBadges pool={pool} />
      {labelsOf(pool).map((label) => (
        <span key={label} class="hint">
          <bdi>{label}</bdi>
        </span>
      ))}
      {may('reserve') && (
        <a
          class="borrow"
          href={borrowHref([{ pool: pool.name }])}
          aria-label={`Borrow from ${pool.name}`}
        >
          Borrow
        </a>
      )}
    </header>
  );
}
