import { join } from 'node:path';
import Database from 'better-sqlite3';
import { miscounted } from '../../helpers/counters';

/** The database of a data directory, read without any of our own code. */
export class Rows {
  readonly connection: Database.Database;

  /** Not `readonly` if a log has to be recovered first. */
  constructor(dataDir: string, readonly = true) {
    this.connection = new Database(join(dataDir, 'holdfast.db'), { readonly, timeout: 5_000 });
  }

  all<T>(sql: string, ...values: unknown[]): T[] {
    return this.connection.prepare<unknown[], T>(sql).all(...values);
  }

  count(sql: string, ...values: unknown[]): number {
    return (
      this.connection
        .prepare<unknown[], number>(sql)
        .pluck()
        .get(...values) ?? 0
    );
  }

  /** How many rows each table has. */
  sizes(): Record<string, number> {
    const tables = this.all<{ name: string }>(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name",
    );
    return Object.fromEntries(
      tables.map(({ name }) => [name, this.count(`select count(*) from "${name}"`)]),
    );
  }

  close(): void {
    this.connection.close();
  }
}

interface LoanEvent {
  type: 'resource.allocated' | 'resource.freed' | 'resource.restored';
  resource: string;
  reservation: string;
  generation: number;
}

/**
 * Invariants of any of our databases at any moment; gives the violations, in sentences. The SQL is
 * its own, so that it does not repeat an error of the engine's reading.
 */
export function unsound(rows: Rows): string[] {
  const faults = rows
    .all<{ integrity_check: string }>('pragma integrity_check')
    .map((row) => row.integrity_check)
    .filter((text) => text !== 'ok');
  const none = (what: string, sql: string) =>
    rows.all<{ what: string }>(sql).forEach((row) => faults.push(`${what}: ${row.what}`));
  none(
    'held twice',
    'select resource_id as what from allocations where ended_at is null group by ' +
      'resource_id having count(*) > 1',
  );
  none(
    'allocated to nobody',
    "select name as what from resources r where status = 'allocated' and not exists " +
      '(select 1 from allocations a where a.resource_id = r.id and a.ended_at is null)',
  );
  none(
    'held but not allocated',
    'select r.name as what from allocations a join resources r on r.id = a.resource_id ' +
      "where a.ended_at is null and (r.status <> 'allocated' or r.generation <> a.generation)",
  );
  none(
    'held by what is over',
    'select a.id as what from allocations a join reservations v on v.id = a.reservation_id ' +
      "where a.ended_at is null and v.status not in ('active', 'preparing')",
  );
  none(
    'active with nothing',
    "select id as what from reservations v where status in ('active', 'preparing') and not " +
      'exists (select 1 from allocations a where a.reservation_id = v.id and a.ended_at is ' +
      'null)',
  );
  none(
    'operation of nothing',
    'select o.id as what from operations o left join resources r on r.operation_id = o.id ' +
      'where o.finished_at is null and r.id is null',
  );
  none(
    'resource of a lost operation',
    'select r.name as what from resources r left join operations o on o.id = ' +
      'r.operation_id and o.finished_at is null where r.operation_id is not null and o.id is ' +
      'null',
  );
  none(
    'stuck',
    "select name || ' ' || status as what from resources where status in ('provisioning', " +
      "'dirty', 'cleaning', 'destroying', 'quarantined') and (next_operation is null or " +
      'due_at is null)',
  );
  none(
    'queued nowhere',
    "select id as what from reservations v where status = 'queued' and not exists (select " +
      '1 from queue_entries w where w.reservation_id = v.id)',
  );
  none(
    'waiting though not queued',
    'select w.reservation_id as what from queue_entries w join reservations v on v.id = ' +
      "w.reservation_id where v.status <> 'queued'",
  );
  none(
    'set aside for nobody',
    'select r.name as what from resources r left join reservations v on v.id = ' +
      'r.held_for where r.held_for is not null and (v.id is null or v.status <> ' +
      "'queued')",
  );
  none('miscounted item', missingThatDiffers);
  faults.push(...miscounted(rows.connection).map((row) => `miscounted: ${JSON.stringify(row)}`));
  return [...faults, ...brokenHistory(rows)];
}

const missingThatDiffers = `select w.reservation_id || ' item ' || w.item as what from queue_entries w
  where w.missing <> w.count - 
    (select count(*) from resources r where r.held_for = w.reservation_id and r.held_item = w.item)`;

/**
 * Loans of one resource follow one another: allocated, freed, allocated, …, each a generation
 * higher.
 */
function brokenHistory(rows: Rows): string[] {
  const events = rows.all<LoanEvent>(
    `select type, resource_id as resource, reservation_id as reservation, data ->> 'generation' as generation
     from events where type in ('resource.allocated', 'resource.freed', 'resource.restored') order by seq`,
  );
  const last = new Map<string, LoanEvent>();
  const faults: string[] = [];
  for (const event of events) {
    if (event.type === 'resource.restored') {
      // From a backup: nobody holds it, and generations continue from there.
      last.set(event.resource, { ...event, type: 'resource.freed' });
      continue;
    }
    const before = last.get(event.resource) ?? {
      type: 'resource.freed',
      generation: 0,
      reservation: '',
    };
    last.set(event.resource, event);
    const follows = event.type !== before.type && event.generation === before.generation + 1;
    if (!follows || (event.type === 'resource.freed' && event.reservation !== before.reservation)) {
      faults.push(
        `${event.resource}: ${event.type} ${event.generation} after ${before.type} ${before.generation}`,
      );
    }
  }
  return faults;
}
