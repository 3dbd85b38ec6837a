import { join } from 'node:path';
import Database from 'better-sqlite3';
import { OVERTAKE_LIMIT } from '../../../src/domain/queue/scheduling';
import { MISCOUNTS } from '../../helpers/counters';

/**
 * What must never be found in the database, as queries that find it: by the rule that it would
 * break.
 */
const ALWAYS: Record<string, string> = {
  'no resource has two holders':
    'select resource_id from allocations where ended_at is null group by resource_id having count(*) > 1',
  'allocated is who has a live allocation': `select id, status from resources r
    where (status = 'allocated') <> exists (select 1 from allocations a where a.resource_id = r.id and a.ended_at is null)`,
  'a live allocation is of a live reservation': `select a.id, v.status from allocations a join reservations v on v.id = a.reservation_id
    where a.ended_at is null and v.status not in ('preparing', 'active')`,
  'who holds anything holds all that was asked for': `select v.id, v.items from reservations v where v.status in ('preparing', 'active')
    and (select sum(value ->> 'count') from json_each(v.items)) <> (select count(*) from allocations a where a.reservation_id = v.id and a.ended_at is null)`,
  'what is missing and what is set aside is what was asked for': `select w.reservation_id, w.item, w.missing, w.count from queue_entries w
    where w.missing + (select count(*) from resources r where r.held_for = w.reservation_id and r.held_item = w.item) <> w.count`,
  'nothing is set aside but what is available, for one who waits': `select r.id, r.status from resources r where r.held_for is not null
    and (r.status <> 'available' or r.admin_state <> 'in_service' or not exists (select 1 from queue_entries w where w.reservation_id = r.held_for))`,
  'who waits is queued, and who is queued waits':
    `select v.id, v.status from reservations v where (v.status = 'queued') <> exists (select ` +
    '1 from queue_entries w where w.reservation_id = v.id)',
  ...Object.fromEntries(
    Object.entries(MISCOUNTS).map(([table, sql]) => [`${table} is what a recount gives`, sql]),
  ),
  'nothing is available that was not cleaned since its last loan': `select r.id, r.generation from resources r where r.status = 'available' and r.generation > 0
    and (r.cleaned_at is null or r.cleaned_at < (select max(a.ended_at) from allocations a where a.resource_id = r.id)
      or not exists (select 1 from operations o where o.resource_id = r.id and o.kind in ('clean', 'issueCredential', 'retireCredential') and o.outcome = 'done' and o.generation = r.generation))`,
  'nothing is available whose old credential was not shown dead': `select r.id from resources r where r.status in ('available', 'allocated')
    and exists (select 1 from credentials c where c.resource_id = r.id and c.state = 'retiring')`,
  'an operation under way is that of its resource':
    'select o.id from operations o join resources r on r.id = o.resource_id where ' +
    'o.finished_at is null and r.operation_id is not o.id',
  'nobody is overtaken without bound': `select id, overtaken from reservations where overtaken > ${OVERTAKE_LIMIT}`,
};

/** What must not be found when all that is due has been done. */
const SETTLED: Record<string, string> = {
  'nobody waits for what is available': `select w.reservation_id, r.id from queue_entries w join resources r on r.class_id = w.class_id
    where w.missing > 0 and (w.resource_id is null or w.resource_id = r.id) and r.status = 'available' and r.admin_state = 'in_service' and r.held_for is null`,
  'a pool has as many as its size says': `select p.name, p.size from pools p where p.sizing = 'managed' and p.deleting_at is null
    and p.size <> (select count(*) from resources r where r.pool_id = p.id and r.destroyed_at is null and r.admin_state <> 'draining' and r.status <> 'destroying')`,
  'time has ended what it ends':
    "select id, status, deadline_at from reservations where status <> 'ended' and deadline_at <= ?",
  'what is due is done, unless the back end is away': `select r.name, r.status, r.next_operation from resources r where r.next_operation is not null and r.held_for is null
    and r.due_at <= ? and not exists (select 1 from breakers b where b.pool_id = r.pool_id)`,
  'nobody waits for a resource that goes':
    'select w.reservation_id from queue_entries w join resources r on r.id = w.resource_id where ' +
    `r.admin_state = 'draining' or r.destroyed_at is not null`,
};

/** Looks at the database of a data directory through a connection of its own. */
export class Invariants {
  private readonly database: Database.Database;
  private readonly statements = new Map<string, Database.Statement>();

  constructor(dataDir: string) {
    this.database = new Database(join(dataDir, 'holdfast.db'), { readonly: true });
  }

  /** The rules that are broken now, each with the rows that break it. */
  broken(now: number, settled: boolean): Record<string, unknown[]> {
    const rules = settled ? { ...ALWAYS, ...SETTLED } : ALWAYS;
    const found = Object.entries(rules).map(
      ([rule, sql]) =>
        [rule, sql.includes('?') ? this.query(sql).all(now) : this.query(sql).all()] as const,
    );
    return Object.fromEntries(found.filter(([, rows]) => rows.length > 0));
  }

  /** Requests and resources, by id. */
  standing(): Record<string, unknown> {
    const requests =
      'select id, status, end_reason as reason, starts_at as startsAt, ends_at as endsAt, ' +
      'heartbeat_by as heartbeatBy, deadline_at as deadlineAt from reservations';
    const resources =
      'select id, status, admin_state as admin, generation, failures, held_for as aside from resources';
    const rows = [requests, resources].flatMap((sql) => this.query(sql).all() as { id: string }[]);
    return Object.fromEntries(rows.map(({ id, ...rest }) => [id, rest]));
  }

  private query(sql: string): Database.Statement {
    const known = this.statements.get(sql) ?? this.database.prepare(sql);
    this.statements.set(sql, known);
    return known;
  }

  close(): void {
    this.database.close();
  }
}
