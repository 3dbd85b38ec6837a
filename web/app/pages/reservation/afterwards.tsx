import { hrefOf, pathOf } from '../../address/address';
import { stateOf } from '../../parts/resource-state';
import { LEVELS, ReturnLevel } from '../../parts/return-level';
import { StateBadge } from '../../parts/state';
import { holdfast } from '../../server/client';
import { ofPools, useRead } from '../../server/query';
import type { Loan } from './loan';

/** How many resources of a loan are followed. */
const SHOWN = 10;

/** The resources of a loan that ended as they are now, and the proof that the next loan needs. */
export function Afterwards({ loan: { id, resources } }: { loan: Loan }) {
  const shown = resources.slice(0, SHOWN);
  const pools = [...new Set(shown.map(({ pool }) => pool))];
  const { data } = useRead(
    `afterwards ${id}`,
    async (signal) => ({
      found: await Promise.all(shown.map((each) => readOrNull(each.id, signal))),
      proofs: await Promise.all(pools.map((name) => readProof(name, signal))),
    }),
    (change) => ofPools(change) && pools.includes(change.pool),
  );
  if (!data || shown.length === 0) return null;
  const proofs = data.proofs.flatMap((proof) => (proof && proof.level !== 'R0' ? [proof] : []));
  return (
    <section class="card stack" aria-label="Afterwards">
      <h2>Afterwards</h2>
      <ul class="afterwards">
        {shown.map(({ id: resource, name }, index) => {
          const now = data.found[index];
          return (
            <li key={resource} class="row">
              <a href={hrefOf(pathOf('resources', resource))}>
                <bdi>{name}</bdi>
              </a>
              {now ? <StateBadge state={stateOf(now)} /> : <span class="hint">gone</span>}
            </li>
          );
        })}
        {resources.length > SHOWN && (
          <li class="hint">and {resources.length - SHOWN} more, which are not followed here</li>
        )}
      </ul>
      {proofs.map(({ pool, level }) => (
        <p key={pool} class="row hint">
          <span>
            Before anybody else gets something of <bdi>{pool}</bdi>, its return has to show
          </span>
          <ReturnLevel level={level} />
          <span>{LEVELS[level]}.</span>
        </p>
      ))}
    </section>
  );
}

/** null: it is gone, or hidden from this reader. */
async function readOrNull(id: string, signal: AbortSignal) {
  return holdfast.resources.get(id, { signal }).catch(() => null);
}

async function readProof(pool: string, signal: AbortSignal) {
  return holdfast.pools.get(pool, { signal }).then(
    ({ proof }) => ({ pool, level: proof }),
    () => null,
  );
}
