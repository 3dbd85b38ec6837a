import type { EventType } from '../../../domain/event';
import type {
  HistoryAsk,
  LaneHistory,
  LaneLoan,
  LaneResource,
  Window,
} from '../../../domain/timeline/spans';
import type { Reads } from '../../reads';
import type { Db } from '../database';
import { lazy } from '../lazy';

/** The most changes of the admin state that are read, and of quarantines: the newest. */
const MOST_CHANGES = 5_000;

/** `newest`: those of the ask, as JSON. */
interface ChangesAsk {
  until: number;
  newest: string;
}

/** Reads each kind of row for all resources at once. */
export function timelineReads({ $client }: Db): Pick<Reads, 'laneResources' | 'laneHistory'> {
  const statements = lazy(() => prepare($client));
  const history = $client.transaction(
    (ask: HistoryAsk, { since, until }: Window, now: number): LaneHistory => {
      const { loans, cleanings, states, quarantines } = statements();
      const newest = JSON.stringify(ask.newest);
      return {
        loans: loans.all(now, JSON.stringify(ask.allocationIds), until, since),
        cleanings: cleanings.all(newest, since, until),
        adminStates: states.all({ until, newest }),
        quarantines: quarantines.all({ until, newest }),
      };
    },
  );
  return {
    laneResources: async (poolId, limit) => ({
      resources: statements().resources.all(poolId, limit),
      total: statements().total.get(poolId)!.total,
    }),
    laneHistory: async (ask, window, now) => history.deferred(ask, window, now),
  };
}

/** `+?`: SQLite plans a statement again for each value of a parameter that it may look at. */
function prepare(client: Db['$client']) {
  return {
    resources: client.prepare<[string, number], LaneResource>(
      `select id, name, type, status, generation, admin_state as adminState,
        maintenance_until as maintenanceUntil, changed_at as changedAt,
        json_extract(way_back, '$.since') as wayBackSince
      from resources where pool_id = +? and destroyed_at is null order by number limit ? + 0`,
    ),
    total: client.prepare<[string], { total: number }>(
      `select coalesce(sum(n.count), 0) as total
      from resource_classes c join class_counts n on n.class_id = c.id
      where c.pool_id = +? and n.status <> 'destroyed'`,
    ),
    loans: client.prepare<[number, string, number, number], LaneLoan>(
      `select a.resource_id as resourceId, r.id as reservationId, r.user_id as userId,
        u.name as userName, a.started_at as "from",
        coalesce(a.ended_at, case when r.deadline_at <= +? then r.deadline_at end, r.ends_at) as "to"
      from allocations a join reservations r on r.id = a.reservation_id
        left join users u on u.id = r.user_id
      where a.id in (select value from json_each(+?)) and a.started_at < +?
        and coalesce(a.ended_at, 9e15) > +?`,
    ),
    cleanings: client.prepare<[string, number, number], LaneHistory['cleanings'][number]>(
      `select r.resource_id as resourceId, json_extract(r.record, '$.since') as "from", r.at as "to"
      from json_each(+?) l join returns r on r.resource_id = l.value ->> 'resourceId'
        and r.generation > l.value ->> 'above'
      where r.at > +? and json_extract(r.record, '$.since') < +?`,
    ),
    states: client.prepare<ChangesAsk, LaneHistory['adminStates'][number]>(
      changesOf(['resource.admin_state'], `json_extract(data, '$.to') as "to"`),
    ),
    quarantines: client.prepare<ChangesAsk, LaneHistory['quarantines'][number]>(
      changesOf(['resource.quarantined', 'resource.quarantine_ended'], 'type'),
    ),
  };
}

/**
 * The changes of resources until a time, the newest, and the first one of each resource from then on, in
 * order. All types have to be rare.
 */
function changesOf(types: readonly EventType[], column: string): string {
  const found = `resource_id as resourceId, at, ${column} from events
    where rare is not null and type in (${types.map((type) => `'${type}'`).join()})
      and resource_id in (select value ->> 'resourceId' from json_each(+@newest))`;
  return `select * from (
    select * from (select seq, ${found} and at < +@until order by seq desc limit ${MOST_CHANGES})
    union all select min(seq) as seq, ${found} and at >= +@until group by resource_id
  ) order by seq`;
}
