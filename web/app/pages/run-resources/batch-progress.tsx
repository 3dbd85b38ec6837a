import { hrefOf, pathOf } from '../../address/address';
import type { Batch } from '../../server/batch';
import type { Resource } from './matching';

/** So many failures are listed; their number tells of the rest. */
const LISTED = 20;

/** How far a batch is, and what failed. `done`: the words for what is done. */
export function BatchProgress({ batch, done }: { batch: Batch<Resource>; done: string }) {
  const { total, done: count, failed, phase } = batch.state.value;
  const words = { ready: '', running: '', stopped: 'Stopped. ', over: '' }[phase];
  return (
    <div class="stack">
      <progress aria-label="Progress" max={total} value={count + failed} />
      <p role="status">
        {words}
        {count} of {total} done ({done}){failed > 0 && `, ${failed} failed`}
      </p>
      {failed > 0 && (
        <ul class="failed-list" aria-label="Failed">
          {batch.failed.slice(0, LISTED).map(({ item, why }) => (
            <li key={item.id}>
              <a href={hrefOf(pathOf('resources', item.id))}>
                <bdi>{item.name}</bdi>
              </a>
              : {why}
            </li>
          ))}
          {failed > LISTED && <li>… and {failed - LISTED} more</li>}
        </ul>
      )}
    </div>
  );
}
