import Database from 'better-sqlite3';
import { Reconciler } from '../../src/service/jobs/reconciler';
import { join } from 'node:path';
import { makeJob } from '../../src/service/jobs/jobs';
import { Pools } from '../../src/service/pools/pools';
import { prune, RETENTION } from '../../src/service/installation/housekeeping';
import { somebody, TestEngine } from '../helpers/engine';

const MINUTE = 60_000;
const POOLS =
  'pools: [{ name: lab, kind: account, driver: simulated, size: 2 }, { name: passing, ' +
  'kind: vm, driver: simulated, size: 2 }]';
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** How many rows each table of a database has. */
function sizes(dataDir: string): Record<string, number> {
  const connection = new Database(join(dataDir, 'holdfast.db'), { readonly: true });
  const tables = connection
    .prepare<[], string>(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' " +
        "and name not like '\\_%' escape '\\'",
    )
    .pluck()
    .all();
  const counts = Object.fromEntries(
    tables.map((name) => [
      name,
      connection.prepare<[], number>(`select count(*) from "${name}"`).pluck().get()!,
    ]),
  );
  connection.close();
  return counts;
}

async function lend(test: TestEngine, pool: string, key: string): Promise<void> {
  const { id } = await test.reserve(somebody(), { pool });
  await test.engine.store.transact({ load: 'classes', classIds: [] }, (_snapshot, createdAt) => ({
    changes: [
      {
        do: 'saveIdempotencyRecord',
        record: {
          principal: 'p',
          method: 'POST',
          path: '/',
          key,
          requestHash: 'h',
          resultId: id,
          answer: null,
          createdAt,
        },
      },
    ],
    value: null,
  }));
  await test.release(somebody(), id);
  await test.settle();
}

test('an ended loan leaves no row in any table once its time is over', async () => {
  const test = await TestEngine.start({ pools: POOLS });
  const before = sizes(test.dataDir);
  for (const turn of [1, 2, 3]) await lend(test, 'lab', `lab-${turn}`);
  await lend(test, 'passing', 'passing');
  const lent = await test.reserve(somebody(), { pool: 'passing', count: 2 });
  const queued = await test.reserve(somebody(), { pool: 'passing' });
  for (const { id } of [queued, lent]) await test.release(somebody(), id);
  await new Pools(test.engine).delete('passing', null);
  await test.settle();
  await new Reconciler(test.engine).settle();
  expect(await test.engine.store.read.pool('passing')).toBeNull();
  test.clock.advance(Math.max(...Object.values(RETENTION)) + 1);
  await prune(test.engine);
  const after = sizes(test.dataDir);
  expect(after).toMatchObject({
    events: 1,
    reservations: 0,
    allocations: 0,
    operations: 0,
    idempotency_keys: 0,
    queue_entries: 0,
    resources: 2,
    returns: 0,
    pools: 1,
    resource_classes: 1,
    vms: 0,
  });
  // The chain of return records remembers where it ended, and up to where it is forgotten.
  const { chain_ends: ends, ...rest } = after;
  expect(ends).toBe(2);
  expect(Object.entries(rest).filter(([table, count]) => count > before[table]!)).toEqual([]);
  const lines = new Database(join(test.dataDir, 'holdfast.db'), { readonly: true });
  for (const table of ['class_counts', 'queue_lengths']) {
    expect(
      lines
        .prepare(
          `select count(*) as orphaned from ${table} where class_id not in (select id from resource_classes)`,
        )
        .get(),
    ).toEqual({ orphaned: 0 });
  }
  lines.close();
});

test(
  'the job keeps rows for as long as configured, and runs again after a tenth of the ' +
    'shortest time',
  async () => {
    const test = await TestEngine.start({ pools: POOLS });
    await lend(test, 'lab', 'key');
    const { engine, drivers, clock } = test;
    const job = makeJob('prune', {
      engine,
      drivers,
      worker: 'w',
      log,
      keptFor: {
        events: 20 * MINUTE,
        reservations: 10 * MINUTE,
        operations: 5 * MINUTE,
        idempotency: 8 * MINUTE,
      },
    });
    clock.advance(6 * MINUTE);
    expect(await job.runOnce()).toBe(clock.at + MINUTE / 2);
    expect(sizes(test.dataDir)).toMatchObject({
      operations: 0,
      idempotency_keys: 1,
      reservations: 1,
    });
    clock.advance(3 * MINUTE);
    await job.runOnce();
    expect(sizes(test.dataDir)).toMatchObject({
      idempotency_keys: 0,
      reservations: 1,
      allocations: 1,
    });
    clock.advance(2 * MINUTE);
    await job.runOnce();
    expect(sizes(test.dataDir)).toMatchObject({ reservations: 0, allocations: 0 });
    expect(sizes(test.dataDir).events).toBeGreaterThan(1);
    clock.advance(10 * MINUTE);
    await job.runOnce();
    expect(sizes(test.dataDir)).toMatchObject({ events: 1 });
  },
);
