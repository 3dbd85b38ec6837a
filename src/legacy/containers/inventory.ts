import { instantOf } from '../../http/instants';
import { instantIn, type Engine } from '../../service/engine';
import { atThisMoment, countStates, loginNameOf } from '../../service/loans/views';
import type { FoundResource } from '../../store/reads';
import { MINUTE } from '../fields';
import { visiblePools } from '../pools';
import { byName } from './rules';

const PAGE = 1000;

/** The containers that this API sees, in natural order of their names. */
export async function listContainers(
  engine: Engine,
  status?: 'allocated',
): Promise<FoundResource[]> {
  const poolIds = await visibleIds(engine);
  const found: FoundResource[] = [];
  for (let page; page === undefined || page.length === PAGE; found.push(...page)) {
    page = await engine.store.read.resources(
      { poolIds, status },
      { after: found.at(-1)?.resource.id ?? null, limit: PAGE },
    );
  }
  return byName(found, ({ resource }) => resource.name);
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

/**
 * The active reservations of one user, or (null) of everybody, through whichever API they came; one
 * entry for each container.
 */
export async function listLoans(engine: Engine, userId: string | null): Promise<ContainerLoan[]> {
  const lent = (await listContainers(engine, 'allocated')).filter(
    ({ holder }) => holder && (userId === null || holder.userId === userId),
  );
  const visible = new Set(lent.map(({ resource }) => resource.id));
  const reservations = new Set(lent.map(({ holder }) => holder!.reservationId));
  const loans = await Promise.all([...reservations].map((id) => loansOf(engine, id)));
  const entries = loans
    .flat()
    .filter(({ resourceId }) => visible.has(resourceId))
    .map(({ entry }) => entry);
  return byName(entries, ({ container }) => container);
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
