import type { Resource } from '../lifecycle/resource';
import { turnaroundOf } from '../lifecycle/turnaround';
import type { QueueSnapshot } from '../loans/granting';
import type { Pool } from '../pools/pool';
import { ask, type Answer, type Loading } from '../query';
import { NO_OUTLOOKS } from './absent';
import { holdsSome, loadOutlooks } from './outlook-loading';
import type { Candidate, QueuedItem, QueuedRequest } from './queues';
import { HOLE_DEPTH, QUEUE_DEPTH } from './ranks';
import { classesOf, loadHeads, loadLongestWaiting, Requests } from './request-loading';

/** The queues to load, for a decision that serves them. */
export interface QueueAsk {
  classIds: number[];
  /** How many available resources of each class to load. */
  need: number;
  /**
   * Resources that may become available: requests that name them are loaded too, and, if `need` is 0
   * and somebody waits, what is available beside them.
   */
  candidates?: Resource[];
  /** Available resources that requests wait for by name: both are loaded. */
  named?: string[];
  /** Further queues in which somebody may get ahead. */
  advancing?: number[];
  /** A queued reservation to leave out: the one that is ending. */
  except?: string | null;
  /** The items of a request that is yet to be queued. */
  incoming?: QueuedItem[];
  /** Load what is held for others and may be lent meanwhile, and look further back for takers? */
  holes?: 'none' | 'ifShort' | 'all';
}

/**
 * How many requests that name one resource to load: the first gets it, and the second shows whether
 * it is alone.
 */
const NAMING_DEPTH = 2;

/**
 * Loads what `schedule` needs of these queues: twice as many requests as can be given something, and
 * never more than QUEUE_DEPTH of a queue. If more could be served, the job `reconcile` serves them.
 */
export function* loadQueues(queueAsk: QueueAsk, now: number): Loading<QueueSnapshot> {
  const { classIds, need, candidates = [], advancing = [], except = null } = queueAsk;
  const { holes = 'none', incoming = [] } = queueAsk;
  const { named = [] } = queueAsk;
  const loaded = new Requests();
  const span = { now, except };
  const available: Candidate[] =
    need > 0 && classIds.length > 0
      ? yield* ask({ ask: 'available', classIds, limit: need, now })
      : [];
  const others = named.filter((id) => available.every(({ resourceId }) => resourceId !== id));
  if (others.length > 0)
    available.push(...(yield* ask({ ask: 'availableById', ids: others, now })));
  const mayBeShort = isShort(incoming, available);
  const looksForHoles = holes === 'all' || (holes === 'ifShort' && mayBeShort);
  const lendable = looksForHoles ? yield* loadLendable(classIds, need, now) : [];
  const toGive = available.length + candidates.length;
  if (toGive + lendable.length === 0 && named.length === 0 && waitsForAny(incoming))
    return nothingToGive();
  const atMost = Math.min(QUEUE_DEPTH, 2 * Math.max(1, toGive));
  const queueDepth = lendable.length > 0 ? HOLE_DEPTH : atMost;
  const { heads, queueCutoffs } = yield* loadHeads(
    classIds,
    { limit: queueDepth, ...span },
    loaded,
  );
  yield* loadNaming([...candidates.map(({ id }) => id), ...named], span, loaded, heads);
  const beside = need === 0 ? yield* loadBeside(candidates, heads, now) : [];
  available.push(...beside);
  yield* loadNaming(
    beside.map(({ resourceId }) => resourceId),
    span,
    loaded,
    heads,
  );
  const requests = [...heads];
  const depth = Math.min(QUEUE_DEPTH, 2 * (need + candidates.length)) + 1;
  const longestWaiting = yield* loadLongestWaiting(
    [...classIds, ...advancing, ...requests.flatMap(classesOf)],
    { limit: depth, ...span },
    loaded,
  );
  const reservationIds = requests.filter(holdsSome).map(({ reservationId }) => reservationId);
  const held: Candidate[] =
    reservationIds.length > 0 ? yield* ask({ ask: 'heldFor', reservationIds }) : [];
  const mayWait = mayBeShort || requests.length > 0;
  const waiting = [...loaded.all(), ...(mayWait ? [{ items: incoming }] : [])];
  const outlooks = yield* loadOutlooks(waiting, { available, freed: candidates }, now);
  const pools = yield* loadPools([...available, ...held, ...lendable].map(({ poolId }) => poolId));
  return {
    queues: {
      requests,
      available,
      held,
      lendable: lendable.map(({ heldUntil, ...candidate }) => ({
        ...candidate,
        lendUntil: heldUntil - turnaroundOf(pools[candidate.poolId]!),
      })),
      outlooks,
      longestWaiting,
      queueCutoffs,
    },
    reservations: loaded.reservations,
    pools,
  };
}

