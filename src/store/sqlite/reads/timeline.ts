import { allocationId } from '../../../domain/loans/allocation';
import type { LaneLoan, LaneResource, TimelineRows } from '../../../domain/timeline/spans';
import type { TimelineAsk } from '../../timeline-reads';
import type { Reads } from '../../reads';
import type { Db } from '../database';
import { lazy } from '../lazy';

/** How many generations of a resource are looked up: each loan takes two. */
const GENERATIONS = 100;
/** The most changes of the admin state that are read, the newest. */
const MOST_STATES = 5_000;

type Client = Db['$client'];
type Row = LaneResource & { generation: number };

/** Reads everything in one transaction, and each kind of row for all resources at once. */
export function timelineReads({ $client }: Db): Pick<Reads, 'timeline'> {
  const statements = lazy(() => prepare($client));
  const read = $client.transaction((ask: TimelineAsk): TimelineRows => {
    const { resources, total, loans, cleanings, states } = statements();
    const rows = resources.all(ask);
    const ids = JSON.stringify(rows.flatMap(loanIds));
    const newest = JSON.stringify(rows.map(({ id, generation }) => [id, generation - GENERATIONS]));
    const { since, until, now } = ask;
    return {
      resources: rows.map(({ generation: _generation, ...resource }) => resource),
      total: total.get(ask)!.total,
      loans: loans.all({ ids, since, until, now }),
      cleanings: cleanings.all({ newest, since, until }),
      adminStates: states.all({ newest, until }).reverse(),
    };
  });
  return { timeline: async (ask) => read.deferred(ask) };
}

function loanIds({ id, generation }: Row): string[] {
  return Array.from({ length: Math.min(GENERATIONS, generation + 1) }, (_, back) =>
    allocationId(id, generation - back),
  );
}

function prepare(client: Client) {
  return {
    resources: client.prepare<[TimelineAsk], Row>(
      `select id, name, type, status, admin_state as adminState,
        maintenance_until as maintenanceUntil, changed_at as changedAt, generation,
        json_extract(way_back, '$.since') as wayBackSince
      from resources where pool_id = :poolId and destroyed_at is null order by number limit :limit`,
    ),
    total: client.prepare<[TimelineAsk], { total: number }>(
      `select count(*) as total from resources where pool_id = :poolId and destroyed_at is null`,
    ),
    loans: client.prepare<[object], LaneLoan>(
      `select a.resource_id as resourceId, r.id as reservationId, r.user_id as userId,
        u.name as userName, a.started_at as "from",
        coalesce(a.ended_at, case when r.deadline_at <= :now then r.deadline_at end, r.ends_at) as "to"
      from allocations a join reservations r on r.id = a.reservation_id
        left join users u on u.id = r.user_id
      where a.id in (select value from json_each(:ids)) and a.started_at < :until
        and coalesce(a.ended_at, 9e15) > :since`,
    ),
    cleanings: client.prepare<[object], TimelineRows['cleanings'][number]>(
      `select r.resource_id as resourceId, json_extract(r.record, '$.since') as "from", r.at as "to"
      from json_each(:newest) l join returns r on r.resource_id = l.value ->> 0
        and r.generation > l.value ->> 1
      where r.at > :since and json_extract(r.record, '$.since') < :until`,
    ),
    states: client.prepare<[object], TimelineRows['adminStates'][number]>(
      `select resource_id as resourceId, at, json_extract(data, '$.to') as "to" from events
      where rare is not null and type = 'resource.admin_state' and at < :until
        and resource_id in (select value ->> 0 from json_each(:newest))
      order by seq desc limit ${MOST_STATES}`,
    ),
  };
}
