import { isRare, type Changed, type EventData } from '../../../domain/event';
import type { EventFilter, EventPage, FoundEvent, Reads } from '../../reads';
import type { Db } from '../database';
import { lazy } from '../lazy';

/** The most events that are looked at for one page. */
const WINDOW = 5_000;

const CONDITIONS = {
  reservationId: 'e.reservation_id = :reservationId',
  resourceId: 'e.resource_id = :resourceId',
  userId: 'e.user_id = :userId',
  actorId: `e.author_id in (select id from event_authors
    where actor_id = :actorId and kind <> 'job')`,
  type: 'e.type = :type',
  types: 'e.type in (select value from json_each(:types))',
  poolId: 'e.pool_id = :poolId',
  job: `e.author_id in (select id from event_authors where actor_id = :job and kind = 'job')`,
} as const;

/** Filters with an index of the rare events, the narrowest first. */
const INDEXED_IF_RARE = ['resourceId', 'userId', 'type'] as const;

const FIELDS = `e.seq, e.at, e.type, e.pool_id as poolId, e.resource_id as resourceId,
  e.reservation_id as reservationId, e.user_id as userId, a.kind as actorKind,
  a.actor_id as actorId, a.name as actorName, a.token as actorToken,
  e.request_id as requestId, e.traceparent, a.address, e.data, e.changed,
  pools.name as pool, resources.name as resource`;

const JOINS = `left join event_authors a on a.id = e.author_id
  left join pools on pools.id = e.pool_id left join resources on resources.id = e.resource_id`;

type FilterName = keyof typeof CONDITIONS;
/** Parameters of the statements, by the names in them. */
type Given = Partial<Record<FilterName, string>> & {
  from: number;
  to: number;
  window: number;
  limit: number;
};
type Row = Omit<FoundEvent, 'data' | 'changed'> & { data: string; changed: string | null };
type Looked = { count: number; last: number | null };

/** A page, and how much was looked at for it, for one combination of filters and one order. */
interface Statements {
  page: (given: Given) => FoundEvent[];
  looked: (given: Given) => Looked;
}

/** Lists of events. Each page walks an index, or the events themselves, and no more than a window. */
export function eventReads({ $client }: Db): Pick<Reads, 'events' | 'eventsOf'> {
  const prepared = new Map<string, Statements>();
  const seqAt = seqFinder($client);
  const newest = lazy(() => newestOf($client));
  return {
    eventsOf: async (reservationIds, limit) =>
      newest().all(JSON.stringify(reservationIds), limit).map(eventOf),
    events: async (filter, page) => {
      const given = givenBy(filter, page, seqAt);
      const names = filtersIn(given);
      const window = windowFor(names, filter.types?.every(isRare) ?? false);
      const shape = [page.order, window, ...names].join();
      const { page: read, looked } =
        prepared.get(shape) ?? prepare($client, names, window, page.order);
      prepared.set(shape, { page: read, looked });
      const found = read(given);
      if (found.length === page.limit) return { found, next: found.at(-1)!.seq };
      const { count, last } = looked(given);
      return { found, next: count === WINDOW ? last : null };
    },
  };
}

function filtersIn(given: Given): FilterName[] {
  return (Object.keys(CONDITIONS) as FilterName[]).filter((name) => given[name] !== undefined);
}

function givenBy(
  { since, until, types, ...equal }: EventFilter,
  { after, limit, order }: EventPage,
  seqAt: (time: number) => number,
): Given {
  const least = since === undefined ? 0 : seqAt(since) - 1;
  const most = until === undefined ? Number.MAX_SAFE_INTEGER : seqAt(until);
  return {
    ...equal,
    ...(types?.length === 1 ? { type: types[0] } : types && { types: JSON.stringify(types) }),
    from: order === 'asc' ? Math.max(least, after ?? 0) : least,
    to: order === 'desc' ? Math.min(most, after ?? most) : most,
    window: WINDOW,
    limit,
  };
}

/** The condition by which the windows of a list are found: that of an index, or none. */
function windowFor(names: readonly FilterName[], rareOnly: boolean): string {
  if (names.includes('reservationId'))
    return `${CONDITIONS.reservationId} and e.reservation_id is not null and`;
  if (!rareOnly) return '';
  const narrowest = INDEXED_IF_RARE.find((name) => names.includes(name));
  return narrowest ? `${CONDITIONS[narrowest]} and e.rare is not null and` : 'e.rare = 1 and';
}

function prepare(
  client: Db['$client'],
  names: readonly FilterName[],
  window: string,
  order: EventPage['order'],
): Statements {
  const windowOf = (fields: string) => `select ${fields} from events e
    where ${window} e.seq > :from and e.seq < :to order by e.seq ${order} limit :window`;
  const conditions = names.map((name) => CONDITIONS[name]).join(' and ');
  const page = client.prepare<[Given], Row>(
    `select ${FIELDS} from (${windowOf('*')}) e
      ${JOINS} where ${conditions || 'true'} limit :limit`,
  );
  const end = order === 'asc' ? 'max' : 'min';
  const looked = client.prepare<[Given], Looked>(
    `select count(*) as count, ${end}(seq) as last from (${windowOf('e.seq')})`,
  );
  return { page: (given) => page.all(given).map(eventOf), looked: (given) => looked.get(given)! };
}

function newestOf(client: Db['$client']) {
  return client.prepare<[ids: string, limit: number], Row>(
    `select ${FIELDS} from json_each(?) i join events e on e.seq in (
      select seq from events where reservation_id = i.value and reservation_id is not null
      order by seq desc limit ? + 0)
      ${JOINS} order by e.seq desc`,
  );
}

function eventOf({ data, changed, ...row }: Row): FoundEvent {
  return {
    ...row,
    data: JSON.parse(data) as EventData,
    changed: changed === null ? null : (JSON.parse(changed) as Changed),
  };
}

/**
 * Finds the number of the first event at a time or later, epoch ms; beyond the newest if there is
 * none. Times rise with numbers, so halving finds it and the time needs no index.
 */
function seqFinder(client: Db['$client']): (time: number) => number {
  const next = client.prepare<[number], { seq: number; at: number }>(
    'select seq, at from events where seq >= ? order by seq limit 1',
  );
  const newest = client
    .prepare<[], number>('select seq from events order by seq desc limit 1')
    .pluck();
  return (time) => {
    let [low, high] = [0, (newest.get() ?? 0) + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = next.get(middle);
      if (!found || found.at >= time) high = middle;
      else low = found.seq + 1;
    }
    return low;
  };
}
