import type { Changed, EventData } from '../../../domain/event';
import { FREQUENT_TYPES } from '../../../domain/event';
import type { EventFilter, EventPage, FoundEvent, Reads } from '../../reads';
import type { Db } from '../database';
import { OF_LOANS } from '../schema';

/** The most events that are looked at for one page. */
const WINDOW = 5_000;

/** Filters with an index, the narrowest first. Each names the condition of its partial index. */
const INDEXED = {
  reservationId: 'reservation_id = :reservationId and reservation_id is not null',
  resourceId: 'resource_id = :resourceId and resource_id is not null',
  userId: 'user_id = :userId and user_id is not null',
  actorId: `actor_id = :actorId and actor_kind <> 'job'`,
  rareType: `type = :rareType and type not in (${OF_LOANS})`,
  poolId: 'pool_id = :poolId and pool_id is not null',
} as const;

const REMAINING = {
  reservationId: 'e.reservation_id = :reservationId',
  resourceId: 'e.resource_id = :resourceId',
  userId: 'e.user_id = :userId',
  actorId: `e.actor_id = :actorId and e.actor_kind <> 'job'`,
  rareType: 'e.type = :rareType',
  poolId: 'e.pool_id = :poolId',
  job: `e.actor_id = :job and e.actor_kind = 'job'`,
  types: 'e.type in (select value from json_each(:types))',
} as const;

const FIELDS = `e.seq, e.at, e.type, e.pool_id as poolId, e.resource_id as resourceId,
  e.reservation_id as reservationId, e.user_id as userId, e.actor_kind as actorKind,
  e.actor_id as actorId, e.actor_name as actorName, e.actor_token as actorToken,
  e.request_id as requestId, e.address, e.data, e.changed,
  pools.name as pool, resources.name as resource`;

/** Parameters of the statements, by the names in them. */
type Given = Partial<Record<keyof typeof REMAINING, string>> & {
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
export function eventReads({ $client }: Db): Pick<Reads, 'events'> {
  const prepared = new Map<string, Statements>();
  const seqAt = seqFinder($client);
  return {
    events: async (filter, page) => {
      const given = givenBy(filter, page, seqAt);
      const names = filtersIn(given);
      const shape = [page.order, ...names].join();
      const { page: read, looked } = prepared.get(shape) ?? prepare($client, names, page.order);
      prepared.set(shape, { page: read, looked });
      const found = read(given);
      if (found.length === page.limit) return { found, next: found.at(-1)!.seq };
      const { count, last } = looked(given);
      return { found, next: count === WINDOW ? last : null };
    },
  };
}

type FilterName = keyof typeof REMAINING;

function filtersIn(given: Given): FilterName[] {
  return (Object.keys(REMAINING) as FilterName[]).filter((name) => given[name] !== undefined);
}

function givenBy(
  { since, until, types, ...equal }: EventFilter,
  { after, limit, order }: EventPage,
  seqAt: (time: number) => number,
): Given {
  const least = since === undefined ? 0 : seqAt(since) - 1;
  const most = until === undefined ? Number.MAX_SAFE_INTEGER : seqAt(until);
  const isRare = types?.length === 1 && !FREQUENT_TYPES.includes(types[0]!);
  return {
    ...equal,
    ...(isRare ? { rareType: types[0] } : types ? { types: JSON.stringify(types) } : {}),
    from: order === 'asc' ? Math.max(least, after ?? 0) : least,
    to: order === 'desc' ? Math.min(most, after ?? most) : most,
    window: WINDOW,
    limit,
  };
}

function prepare(
  client: Db['$client'],
  names: readonly FilterName[],
  order: EventPage['order'],
): Statements {
  const [driving] = (Object.keys(INDEXED) as (keyof typeof INDEXED)[]).filter((name) =>
    names.includes(name),
  );
  const rest = names.filter((name) => name !== driving).map((name) => REMAINING[name]);
  const windowOf = (fields: string) => `select ${fields} from events
    where ${driving ? `${INDEXED[driving]} and ` : ''}seq > :from and seq < :to
    order by seq ${order} limit :window`;
  const page = client.prepare<[Given], Row>(
    `select ${FIELDS} from (${windowOf('*')}) e
      left join pools on pools.id = e.pool_id left join resources on resources.id = e.resource_id
      ${rest.length > 0 ? `where ${rest.join(' and ')}` : ''} limit :limit`,
  );
  const end = order === 'asc' ? 'max' : 'min';
  const looked = client.prepare<[Given], Looked>(
    `select count(*) as count, ${end}(seq) as last from (${windowOf('seq')})`,
  );
  return { page: (given) => page.all(given).map(eventOf), looked: (given) => looked.get(given)! };
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
