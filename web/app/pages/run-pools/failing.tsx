import { hrefOf, pathOf } from '../../address/address';
import { Time } from '../../parts/time';
import type { Pool } from './pool-path';

/** The states of resources that a back end which fails holds up, with their words. */
const HELD_UP = [
  ['provisioning', 'being made'],
  ['dirty', 'to be cleaned'],
  ['cleaning', 'being cleaned'],
  ['destroying', 'being removed'],
] as const;

/** The pools whose back end fails, with what that holds up; nothing if there are none. */
export function FailingPools({ pools }: { pools: readonly Pool[] }) {
  const failing = pools.filter((pool) => pool.failing);
  if (failing.length === 0) return null;
  return (
    <section class="failing-pools" aria-label="Pools that fail">
      {failing.map((pool) => (
        <FailingPool key={pool.name} pool={pool} />
      ))}
    </section>
  );
}

/** Why the back end of a pool fails, since when, and when it is tried again. */
export function FailingPool({ pool: { name, failing, counts } }: { pool: Pool }) {
  if (!failing) return null;
  const heldUp = HELD_UP.filter(([state]) => counts[state] > 0);
  return (
    <div class="failing-pool">
      <p>
        <a href={hrefOf(pathOf('run', 'pools', name))}>
          <bdi>{name}</bdi>
        </a>{' '}
        fails since <Time at={failing.since} as="clock" />, and is tried again{' '}
        <Time at={failing.retryAt} />: <bdi>{failing.reason}</bdi>
      </p>
      {heldUp.length > 0 && (
        <p>
          It holds up{' '}
          {heldUp.map(([state, words], index) => (
            <span key={state}>
              {index > 0 && ', '}
              <a href={hrefOf('/run/resources', { pool: name, status: state })}>
                {counts[state]} {words}
              </a>
            </span>
          ))}
          .
        </p>
      )}
    </div>
  );
}
