import { AGE_PER_PRIORITY, OVERTAKE_LIMIT } from '../../../src/domain/queue/scheduling';
import { matched } from './matching';
import { isOlder, classes, type ModelRequest, type ModelResource } from './things';

/** What a decision gave to which request. */
export interface Given {
  /** Resource ids by the request that they serve. */
  served: Map<string, string[]>;
  /** Resource ids by the request that they are held for. */
  aside: Map<string, string[]>;
  /** What the items of a request lack from then on. */
  missing: Map<string, { item: number; missing: number }[]>;
  /** Requests that hold nothing from then on. */
  parked: Set<string>;
}

/** How many more resources it gets, and whether the request then has all. */
interface Gain {
  more: number;
  complete: boolean;
}

export interface Outcome {
  promoted: Set<string>;
  overtaken: Map<string, number>;
}

/**
 * Who is next, by the rules of docs/decisions/003, over all queues and resources at once: no heads,
 * no loads, no shortcuts. The engine may do less at a time, but nothing else, and not in another
 * order.
 */
export class Turns {
  private readonly blocked = new Set<number>();
  /** Classes in which a request could be given something, and was not yet. */
  private readonly left = new Set<number>();
  private readonly ahead = new Set<string>();
  private turns: ModelRequest[];
  readonly outcome: Outcome = { promoted: new Set(), overtaken: new Map() };

  constructor(
    private readonly waiting: ModelRequest[],
    private readonly resources: ModelResource[],
    private readonly now: number,
    private readonly rank: number,
  ) {
    this.turns = [...waiting].sort(inOrder);
  }

  /** Follows a grant, and throws if another had to come first. */
  follow(given: Given): Outcome {
    for (let request = this.turns.shift(); request; request = this.turns.shift())
      this.turn(request, given);
    const unknownPools = [...given.served.keys(), ...given.aside.keys()].filter(
      (id) => !this.waiting.some((request) => request.id === id),
    );
    if (unknownPools.length > 0)
      throw new Error(`${unknownPools.join()} got something and did not wait`);
    return this.outcome;
  }

  /** Requests that could be given something now. */
  pending(): string[] {
    const found: string[] = [];
    for (const request of this.turns.filter(({ parked }) => !parked)) {
      if (this.gain(request).least.more > 0) found.push(request.id);
      this.block(request);
    }
    return found;
  }

  /** Would this one be served at once? */
  serves(newcomer: ModelRequest): boolean {
    for (const request of this.turns.filter((other) => inOrder(other, newcomer) < 0))
      if (!request.parked) this.block(request);
    return this.gain(newcomer).meanwhile.complete;
  }

  private turn(request: ModelRequest, given: Given): void {
    const { least, most, meanwhile } = this.gain(request);
    const served = given.served.get(request.id);
    const aside = given.aside.get(request.id);
    const complete = served !== undefined;
    if (!served && !aside) {
      if (request.parked || given.parked.has(request.id)) return;
      if (least.more > 0) classes(request).forEach((resourceClass) => this.left.add(resourceClass));
      return this.block(request);
    }
    if (most.more === 0 && meanwhile.more === 0)
      throw new Error(`${request.id} got something out of turn`);
    if (complete ? !most.complete && !meanwhile.complete : least.complete)
      throw new Error(`${request.id} should be ${complete ? 'kept waiting' : 'served'}`);
    const bounds = { least, most: complete ? larger(most, meanwhile) : most };
    this.take(request, served ?? aside!, bounds, complete);
    for (const { item, missing } of given.missing.get(request.id) ?? [])
      request.items[item]!.missing = missing;
    if (!complete) this.block(request);
    if (complete && request.promoted === null) this.getAhead([[request, this.classesOf(served)]]);
    if (!complete && request.promoted === null) this.promote([request]);
  }

  private take(
    request: ModelRequest,
    ids: string[],
    { least, most }: { least: Gain; most: Gain },
    complete: boolean,
  ): void {
    const kept = this.resources.filter(({ aside }) => aside === request.id);
    const got = ids.map((id) => this.resources.find((resource) => resource.id === id)!);
    const fresh = got.filter((resource) => !kept.includes(resource));
    if (fresh.length < least.more || fresh.length > most.more)
      throw new Error(`${request.id} got ${fresh.length} more, not ${least.more} to ${most.more}`);
    if (complete && kept.some((resource) => !got.includes(resource)))
      throw new Error(`${request.id} did not get what was set aside for it`);
    for (const resource of fresh) this.demandFree(request, resource, fresh);
    for (const resource of got)
      Object.assign(
        resource,
        complete ? { aside: null, holder: request.id, status: 'allocated' } : { aside: request.id },
      );
  }

  /**
   * Free, wanted, and the lowest number of its class among those that are not requested by name.
   */
  private demandFree(request: ModelRequest, resource: ModelResource, fresh: ModelResource[]): void {
    const wanted = request.items.some((item) => this.wants(item, resource));
    if (this.isLendable(request, resource) && wanted) return;
    if (!isFree(resource) || !wanted)
      throw new Error(`${request.id} got ${resource.name}, which is not free or not wanted`);
    if (request.items.some((item) => item.resource !== null)) return;
    const better = this.resources.find(
      (other) =>
        isFree(other) &&
        other.resourceClass === resource.resourceClass &&
        other.number < resource.number &&
        !other.loose &&
        !fresh.includes(other),
    );
    if (better)
      throw new Error(`${request.id} got ${resource.name} though ${better.name} was there`);
  }

