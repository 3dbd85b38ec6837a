import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { openForReading } from '../../src/sqlite/open';

/** Where a row bears the time from which it is to be kept so long and no longer. */
const TIMES = {
  events: 'at',
  reservations: 'ended_at',
  allocations: 'ended_at',
  operations: 'finished_at',
  idempotency_keys: 'created_at',
  resources: 'destroyed_at',
  api_tokens: 'coalesce(revoked_at, expires_at)',
};

/** What must hold at any moment, as a query for what breaks it. */
const WRONG: Record<string, string> = {
  'held twice':
    'select resource_id from allocations where ended_at is null group by resource_id having count(*) > 1',
  'allocated to nobody':
    "select id from resources r where status = 'allocated' and not exists (select 1 from " +
    'allocations a where a.resource_id = r.id and a.ended_at is null)',
  'held and not allocated':
    'select a.id from allocations a join resources r on r.id = a.resource_id where ' +
    "a.ended_at is null and (r.status <> 'allocated' or r.generation <> a.generation)",
  'held by what is over':
    'select a.id from allocations a left join reservations v on v.id = a.reservation_id ' +
    "where a.ended_at is null and (v.id is null or v.status not in ('active', 'preparing'))",
  forgotten:
    "select id from resources where status not in ('available', 'allocated', 'destroyed') " +
    'and (next_operation is null or due_at is null)',
  'waiting though over':
    'select w.reservation_id from queue_entries w left join reservations v on v.id = ' +
    "w.reservation_id where v.id is null or v.status <> 'queued'",
  'operation of nothing':
    'select o.id from operations o left join resources r on r.operation_id = o.id where ' +
    'o.finished_at is null and r.id is null',
  'count of a line that is gone':
    'select class_id from class_counts where class_id not in (select id from resource_classes) and count ' +
    '= 0 and not exists (select 1 from resources r where r.class_id = class_counts.class_id)',
};

/** The server's database, read past all its code. */
export class Rows {
  private readonly connection: Database.Database;
  private readonly tables: string[];

  constructor(dataDir: string) {
    this.connection = openForReading(join(dataDir, 'holdfast.db'));
    this.tables = this.connection
      .prepare<[], string>(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite%' order by name",
      )
      .pluck()
      .all();
  }

  /** How many rows each table has. */
  counts(): Record<string, number> {
    return Object.fromEntries(
      this.tables.map((name) => [name, this.count(`select count(*) from "${name}"`)]),
    );
  }

  /**
   * Rows whose time was over before this moment (epoch ms), by table; the newest event is none of
   * them.
   */
  outdated(before: number): Record<string, number> {
    const kept: Record<string, string> = {
      events: ' and seq < (select max(seq) from events)',
      resources: ' and not exists (select 1 from allocations where resource_id = resources.id)',
    };
    return Object.fromEntries(
      Object.entries(TIMES).map(([table, time]) => [
        table,
        this.count(`select count(*) from ${table} where ${time} < ${before}${kept[table] ?? ''}`),
      ]),
    );
  }

  /** What is not as it must be, in words. */
  wrong(): string[] {
    const damage = this.connection
      .prepare<[], string>('pragma integrity_check')
      .pluck()
      .all()
      .filter((text) => text !== 'ok');
    const broken = Object.entries(WRONG).flatMap(([what, query]) =>
      this.connection
        .prepare<[], string>(query)
        .pluck()
        .all()
        .map((id) => `${what}: ${id}`),
    );
    return [...damage, ...broken];
  }

  close(): void {
    this.connection.close();
  }

  private count(query: string): number {
    return this.connection.prepare<[], number>(query).pluck().get()!;
  }
}
