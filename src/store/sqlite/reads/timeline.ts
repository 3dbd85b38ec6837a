import type {
  HistoryAsk,
  LaneHistory,
  LaneLoan,
  LaneResource,
} from '../../../domain/timeline/spans';
import type { Reads } from '../../reads';
import type { Db } from '../database';
import { lazy } from '../lazy';

/** The most changes of the admin state that are read, the newest. */
const MOST_STATES = 5_000;

/** Reads each kind of row for all resources at once. */
export function timelineReads({ $client }: Db): Pick<Reads, 'laneResources' | 'laneHistory'> {
  const statements = lazy(() => prepare($client));
  const history = $client.transaction(
    ({ allocationIds, newest }: HistoryAsk, span: object): LaneHistory => {
      const { loans, cleanings, states } = statements();
      const given = { ...span, newest: JSON.stringify(newest) };
      return {
        loans: loans.all({ ...span, ids: JSON.stringify(allocationIds) }),
        cleanings: cleanings.all(given),
        adminStates: states.all(given).reverse(),
      };
    },
  );
  return {
    laneResources: async (poolId, limit) => ({
      resources: statements().resources.all({ poolId, limit }),
      total: statements().total.get({ poolId })!.total,
    }),
    laneHistory: async (ask, window, now) => history.deferred(ask, { ...window, now }),
  };
}

function prepare(client: Db['$client']) {
  return {
    resources: client.prepare<[object], LaneResource>(
      `select id, name, type, status, generation, admin_state as adminState,
        maintenance_until as maintenanceUntil, changed_at as changedAt,
        json_extract(way_back, '$.since') as wayBackSince
      from resources where pool_id = :poolId and destroyed_at is null order by number limit :limit`,
    ),
    total: client.prepare<[object], { total: number }>(
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
    cleanings: client.prepare<[object], LaneHistory['cleanings'][number]>(
      `select r.resource_id as resourceId, json_extract(r.record, '$.since') as "from", r.at as "to"
      from json_each(:newest) l join returns r on r.resource_id = l.value ->> 'resourceId'
        and r.generation > l.value ->> 'above'
      where r.at > :since and json_extract(r.record, '$.since') < :until`,
    ),
    states: client.prepare<[object], LaneHistory['adminStates'][number]>(
      `select resource_id as resourceId, at, json_extract(data, '$.to') as "to" from events
      where rare is not null and type = 'resource.admin_state' and at < :until
        and resource_id in (select value ->> 'resourceId' from json_each(:newest))
      order by seq desc limit ${MOST_STATES}`,
    ),
  };
}
