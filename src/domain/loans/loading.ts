import type { CallerIds } from '../people/caller';
import { ask, type Loading } from '../query';
import { NO_CAPS, usageOf, type Caps, type Usage } from '../queue/caps';
import { isShort, loadPools, loadQueues } from '../queue/loading';
import {
  matchClasses,
  matchNamed,
  MAX_CLASSES,
  poolNamesOf,
  unknownPoolOf,
  type EligibleClass,
} from '../queue/matching';
import type { QueuedItem } from '../queue/queues';
import { QUEUE_DEPTH } from '../queue/ranks';
import { freedAtOnce, type ReservationSnapshot } from './ending';
import type { RequestItem } from './reservation';
import type { SubmissionSnapshot } from './submission';

/** The request to load a submission for; `caps` says what is bounded and has to be counted. */
export interface SubmissionAsk {
  items: RequestItem[];
  userId?: string;
  caps?: Caps;
  /** The caller, whose rights are to be checked again. */
  caller?: CallerIds;
  /** The user for whom the caller asks. */
  onBehalfOf?: string;
}

/** Resolves the items to classes, and loads their queues and available resources. */
export function* loadSubmission(
  { items, userId, caps = NO_CAPS, caller, onBehalfOf }: SubmissionAsk,
  now: number,
): Loading<SubmissionSnapshot> {
  const choices: EligibleClass[][] = [];
  const unknownPools: (string | null)[] = [];
  for (const item of items) {
    const names = poolNamesOf(item);
    const named = names === null ? [] : yield* ask({ ask: 'poolsByName', names });
    const classes =
      item.resource === undefined
        ? matchClasses(item, names === null ? yield* ask({ ask: 'pools' }) : named)
        : yield* chooseNamed(item, item.resource);
    choices.push(classes);
    unknownPools.push(unknownPoolOf(item, named, classes));
  }
  const chosen = choices.flat();
  const classIds = distinct(
    chosen.filter(({ resourceId }) => resourceId === null).map(({ classId }) => classId),
  );
  // A request with too many classes is refused, so nothing has to be loaded for it.
  const isRefused = classIds.length > MAX_CLASSES * items.length;
  const need = isRefused ? 0 : items.reduce((sum, { count }) => sum + count, 0);
  const incoming = isRefused ? [] : itemsOf(items, choices);
  const advancing = chosen.map(({ classId }) => classId);
  const { queues, reservations, pools } = yield* loadQueues(
    { classIds, need, advancing, holes: 'ifShort', incoming },
    now,
  );
  const wanted = chosen
    .flatMap(({ resourceId }) => resourceId ?? [])
    .filter((id) => queues.available.every(({ resourceId }) => resourceId !== id));
  if (wanted.length > 0)
    queues.available.push(...(yield* ask({ ask: 'availableById', ids: wanted, now })));
  const others = chosen.map(({ poolId }) => poolId).filter((id) => pools[id] === undefined);
  // If enough is available and the queues are empty, the request will not wait: no lengths are
  // needed.
  const mayWait = isShort(incoming, queues.available) || queues.requests.length > 0;
  return {
    queues,
    reservations,
    pools: Object.assign(pools, yield* loadPools(others)),
    choices,
    unknownPools,
    ...(caller ? { caller: yield* ask({ ask: 'caller', ...caller }) } : {}),
    ...(onBehalfOf === undefined
      ? {}
      : { onBehalfOf: yield* ask({ ask: 'caller', userId: onBehalfOf, apiTokenId: null }) }),
    usage: yield* loadUsage(userId, caps, mayWait ? distinct(advancing) : []),
  };
}

function itemsOf(items: readonly RequestItem[], choices: EligibleClass[][]): QueuedItem[] {
  return choices.map((classes, index) => ({
    classes: classes.map(({ classId }) => classId),
    resourceId: classes[0]?.resourceId ?? null,
    count: items[index]!.count,
    missing: items[index]!.count,
  }));
}

function* chooseNamed(item: RequestItem, idOrName: string): Loading<EligibleClass[]> {
  for (const resource of yield* ask({ ask: 'resourcesCalled', idOrName })) {
    const pool = (yield* loadPools([resource.poolId]))[resource.poolId];
    const found = pool ? matchNamed(item, resource, pool) : [];
    if (found.length > 0) return found;
  }
  return [];
}

/** Counts only what a cap bounds. */
function* loadUsage(userId: string | undefined, caps: Caps, classIds: number[]): Loading<Usage> {
  const { active, queued, queue } = caps;
  const countsUser = userId !== undefined && (active !== null || queued !== null);
  const counts = countsUser ? yield* ask({ ask: 'userCounts', userId }) : [];
  const countsQueues = queue !== null && classIds.length > 0;
  const lengths = countsQueues ? yield* ask({ ask: 'queueLengths', classIds }) : [];
  return usageOf(caps, counts, lengths);
}

/**
 * A reservation, its holdings or what is held for it, and the queues that its end may serve; null
 * if it does not exist.
 */
export function* loadReservation(id: string, now: number): Loading<ReservationSnapshot | null> {
  const reservation = yield* ask({ ask: 'reservation', id });
  if (!reservation) return null;
  const { status } = reservation;
  const isQueued = status === 'queued';
  const isLent = !isQueued && status !== 'ended';
  const holdings = isLent ? yield* ask({ ask: 'holdings', reservationId: id }) : [];
  const held = isQueued ? yield* ask({ ask: 'heldResources', reservationId: id }) : [];
  const own = yield* loadPools(
    [...holdings.map(({ resource }) => resource), ...held].map(({ poolId }) => poolId),
  );
  const freed = [...held, ...freedAtOnce(holdings, own)];
  const left = isQueued ? yield* ask({ ask: 'queued', ids: [id] }) : [];
  const classIds = distinct([
    ...left.flatMap(({ entries }) => entries.map(({ classId }) => classId)),
    ...(isQueued ? [] : freed.map(({ classId }) => classId)),
  ]);
  const need = isQueued ? QUEUE_DEPTH : 0;
  const queues = yield* loadQueues({ classIds, need, candidates: freed, except: id }, now);
  const pools = Object.assign(queues.pools, own);
  return { ...queues, pools, reservation, holdings, held };
}

function distinct<T>(values: T[]): T[] {
  return [...new Set(values)];
}
