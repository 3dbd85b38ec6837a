import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../../../src/domain/change';
import type { NewEvent } from '../../../src/domain/event';
import type { Pool } from '../../../src/domain/pools/pool';
import type { RequestItem, Reservation } from '../../../src/domain/loans/reservation';
import type { Resource } from '../../../src/domain/lifecycle/resource';
import { turnaroundOf } from '../../../src/domain/lifecycle/turnaround';
import { sharesOf } from '../../../src/domain/pools/shares';
import { matched } from './matching';
import type { Decided } from './recorder';
import {
  BECOMES,
  isOlder,
  classes,
  sooner,
  type ModelItem,
  type ModelPool,
  type ModelRequest,
  type ModelResource,
} from './things';
import { Turns, type Given } from './turns';

/** A rank before any that was ever requested. */
const PROMOTED = -1e15;

export interface Terms {
  duration?: number;
  priority?: number;
}

/**
 * A whole small installation in memory, and its rules: predicts the outcome of a decision, and
 * compares.
 */
export class World {
  readonly pools = new Map<string, ModelPool>();
  readonly resources = new Map<string, ModelResource>();
  readonly requests = new Map<string, ModelRequest>();
  readonly classIds = new Map<string, number>();
  /** What the current command requests, and whom it ends. */
  wish: Terms = {};
  ending: string | null = null;
  private readonly operations = new Map<string, string>();

  constructor(
    pools: Pool[],
    found: Resource[],
    classIds: { pool: string; type: string; classId: number }[],
  ) {
    for (const pool of pools) this.pools.set(pool.id, modelPool(pool));
    for (const { pool, type, classId } of classIds) this.classIds.set(`${pool}/${type}`, classId);
    for (const resource of found) this.create(resource);
  }

  poolNamed(name: string): ModelPool | undefined {
    return [...this.pools.values()].find((pool) => pool.name === name);
  }

  resourceNamed(name: string): ModelResource | undefined {
    return [...this.resources.values()].find(
      (resource) => resource.name === name && resource.status !== 'destroyed',
    );
  }

  /** Requests that are queued and have not timed out. */
  waiting(now: number): ModelRequest[] {
    return [...this.requests.values()].filter(
      ({ status, deadlineAt }) => status === 'queued' && (deadlineAt === null || deadlineAt > now),
    );
  }

  turns(now: number): Turns {
    return new Turns(this.waiting(now), [...this.resources.values()], now, now + PROMOTED);
  }

  /** The classes that can serve each item. */
  resolve(items: RequestItem[]): ModelItem[] {
    return items.map(({ pool, kind, resource, count }) => {
      const named = resource === undefined ? undefined : this.resourceNamed(resource);
      const present =
        named && named.admin !== 'draining' && named.status !== 'destroying' ? named : undefined;
      const offered = [...this.pools.values()].filter(
        (entry) =>
          !entry.deleting &&
          (kind === undefined || entry.kind === kind) &&
          (pool === undefined || entry.name === pool),
      );
      const open =
        resource === undefined
          ? offered.flatMap((entry) => entry.types.map((type) => this.classOf(entry, type.name)))
          : present
            ? [present.resourceClass]
            : [];
      return { classes: open, resource: present?.id ?? null, count, missing: count };
    });
  }

  /** Could these items be served if everything were free? */
  fits(items: ModelItem[]): boolean {
    const room = [...this.pools.values()].flatMap((pool) =>
      [...sharesOf(pool.deleting ? 0 : pool.size, pool.types)].flatMap(([type, count]) =>
        Array.from({ length: count }, () => ({ resourceClass: this.classOf(pool, type) })),
      ),
    );
    const slots = items.flatMap((item) =>
      Array.from(
        { length: item.count },
        () =>
          ({ resourceClass }: { resourceClass: number }) =>
            item.classes.includes(resourceClass),
      ),
    );
    return matched(slots, room) === slots.length;
  }

