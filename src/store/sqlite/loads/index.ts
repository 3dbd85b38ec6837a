import type { IdempotencyKey } from '../../../domain/idempotency';
import type { Load, LoadName, Loads } from '../../loads';
import { LOAD_PLANS, type PlannedLoad, type PlannedSnapshot } from '../../plans';
import type { Db } from '../database';
import { lazily } from '../lazy';
import type { PoolCache } from '../pool-cache';
import type { Run } from '../queries/types';
import { rememberedLoader } from './idempotency';
import { identityLoader, signInLoader, tokenLoader, userLoader } from './people';
import { claimsLoader, restoredLoader, startupLoader } from './recovery';

export type Loaders = { [K in LoadName]: (load: Load<K>, now: number) => Loads[K]['gives'] };

/** All loads on one connection, their statements prepared once, when first needed. */
export function loaders(db: Db, pools: PoolCache, run: Run): Loaders {
  const remembered = lazily(() => rememberedLoader(db));
  const planned =
    <K extends PlannedLoad>(name: K) =>
    (load: Load<K>, now: number): PlannedSnapshot<K> =>
      run(LOAD_PLANS[name](load, now));
  const keyed =
    <K extends PlannedLoad>(name: K) =>
    (load: Load<K> & { once?: IdempotencyKey | null }, now: number): Loads[K]['gives'] => {
      const snapshot = run(LOAD_PLANS[name](load, now)) as object | null;
      const record = remembered(load.once ?? null);
      return (snapshot && Object.assign(snapshot, { remembered: record })) as Loads[K]['gives'];
    };
  return {
    submission: keyed('submission'),
    reservation: keyed('reservation'),
    resource: keyed('resource'),
    credentials: keyed('credentials'),
    pool: keyed('pool'),
    work: planned('work'),
    operation: planned('operation'),
    classes: planned('classes'),
    sizing: planned('sizing'),
    claims: lazily(() => claimsLoader(db)),
    startup: lazily(() => startupLoader(db, pools)),
    restored: lazily(() => restoredLoader(db, pools)),
    user: lazily(() => userLoader(db, remembered)),
    identity: lazily(() => identityLoader(db, remembered)),
    signIn: lazily(() => signInLoader(db)),
    token: lazily(() => tokenLoader(db, remembered)),
  };
}
