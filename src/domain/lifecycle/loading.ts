import { loadReservation } from '../loans/loading';
import { loadRoom } from '../pools/loading';
import { ask, type Loading } from '../query';
import { loadPools, loadQueues } from '../queue/loading';
import type { ResourceSnapshot } from './admin';
import type { CredentialSnapshot } from './given-credential';
import type { CompletionSnapshot } from './completion';
import { loadCallNeeds } from './dispatch';
import { mayMakeReady } from './operation-steps';

/**
 * A resource by id or name, with the queue that it could serve; null if it does not exist or its
 * pool is gone.
 */
export function* loadResource(idOrName: string, now: number): Loading<ResourceSnapshot | null> {
  const [resource] = yield* ask({ ask: 'resourcesCalled', idOrName });
  if (!resource) return null;
  const { id: resourceId, classId, poolId, status } = resource;
  const own = yield* loadPools([poolId]);
  if (!own[poolId]) return null;
  const queues = yield* loadQueues({ classIds: [classId], need: 0, candidates: [resource] }, now);
  const holder = status === 'allocated' ? yield* ask({ ask: 'holder', resourceId }) : null;
  return { ...queues, pools: Object.assign(queues.pools, own), resource, holder };
}

/** The same with all known credentials. */
export function* loadCredentials(
  idOrName: string,
  now: number,
): Loading<CredentialSnapshot | null> {
  const found = yield* loadResource(idOrName, now);
  if (!found) return null;
  const credentials = yield* ask({ ask: 'credentials', resourceId: found.resource.id });
  return { ...found, credentials };
}

/**
 * An operation with everything that its completion may touch; null if it does not exist or its pool
 * is gone.
 */
export function* loadOperation(id: string, now: number): Loading<CompletionSnapshot | null> {
  const found = yield* ask({ ask: 'operationWithResource', id });
  if (!found) return null;
  const { operation, resource } = found;
  const { poolId, classId } = resource;
  const own = yield* loadPools([poolId]);
  const pool = own[poolId];
  if (!pool) return null;
  const task = { ...(yield* loadCallNeeds(resource, pool)), operation };
  // If another driver call follows anyway, nobody is served yet.
  const [classIds, candidates] = mayMakeReady(operation, task.credentials)
    ? [[classId], [resource]]
    : [[], []];
  const queues = yield* loadQueues({ classIds, need: 0, candidates }, now);
  const breaker = yield* ask({ ask: 'breaker', poolId });
  const opened = operation.kind === 'openAccess' ? task.reservation : null;
  const loan = opened ? yield* loadReservation(opened.id, now) : null;
  const room = yield* loadRoom(pool, resource);
  return { ...queues, pools: Object.assign(queues.pools, own), task, breaker, loan, room };
}