/** Adds the requests that name one of these resources to `heads`. */
function* loadNaming(
  resourceIds: string[],
  span: { now: number; except: string | null },
  loaded: Requests,
  heads: Set<QueuedRequest>,
): Loading<void> {
  if (resourceIds.length === 0) return;
  const found = yield* ask({ ask: 'queueForResource', resourceIds, limit: NAMING_DEPTH, ...span });
  (yield* loaded.load(found.flat())).forEach((request) => heads.add(request));
}

/**
 * Resources that are available beside `candidates` while somebody waits: those that an earlier
 * decision freed, and none of the requests that it saw could use. The better of all is lent first.
 */
function* loadBeside(
  candidates: readonly Resource[],
  heads: ReadonlySet<QueuedRequest>,
  now: number,
): Loading<Candidate[]> {
  const classIds = [...new Set(candidates.map(({ classId }) => classId))];
  const items = [...heads].flatMap((request) => request.items);
  const wanted = items.filter(({ classes }) => classes.some((id) => classIds.includes(id)));
  const limit = wanted.reduce((sum, { missing }) => sum + missing, 0);
  if (limit === 0) return [];
  const found = yield* ask({ ask: 'available', classIds, limit, now });
  return found.filter(({ resourceId }) => candidates.every(({ id }) => id !== resourceId));
}

/** The queues for a decision that can give nothing to anybody: nobody's turn comes. */
function nothingToGive(): QueueSnapshot {
  const queues = { requests: [], available: [], held: [], lendable: [], outlooks: NO_OUTLOOKS };
  return {
    queues: { ...queues, longestWaiting: {}, queueCutoffs: {} },
    reservations: {},
    pools: {},
  };
}

/** Is this a new request that names no resource, so that any other of a class will do? */
function waitsForAny(incoming: readonly QueuedItem[]): boolean {
  return incoming.length > 0 && incoming.every(({ resourceId }) => resourceId === null);
}

/**
 * May these items of one request lack something, if they have to share what is available? If not,
 * each has enough even after all others that could take from the same classes.
 */
export function isShort(items: readonly QueuedItem[], available: readonly Candidate[]): boolean {
  return items.some(({ classes, resourceId: named }) => {
    if (named !== null) return available.every(({ resourceId }) => resourceId !== named);
    const rivals = items.filter((other) => other.classes.some((id) => classes.includes(id)));
    const wanted = rivals.reduce((sum, { count }) => sum + count, 0);
    return available.filter(({ classId }) => classes.includes(classId)).length < wanted;
  });
}

/** The queues of some classes, and of those of the named resources, with all that can be lent. */
export function* loadClasses(
  { classIds, named = [], holes = false }: ClassesAsk,
  now: number,
): Loading<QueueSnapshot> {
  const ids = new Set(classIds);
  for (const idOrName of named)
    for (const { classId } of yield* ask({ ask: 'resourcesCalled', idOrName })) ids.add(classId);
  const kind = holes ? 'all' : 'none';
  return yield* loadQueues({ classIds: [...ids], need: QUEUE_DEPTH, named, holes: kind }, now);
}

interface ClassesAsk {
  classIds: number[];
  named?: string[];
  holes?: boolean;
}

function* loadLendable(
  classIds: number[],
  limit: number,
  now: number,
): Loading<Answer<'lendable'>> {
  return classIds.length > 0 ? yield* ask({ ask: 'lendable', classIds, limit, now }) : [];
}

/** The existing pools of these ids, by id. */
export function* loadPools(ids: string[]): Loading<Record<string, Pool>> {
  if (ids.length === 0) return {};
  const found = yield* ask({ ask: 'poolsById', ids: [...new Set(ids)] });
  return Object.fromEntries(found.map(({ pool }) => [pool.id, pool]));
}
