import type { Remembered } from '../../../domain/change';
import type { Load, LoadName, Loads } from '../../loads';
import type { Db } from '../database';
import { credentialLoader, reservationLoader, resourceLoader } from './loans';
import { identityLoader, signInLoader, tokenLoader, userLoader } from './people';
import { poolCache } from './pool-cache';
import { LINE_DEPTH, queueLoader } from './queues';
import { rememberedLoader } from './remembered';
import { poolLoader, sizingLoader } from './sizing';
import { submissionLoader } from './submission';
import { claimsLoader, operationLoader, restoredLoader, startupLoader, workLoader } from './work';

export type Loaders = { [K in LoadName]: (load: Load<K>, now: number) => Loads[K]['gives'] };

/** All loads on one connection, their statements prepared once. */
export function loaders(db: Db): Loaders {
  const pools = poolCache(db);
  const queues = queueLoader(db, pools);
  const remembered = rememberedLoader(db);
  const reservation = reservationLoader(db, pools, queues);
  const resource = resourceLoader(db, pools, queues);
  const operation = operationLoader(db, pools, queues, reservation);
  const sizing = sizingLoader(db, pools);
  const pool = poolLoader(db, pools, remembered);
  const withCredentials = credentialLoader(db);
  return {
    submission: submissionLoader(db, pools, queues, remembered),
    reservation: ({ id, once = null }, now) => withRemembered(reservation(id, now), remembered(once)),
    resource: ({ idOrName, once = null }, now) => withRemembered(resource(idOrName, now), remembered(once)),
    credentials: ({ idOrName, once }, now) => withCredentials(withRemembered(resource(idOrName, now), remembered(once))),
    work: workLoader(db, pools),
    operation: ({ id }, now) => operation(id, now),
    lines: ({ lineIds }, now) => queues({ lineIds, need: LINE_DEPTH }, now),
    pool: ({ name, once }) => pool(name, once),
    sizing: ({ poolId }) => sizing(poolId),
    claims: claimsLoader(db),
    startup: startupLoader(db, pools),
    restored: restoredLoader(db, pools),
    user: userLoader(db, remembered),
    identity: identityLoader(db, remembered),
    signIn: signInLoader(db),
    token: tokenLoader(db, remembered),
  };
}

function withRemembered<S>(snapshot: S | null, remembered: Remembered | null): (S & { remembered: Remembered | null }) | null {
  return snapshot && { ...snapshot, remembered };
}
