import type { IdempotencyRecord } from '../../../domain/change';
import { QUEUE_DEPTH } from '../../../domain/queue/scheduling';
import type { Load, LoadName, Loads } from '../../loads';
import type { Db } from '../database';
import { lazily } from '../lazy';
import { credentialLoader, reservationLoader, resourceLoader } from './loans';
import { identityLoader, signInLoader, tokenLoader, userLoader } from './people';
import type { PoolCache } from './pool-cache';
import { queueLoader } from './queues';
import { rememberedLoader } from './idempotency';
import { vmUserLoader } from './legacy';
import { poolLoader, sizingLoader } from './sizing';
import { submissionLoader } from './submission';
import { claimsLoader, operationLoader, restoredLoader, startupLoader, workLoader } from './work';

export type Loaders = { [K in LoadName]: (load: Load<K>, now: number) => Loads[K]['gives'] };

/** All loads on one connection, their statements prepared once, when first needed. */
export function loaders(db: Db, pools: PoolCache): Loaders {
  const queues = lazily(() => queueLoader(db, pools));
  const remembered = lazily(() => rememberedLoader(db));
  const reservation = lazily(() => reservationLoader(db, pools, queues));
  const resource = lazily(() => resourceLoader(db, pools, queues));
  const operation = lazily(() => operationLoader(db, pools, queues, reservation));
  const sizing = lazily(() => sizingLoader(db, pools));
  const pool = lazily(() => poolLoader(db, pools, remembered));
  const user = lazily(() => userLoader(db, remembered));
  const withCredentials = lazily(() => credentialLoader(db));
  return {
    submission: lazily(() => submissionLoader(db, pools, queues, remembered)),
    reservation: ({ id, once = null }, now) =>
      withRemembered(reservation(id, now), remembered(once)),
    resource: ({ idOrName, once = null }, now) =>
      withRemembered(resource(idOrName, now), remembered(once)),
    credentials: ({ idOrName, once }, now) =>
      withCredentials(withRemembered(resource(idOrName, now), remembered(once))),
    work: lazily(() => workLoader(db, pools)),
    operation: ({ id }, now) => operation(id, now),
    classes: ({ classIds }, now) => queues({ classIds, need: QUEUE_DEPTH }, now),
    pool,
    sizing: ({ poolId }) => sizing(poolId),
    claims: lazily(() => claimsLoader(db)),
    startup: lazily(() => startupLoader(db, pools)),
    restored: lazily(() => restoredLoader(db, pools)),
    user,
    identity: lazily(() => identityLoader(db, remembered)),
    signIn: lazily(() => signInLoader(db)),
    token: lazily(() => tokenLoader(db, remembered)),
    vmUser: lazily(() => vmUserLoader(db, user)),
  };
}

function withRemembered<S>(
  snapshot: S | null,
  remembered: IdempotencyRecord | null,
): (S & { remembered: IdempotencyRecord | null }) | null {
  return snapshot && Object.assign(snapshot, { remembered });
}
