import type { ComponentChildren } from 'preact';
import { hrefOf } from '../../address/address';
import { numberOf } from '../../parts/counts';
import { Since } from '../../parts/since';
import type { Overview, PoolOverview } from '../../server/overview';
import type { State } from '../../parts/state';

/** The whole installation in four numbers; each leads to what it counts. */
export function Headline({ of: { pools, reservations } }: { of: Overview }) {
  const sum = (state: State | 'total') =>
    pools.reduce((total, { counts }) => total + counts[state], 0);
  const resting = sum('maintenance') + sum('draining');
  const failing = pools.filter((pool) => pool.failing).length;
  const broken = sum('quarantined');
  return (
    <ul class="headline">
      <Figure
        count={sum('available')}
        words="free"
        href={hrefOf('/', { state: 'available' })}
        more={`of ${numberOf(sum('total'))}`}
      />
      <Figure count={sum('allocated')} words="lent" href={hrefOf('/', { state: 'allocated' })} />
      <Figure
        count={reservations.queued}
        words="waiting"
        href={hrefOf('/queue')}
        more={<Oldest pools={pools} />}
      />
      <Figure
        count={broken}
        words="broken"
        href={hrefOf('/', { attention: '1' })}
        isBad={broken > 0 || failing > 0}
        more={[
          ...(failing > 0 ? [`${failing} ${failing === 1 ? 'pool fails' : 'pools fail'}`] : []),
          ...(resting > 0 ? [`${numberOf(resting)} in maintenance or draining`] : []),
        ].join(', ')}
      />
    </ul>
  );
}

interface FigureProps {
  count: number;
  words: string;
  href: string;
  more?: ComponentChildren;
  isBad?: boolean;
}

function Figure({ count, words, href, more, isBad }: FigureProps) {
  return (
    <li class={isBad ? 'figure bad' : 'figure'}>
      <a href={href}>
        <strong>{numberOf(count)}</strong> {words}
      </a>
      <span class="hint">{more}</span>
    </li>
  );
}

function Oldest({ pools }: { pools: readonly PoolOverview[] }) {
  const since = pools.flatMap(({ queue: { oldestSince } }) => oldestSince ?? []).sort()[0];
  if (since === undefined) return null;
  return (
    <>
      the longest for <Since at={since} />
    </>
  );
}