  /** The strictest of what the pools of the items say. */
  termsOf(items: ModelItem[], wish: Terms): ModelRequest['terms'] {
    const pools = [...this.pools.values()].filter((pool) =>
      pool.types.some(({ name }) =>
        items.some((item) => item.classes.includes(this.classOf(pool, name))),
      ),
    );
    const least = (values: (number | null)[]) => values.reduce(sooner, null);
    return {
      duration: wish.duration ?? least(pools.map(({ lease }) => lease.default)),
      maximum: least(pools.map(({ lease }) => lease.maximum)),
      heartbeat: least(pools.map(({ lease }) => lease.heartbeat)),
      prepare: Math.max(0, ...pools.filter(({ opens }) => opens).map(({ lease }) => lease.prepare)),
    };
  }

  private classOf(pool: ModelPool, type: string): number {
    return this.classIds.get(`${pool.id}/${type}`) ?? -1;
  }

  /**
   * Follows a decision: takes over what happened, and throws if the outcome is not the right one.
   */
  follow({ changes, now }: Decided): void {
    const given: Given = {
      served: new Map(),
      aside: new Map(),
      missing: new Map(),
      parked: new Set(),
    };
    const list = (map: Map<string, string[]>, id: string, resource: string) =>
      map.set(id, [...(map.get(id) ?? []), resource]);
    for (const change of changes) {
      if (change.do === 'allocate')
        list(given.served, change.allocation.reservationId, change.allocation.resourceId);
      if (change.do === 'setResource' && change.set.heldFor)
        list(given.aside, change.set.heldFor, change.id);
      if (change.do === 'setParked' && change.parked) given.parked.add(change.reservationId);
      if (change.do === 'setMissing')
        given.missing.set(change.reservationId, [
          ...(given.missing.get(change.reservationId) ?? []),
          change,
        ]);
    }
    this.failures(changes, now);
    const holes = new Set(this.lentMeanwhile(given));
    // A holder misses what is lent meanwhile only after its own turn.
    const holders = [...holes].map((id) => this.resources.get(id)!.aside);
    const isLater = (change: Change) =>
      change.do === 'releaseHold' && holders.includes(change.reservationId);
    for (const change of changes) if (!isLater(change)) this.cause(change, now);
    const before = this.waiting(now);
    const { promoted, overtaken } = this.turns(now).follow(given);
    for (const change of changes.filter(isLater)) this.cause(change, now);
    const served = [...given.served.keys()].map((id) => this.requests.get(id)!);
    same(
      'promoted',
      ids(changes.flatMap((change) => (change.do === 'setRank' ? change.reservationId : []))),
      ids([...promoted]),
    );
    for (const request of served) this.begin(request, now);
    this.countPasses(before, served, holes);
    for (const change of changes) this.compare(change, overtaken);
  }

  /** The job has looked at everything. */
  reconciled(): void {
    for (const resource of this.resources.values()) resource.loose = false;
  }

  /** What is lent though it was held for another. */
  private lentMeanwhile({ served }: Given): string[] {
    return [...served].flatMap(([request, lent]) =>
      lent.filter((id) => {
        const aside = this.resources.get(id)?.aside ?? null;
        return aside !== null && aside !== request;
      }),
    );
  }

  /**
   * Requests that hold something while something that they lack cannot come by itself, and requests
   * that let others past although everything can come.
   */
  idling(now: number): string[] {
    return this.waiting(now)
      .filter(({ id, parked }) =>
        parked ? true : [...this.resources.values()].some(({ aside }) => aside === id),
      )
      .filter((request) => this.canComplete(request) === request.parked)
      .map(({ id }) => id);
  }

  /** Could it have everything if nobody but time did anything? */
  private canComplete({ id, items }: ModelRequest): boolean {
    const coming = [...this.resources.values()].filter(
      ({ status, admin, pool, aside }) =>
        aside === id ||
        (admin === 'in_service' &&
          (status === 'available' ||
            (pool.breaker === 0 &&
              ['provisioning', 'dirty', 'cleaning', 'allocated'].includes(status)))),
    );
    const slots = items.flatMap((item) =>
      Array.from(
        { length: item.count },
        () => (resource: ModelResource) =>
          item.classes.includes(resource.resourceClass) &&
          (item.resource ?? resource.id) === resource.id,
      ),
    );
    return matched(slots, coming) === slots.length;
  }

