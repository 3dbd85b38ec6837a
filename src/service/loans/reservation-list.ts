import type { DetailFields } from '../../domain/change';
import { DomainError } from '../../domain/errors';
import { idsBetween } from '../../domain/id-time';
import type { Reservation, ReservationStatus } from '../../domain/loans/reservation';
import { isAdmin, type Principal } from '../../domain/people/user';
import type { Page, PersonName, ReservationQuery, ResourceName } from '../../store/reads';
import { instantIn, type Engine } from '../engine';
import { findUser } from '../people/find-user';
import { atThisMoment, NOT_QUEUED, placeOf, type ReservationSummary } from './views';

/** The most resources that a list names of one reservation. */
const MOST_NAMES = 20;

/** Filters as a caller writes them: names or ids. Times are epoch ms. */
export interface ReservationListQuery {
  pool?: string;
  resource?: string;
  user?: string;
  status?: ReservationStatus;
  since?: number;
  until?: number;
  order?: 'asc' | 'desc';
}

/** A reservation as a list shows it, with the names of its holder and of what it has or had. */
export interface ListedReservation extends ReservationSummary {
  /** null if the user has been deleted. */
  user: PersonName | null;
  resources: (ResourceName & { details?: DetailFields })[];
  hasMoreResources: boolean;
}

/** `next`: the id to go on after; null on the last page. */
export interface ReservationListPage {
  entries: ListedReservation[];
  next: string | null;
}

/**
 * Gives a page of the principal's reservations in order of id; an admin sees everybody's, or those of
 * `user`. With `withDetails`, what they have now shows the details that a single reservation shows.
 * Errors: `not_found` with the field of an unknown pool, resource or user.
 */
export async function listReservations(
  engine: Engine,
  principal: Principal,
  query: ReservationListQuery,
  page: Page,
  withDetails = false,
): Promise<ReservationListPage> {
  const { read } = engine.store;
  const { found, next } = await read.reservationPage(
    await resolved(engine, principal, query),
    page,
  );
  const instant = instantIn(engine);
  const users = await read.userNames([...new Set(found.map(({ userId }) => userId))]);
  const held = await heldBy(engine, found, withDetails);
  const entries = found.map(async (reservation) => {
    const names = held.get(reservation.id) ?? [];
    return {
      ...(await summaryOf(engine, atThisMoment(reservation, instant))),
      user: users.find(({ id }) => id === reservation.userId) ?? null,
      resources: names.slice(0, MOST_NAMES),
      hasMoreResources: names.length > MOST_NAMES,
    };
  });
  return { entries: await Promise.all(entries), next };
}

/** The resources of each reservation; their details only while it has them, as `viewReservation`. */
async function heldBy(
  { store: { read } }: Engine,
  found: readonly Reservation[],
  withDetails: boolean,
): Promise<Map<string, ListedReservation['resources']>> {
  const names = await read.heldNames(
    found.map(({ id }) => id),
    MOST_NAMES + 1,
  );
  const live = withDetails ? names.filter(({ isLive }) => isLive) : [];
  const details = live.length === 0 ? new Map<string, DetailFields>() : await read.detailsOf(live);
  const held = new Map<string, ListedReservation['resources']>();
  for (const { reservationId, id, name, isLive, fields } of names) {
    const shown = isLive ? { ...details.get(id), ...fields } : {};
    const list = held.get(reservationId) ?? [];
    list.push({ id, name, ...(withDetails ? { details: shown } : {}) });
    held.set(reservationId, list);
  }
  return held;
}

async function summaryOf(
  { store: { read } }: Engine,
  reservation: Reservation,
): Promise<ReservationSummary> {
  if (reservation.status !== 'queued') return { ...reservation, ...NOT_QUEUED };
  const place = placeOf(await read.queuePositions(reservation.id));
  return { ...reservation, ...NOT_QUEUED, ...place };
}

/** The filters with the things that they name. */
async function resolved(
  engine: Engine,
  principal: Principal,
  { pool: poolName, resource: named, user, since, until, ...rest }: ReservationListQuery,
): Promise<ReservationQuery> {
  const { read } = engine.store;
  const pool = poolName === undefined ? undefined : await read.pool(poolName);
  if (pool === null) throw unknown('pool', poolName!);
  const resource = named === undefined ? undefined : await read.resource(named);
  if (resource === null) throw unknown('resource', named!);
  return {
    ...rest,
    ...idsBetween({ since, until }),
    userId: await whose(engine, principal, user),
    pool,
    resourceId: resource?.resource.id,
    since,
    until,
    now: instantIn(engine).now,
  };
}

async function whose(
  engine: Engine,
  principal: Principal,
  user: string | undefined,
): Promise<string | undefined> {
  if (!isAdmin(principal)) return principal.userId;
  return user === undefined ? undefined : (await findUser(engine, user, 'user')).id;
}

function unknown(what: 'pool' | 'resource', name: string): DomainError {
  return new DomainError('not_found', `There is no ${what} ${name}.`, what);
}
