import type { PoolOverview } from '../server/overview';
import { numberOf } from './counts';
import { Since } from './since';

/** How many wait for something of a pool, and for how long the first has. */
export function QueueWords({ queue }: Pick<PoolOverview, 'queue'>) {
  if (queue.length === 0) return <p class="hint">Nobody waits</p>;
  return (
    <p>
      {numberOf(queue.length)} waiting
      {queue.oldestSince !== null && (
        <>
          , the longest for <Since at={queue.oldestSince} />
        </>
      )}
    </p>
  );
}
