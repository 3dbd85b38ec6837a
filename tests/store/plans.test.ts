import { join } from 'node:path';
import Database from 'better-sqlite3';
import { nothing } from '../../src/domain/change';
import { cutoffsAt } from '../../src/domain/retention';
import { OPERATION_KINDS } from '../../src/domain/lifecycle/operation';
import { RETENTION } from '../../src/service/installation/housekeeping';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store';
import { makeDatabase } from '../helpers/database';
import { temporaryDirectory, TestClock } from '../helpers/engine';

/** Prepares everything at once, so that all of it is seen. */
jest.mock('../../src/store/sqlite/lazy', () => {
  const lazy = <T>(make: () => T) => {
    const made = make();
    return () => made;
  };
  return { lazy, lazily: <T>(make: () => T) => make() };
});

/**
 * The cost of a call must not grow with the size of pools, the length of queues, or history: no
 * statement walks a table.
 */

/** Tables that grow. */
const GROWING = [
  'resources',
  'queue_entries',
  'reservations',
  'allocations',
  'operations',
  'credentials',
  'idempotency_keys',
  'accounts',
  'vms',
  'containers',
  'lent_tokens',
  'api_tokens',
  'user_counts',
  'ended_counts',
  'webhook_deliveries',
];

/** Statements that may walk, and why. */
const EXCUSED: [RegExp, string][] = [
  [
    /^select "status", sum\("count"\) from "user_counts"/,
    'statistics: no more rows than there are live reservations, and one for each user',
  ],
  [/^select count\(\*\) from "api_tokens"/, 'statistics of a legacy API'],
  [
    /from "operations" inner join "resources" .*substr/,
    'walks the partial index of the live ones, when a worker is known to be dead',
  ],
  [
    /from "reservations" order by "reservations"."id" asc limit/,
    'an unfiltered list walks just its page',
  ],
];

/** Statements that may count rows of such a table, and why. */
const COUNTING: [RegExp, string][] = [
  [
    /^select count\(\*\) from \(select 1 as "one" from "queue_entries" .* limit \? \+ 0\)/,
    'a position is exact up to a limit',
  ],
  [
    /^select count\(\*\), count\(\*\) filter .* from "operations" .*"claimed_until" > \+?\?/,
    'as many as are claimed at once',
  ],
  [/^select count\(\*\) from "api_tokens"/, 'statistics of a legacy API'],
  [/^select count\(distinct "reservation_id"\) from "queue_entries"/, 'statistics of a legacy API'],
  [/^select "status", sum\("count"\) from "user_counts"/, 'statistics, as above'],
  [
    /^select coalesce\(sum\("count"\), 0\) from "user_counts" where "user_counts"."user_id" = \+?\?/,
    'as many as there are statuses',
  ],
  [
    /^select distinct "reservation_id" from "queue_entries" .*group by w.item/,
    'when a pool has become smaller',
  ],
];

/** Statements that are kept and run again and again. */
let kept: string[];
/** Those, and what is composed when it is called. */
let statements: string[];
let database: Database.Database;

beforeAll(async () => {
  const file = join(temporaryDirectory(), 'holdfast.db');
  makeDatabase(file);
  ({ kept, statements } = await statementsOf(file));
  database = new Database(file);
});

afterAll(() => database.close());

/**
 * Every statement that a store prepares when it is opened, and those of reads that are composed
 * when called.
 */
async function statementsOf(file: string): Promise<{ kept: string[]; statements: string[] }> {
  const seen = new Set<string>();
  const real = Reflect.get(Database.prototype, 'prepare') as (sql: string) => unknown;
  const spy = jest.spyOn(Database.prototype, 'prepare').mockImplementation(function (
    this: Database.Database,
    sql: string,
  ) {
    seen.add(sql);
    return real.call(this, sql) as never;
  });
  const store = openSqliteStore(file, { clock: new TestClock() });
  const kept = lookups([...seen]);
  await store.transact({ load: 'work', kinds: OPERATION_KINDS, limit: 4 }, () => nothing(null));
  await store.read.resources({}, { after: null, limit: 3 });
  await store.read.reservations({}, { after: null, limit: 3 });
  await store.read.reservations({ status: 'active' }, { after: null, limit: 3 });
  await store.read.reservations({ userId: 'somebody', status: 'queued' }, { after: 'a', limit: 3 });
  for (const order of ['asc', 'desc'] as const)
    for (const status of ['active', 'ended', undefined] as const)
      for (const userId of ['somebody', undefined])
        for (const filter of [{ pool: { id: 'p', name: 'p' } }, { resourceId: 'r' }, {}])
          await store.read.reservationPage(
            { status, userId, now: 1, order, ...filter, from: 'a', to: 'b', since: 1, until: 2 },
            { after: 'a', limit: 3 },
          );
  await store.read.waitingIn(['pool']);
  await store.read.known(['operation'], ['resource']);
  await store.prune(cutoffsAt(0, RETENTION), 10);
  await store.close();
  spy.mockRestore();
  return { kept, statements: lookups([...seen]) };
}

