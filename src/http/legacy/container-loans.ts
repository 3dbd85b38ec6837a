import { DomainError, type ErrorCode } from '../../domain/errors';
import type { AccessWish, Reservation } from '../../domain/loans/reservation';
import type { Principal } from '../../domain/people/user';
import type { Engine } from '../../service/engine';
import { legacyPools } from '../../service/pools/pools-file';
import { untilAccessRevoked, type CallContext } from '../../service/loans/reservations';
import type { Services } from '../../service/services';
import {
  atThisMoment,
  countStates,
  loginNameOf,
  viewReservation,
  type ResourceOfReservation,
} from '../../service/loans/views';
import type { FoundResource } from '../../store/reads';
import { instantOf } from '../instants';
import type { Answer } from '../route';
import { inMinutes } from './fields';

const MINUTE = 60_000;
/** The end of preparing is noticed this much later at most, in ms. */
const MARGIN = 2_000;
/** How long an answer waits for logins to be gone, in ms. */
export const SHUT_WITHIN = 30_000;
const PAGE = 1000;

/** What is to be had no more, whatever the reason: too few are free. */
const SHORTAGES: ErrorCode[] = ['unavailable_now', 'unsatisfiable', 'not_found'];

const inNaturalOrder = new Intl.Collator('en', { numeric: true }).compare;

/** What a caller of /reserve wants. */
export interface ContainerWish {
  access: AccessWish;
  count: number;
  minutes: number | undefined;
}

/**
 * Reserves, and answers when the login works in every container, or when no login is left in any.
 */
export async function reserve(
  services: Services,
  principal: Principal,
  wish: ContainerWish,
  context: CallContext,
  signal: () => AbortSignal,
): Promise<Answer> {
  const gone = signal();
  const { engine, reservations, waiting } = services;
  const { read } = engine.store;
  const { containers: pools } = await legacyPools(engine);
  const { access, count, minutes } = wish;
  const duration = minutes === undefined ? {} : { duration: minutes * MINUTE };
  const request = {
    items: [{ pools, count }],
    access,
    queueTimeout: 0,
    via: 'containers' as const,
    ...duration,
  };
  const id = await reservations
    .request(principal, request, { ...context, idempotencyKey: null })
    .catch(inMinutes)
    .catch(async (error: unknown) => {
      throw error instanceof DomainError ? await refusal(engine, pools, count, error) : error;
    });
  const { prepare } = (await read.reservation(id))!;
  await waiting.until(
    id,
    async () => (await read.reservation(id))!.status !== 'preparing',
    prepare + MARGIN,
    gone,
  );
  const reservation = (await read.reservation(id))!;
  if (reservation.status === 'active' && !gone.aborted)
    return opened(engine, principal, reservation);
  await reservations.release(principal, id);
  await untilAccessRevoked(engine, [id], SHUT_WITHIN);
  return {
    status: 500,
    body: {
      error: 'Failed to create user',
      details: reservation.endDetail ?? 'Access could not be opened in time.',
    },
  };
}

/**
 * Where there are too few: how many there are, and never as many as were asked for, even if one has
 * come back since.
 */
async function refusal(
  engine: Engine,
  pools: string[],
  count: number,
  error: DomainError,
): Promise<DomainError> {
  if (error.code === 'unsupported')
    return new DomainError('unsupported', 'These containers take no users.');
  const ids = await poolIds(engine, pools);
  const { available } = countStates(
    (await engine.store.read.counts()).filter(({ poolId }) => ids.includes(poolId)),
  );
  const tooFew = SHORTAGES.includes(error.code) || (error.field === 'items' && available < count);
  return tooFew
    ? new DomainError(
        'unavailable_now',
        `Only ${Math.min(available, count - 1)} containers available`,
      )
    : error;
}

async function opened(
  engine: Engine,
  principal: Principal,
  reservation: Reservation,
): Promise<Answer> {
  const { resources, deadlineAt, startsAt } = await viewReservation(engine, principal, reservation);
  const [first] = resources;
  const { username, password } = first!.credentials!;
  const containers = resources
    .map(placeOf)
    .sort((a, b) => inNaturalOrder(a.container, b.container));
  const minutes = deadlineAt === null ? null : (deadlineAt - startsAt!) / MINUTE;
  return {
    status: 200,
    body: {
      status: 'success',
      username,
      password,
      containers,
      reserved_until: instantOf(deadlineAt),
      duration_minutes: minutes,
    },
  };
}

function placeOf({ resource, details, credentials }: ResourceOfReservation) {
  const { host, port } = { ...details, ...credentials };
  return { container: resource.name, host, port };
}

async function poolIds({ store }: Engine, names: string[]): Promise<string[]> {
  return (await store.read.pools()).filter(({ name }) => names.includes(name)).map(({ id }) => id);
}

/** The containers that this API sees, in natural order of their names. */
export async function listContainers(
  engine: Engine,
  status?: 'allocated',
): Promise<FoundResource[]> {
  const ids = await poolIds(engine, (await legacyPools(engine)).containers);
  const found: FoundResource[] = [];
  for (let page; page === undefined || page.length === PAGE; found.push(...page)) {
    page = await engine.store.read.resources(
      { poolIds: ids, status },
      { after: found.at(-1)?.resource.id ?? null, limit: PAGE },
    );
  }
  return found.sort((a, b) => inNaturalOrder(a.resource.name, b.resource.name));
}

/**
 * Active reservations container by container: those of one user, or (null) of everybody, by
 * whichever API they came.
 */
export async function listLoans(engine: Engine, userId: string | null) {
  const lent = (await listContainers(engine, 'allocated')).filter(
    ({ holder }) => holder && (userId === null || holder.userId === userId),
  );
  const own = new Set(lent.map(({ resource }) => resource.id));
  const loans = await Promise.all(
    [...new Set(lent.map(({ holder }) => holder!.reservationId))].map((id) => loansOf(engine, id)),
  );
  const presented = loans.flat().filter(({ resource }) => own.has(resource.id));
  return presented
    .map(({ entry }) => entry)
    .sort((a, b) => inNaturalOrder(a.container, b.container));
}

async function loansOf(engine: Engine, id: string) {
  const { read } = engine.store;
  const now = engine.store.now();
  const { status, via, userId, deadlineAt } = atThisMoment((await read.reservation(id))!, now);
  if (status !== 'active') return [];
  const holder = (await read.userById(userId))?.name ?? '';
  return (await read.holdings(id)).map((held) => {
    const username = (via === 'containers' ? loginNameOf(engine, held) : null) ?? holder;
    return {
      resource: held.resource,
      entry: { username, container: held.resource.name, ...expiry(deadlineAt, now) },
    };
  });
}

function expiry(deadlineAt: number | null, now: number) {
  if (deadlineAt === null) return { expiration_time: null, time_remaining: null };
  const expiration_time = instantOf(deadlineAt).slice(0, 19).replace('T', ' ');
  return {
    expiration_time,
    time_remaining: `${((deadlineAt - now) / MINUTE).toFixed(1)} minutes remaining`,
  };
}
