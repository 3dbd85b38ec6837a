import type { PoolOverview } from '../server/overview';
import { Since } from './since';
import { Time } from './time';

/** Why nothing of a pool can be made, cleaned or opened now; nothing if it works, or is not shown. */
export function Failing({ of }: { of: PoolOverview['failing'] }) {
  if (!of) return null;
  return (
    <p class="failing">
      <strong>
        Failing for <Since at={of.since} />
      </strong>
      <span>
        <bdi>{of.reason}</bdi>
      </span>
      <span>
        Next try <Time at={of.retryAt} />
      </span>
    </p>
  );
}
