import type { Resource } from '../lifecycle/resource';
import { turnaroundOf } from '../lifecycle/turnaround';
import type { Pool } from '../pools/pool';
import { ask, type Loading, type StateCount } from '../query';
import {
  NO_OUTLOOKS,
  type Absent,
  type NamedOutlook,
  type Outlook,
  type Outlooks,
  type Returning,
} from './absent';
import { isUnderWay, OPEN_LOAN_PATIENCE } from './outlook';
import type { Candidate, QueuedRequest } from './queues';

/** How many lent or held resources of a class one decision looks at, each kind by itself. */
const ABSENT_DEPTH = 256;

/** Resources that the schedule gives away itself: they are no part of an outlook. */
export interface Given {
  available: readonly Candidate[];
  freed: readonly Resource[];
}

/**
 * Loads when everything that these requests lack can be lent. Only a request for several resources
 * can hold some while it waits for others, so others need no outlook.
 */
export function* loadOutlooks(
  requests: readonly Pick<QueuedRequest, 'items'>[],
  given: Given,
  now: number,
): Loading<Outlooks> {
  const holding = requests.filter(holdsSome);
  const lacking = holding.flatMap(({ items }) => items.filter(lacksAny));
  if (lacking.length === 0) return NO_OUTLOOKS;
  const failing = new Set((yield* ask({ ask: 'breakers' })).map(({ poolId }) => poolId));
  const named: Record<string, NamedOutlook> = {};
  for (const { resourceId } of lacking) {
    if (resourceId === null || named[resourceId]) continue;
    if (given.freed.some(({ id }) => id === resourceId)) continue;
    const outlook = yield* loadNamed(resourceId, failing);
    if (outlook) named[resourceId] = outlook;
  }
  const unnamed = lacking.filter(({ resourceId }) => resourceId === null);
  const classIds = [...new Set(unnamed.flatMap(({ classes }) => classes))];
  // As many as it wants, for among those held may be its own.
  const wants = holding.map(({ items }) => items.reduce((sum, { count }) => sum + count, 0));
  const most = Math.max(...wants);
  return { classes: yield* loadClasses(classIds, most, { failing, given }, now), named };
}

/** A request for one resource only waits, or gets it; any other may hold something meanwhile. */
export function holdsSome({ items }: Pick<QueuedRequest, 'items'>): boolean {
  return items.length > 1 || items.some(({ count }) => count > 1);
}

function lacksAny({ missing }: QueuedRequest['items'][number]): boolean {
  return missing > 0;
}

function* loadNamed(
  resourceId: string,
  failing: ReadonlySet<string>,
): Loading<NamedOutlook | null> {
  const called = yield* ask({ ask: 'resourcesCalled', idOrName: resourceId });
  const resource = called.find(({ id }) => id === resourceId);
  const [entry] = resource ? yield* ask({ ask: 'poolsById', ids: [resource.poolId] }) : [];
  if (!resource || !entry) return null;
  const returning = returningOf(entry.pool, failing);
  return { classId: resource.classId, absent: { ...resource, resourceId }, returning };
}

function* loadClasses(
  classIds: number[],
  most: number,
  { failing, given }: { failing: ReadonlySet<string>; given: Given },
  now: number,
): Loading<Record<number, Outlook>> {
  if (classIds.length === 0) return {};
  const poolOf = new Map(
    (yield* ask({ ask: 'pools' })).flatMap(({ pool, classes }) =>
      classes.map(({ id }): [number, Pool] => [id, pool]),
    ),
  );
  const counts = yield* ask({ ask: 'stateCounts', classIds });
  const limit = Math.min(most + given.freed.length, ABSENT_DEPTH);
  const since = now - OPEN_LOAN_PATIENCE;
  const lists = [
    yield* ask({ ask: 'returning', classIds, limit }),
    yield* ask({ ask: 'lentOpenly', classIds, since, limit }),
    yield* ask({ ask: 'heldIn', classIds, limit }),
  ];
  const outlooks = classIds.flatMap((classId, index): [number, Outlook][] => {
    const pool = poolOf.get(classId);
    if (!pool) return [];
    const found = lists.map((list) => list[index]!);
    const hasMore = found.some((list) => list.length === ABSENT_DEPTH);
    const all = { classId, counts, absent: found.flat(), hasMore };
    return [[classId, outlookOf(all, returningOf(pool, failing), given)]];
  });
  return Object.fromEntries(outlooks);
}

interface Found {
  classId: number;
  counts: readonly StateCount[];
  absent: Absent[];
  hasMore: boolean;
}

function outlookOf(
  { classId, counts, absent, hasMore }: Found,
  returning: Returning,
  { available, freed }: Given,
): Outlook {
  const inClass = counts.filter((entry) => entry.classId === classId);
  const total = (counted: (entry: StateCount) => boolean) =>
    inClass.reduce((sum, entry) => (counted(entry) ? sum + entry.count : sum), 0);
  const isFree = ({ status, adminState, held }: StateCount) =>
    status === 'available' && adminState === 'in_service' && !held;
  const freedHere = freed.filter((resource) => resource.classId === classId);
  const wereFree = freedHere.filter((resource) =>
    isFree({ ...resource, held: resource.heldFor !== null, count: 1 }),
  );
  const offered = available.filter((candidate) => candidate.classId === classId);
  return {
    ...returning,
    available: Math.max(0, total(isFree) - offered.length - wereFree.length),
    underWay: Math.max(0, total(isUnderWay) - freedHere.filter(isUnderWay).length),
    absent: absent.filter(({ resourceId }) => freed.every(({ id }) => id !== resourceId)),
    hasMore,
  };
}

/** How soon resources of a pool come back; `failing`: the pools whose back end fails. */
export function returningOf(pool: Pool, failing: ReadonlySet<string>): Returning {
  const turnaround = turnaroundOf(pool);
  return {
    turnaround,
    making: turnaround + pool.policy.cleaning.deadline,
    isStuck: failing.has(pool.id) && turnaround > 0,
  };
}