  private cause(change: Change, now: number): void {
    switch (change.do) {
      case 'createPool':
        return void this.pools.set(change.pool.id, modelPool(change.pool));
      case 'setPool':
        return this.changePool(change.id, change.set);
      case 'deletePool':
        return void this.pools.delete(change.id);
      case 'createResource':
        return this.create(change.resource);
      case 'setResource':
        return this.changeResource(change.id, change.set);
      case 'append':
        // A resource that is lent at once is available for no longer than an event.
        if (change.event.data?.['to'] === 'available')
          this.becomeAvailable(change.event.resourceId!, change.event.data);
        return;
      case 'releaseHold':
        this.requests.get(change.reservationId)!.items[change.item]!.missing += 1;
        return;
      case 'setParked':
        this.requests.get(change.reservationId)!.parked = change.parked;
        return;
      case 'createOperation':
        return void this.operations.set(change.operation.id, change.operation.kind);
      case 'createReservation':
        return this.ask(change.reservation);
      case 'setAllocation':
        if (change.set.access === 'open')
          for (const request of this.requests.values())
            request.opening.delete(change.id.split('.')[0]!);
        return;
      case 'setReservation':
        return this.changeReservation(change.id, change.set, now);
      default:
        return;
    }
  }

  private changePool(id: string, set: Partial<Pool>): void {
    const pool = this.pools.get(id)!;
    const { size = pool.size, spares = pool.spares, types = pool.types, policy, deletingAt } = set;
    Object.assign(pool, {
      size,
      spares,
      types,
      deleting: pool.deleting || typeof deletingAt === 'number',
    });
    if (policy) pool.lease = leaseOf(policy);
  }

  private create(resource: Resource): void {
    const {
      id,
      name,
      number,
      type,
      status,
      adminState,
      generation,
      failures,
      heldFor,
      poolId,
      classId,
    } = resource;
    const pool = this.pools.get(poolId)!;
    this.classIds.set(`${poolId}/${type}`, classId);
    this.resources.set(id, {
      id,
      name,
      number,
      pool,
      resourceClass: classId,
      type,
      status,
      admin: adminState,
      generation,
      failures,
      aside: heldFor,
      until: null,
      holder: null,
      loose: false,
    });
  }

  private changeResource(
    id: string,
    { status, adminState, generation, heldFor, heldUntil, failures }: Partial<Resource>,
  ): void {
    const resource = this.resources.get(id)!;
    // Grants are checked by `turns`, and holds are theirs until then.
    const lent = status === 'allocated';
    if (status !== undefined && !lent && status !== resource.status) {
      demand(
        BECOMES[resource.status].includes(status),
        `${resource.name}: ${resource.status} became ${status}`,
      );
      demand(
        resource.status !== 'allocated' || generation === resource.generation + 1,
        `${resource.name}: generation ${generation} after a loan`,
      );
      if (resource.status === 'allocated') Object.assign(resource, { generation, holder: null });
      resource.status = status;
    }
    if (adminState !== undefined) resource.admin = adminState;
    if (failures === 0) resource.failures = 0;
    if (heldFor === null && !lent) {
      resource.loose ||= resource.aside !== null && status === undefined;
      resource.aside = null;
    }
    if (heldUntil !== undefined && !lent) resource.until = heldUntil;
  }

  private becomeAvailable(id: string, { generation }: NonNullable<NewEvent['data']>): void {
    this.changeResource(id, { status: 'available', generation: Number(generation) });
  }

  private ask(row: Reservation): void {
    const items = this.resolve(row.items);
    const { id, priority, requestedAt, duration } = row;
    const terms = this.termsOf(items, this.wish);
    same(
      'terms',
      { duration, maximum: terms.maximum, heartbeat: row.heartbeat, prepare: row.prepare },
      terms,
    );
    demand(sooner(row.maximum, terms.maximum) === row.maximum, `${id} may last too long`);
    terms.maximum = row.maximum;
    const blank = {
      promoted: null,
      parked: false,
      overtaken: 0,
      passedBy: 0,
      reason: null,
      startsAt: null,
      endsAt: null,
      heartbeatBy: null,
    };
    const request: ModelRequest = {
      id,
      items,
      priority,
      requestedAt,
      older: 0,
      status: 'queued',
      deadlineAt: row.status === 'queued' ? row.deadlineAt : null,
      terms,
      opening: new Set(),
      ...blank,
    };
    request.older = this.waiting(requestedAt).filter((other) => meet(other, request)).length;
    this.requests.set(id, request);
  }

