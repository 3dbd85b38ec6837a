import { join } from 'node:path';
import Database from 'better-sqlite3';
import { OVERTAKE_LIMIT } from '../../../src/domain/queue/scheduling';
import { GENERATION_STEP } from '../../../src/domain/lifecycle/restored';
import { MISCOUNTS } from '../../helpers/counters';

/**
 * States that must never exist in the database, as queries that find them, by the rule they would
 * break.
 */
const ALWAYS: Record<string, string> = {
  'no resource has two holders': `
    select resource_id from allocations where ended_at is null
    group by resource_id having count(*) > 1`,
  'a resource is allocated exactly while it has a live allocation': `
    select id, status from resources r where (status = 'allocated') <> exists
      (select 1 from allocations a where a.resource_id = r.id and a.ended_at is null)`,
  'a live allocation belongs to a live reservation': `
    select a.id, v.status from allocations a join reservations v on v.id = a.reservation_id
    where a.ended_at is null and v.status not in ('preparing', 'active')`,
  'a holder has everything that the request asked for': `
    select v.id, v.items from reservations v where v.status in ('preparing', 'active')
      and (select sum(value ->> 'count') from json_each(v.items)) <>
        (select count(*) from allocations a
         where a.reservation_id = v.id and a.ended_at is null)`,
  'missing and held resources add up to what was asked for': `
    select w.reservation_id, w.item, w.missing, w.count from queue_entries w
    where w.missing + (select count(*) from resources r
      where r.held_for = w.reservation_id and r.held_item = w.item) <> w.count`,
  'only available resources are held, and only for queued requests': `
    select r.id, r.status from resources r where r.held_for is not null
      and (r.status <> 'available' or r.admin_state <> 'in_service' or not exists
        (select 1 from queue_entries w where w.reservation_id = r.held_for))`,
  'a request that is parked holds nothing': `
    select r.id from resources r join queue_entries w on w.reservation_id = r.held_for
    where w.parked = 1`,
  'what is lent comes back when its lease ends': `
    select r.id, r.back_at, v.ends_at from resources r
    join allocations a on a.resource_id = r.id and a.ended_at is null
    join reservations v on v.id = a.reservation_id
    where v.status = 'active' and r.back_at is not v.ends_at`,
  'what is not lent has no holder to come back from': `
    select id, status, back_at from resources where status <> 'allocated' and back_at is not null`,
  'a reservation is queued exactly while it has queue entries': `
    select v.id, v.status from reservations v where (v.status = 'queued') <> exists
      (select 1 from queue_entries w where w.reservation_id = v.id)`,
  ...Object.fromEntries(
    Object.entries(MISCOUNTS).map(([table, sql]) => [`${table} equals a recount`, sql]),
  ),
  'an available resource or spare was cleaned since its last loan': `
    select r.id, r.generation from resources r
    where r.status in ('available', 'spare') and r.generation > 0
      and (r.cleaned_at is null
        or r.cleaned_at <
          (select max(a.ended_at) from allocations a where a.resource_id = r.id)
        or not exists (select 1 from operations o
          where o.resource_id = r.id and o.outcome = 'done' and o.generation = r.generation
            and o.kind in ('clean', 'issueCredential', 'retireCredential')))`,
  'whatever can be lent has a record of its return, at the level that was asked for': `
    select r.id, r.generation from resources r
    where r.status in ('available', 'spare') and r.generation > 0 and r.generation < ${GENERATION_STEP}
      and not exists (select 1 from returns t
        where t.resource_id = r.id and t.generation = r.generation
          and json_extract(t.record, '$.outcome') = 'returned'
          and (json_extract(t.record, '$.needed') is null
            or json_extract(t.record, '$.level') >= json_extract(t.record, '$.needed')))`,
  'a record names the loan that it follows': `
    select t.seq from returns t
    join reservations v on v.id = json_extract(t.record, '$.reservationId')
    where json_extract(t.record, '$.cause') = 'loan'
      and not exists (select 1 from allocations a
        where a.id = t.resource_id || '.' || (t.generation - 1)
          and a.reservation_id = v.id)`,
  'what is lent or can be lent is on no way back': `
    select id, status from resources
    where status in ('available', 'spare', 'allocated') and way_back is not null`,
  'the chain of records has no gap': `
    select (select max(seq) from returns) as last, count(*) as kept from returns
    having count(*) > 0 and kept <> last - coalesce(
      (select seq from chain_ends where name = 'first'), 0)`,
  'the old credential of an available resource was shown to be dead': `
    select r.id from resources r where r.status in ('available', 'spare', 'allocated')
      and exists (select 1 from credentials c
        where c.resource_id = r.id and c.state = 'retiring')`,
  'an open operation is the one that its resource names': `
    select o.id from operations o join resources r on r.id = o.resource_id
    where o.finished_at is null and r.operation_id is not o.id`,
  'overtakes are bounded': `
    select id, overtaken from reservations where overtaken > ${OVERTAKE_LIMIT}`,
};

/** States that must not exist once all due work is done. */
const SETTLED: Record<string, string> = {
  'no request waits for an available resource': `
    select w.reservation_id, r.id from queue_entries w
    join resources r on r.class_id = w.class_id
    where w.missing > 0 and w.parked = 0 and (w.resource_id is null or w.resource_id = r.id)
      and r.status = 'available' and r.admin_state = 'in_service' and r.held_for is null`,
  'a pool has as many resources as its size and its spares say': `
    select p.name, p.size, p.spares from pools p where p.sizing = 'managed' and p.deleting_at is null
      and p.size + p.spares <> (select count(*) from resources r
        where r.pool_id = p.id and r.destroyed_at is null
          and r.admin_state <> 'draining' and r.status <> 'destroying')`,
  'nothing is to be had beyond the size of a pool': `
    select p.name, p.size from pools p where p.spares > 0 and p.deleting_at is null
      and p.size < (select count(*) from resources r where r.pool_id = p.id
        and (r.status = 'available' and r.admin_state = 'in_service'
          or r.status = 'allocated' and r.admin_state <> 'draining'))
      and exists (select 1 from resources r where r.pool_id = p.id
        and r.status = 'available' and r.admin_state = 'in_service' and r.held_for is null)`,
  'no spare is kept back while its pool lends and offers less than its size': `
    select p.name, r.name from pools p join resources r on r.pool_id = p.id
    where p.deleting_at is null and json_array_length(p.types) = 1
      and r.status = 'spare' and r.admin_state = 'in_service'
      and p.size > (select count(*) from resources o where o.pool_id = p.id
        and (o.status = 'available' and o.admin_state = 'in_service'
          or o.status = 'allocated' and o.admin_state <> 'draining'))`,
  'every deadline that has passed was acted upon': `
    select id, status, deadline_at from reservations
    where status <> 'ended' and deadline_at <= ?`,
  'due work is done, unless the back end is down': `
    select r.name, r.status, r.next_operation from resources r
    where r.next_operation is not null and r.held_for is null and r.due_at <= ?
      and not exists (select 1 from breakers b where b.pool_id = r.pool_id)`,
  'no request waits for a resource that is leaving': `
    select w.reservation_id from queue_entries w join resources r on r.id = w.resource_id
    where r.admin_state = 'draining' or r.destroyed_at is not null`,
};

/** Reads the database of a data directory through a connection of its own. */
export class Invariants {
  private readonly database: Database.Database;
  private readonly statements = new Map<string, Database.Statement>();

  constructor(dataDir: string) {
    this.database = new Database(join(dataDir, 'holdfast.db'), { readonly: true });
  }

  /** The rules that are broken now, each with the offending rows. */
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