  /**
   * How much more a request can have. At least what the classes of its lacking items offer, where
   * it is queued; at most everything that its items could use if they made room for one another.
   * The engine may look there or not (the cost that docs/decisions/003 states). `meanwhile`: with
   * what is held for others and would be back in time.
   */
  private gain(request: ModelRequest): { least: Gain; most: Gain; meanwhile: Gain } {
    const stands = new Set(request.items.flatMap((item) => (item.missing > 0 ? item.classes : [])));
    const free = this.resources.filter(isFree);
    return {
      least: this.gainFrom(
        request,
        free.filter(({ resourceClass, loose }) => stands.has(resourceClass) && !loose),
      ),
      most: this.gainFrom(request, free),
      meanwhile: this.gainFrom(request, [
        ...free,
        ...this.resources.filter((resource) => this.isLendable(request, resource)),
      ]),
    };
  }

  /** Is it held for another, and back and clean before that one can use it? */
  private isLendable({ id, terms }: ModelRequest, { aside, until, pool }: ModelResource): boolean {
    if (aside === null || aside === id || until === null || terms.duration === null) return false;
    return this.now + terms.prepare + terms.duration + pool.turnaround <= until;
  }

  private gainFrom(request: ModelRequest, free: ModelResource[]): Gain {
    const slots = request.items.flatMap((item) =>
      Array.from(
        { length: item.count },
        () => (resource: ModelResource) =>
          resource.aside === request.id
            ? item.classes.includes(resource.resourceClass) &&
              (item.resource ?? resource.id) === resource.id
            : this.wants(item, resource),
      ),
    );
    const kept = this.resources.filter(({ aside }) => aside === request.id);
    const total = matched(slots, [...kept, ...free]);
    return { more: total - kept.length, complete: total === slots.length };
  }

  private wants(
    { classes: open, resource: named }: ModelRequest['items'][number],
    { id, resourceClass, aside }: ModelResource,
  ): boolean {
    if (!open.includes(resourceClass)) return false;
    // What is held for another is lent to any request, but to none that names it.
    if (aside !== null) return named === null;
    if (this.left.has(resourceClass)) return false;
    return named === null ? !this.blocked.has(resourceClass) : named === id;
  }

  private block({ items }: ModelRequest): void {
    for (const item of items)
      if (item.missing > 0 && item.resource === null)
        item.classes.forEach((resourceClass) => this.blocked.add(resourceClass));
  }

  private classesOf(ids: string[]): number[] {
    return [
      ...new Set(
        ids.map((id) => this.resources.find((resource) => resource.id === id)!.resourceClass),
      ),
    ];
  }

  private promote(requests: ModelRequest[]): void {
    for (const request of requests) {
      request.promoted = this.rank;
      this.outcome.promoted.add(request.id);
    }
    this.turns.sort(inOrder);
    this.getAhead(requests.map((request) => [request, classes(request)]));
  }

  /**
   * In each queue, the oldest request that is not promoted is overtaken; at the limit, it is
   * promoted.
   */
  private getAhead(advances: [ModelRequest, number[]][]): void {
    for (const [request] of advances) this.ahead.add(request.id);
    const tooOften = new Set<ModelRequest>();
    for (const [request, inLines] of advances) {
      for (const longest of new Set(
        inLines.flatMap((resourceClass) => this.oldest(resourceClass) ?? []),
      )) {
        if (!isOlder(longest, request)) continue;
        longest.overtaken += 1;
        this.outcome.overtaken.set(longest.id, longest.overtaken);
        if (longest.overtaken >= OVERTAKE_LIMIT) tooOften.add(longest);
      }
    }
    if (tooOften.size > 0) this.promote([...tooOften]);
  }

  private oldest(resourceClass: number): ModelRequest | undefined {
    const candidates = this.waiting.filter(
      (request) =>
        request.promoted === null &&
        !this.ahead.has(request.id) &&
        request.items.some((item) => item.missing > 0 && item.classes.includes(resourceClass)),
    );
    return candidates.reduce<ModelRequest | undefined>(
      (oldest, request) => (oldest && isOlder(oldest, request) ? oldest : request),
      undefined,
    );
  }
}

const larger = (a: Gain, b: Gain): Gain => ({
  more: Math.max(a.more, b.more),
  complete: a.complete || b.complete,
});

const isFree = ({ status, admin, aside }: ModelResource): boolean =>
  status === 'available' && admin === 'in_service' && aside === null;

function inOrder(a: ModelRequest, b: ModelRequest): number {
  return rankOf(a) - rankOf(b) || (a.id < b.id ? -1 : 1);
}

/** Promoted requests first, in their order of promotion. */
function rankOf({ promoted, requestedAt, priority }: ModelRequest): number {
  return promoted ?? requestedAt - priority * AGE_PER_PRIORITY;
}