  private changeReservation(id: string, set: Partial<Reservation>, now: number): void {
    const request = this.requests.get(id)!;
    if (set.maximum !== undefined) request.terms.maximum = set.maximum;
    if (set.status === 'ended') this.end(request, set.endReason!, now);
    if (set.status === 'active' && request.status === 'preparing') {
      demand(request.opening.size === 0, `${id} is active before its access is open`);
      this.startLease(request, now);
    }
    if (set.status === undefined && (set.endsAt !== undefined || set.heartbeatBy !== undefined)) {
      demand(!isOver(request, now), `${id} was prolonged after its end`);
      Object.assign(request, {
        endsAt: set.endsAt ?? request.endsAt,
        heartbeatBy: set.heartbeatBy ?? request.heartbeatBy,
      });
      request.deadlineAt = sooner(request.endsAt, request.heartbeatBy);
    }
  }

  private end(request: ModelRequest, reason: string, now: number): void {
    const { id, status, deadlineAt } = request;
    const late = deadlineAt !== null && deadlineAt <= now;
    const asked = this.ending === id;
    const fits: Record<string, boolean> = {
      released: asked && (status === 'preparing' || (status === 'active' && !late)),
      cancelled: asked && status === 'queued',
      expired: status === 'active' && late,
      timed_out: status === 'queued' && late,
      failed: status === 'preparing',
      refused: status === 'queued' && !this.canBeServed(request),
    };
    demand(
      fits[reason] === true,
      `${id}, ${status} until ${deadlineAt}, ended at ${now} as ${reason}`,
    );
    Object.assign(request, { status: 'ended', reason, deadlineAt: null });
    for (const resource of this.resources.values())
      if (resource.aside === id) resource.aside = null;
  }

  /** By the sizes of the pools, and while what it names still exists. */
  canBeServed(request: ModelRequest): boolean {
    const gone = request.items.some(({ resource }) => {
      const named = resource === null ? null : this.resources.get(resource)!;
      return named !== null && (named.admin === 'draining' || named.status === 'destroyed');
    });
    return !gone && this.fits(request.items);
  }

  private begin(request: ModelRequest, now: number): void {
    const held = [...this.resources.values()].filter(({ holder }) => holder === request.id);
    const opening = held.filter(({ pool }) => pool.opens);
    for (const resource of held) resource.generation += 1;
    if (opening.length === 0) return this.startLease(request, now);
    Object.assign(request, {
      status: 'preparing',
      deadlineAt: now + request.terms.prepare,
      opening: new Set(opening.map(({ id }) => id)),
    });
  }

  private startLease(request: ModelRequest, now: number): void {
    const { duration, heartbeat } = request.terms;
    const endsAt = duration === null ? null : now + duration;
    const heartbeatBy = heartbeat === null ? null : now + heartbeat;
    Object.assign(request, {
      status: 'active',
      startsAt: now,
      endsAt,
      heartbeatBy,
      deadlineAt: sooner(endsAt, heartbeatBy),
    });
  }

  /**
   * A failed driver call counts against its resource or, if the back end failed, against nobody.
   */
  private failures(changes: Change[], now: number): void {
    for (const change of changes) {
      if (change.do !== 'append' || change.event.type !== 'resource.failed') continue;
      const resource = this.resources.get(change.event.resourceId!)!;
      const { operation, scope } = change.event.data!;
      const set = changes
        .flatMap((other) =>
          other.do === 'setResource' && other.id === resource.id ? other.set : [],
        )
        .reduce((all, each) => ({ ...all, ...each }), {});
      const breaker = changes.find((other) => other.do === 'setBreaker')?.breaker;
      if (scope === 'backend') {
        const { pool } = resource;
        if (pool.breakerUntil <= now) {
          pool.breaker += 1;
          pool.breakerUntil = now + pauseAfter(Math.min(pool.breaker, 4));
        }
        same(
          'breaker',
          { failures: breaker?.failures, until: breaker?.openUntil, due: set.dueAt },
          {
            failures: pool.breaker,
            until: pool.breakerUntil,
            due: pool.breakerUntil,
          },
        );
        continue;
      }
      if (operation === 'openAccess' || set.failures === undefined) continue;
      resource.failures += 1;
      const quarantined =
        resource.failures > resource.pool.retries || resource.status === 'quarantined';
      same(
        'after a failure',
        { status: set.status ?? resource.status, failures: set.failures, dueAt: set.dueAt },
        {
          status: quarantined
            ? 'quarantined'
            : resource.status === 'cleaning'
              ? 'dirty'
              : resource.status,
          failures: resource.failures,
          dueAt: now + (quarantined ? 60_000 : pauseAfter(resource.failures)),
        },
      );
    }
    for (const change of changes)
      if (change.do === 'setBreaker' && change.breaker.failures === 0)
        Object.assign(this.pools.get(change.breaker.poolId)!, { breaker: 0, breakerUntil: 0 });
  }

