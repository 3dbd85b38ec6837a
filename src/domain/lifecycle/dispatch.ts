import type { Breaker } from '../change';
import { latestAllocationId } from '../loans/allocation';
import type { Pool } from '../pools/pool';
import { ask, type ClaimedCount, type Loading } from '../query';
import type { DueOperation, WorkSnapshot } from './claims';
import { OPERATION_KINDS, type OperationKind } from './operation';
import type { Resource } from './resource';

/**
 * Chooses the next driver calls. Within a pool they are ordered by urgency (OPERATION_KINDS), then
 * by due time. The pools take turns, one call each, starting with the one that has the fewest calls
 * in progress, and each stays within its own concurrency: a pool that is busy, failing or hanging
 * takes nothing from the others.
 */

/** The work to load: at most `limit` due operations of these kinds. */
export interface WorkAsk {
  kinds: readonly OperationKind[];
  limit: number;
  /**
   * The worker that claims, and its calls under way by pool: fewer than its claims while reports
   * wait for their commit. Without it, every claim counts as a call.
   */
  calling?: { worker: string; calls: (poolId: string) => number };
}

/** Loads due operations with everything that their driver calls need. */
export function* loadWork({ kinds, limit, calling }: WorkAsk, now: number): Loading<WorkSnapshot> {
  const breakers = byPool(yield* ask({ ask: 'breakers' }));
  const ready = (yield* ask({ ask: 'pools' }))
    .map(({ pool }) => pool)
    .filter(({ id }) => opensAt(breakers[id]) <= now);
  const poolIds = ready.map(({ id }) => id);
  const worker = calling?.worker ?? null;
  const claimed =
    ready.length > 0 ? yield* ask({ ask: 'claimedCounts', poolIds, now, worker }) : [];
  // Read in small pieces, so that only as much of a long backlog is read as is taken.
  const piece = Math.ceil(limit / Math.max(1, ready.length));
  const turns = ready.map((pool, index) => {
    const busy = callsUnderWay(pool, breakers[pool.id], claimed[index]!, calling?.calls);
    const backlog = new Backlog(pool.id, byUrgency(kinds), now, piece);
    return { pool, busy, room: roomOf(pool, breakers[pool.id], busy), backlog };
  });
  const taken = yield* inTurn(
    turns.sort((a, b) => a.busy - b.busy),
    limit,
  );
  const due: DueOperation[] = [];
  for (const { resource, pool } of taken) due.push(yield* loadDue(resource, pool));
  return { due, breakers };
}

/**
 * The calls that count in a pool. As long as nobody else has claims there, they are those that the
 * worker makes, however many of its reports wait for their commit. Otherwise they are all claims, so
 * that several workers together stay within the limit; a back end that is tested gets one claim.
 */
function callsUnderWay(
  { id }: Pool,
  breaker: Breaker | undefined,
  { all, own }: ClaimedCount,
  calls: ((poolId: string) => number) | undefined,
): number {
  return breaker || !calls || all > own ? all : calls(id);
}

/**
 * When an operation of these kinds is next due (epoch ms), or null. In a pool with an open breaker,
 * nothing is due before the breaker closes.
 */
export function* loadNextDue(kinds: readonly OperationKind[]): Loading<number | null> {
  const poolIds = (yield* ask({ ask: 'pools' })).map(({ pool }) => pool.id);
  if (poolIds.length === 0) return null;
  const times = yield* ask({ ask: 'nextDue', poolIds, kinds });
  const breakers = byPool(yield* ask({ ask: 'breakers' }));
  return earliestDue(
    poolIds.map((poolId, index) => ({ poolId, at: times[index]! })),
    breakers,
  );
}

/**
 * The earliest of these times, none of them counted as earlier than the breaker of its pool allows.
 */
export function earliestDue(
  times: readonly { poolId: string; at: number | null }[],
  breakers: Readonly<Record<string, Breaker>>,
): number | null {
  const possible = times.flatMap(({ poolId, at }) =>
    at === null ? [] : Math.max(at, opensAt(breakers[poolId])),
  );
  return possible.length === 0 ? null : Math.min(...possible);
}

