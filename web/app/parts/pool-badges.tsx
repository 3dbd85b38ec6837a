import type { PoolOverview } from '../server/overview';
import { Badge } from './badge';

/** Whether a pool only pretends, or is being deleted. */
export function PoolBadges({ pool }: { pool: Pick<PoolOverview, 'simulated' | 'deleting'> }) {
  return (
    <>
      {pool.simulated && (
        <Badge kind="warn" title="It only pretends to exist: nothing real is made or cleaned.">
          simulated
        </Badge>
      )}
      {pool.deleting && <Badge kind="bad">being deleted</Badge>}
    </>
  );
}
