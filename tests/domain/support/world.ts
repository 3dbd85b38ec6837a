import type { Breaker, QueueEntry } from '../../../src/domain/change';
import type { DecisionContext } from '../../../src/domain/context';
import type { Credential } from '../../../src/domain/lifecycle/credential';
import type { Operation } from '../../../src/domain/lifecycle/operation';
import { isAvailable, type Resource } from '../../../src/domain/lifecycle/resource';
import type { Allocation } from '../../../src/domain/loans/allocation';
import type { Reservation } from '../../../src/domain/loans/reservation';
import type { Pool, ResourceClass } from '../../../src/domain/pools/pool';
import { staysIn } from '../../../src/domain/pools/sizing';
import type {
  Answer,
  EntriesOf,
  Loading,
  NamedPlace,
  Query,
  QueryName,
} from '../../../src/domain/query';
import { isPromoted, type Candidate } from '../../../src/domain/queue/scheduling';
import { pastAnswers, type Past } from './past';

/** Plain objects that plans of the domain are run on, with no database. */
export interface World extends Partial<Past> {
  pools: Pool[];
  classes: ResourceClass[];
  resources: Resource[];
  reservations: Reservation[];
  entries: QueueEntry[];
  allocations: Allocation[];
  operations: Operation[];
  credentials: Credential[];
  breakers: Breaker[];
  metadata?: Record<string, string>;
}

export const NOW = 1_000_000;

/** What a decision may know: `NOW`, ids in order, and a coin that always falls on the same side. */
export function aContext(now = NOW): DecisionContext {
  let made = 0;
  return { now, newId: () => `id${(made += 1)}`, fraction: () => 0.5 };
}

/** A world of these pools, each with a class for every type, numbered from 1, and of these things. */
export function aWorld(pools: Pool[], things: Partial<World> = {}): World {
  const classes = pools
    .flatMap(({ id, types }) => types.map(({ name }) => ({ poolId: id, type: name })))
    .map((entry, index) => ({ id: index + 1, ...entry }));
  const none = { resources: [], reservations: [], entries: [], allocations: [] };
  return { pools, classes, ...none, operations: [], credentials: [], breakers: [], ...things };
}

/** Runs a plan on a world; gives the snapshot. */
export function run<T>(plan: Loading<T>, world: World): T {
  return runTold(plan, world).snapshot;
}

/** The same with all that was asked. */
export function runTold<T>(plan: Loading<T>, world: World): { snapshot: T; asked: Query[] } {
  const answers = answersOf(world);
  const asked: Query[] = [];
  let step = plan.next();
  while (!step.done) {
    asked.push(step.value);
    step = plan.next((answers[step.value.ask] as (query: Query) => unknown)(step.value));
  }
  return { snapshot: step.value, asked };
}

type Answers = { [K in QueryName]: (query: Query<K>) => Answer<K> };

function candidateOf(resource: Resource): Candidate {
  const { id: resourceId, classId, poolId, generation, rank, operationId } = resource;
  const { heldFor, heldItem } = resource;
  return { resourceId, classId, poolId, generation, rank, operationId, heldFor, heldItem };
}

/** A text that sorts as the places of named entries do. */
function placeOf({ resourceId, rank, reservationId }: NamedPlace): string {
  return [resourceId, String(rank + 2 ** 54).padStart(20, '0'), reservationId].join(' ');
}

