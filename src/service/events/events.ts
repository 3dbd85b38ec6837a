import { notFound } from '../../domain/errors';
import type { EventType } from '../../domain/event';
import { comparable, isAdmin, type Principal } from '../../domain/people/user';
import type { EventFilter, EventPage, FoundEvent } from '../../store/reads';
import type { Engine } from '../engine';
import { JOB_NAMES } from '../jobs/job-names';

export type { EventPage, FoundEvent };

/** The form of ids. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The most events that are shown with a reservation. */
const MOST_OF_RESERVATION = 20;

/** A caller's filters: things by id or name, people by id or e-mail address; times in epoch ms. */
export interface EventQuery {
  since?: number;
  until?: number;
  types?: readonly EventType[];
  pool?: string;
  resource?: string;
  reservation?: string;
  user?: string;
  actor?: string;
}

/** Shows events: all of them to admins, to others those that are about themselves. */
export class Events {
  constructor(private readonly engine: Engine) {}

  /**
   * A page of events, and the number to go on after; null at the end. Errors: `not_found` for an
   * unknown name of a pool or resource.
   */
  async list(
    principal: Principal,
    query: EventQuery,
    page: EventPage,
  ): Promise<{ found: FoundEvent[]; next: number | null }> {
    const filter = await this.filterOf(principal, query);
    const { found, next } = await this.engine.store.read.events(filter, page);
    return { found: found.map((event) => shownTo(principal, event)), next };
  }

  /**
   * The newest events of reservations that the principal may see, by reservation: of the last 20 of
   * each those that they may see, the newest first.
   */
  async ofReservations(
    principal: Principal,
    ids: readonly string[],
  ): Promise<Map<string, FoundEvent[]>> {
    const found = await this.engine.store.read.eventsOf(ids, MOST_OF_RESERVATION);
    const mine = ({ userId }: FoundEvent) => isAdmin(principal) || userId === principal.userId;
    const shown = found.filter(mine).map((event) => shownTo(principal, event));
    return new Map(
      ids.map((id) => [id, shown.filter(({ reservationId }) => reservationId === id)]),
    );
  }

  /** The number of the newest event; 0 if there is none. */
  newest(): Promise<number> {
    return this.engine.store.read.lastSeq();
  }

  /** The filter that a query stands for, within the rights of its caller. Errors: `not_found`. */
  async filterOf(principal: Principal, query: EventQuery): Promise<EventFilter> {
    const { since, until, types, pool, resource, reservation, actor } = query;
    const user = isAdmin(principal) ? query.user : principal.userId;
    const isJob = JOB_NAMES.some((name) => name === actor);
    return definedIn({
      since,
      until,
      types,
      poolId: pool === undefined ? undefined : await this.poolId(pool),
      resourceId: resource === undefined ? undefined : await this.resourceId(resource),
      reservationId: reservation,
      userId: await this.userId(user),
      ...(isJob ? { job: actor } : { actorId: await this.userId(actor) }),
    });
  }

  private async poolId(nameOrId: string): Promise<string> {
    const found = await this.engine.store.read.pool(nameOrId);
    return found?.id ?? idOfGone('pool', nameOrId);
  }

  private async resourceId(idOrName: string): Promise<string> {
    const found = await this.engine.store.read.resource(idOrName);
    return found?.resource.id ?? idOfGone('resource', idOrName);
  }

  /** An address that nobody has stands for itself, and finds nothing. */
  private async userId(user: string | undefined): Promise<string | undefined> {
    if (!user?.includes('@')) return user;
    return (await this.engine.store.read.userByEmail(comparable(user)))?.id ?? user;
  }
}

/** One that is gone has no name any more, but its events have its id. Errors: `not_found`. */
function idOfGone(thing: string, id: string): string {
  if (!ID.test(id)) throw notFound(thing, id);
  return id;
}

/** Only admins see by which call, and from where, somebody else did something. */
export function seesWhole(principal: Principal, { actorId }: FoundEvent): boolean {
  return isAdmin(principal) || actorId === principal.userId;
}

/** An event as its principal may see it. */
export function shownTo(principal: Principal, event: FoundEvent): FoundEvent {
  return seesWhole(principal, event) ? event : inPart(event);
}

/** The same for a user who is no admin, or is told as one. */
export function shownToUser(userId: string, event: FoundEvent): FoundEvent {
  return event.actorId === userId ? event : inPart(event);
}

function inPart(event: FoundEvent): FoundEvent {
  return { ...event, actorToken: null, requestId: null, traceparent: null, address: null };
}

function definedIn(filter: EventFilter): EventFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
