import type { Load, LoadName, Loads } from '../../loads';
import { LOAD_PLANS, type PlannedLoad, type PlannedSnapshot } from '../../plans';
import type { Db } from '../database';
import { lazily } from '../lazy';
import type { PoolCache } from '../pool-cache';
import type { Run } from '../queries/types';
import { identityLoader, sessionLoader, signInLoader, tokenLoader, userLoader } from './people';
import { vmUserLoader } from './legacy';
import { deliveryLoader, dueLoader, webhookLoader } from './webhooks';
import { claimsLoader, restoredLoader, startupLoader } from './recovery';

export type Loaders = { [K in LoadName]: (load: Load<K>, now: number) => Loads[K]['gives'] };

/** All loads on one connection, their statements prepared once, when first needed. */
export function loaders(db: Db, pools: PoolCache, run: Run): Loaders {
  const user = lazily(() => userLoader(db));
  const planned =
    <K extends PlannedLoad>(name: K) =>
    (load: Load<K>, now: number): PlannedSnapshot<K> =>
      run(LOAD_PLANS[name](load, now));
  return {
    submission: planned('submission'),
    reservation: planned('reservation'),
    refusal: planned('refusal'),
    resource: planned('resource'),
    credentials: planned('credentials'),
    pool: planned('pool'),
    work: planned('work'),
    operation: planned('operation'),
    classes: planned('classes'),
    review: planned('review'),
    replanning: planned('replanning'),
    sizing: planned('sizing'),
    spares: planned('spares'),
    hearing: planned('hearing'),
    historyTail: planned('historyTail'),
    claims: lazily(() => claimsLoader(db)),
    startup: lazily(() => startupLoader(db, pools)),
    restored: lazily(() => restoredLoader(db, pools)),
    user,
    identity: lazily(() => identityLoader(db)),
    signIn: lazily(() => signInLoader(db)),
    token: lazily(() => tokenLoader(db)),
    session: lazily(() => sessionLoader(db)),
    webhook: lazily(() => webhookLoader(db)),
    due: lazily(() => dueLoader(db)),
    delivery: lazily(() => deliveryLoader(db)),
    vmUser: lazily(() => vmUserLoader(db, user)),
  };
}