  /** A request that is served with something an older one lacks overtakes it. */
  private countPasses(
    before: ModelRequest[],
    served: ModelRequest[],
    holes: ReadonlySet<string>,
  ): void {
    for (const request of served) {
      const got = [...this.resources.values()].filter(({ holder }) => holder === request.id);
      // What is back in time delays nobody.
      const own = got.filter(({ id }) => !holes.has(id));
      for (const other of before) {
        if (other.parked) continue;
        const usable = own.some(({ id, resourceClass }) =>
          other.items.some(
            (item) =>
              item.missing > 0 &&
              item.classes.includes(resourceClass) &&
              (item.resource ?? id) === id,
          ),
        );
        if (served.includes(other) || !isOlder(other, request) || !usable) continue;
        other.passedBy += 1;
        demand(
          other.passedBy <= 10 * (other.older + 1),
          `${other.id}, which met ${other.older} older ones, was overtaken ${other.passedBy} times`,
        );
      }
    }
  }

  private compare(change: Change, overtaken: Map<string, number>): void {
    if (change.do !== 'setReservation' && change.do !== 'createReservation') return;
    const set: Partial<Reservation> =
      change.do === 'setReservation' ? change.set : change.reservation;
    const request = this.requests.get(
      change.do === 'setReservation' ? change.id : change.reservation.id,
    )!;
    if (set.overtaken && set.overtaken !== overtaken.get(request.id))
      throw new Error(
        `${request.id} overtaken ${set.overtaken} times, not ${overtaken.get(request.id)}`,
      );
    for (const field of ['status', 'startsAt', 'endsAt', 'heartbeatBy', 'deadlineAt'] as const) {
      if (set[field] !== undefined) same(`${field} of ${request.id}`, set[field], request[field]);
    }
  }
}

export function isOver({ status, endsAt, heartbeatBy }: ModelRequest, now: number): boolean {
  const end = sooner(endsAt, heartbeatBy);
  return status === 'ended' || (status === 'active' && end !== null && end <= now);
}

function meet(a: ModelRequest, b: ModelRequest): boolean {
  const own = new Set(classes(b));
  return a.items.some((item) => item.classes.some((resourceClass) => own.has(resourceClass)));
}

/** Doubling from one second to four at most; chance is always in the middle here. */
function pauseAfter(failures: number): number {
  return Math.min(1_000 * 2 ** (failures - 1), 4_000);
}

function modelPool(pool: Pool): ModelPool {
  const { id, name, kind, size, spares, types, capabilities, policy, deletingAt } = pool;
  return {
    id,
    name,
    kind,
    size,
    spares,
    types,
    opens: capabilities.opensAccess,
    deleting: deletingAt !== null,
    lease: leaseOf(policy),
    retries: policy.cleaning.retries,
    turnaround: turnaroundOf(pool),
    breaker: 0,
    breakerUntil: 0,
  };
}

function leaseOf({ lease }: Pool['policy']): ModelPool['lease'] {
  return {
    default: lease.default,
    maximum: lease.maximum,
    heartbeat: lease.heartbeat === null ? null : lease.heartbeat + lease.grace,
    prepare: lease.prepare,
  };
}

const ids = (list: string[]): string[] => [...new Set(list)].sort();

function same(what: string, found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) expect({ [what]: found }).toEqual({ [what]: expected });
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