function answersOf(world: World): Answers {
  const withClasses = (pool: Pool) => ({
    pool,
    classes: world.classes.filter(({ poolId }) => poolId === pool.id),
  });
  const named = (name: string) => world.pools.find((pool) => pool.name === name);
  const reservation = (id: string) => world.reservations.find((each) => each.id === id) ?? null;
  const isPatient = ({ now, except }: Omit<EntriesOf, 'classIds'>, id: string) =>
    id !== except && !((reservation(id)!.deadlineAt ?? Infinity) <= now);
  const first = (
    query: Omit<EntriesOf, 'classIds'>,
    keep: (entry: QueueEntry) => boolean,
    by: (entry: QueueEntry) => number,
  ) =>
    world.entries
      .filter((entry) => entry.missing > 0 && keep(entry))
      .filter(({ reservationId }) => isPatient(query, reservationId))
      .sort((a, b) => by(a) - by(b) || (a.reservationId < b.reservationId ? -1 : 1))
      .map(({ reservationId }) => reservationId)
      .slice(0, query.limit);
  const available = (now: number) =>
    world.resources
      .filter((each) => isAvailable(each) && (each.expiresAt ?? Infinity) > now)
      .sort((a, b) => a.rank - b.rank);
  const isLent = ({ status, adminState }: Resource) =>
    status === 'allocated' && adminState === 'in_service';
  const absent = (
    classIds: number[],
    limit: number,
    keep: (resource: Resource) => boolean,
    by: (resource: Resource) => number,
  ) =>
    classIds.map((id) =>
      world.resources
        .filter((each) => each.classId === id && keep(each))
        .sort((a, b) => by(a) - by(b))
        .slice(0, limit)
        .map((each) => ({ ...each, resourceId: each.id })),
    );
  const isThere = ({ destroyedAt }: Resource) => destroyedAt === null;
  const live = world.allocations.filter(({ endedAt }) => endedAt === null);
  const resource = (id: string) => world.resources.find((each) => each.id === id)!;
  const isAhead = (entry: QueueEntry, other: QueueEntry) =>
    other.missing > 0 && !other.parked && other.rank < entry.rank;
  return {
    caller: () => ({ user: null, token: null }),
    pools: () => world.pools.map(withClasses),
    poolsById: ({ ids }) => world.pools.filter(({ id }) => ids.includes(id)).map(withClasses),
    poolsByName: ({ names }) =>
      names.map((name) => (named(name) ? withClasses(named(name)!) : null)),
    queueHeads: (query) =>
      query.classIds.map((id) =>
        first(
          query,
          ({ classId, resourceId, parked }) => classId === id && resourceId === null && !parked,
          ({ rank }) => rank,
        ),
      ),
    longestWaiting: (query) =>
      query.classIds.map((id) =>
        first(
          query,
          ({ classId, rank }) => classId === id && !isPromoted(rank),
          ({ requestedAt }) => requestedAt,
        ),
      ),
    queueForResource: (query) =>
      query.resourceIds.map((id) =>
        first(
          query,
          ({ resourceId, parked }) => resourceId === id && !parked,
          ({ rank }) => rank,
        ),
      ),
    queueAfter: ({ classId: of, after, limit, now }) =>
      first(
        { limit: Infinity, now, except: null },
        ({ classId, resourceId, parked }) => classId === of && resourceId === null && !parked,
        ({ rank }) => rank,
      )
        .map((id) => world.entries.find(({ reservationId }) => reservationId === id)!)
        .filter((entry, index, all) => entry !== all[index - 1])
        .filter(
          ({ rank, reservationId: id }) =>
            rank > after.rank || (rank === after.rank && id > after.reservationId),
        )
        .map(({ rank, reservationId }) => ({ rank, reservationId }))
        .slice(0, limit),
    namedAfter: ({ after, limit }) =>
      world.entries
        .filter(({ missing, parked }) => missing > 0 && !parked)
        .flatMap(({ resourceId, rank, reservationId }) =>
          resourceId === null ? [] : [{ resourceId, rank, reservationId }],
        )
        .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
        .filter((entry) => placeOf(entry) > placeOf(after))
        .slice(0, limit),
    parkedAfter: ({ after, limit }) =>
      [...new Set(world.entries.filter(({ parked }) => parked).map((each) => each.reservationId))]
        .filter((id) => id > after)
        .sort()
        .slice(0, limit),
    entryPositions: ({ reservationId }) =>
      world.entries
        .filter((entry) => entry.reservationId === reservationId)
        .map((entry) => ({
          ...entry,
          aheadInQueue: world.entries.filter(
            (other) =>
              isAhead(entry, other) && other.classId === entry.classId && other.resourceId === null,
          ).length,
          aheadForResource: world.entries.filter(
            (other) =>
              isAhead(entry, other) &&
              entry.resourceId !== null &&
              other.resourceId === entry.resourceId,
          ).length,
        })),
    queued: ({ ids }) =>
      ids.map((id) => ({
        reservation: reservation(id)!,
        entries: world.entries.filter(({ reservationId }) => reservationId === id),
      })),
    available: ({ classIds, limit, now }) =>
      classIds.flatMap((id) =>
        available(now)
          .filter(({ classId }) => classId === id)
          .slice(0, limit)
          .map(candidateOf),
      ),
    lendable: ({ classIds, now, limit }) =>
      classIds.flatMap((id) =>
        world.resources
          .filter(({ classId, heldUntil }) => classId === id && (heldUntil ?? 0) > now)
          .sort((a, b) => b.heldUntil! - a.heldUntil!)
          .slice(0, limit)
          .map((each) => ({ ...candidateOf(each), heldUntil: each.heldUntil! })),
      ),
    returning: ({ classIds, limit }) =>
      absent(
        classIds,
        limit,
        (each) => isLent(each) && each.backAt !== null,
        ({ backAt }) => backAt!,
      ),
    lentOpenly: ({ classIds, since, limit }) =>
      absent(
        classIds,
        limit,
        (each) => isLent(each) && each.backAt === null && each.changedAt > since,
        ({ changedAt }) => -changedAt,
      ),
    heldIn: ({ classIds, limit }) =>
      absent(
        classIds,
        limit,
        ({ heldFor }) => heldFor !== null,
        ({ heldUntil }) => heldUntil ?? 0,
      ),
    backFromMaintenance: ({ classIds }) =>
      classIds.map((classId) => {
        const ofClass = world.resources.filter((each) => each.classId === classId);
        const ends = ofClass.flatMap(({ maintenanceUntil }) => maintenanceUntil ?? []);
        return ends.length === 0 ? null : Math.min(...ends);
      }),
    availableById: ({ ids, now }) =>
      available(now)
        .filter(({ id }) => ids.includes(id))
        .map(candidateOf),
    heldFor: ({ reservationIds }) =>
      world.resources
        .filter(({ heldFor }) => heldFor !== null && reservationIds.includes(heldFor))
        .map(candidateOf),
    userCounts: ({ userId }) =>
      world.reservations
        .filter((each) => each.userId === userId && each.status !== 'ended')
        .map(({ status, items }) => ({
          status,
          count: 1,
          resources: items.reduce((sum, { count }) => sum + count, 0),
        })),
    queueLengths: ({ classIds }) =>
      classIds.map(
        (id) =>
          world.entries.filter(({ classId, missing }) => classId === id && missing > 0).length,
      ),
    metadata: ({ name }) => world.metadata?.[name] ?? null,
    beating: ({ after, limit }) =>
      world.reservations
        .filter(
          ({ id, status, heartbeatBy }) =>
            status === 'active' && heartbeatBy !== null && id > after,
        )
        .slice(0, limit),
    idling: ({ after, limit }) =>
      world.resources
        .filter((each) => isThere(each) && each.expiresAt !== null && each.id > after)
        .slice(0, limit),
    reservation: ({ id }) => reservation(id),
    holdings: ({ reservationId }) =>
      live
        .filter((each) => each.reservationId === reservationId)
        .map((allocation) => ({ allocation, resource: resource(allocation.resourceId) })),
    heldResources: ({ reservationId }) =>
      world.resources.filter(({ heldFor }) => heldFor === reservationId),
    resourcesCalled: ({ idOrName }) =>
      world.resources.filter(
        (each) => each.id === idOrName || (each.name === idOrName && isThere(each)),
      ),
    resourcesNamed: ({ names }) =>
      world.resources.filter((each) => names.includes(each.name) && isThere(each)),
    holder: ({ resourceId }) => {
      const allocation = live.find((each) => each.resourceId === resourceId);
      return allocation ? reservation(allocation.reservationId) : null;
    },
    credentials: ({ resourceId }) =>
      world.credentials.filter((each) => each.resourceId === resourceId),
    allocation: ({ id }) => world.allocations.find((each) => each.id === id) ?? null,
    operation: ({ id }) => world.operations.find((each) => each.id === id) ?? null,
    operationWithResource: ({ id }) => {
      const operation = world.operations.find((each) => each.id === id);
      return operation ? { operation, resource: resource(operation.resourceId) } : null;
    },
    breakers: () => world.breakers,
    breaker: ({ poolId }) => world.breakers.find((each) => each.poolId === poolId) ?? null,
    claimedCounts: ({ poolIds, now, worker }) =>
      poolIds.map((id) => {
        const claims = world.operations.filter(
          ({ poolId, claimedUntil, finishedAt }) =>
            poolId === id && claimedUntil > now && finishedAt === null,
        );
        const own = claims.filter(({ claimedBy }) => claimedBy === worker && worker !== null);
        return { all: claims.length, own: own.length };
      }),
    supersededUntil: ({ poolId: of }) =>
      world.operations
        .filter(({ poolId, outcome }) => poolId === of && outcome === 'superseded')
        .reduce<number | null>((last, { claimedUntil: at }) => Math.max(last ?? at, at), null),
    due: ({ poolId, kind, now, limit, offset }) =>
      world.resources
        .filter((each) => each.poolId === poolId && each.nextOperation === kind)
        .filter(({ dueAt, heldFor }) => dueAt !== null && dueAt <= now && heldFor === null)
        .sort((a, b) => a.dueAt! - b.dueAt!)
        .slice(offset, offset + limit),
    nextDue: ({ poolIds, kinds }) =>
      poolIds.map((id) => {
        const times = world.resources
          .filter(({ poolId, nextOperation }) => poolId === id && kinds.includes(nextOperation!))
          .flatMap(({ dueAt }) => dueAt ?? []);
        return times.length > 0 ? Math.min(...times) : null;
      }),
    stateCounts: ({ classIds }) =>
      world.resources
        .filter(({ classId }) => classIds.includes(classId))
        .map(({ classId, status, adminState, heldFor }) => ({
          classId,
          status,
          adminState,
          held: heldFor !== null,
          count: 1,
        })),
    replanning: () => null,
    idleAfter: ({ classIds, after, limit }) =>
      world.resources
        .filter((each) => classIds.includes(each.classId) && each.status === 'available')
        .filter(({ id }) => id > after)
        .slice(0, limit),
    hasSeats: ({ poolId }) =>
      world.resources.some(
        (each) => each.poolId === poolId && isThere(each) && each.seatOf !== null,
      ),
    highestNumber: ({ poolId }) =>
      Math.max(
        0,
        ...world.resources
          .filter((each) => each.poolId === poolId && isThere(each))
          .map(({ number }) => number),
      ),
    staying: ({ classId, lent, limit }) =>
      world.resources
        .filter((each) => each.classId === classId && staysIn(each))
        .filter(({ status }) => (status === 'allocated') === lent)
        .sort((a, b) => b.number - a.number)
        .slice(0, limit),
    ...pastAnswers(world),
    spares: ({ classId, limit }) =>
      world.resources
        .filter((each) => each.classId === classId && each.status === 'spare')
        .filter(({ adminState }) => adminState === 'in_service')
        .sort((a, b) => a.rank - b.rank)
        .slice(0, limit),
  };
}
