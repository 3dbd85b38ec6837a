import { QUEUE_DEPTH } from '../../../domain/queue/scheduling';
import type { Load, LoadName, Loads } from '../../loads';
import type { Db } from '../database';
import { lazily } from '../lazy';
import { credentialLoader, reservationLoader, resourceLoader } from './loans';
import { identityLoader, signInLoader, tokenLoader, userLoader } from './people';
import type { PoolCache } from './pool-cache';
import { queueLoader } from './queues';
import { vmUserLoader } from './legacy';
import { poolLoader, sizingLoader } from './sizing';
import { submissionLoader } from './submission';
import { claimsLoader, operationLoader, restoredLoader, startupLoader, workLoader } from './work';

export type Loaders = { [K in LoadName]: (load: Load<K>, now: number) => Loads[K]['gives'] };

/** All loads on one connection, their statements prepared once, when first needed. */
export function loaders(db: Db, pools: PoolCache): Loaders {
  const queues = lazily(() => queueLoader(db, pools));
  const reservation = lazily(() => reservationLoader(db, pools, queues));
  const resource = lazily(() => resourceLoader(db, pools, queues));
  const operation = lazily(() => operationLoader(db, pools, queues, reservation));
  const sizing = lazily(() => sizingLoader(db, pools));
  const pool = lazily(() => poolLoader(db, pools));
  const user = lazily(() => userLoader(db));
  const withCredentials = lazily(() => credentialLoader(db));
  return {
    submission: lazily(() => submissionLoader(db, pools, queues)),
    reservation: ({ id }, now) => reservation(id, now),
    resource: ({ idOrName }, now) => resource(idOrName, now),
    credentials: ({ idOrName }, now) => withCredentials(resource(idOrName, now)),
    work: lazily(() => workLoader(db, pools)),
    operation: ({ id }, now) => operation(id, now),
    classes: ({ classIds }, now) => queues({ classIds, need: QUEUE_DEPTH }, now),
    pool,
    sizing: ({ poolId }) => sizing(poolId),
    claims: lazily(() => claimsLoader(db)),
    startup: lazily(() => startupLoader(db, pools)),
    restored: lazily(() => restoredLoader(db, pools)),
    user,
    identity: lazily(() => identityLoader(db)),
    signIn: lazily(() => signInLoader(db)),
    token: lazily(() => tokenLoader(db)),
    vmUser: lazily(() => vmUserLoader(db, user)),
  };
}
