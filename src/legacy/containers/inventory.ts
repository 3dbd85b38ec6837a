import { instantOf } from '../../http/instants';
import { instantIn, type Engine } from '../../service/engine';
import { atThisMoment, countStates, loginNameOf } from '../../service/loans/views';
import type { FoundResource } from '../../store/reads';
import { MINUTE } from '../fields';
import { visiblePools } from '../pools';
import { inSlices, readListed, shared } from '../shared';
import { byName } from './rules';

/** Containers in natural order of their names, `MOST_LISTED` at most. */
export interface ContainerList {
  containers: FoundResource[];
  /** The name after which the list goes on; null if it is whole. */
  after: string | null;
}

/** The containers that this API sees, for all callers of a moment; with `after`, those that follow. */
export function listContainers(engine: Engine, after?: string): Promise<ContainerList> {
  return after === undefined
    ? shared(engine, 'containers', () => readContainers(engine, {}))
    : readContainers(engine, { after });
}

async function readContainers(
  engine: Engine,
  { status, after }: { status?: 'allocated'; after?: string },
): Promise<ContainerList> {
  const poolIds = await visibleIds(engine);
  const { read } = engine.store;
  const begin = after === undefined ? null : await read.resource(after);
  const first = begin?.resource.id ?? null;
  const { found, more } = await readListed<FoundResource>((last, limit) =>
    read.resources({ poolIds, status }, { after: last?.resource.id ?? first, limit }),
  );
  return {
    containers: byName(found, ({ resource }) => resource.name),
    after: more ? found.at(-1)!.resource.name : null,
  };
}

/** How many of these containers can be borrowed now. */
export async function countAvailable(engine: Engine): Promise<number> {
  const ids = await visibleIds(engine);
  const counts = await engine.store.read.counts();
  return countStates(counts.filter(({ poolId }) => ids.includes(poolId))).available;
}

async function visibleIds(engine: Engine): Promise<string[]> {
  const { containers } = await visiblePools(engine);
  const pools = await engine.store.read.pools();
  return pools.filter(({ name }) => containers.includes(name)).map(({ id }) => id);
}

/** One lent container, as `/reservations` shows it. */
export interface ContainerLoan {
  username: string;
  container: string;
  expiration_time: string | null;
  time_remaining: string | null;
}

/** Loans, one entry for each container, by name; the list goes on after a name. */
export interface LoanList {
  reservations: ContainerLoan[];
  after: string | null;
}

/**
 * The active reservations of one user, or (null) of everybody, through whichever API they came; with
 * `after`, those that follow.
 */
export function listLoans(
  engine: Engine,
  userId: string | null,
  after?: string,
): Promise<LoanList> {
  const read = () => readLoans(engine, userId, after);
  return userId === null && after === undefined ? shared(engine, 'containerLoans', read) : read();
}

async function readLoans(engine: Engine, userId: string | null, after?: string): Promise<LoanList> {
  const list = await readContainers(engine, { status: 'allocated', after });
  const lent = list.containers.filter(
    ({ holder }) => holder && (userId === null || holder.userId === userId),
  );
  const visible = new Set(lent.map(({ resource }) => resource.id));
  const reservations = new Set(lent.map(({ holder }) => holder!.reservationId));
  const loans = await inSlices([...reservations], (id) => loansOf(engine, id));
  const entries = loans
    .flat()
    .filter(({ resourceId }) => visible.has(resourceId))
    .map(({ entry }) => entry);
  return { reservations: byName(entries, ({ container }) => container), after: list.after };
}

async function loansOf(
  engine: Engine,
  id: string,
): Promise<{ resourceId: string; entry: ContainerLoan }[]> {
  const { store } = engine;
  const instant = instantIn(engine);
  const reservation = atThisMoment((await store.read.reservation(id))!, instant);
  const { status, via, userId, deadlineAt } = reservation;
  if (status !== 'active') return [];
  const holder = (await store.read.userById(userId))?.name ?? '';
  return (await store.read.holdings(id)).map((held) => {
    const { id: resourceId, name: container } = held.resource;
    const username = (via === 'containers' ? loginNameOf(engine, held) : null) ?? holder;
    return { resourceId, entry: { username, container, ...expiry(deadlineAt, instant.now) } };
  });
}

function expiry(
  deadlineAt: number | null,
  now: number,
): Pick<ContainerLoan, 'expiration_time' | 'time_remaining'> {
  if (deadlineAt === null) return { expiration_time: null, time_remaining: null };
  const remaining = ((deadlineAt - now) / MINUTE).toFixed(1);
  return {
    expiration_time: instantOf(deadlineAt).slice(0, 19).replace('T', ' '),
    time_remaining: `${remaining} minutes remaining`,
  };
}
