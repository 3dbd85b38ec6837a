import { useState } from 'preact/hooks';
import { filterOf, hrefOf, setQuery } from '../address/address';
import { Busy } from '../parts/busy';
import { Button } from '../parts/button';
import { Empty } from '../parts/empty';
import { SelectField } from '../parts/field';
import { PageHead } from '../parts/page-head';
import { overview } from '../server/overview';
import { may } from '../server/session';
import '../styles/loans.css';
import { PoolQueue } from './queue/pool-queue';

/** Entries of each queue that are shown first: of one queue, and where there are several. */
const OF_ONE = 50;
const OF_EACH = 10;
/** How many queues are shown at first. */
const QUEUES = 10;

/** Everybody who waits, pool by pool. */
export default function Queue() {
  const chosen = filterOf('pool');
  const [shown, setShown] = useState(QUEUES);
  const now = overview.value;
  const pools = now?.pools ?? [];
  const waited = pools.filter(({ queue }) => queue.length > 0);
  const names = chosen === '' ? waited.map(({ name }) => name) : [chosen];
  return (
    <>
      <PageHead title="Queue" about={now ? wordsOf(now.reservations.queued) : undefined} />
      <div class="filters">
        <SelectField
          label="Pool"
          value={chosen}
          options={optionsOf(pools, chosen)}
          onValue={(pool) => setQuery({ pool })}
        />
      </div>
      {!now && <Busy what="Queue" />}
      {now && names.length === 0 && (
        <Empty title="Nobody waits.">
          <p>
            <a href={hrefOf('/timeline')}>Who has what, and until when</a>
          </p>
          {may('reserve') && (
            <p>
              <a href={hrefOf('/borrow')}>Borrow something</a>
            </p>
          )}
        </Empty>
      )}
      <div class="stack">
        {names.slice(0, shown).map((name) => (
          <PoolQueue
            key={name}
            name={name}
            length={pools.find((pool) => pool.name === name)?.queue.length}
            step={chosen === '' ? OF_EACH : OF_ONE}
            isAlone={chosen !== ''}
          />
        ))}
      </div>
      {names.length > shown && (
        <p class="more-row">
          <Button onClick={() => setShown(shown + QUEUES)}>Show more queues</Button>
        </p>
      )}
    </>
  );
}

function wordsOf(queued: number): string {
  return queued === 1 ? '1 request waits.' : `${queued} requests wait.`;
}

function optionsOf(
  pools: readonly { name: string; queue: { length: number } }[],
  chosen: string,
): [string, string][] {
  const known = pools.map(({ name, queue }): [string, string] => [
    name,
    queue.length === 0 ? name : `${name}: ${queue.length}`,
  ]);
  const missing = chosen !== '' && known.every(([name]) => name !== chosen);
  return [['', 'All'], ...known, ...(missing ? [[chosen, chosen] as [string, string]] : [])];
}