/**
 * How many more calls a pool may start while `busy` are in progress. After a failure of the whole
 * back end it gets one call in total (the breaker is half open), which tests whether the back end
 * is back.
 */
export function roomOf(pool: Pool, breaker: Breaker | undefined, busy: number): number {
  return (breaker ? 1 : pool.policy.concurrency) - busy;
}

function opensAt(breaker: Breaker | undefined): number {
  return breaker?.openUntil ?? 0;
}

function byPool(breakers: readonly Breaker[]): Record<string, Breaker> {
  return Object.fromEntries(breakers.map((breaker) => [breaker.poolId, breaker]));
}

function byUrgency(kinds: readonly OperationKind[]): OperationKind[] {
  return OPERATION_KINDS.filter((kind) => kinds.includes(kind));
}

/** The due operations of one pool, in order, read piece by piece. */
class Backlog {
  private read: Resource[] = [];
  private offset = 0;
  private at = 0;

  constructor(
    private readonly poolId: string,
    private readonly kinds: readonly OperationKind[],
    private readonly now: number,
    private readonly piece: number,
  ) {}

  /** The next resource, or null when no more are due. */
  *next(): Loading<Resource | null> {
    while (this.read.length === 0) {
      const kind = this.kinds[this.at];
      if (kind === undefined) return null;
      const { poolId, now, offset, piece: limit } = this;
      this.read = yield* ask({ ask: 'due', poolId, kind, now, limit, offset });
      this.offset += limit;
      if (this.read.length < limit) [this.at, this.offset] = [this.at + 1, 0];
    }
    return this.read.shift()!;
  }
}

interface Turn {
  pool: Pool;
  room: number;
  backlog: Backlog;
}

/**
 * Takes one from each pool in turn, until `limit` is reached or no pool has any room or work left.
 */
function* inTurn(
  turns: readonly Turn[],
  limit: number,
): Loading<{ resource: Resource; pool: Pool }[]> {
  const taken: { resource: Resource; pool: Pool }[] = [];
  for (let left = [...turns]; left.length > 0;) {
    const again: Turn[] = [];
    for (const turn of left) {
      if (taken.length >= limit) return taken;
      const resource = turn.room > 0 ? yield* turn.backlog.next() : null;
      if (!resource) continue;
      turn.room -= 1;
      taken.push({ resource, pool: turn.pool });
      again.push(turn);
    }
    left = again;
  }
  return taken;
}

/** Adds everything that the next driver call of a resource needs. */
function* loadDue(resource: Resource, pool: Pool): Loading<DueOperation> {
  const { operationId } = resource;
  const operation = operationId ? yield* ask({ ask: 'operation', id: operationId }) : null;
  return { ...(yield* loadCallNeeds(resource, pool)), operation };
}

/**
 * Loads what a driver call needs besides its operation: the credentials of the resource and, to
 * open or end access, the loan that it is for.
 */
export function* loadCallNeeds(
  resource: Resource,
  pool: Pool,
): Loading<Omit<DueOperation, 'operation'>> {
  const { id: resourceId, nextOperation } = resource;
  const credentials = pool.capabilities.staticCredential
    ? yield* ask({ ask: 'credentials', resourceId })
    : [];
  const allocation = isForLoan(nextOperation, pool)
    ? yield* ask({ ask: 'allocation', id: latestAllocationId(resource) })
    : null;
  const reservation = allocation
    ? yield* ask({ ask: 'reservation', id: allocation.reservationId })
    : null;
  return { resource, pool, credentials, allocation, reservation };
}

/** Does this call open or end the access of a holder? */
function isForLoan(kind: OperationKind | null, { capabilities }: Pool): boolean {
  if (kind === 'clean') return capabilities.opensAccess && capabilities.replaces;
  return kind === 'openAccess' || kind === 'closeAccess';
}