/** On one line each; only those that look something up. */
function lookups(seen: string[]): string[] {
  return seen
    .map((sql) => sql.replace(/\s+/g, ' ').trim())
    .filter((sql) => /^(select|update|delete)/i.test(sql));
}

/** A value for each parameter of a statement, in order or by name. */
function valuesFor(sql: string, value: number | null): unknown[] {
  const names = [...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name, value]);
  const inOrder = Array<number | null>((sql.match(/\?/g) ?? []).length).fill(value);
  return names.length > 0 ? [...inOrder, Object.fromEntries(names)] : inOrder;
}

function planOf(sql: string): string[] {
  const found = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...valuesFor(sql, null));
  return (found as { detail: string }[]).map(({ detail }) => detail);
}

it('no statement walks a growing table', () => {
  expect(statements.length).toBeGreaterThan(50);
  const walks = statements
    .filter((sql) => !EXCUSED.some(([pattern]) => pattern.test(sql)))
    .map((sql) => ({ sql, plan: planOf(sql) }))
    .filter(({ plan }) =>
      plan.some((detail) => GROWING.some((table) => new RegExp(`SCAN ${table}\\b`).test(detail))),
    );
  expect(walks).toEqual([]);
});

it('nothing that grows is counted row by row: counters do that', () => {
  const counting = statements.filter(
    (sql) =>
      /\b(count|sum)\(/i.test(sql) &&
      GROWING.some((table) => new RegExp(`(from|join) "?${table}\\b`, 'i').test(sql)),
  );
  expect(counting.filter((sql) => !COUNTING.some(([pattern]) => pattern.test(sql)))).toEqual([]);
});

it('every excuse is needed', () => {
  expect(
    [...EXCUSED, ...COUNTING]
      .filter(([pattern]) => !statements.some((sql) => pattern.test(sql)))
      .map(([, why]) => why),
  ).toEqual([]);
});

it.each([
  ['users by name', 'users_by_username', /lower\("users"."username"\) = lower\(\+?\?\)/],
  [
    'the available resources of a class, best first',
    'resources_available',
    /"resources"."class_id" = \+?\? and "resources"."status" = 'available'.*order by "resources"."rank"/,
  ],
  [
    'what is due in a pool',
    'resources_due',
    /"resources"."next_operation" = \+?\? and "resources"."due_at" <= \+?\?/,
  ],
  [
    'the heads of a queue',
    'queue_entries_in_order',
    /from "queue_entries" where .*order by "queue_entries"."rank", "queue_entries"."reservation_id" limit/,
  ],
  [
    'the longest-waiting requests of a class',
    'queue_entries_by_age',
    /from "queue_entries" where .*order by "queue_entries"."requested_at", .*"reservation_id" limit/,
  ],
  [
    'requests that name a resource',
    'queue_entries_named',
    /from "queue_entries" where .*"resource_id" = \+?\?.*order by "queue_entries"."rank" limit/,
  ],
  [
    'what time acts on',
    'reservations_deadline',
    /where \("reservations"."deadline_at" <= \+?\? .* order by "reservations"."deadline_at"/,
  ],
  [
    'a lease whose heartbeat is awaited',
    'reservations_by_status (status=? AND id>?)',
    /from "reservations" where \("reservations"."status" = 'active' and "reservations"."id" > /,
  ],
  [
    'resources held for a request',
    'resources_held',
    /from "resources" where "resources"."held_for" = \+?\?/,
  ],
  [
    'calls under way in a pool',
    'operations_claimed',
    /count\(\*\) filter .* from "operations" where \(.*"pool_id" = \+?\? and .*"claimed_until" > \+?\?/,
  ],
  [
    'the last call of a pool whose operation was superseded',
    'operations_superseded',
    /^select "claimed_until" from "operations" where .*"outcome" = 'superseded'.* desc limit/,
  ],
  ['the number of admins', 'users_admins', /^select count\(\*\) from "users"/],
  [
    'whether there is an admin',
    'users_admins',
    /^select "id" from "users" where .*'admin'.* limit/,
  ],
  [
    'a list of reservations of one status',
    'reservations_by_status (status=?)',
    /from "reservations" where "reservations"."status" = \+?\? order by/,
  ],
  [
    "a list of a user's reservations of one status",
    'reservations_by_user_and_status (user_id=? AND status=? AND id>?)',
    /from "reservations" where \("reservations"."id" > \+?\? and "reservations"."user_id" = \+?\?/,
  ],
  [
    'a list of resources',
    'resources_listed (class_id=? AND status=? AND id>?)',
    /^select "id" from "resources" where \("resources"."class_id" = \+?\? and "resources"."status" = \+\?/,
  ],
  [
    'a lease that is over and was not ended',
    'reservations_deadline (deadline_at',
    /from "reservations" where .*\+"reservations"."status" = 'active' .*order by \+"reservations"."id"/,
  ],
  [
    'the ends of maintenances',
    'resources_back_from_maintenance',
    /"maintenance_until" from "resources" where/,
  ],
  [
    'a page of a queue',
    'queue_entries_in_order (class_id=? AND (rank,reservation_id)>(?,?))',
    /^select "rank", "reservation_id" from "queue_entries" where/,
  ],
  [
    'a page of the requests that name a resource',
    'queue_entries_named (resource_id>?)',
    /^select "resource_id", "rank", "reservation_id" from "queue_entries" where/,
  ],
  [
    'the loans of a class',
    'resources_listed (class_id=? AND status=? AND id>?)',
    /from "resources" inner join "allocations" .*order by "resources"."id" asc limit/,
  ],
  [
    'a resource by its number',
    'resources_by_pool (pool_id=? AND number=?)',
    /from "resources" where .*"resources"."number" = \+?\?/,
  ],
  [
    'what a user has',
    'user_counts_1 (user_id=?)',
    /^select "status", "count", "resources" from "user_counts" where/,
  ],
  [
    'what happened, for the metrics,',
    'events USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)',
    /from "events" left join "reservations"/,
  ],
  [
    'the record of a return that happened',
    'returns USING INTEGER PRIMARY KEY (rowid=?)',
    /from "events" left join "reservations"/,
  ],
  [
    'the age of a queue, for the metrics,',
    'queue_entries_by_age (class_id=?)',
    /^select "requested_at" from "queue_entries" .*order by "queue_entries"."requested_at"/,
  ],
  [
    'the age of the head of a queue, for the metrics,',
    'queue_entries_in_order (class_id=?)',
    /^select "requested_at" from "queue_entries" .*order by "queue_entries"."rank"/,
  ],
  [
    'a page of the dirty resources, for the metrics,',
    'resources_listed (class_id=? AND status=? AND id>?)',
    /^select "id", "pool_id", coalesce\(json_extract\("way_back"/,
  ],
  [
    'the length of a queue',
    'INTEGER PRIMARY KEY (rowid=?)',
    /^select "count" from "queue_lengths" where/,
  ],
  [
    'a webhook',
    'sqlite_autoindex_webhooks_1 (id=?)',
    /from "webhooks" where \("webhooks"."id" = \+?\?/,
  ],
  [
    "a page of a user's webhooks",
    'webhooks_by_user (user_id=? AND id>?)',
    /from "webhooks" where .*"webhooks"."user_id" = \+?\?/,
  ],
  [
    'a page of the deliveries of a webhook',
    'webhook_deliveries_listed (webhook_id=? AND seq<?)',
    /from "webhook_deliveries" where .* order by "webhook_deliveries"."seq" desc/,
  ],
  [
    'how many deliveries of a webhook wait',
    'webhook_deliveries_pending (webhook_id=?)',
    /^select "id" from "webhook_deliveries"/,
  ],
  [
    'a delivery that may be tried',
    'webhook_deliveries_pending (webhook_id=? AND next_try_at<?)',
    /from "webhook_deliveries" where .* not exists/,
  ],
  [
    'an earlier delivery of a reservation',
    'SEARCH earlier USING COVERING INDEX webhook_deliveries_in_order',
    /from "webhook_deliveries" where .* not exists/,
  ],
  [
    'when a delivery is next to be tried',
    'webhook_deliveries_pending (webhook_id=? AND next_try_at>?)',
    /^select min\("next_try_at"\) from "webhook_deliveries"/,
  ],
  [
    'a delivery',
    'sqlite_autoindex_webhook_deliveries_1 (id=?)',
    /from "webhook_deliveries" where "webhook_deliveries"."id" = \+?\?/,
  ],
])('%s is found by its own index', (_name, index, pattern) => {
  const found = statements.filter((sql) => pattern.test(sql));
  expect(found).not.toEqual([]);
  for (const sql of found) expect(planOf(sql).join('\n')).toContain(index);
});

it.each([
  ['available', /"resources"."status" = 'available'.*order by "resources"."rank"/],
  [
    'due',
    /"resources"."next_operation" = \+?\? and "resources"."due_at" <= \+?\?.*order by "resources"."due_at"/,
  ],
  [
    'heads',
    /from "queue_entries" where .*order by "queue_entries"."rank", "queue_entries"."reservation_id" limit/,
  ],
  [
    'the longest waiting',
    /from "queue_entries" where .*order by "queue_entries"."requested_at", .* limit/,
  ],
  [
    'overdue',
    /from "reservations" where \("reservations"."deadline_at" <= \+?\? and not .* order by/,
  ],
  ['on a page of reservations', /from "reservations" .*order by "reservations"."id" asc limit/],
  ['on a page of resources', /from "resources" .*order by "resources"."id" asc limit/],
  ['on a page of webhooks', /from "webhooks" .*order by "webhooks"."id" asc limit/],
  ['on a page of deliveries', /from "webhook_deliveries" .*order by .*"seq" desc limit/],
  ['among the deliveries that may be tried', /from "webhook_deliveries" .* not exists .*order by/],
])('nothing is sorted to find %s', (_name, pattern) => {
  const found = statements.filter((each) => pattern.test(each));
  expect(found).not.toEqual([]);
  for (const sql of found)
    expect(planOf(sql).filter((detail) => detail.includes('TEMP B-TREE'))).toEqual([]);
});

/**
 * SQLite plans a statement again whenever a parameter is bound whose value it looked at when it
 * planned (src/store/sqlite/parameters.ts). Nothing is planned again if the values stay bound from
 * run to run, so the two are compared. The fastest of many rounds counts: a busy machine only
 * slows rounds down. Planning takes twice as long as a run of the smallest statement, or longer.
 */
it('every statement is planned once, not at every run', () => {
  const again = kept.map((sql) => [Number(planningShare(sql).toFixed(1)), sql]);
  expect(again.filter(([share]) => (share as number) > 1.8)).toEqual([]);
  expect(planningShare('select max(number) from resources where pool_id = ?')).toBeGreaterThan(1.8);
});

/** How many times as long a run takes whose parameters are bound anew. */
function planningShare(sql: string): number {
  return Math.min(...Array.from({ length: 3 }, () => oneShare(sql)));
}

function oneShare(sql: string): number {
  const values = valuesFor(sql, 1);
  const bound = database.prepare(sql).bind(...values);
  const unbound = database.prepare(sql);
  const run = /^select/i.test(sql) ? 'all' : 'run';
  database.exec('BEGIN');
  const ratio =
    fastest(() => unbound[run](...values)) /
    fastest(() => (bound as unknown as Database.Statement<[]>)[run]());
  database.exec('ROLLBACK');
  return ratio;
}

/** The shortest of 30 rounds of 20 calls, in ms. */
function fastest(call: () => unknown): number {
  const rounds = Array.from({ length: 30 }, () => {
    const start = performance.now();
    for (let index = 0; index < 20; index += 1) call();
    return performance.now() - start;
  });
  return Math.min(...rounds);
}
