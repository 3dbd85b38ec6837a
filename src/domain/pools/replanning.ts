import type { Change, Decision } from '../change';
import type { DecisionContext } from '../context';
import type { Resource } from '../lifecycle/resource';
import { idleExpiryOf, idleWork, pickRank } from '../lifecycle/steps';
import { ask, type Loading } from '../query';
import type { Pool } from './pool';

export interface ReplanSnapshot {
  pool: Pool;
  expiry: boolean;
  /** The next idle resources, in order of id, and whether these are the last. */
  resources: Resource[];
  isLast: boolean;
}

/** Loads the next page of what is to be planned anew; null if nothing is. */
export function* loadReplanning({
  poolId,
  limit,
}: {
  poolId: string;
  limit: number;
}): Loading<ReplanSnapshot | null> {
  const [entry] = yield* ask({ ask: 'poolsById', ids: [poolId] });
  const state = entry ? yield* ask({ ask: 'replanning', poolId }) : null;
  if (!entry || !state) return null;
  const { pool, classes } = entry;
  const { after, expiry } = state;
  const classIds = classes.map(({ id }) => id);
  const resources = yield* ask({ ask: 'idleAfter', classIds, after, limit });
  return { pool, expiry, resources, isLast: resources.length < limit };
}

/**
 * Does a change of the pool concern resources that are idle already: when they are verified, rotated
 * or removed, or which of them is lent first?
 */
export function concernsIdle(before: Pool, after: Pool): boolean {
  const plan = ({ policy, capabilities: { rotates, staticCredential } }: Pool) => [
    policy.verification.interval,
    policy.rotation.interval,
    policy.pick,
    rotates && staticCredential,
  ];
  const [old, fresh] = [plan(before), plan(after)];
  return old.some((value, index) => value !== fresh[index]) || concernsExpiry(before, after);
}

/** Does it change how long a resource may be idle? */
export function concernsExpiry(before: Pool, after: Pool): boolean {
  return idleExpiryOf(before, 0) !== idleExpiryOf(after, 0);
}

/**
 * Plans a page of idle resources anew, by the present policy of their pool. A new idle expiry counts
 * from now. An operation in progress, or one that is to be retried, plans the next when it is done.
 * The value says whether more are left.
 */
export function replan(
  { pool, expiry, resources, isLast }: ReplanSnapshot,
  context: DecisionContext,
): Decision<boolean> {
  const changes = resources.flatMap((resource): Change[] => {
    const expiresAt = expiry ? idleExpiryOf(pool, context.now) : resource.expiresAt;
    const rank = pickRank(resource, pool, { ...context, now: resource.changedAt });
    const isBusy = resource.operationId !== null || resource.failures > 0;
    const work = isBusy ? {} : idleWork({ ...resource, expiresAt }, pool, context.now);
    return [{ do: 'setResource', id: resource.id, set: { expiresAt, rank, ...work } }];
  });
  const after = isLast ? null : resources.at(-1)!.id;
  return { changes: [...changes, { do: 'replan', poolId: pool.id, after }], value: !isLast };
}
