import type { CountedHolding, EndedReservation } from '../../../domain/history/counting';
import type { StoredTally, Tally } from '../../../domain/history/tally';
import type { Db } from '../database';
import { lazy } from '../lazy';
import type { Answers } from './types';

type HistoryAnswers = Pick<
  Answers,
  | 'endedAfter'
  | 'goneAfter'
  | 'returnsAfter'
  | 'failuresAfter'
  | 'tallies'
  | 'talliesBetween'
  | 'liveHoldings'
  | 'createdAt'
>;
type Client = Db['$client'];

/** Answers about the past: what is counted of it, and the rows that are not counted yet. */
export function historyAnswers({ $client }: Db): HistoryAnswers {
  const ended = lazy(() => endedStatements($client));
  const rest = lazy(() => tailStatements($client));
  const tallies = lazy(() => tallyStatements($client));
  const present = lazy(() => presentStatements($client));
  return {
    endedAfter: ({ after, before, limit }) =>
      ended()
        .reservations.all(after.at, after.id, before, limit)
        .map(({ items, ...row }) => ({
          ...row,
          items: JSON.parse(items) as EndedReservation['items'],
          holdings: ended().holdings.all(row.id),
        })),
    goneAfter: ({ after, before, limit }) => rest().gone.all(after.at, after.id, before, limit),
    returnsAfter: ({ after, limit }) => rest().returns.all(after, limit),
    failuresAfter: ({ after, limit }) =>
      [...rest().failed.all(after, limit), ...rest().quarantined.all(after, limit)]
        .sort((a, b) => a.seq - b.seq)
        .slice(0, limit),
    tallies: ({ keys }) =>
      keys.map(({ poolId, step, at }) => {
        const found = tallies().one.get(poolId, step, at);
        return found === undefined ? null : (JSON.parse(found) as Tally);
      }),
    talliesBetween: ({ poolId, step, since, until }) =>
      tallies()
        .between.all(poolId, step, since, until)
        .map((row) => ({ ...row, tally: JSON.parse(row.tally) as Tally })),
    liveHoldings: ({ poolIds }) => poolIds.flatMap((id) => present().holdings.all(id)),
    createdAt: ({ poolIds }) => poolIds.flatMap((id) => present().created.all(id)),
  };
}

type EndedRow = Omit<EndedReservation, 'items' | 'holdings'> & { items: string };

/** `+?`: SQLite plans a statement again for each value of a parameter that it may look at. */
function endedStatements(client: Client) {
  return {
    reservations: client.prepare<[number, string, number, number], EndedRow>(
      `select id, requested_at as requestedAt, starts_at as startsAt, ended_at as endedAt,
        end_reason as endReason, end_detail as endDetail, items
      from reservations where ended_at is not null and (ended_at, id) > (+?, +?) and ended_at < +?
      order by ended_at, id limit ? + 0`,
    ),
    holdings: client.prepare<[string], CountedHolding>(
      `select r.pool_id as poolId, a.started_at as startedAt, a.ended_at as endedAt
      from allocations a left join resources r on r.id = a.resource_id
      where a.reservation_id = +?`,
    ),
  };
}

function tailStatements(client: Client) {
  const failures = (type: string) =>
    client.prepare<[number, number], ReturnType<Answers['failuresAfter']>[number]>(
      `select seq, at, type, pool_id as poolId, json_extract(data, '$.operation') as operation
      from events where rare is not null and type = '${type}' and seq > +?
      order by seq limit ? + 0`,
    );
  return {
    gone: client.prepare<
      [number, string, number, number],
      ReturnType<Answers['goneAfter']>[number]
    >(
      `select id, pool_id as poolId, created_at as createdAt, destroyed_at as destroyedAt
      from resources where destroyed_at is not null and (destroyed_at, id) > (+?, +?)
        and destroyed_at < +?
      order by destroyed_at, id limit ? + 0`,
    ),
    returns: client.prepare<[number, number], ReturnType<Answers['returnsAfter']>[number]>(
      `select seq, pool_id as poolId, json_extract(record, '$.cause') as cause, level,
        json_extract(record, '$.since') as since, at
      from returns where seq > +? order by seq limit ? + 0`,
    ),
    failed: failures('resource.failed'),
    quarantined: failures('resource.quarantined'),
  };
}

function tallyStatements(client: Client) {
  const from = 'from history_tallies where pool_id = +? and step = +? and at';
  return {
    one: client.prepare<[string, string, number], string>(`select tally ${from} = +?`).pluck(),
    between: client.prepare<
      [string, string, number, number],
      Omit<StoredTally, 'tally'> & { tally: string }
    >(`select pool_id as poolId, step, at, tally ${from} between +? and +? order by at`),
  };
}

function presentStatements(client: Client) {
  const inPool = 'r.pool_id = +? and r.destroyed_at is null';
  return {
    holdings: client.prepare<[string], ReturnType<Answers['liveHoldings']>[number]>(
      `select a.reservation_id as reservationId, v.requested_at as requestedAt,
        r.pool_id as poolId, a.started_at as startedAt
      from resources r join allocations a on a.resource_id = r.id and a.ended_at is null
        join reservations v on v.id = a.reservation_id where ${inPool}`,
    ),
    created: client
      .prepare<[string], number>(`select r.created_at from resources r where ${inPool}`)
      .pluck(),
  };
}
