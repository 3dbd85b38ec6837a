import { Collector } from '../../src/metrics/collector';
import type { DriverCall } from '../../src/service/engine';
import type { Store } from '../../src/store/store';
import { whenDone } from '../helpers/cleanups';
import { somebody, TestEngine } from '../helpers/engine';
import { aResource, apply } from '../store/rows';

/** What the metrics say, by an engine with a clock that the test sets. */

const ann = somebody('ann');
const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 1,
      cleaning: { retries: 1, backoff: 10s, quarantineRetry: 1h }, verification: { interval: never } }
  - { name: boxes, kind: vm, driver: simulated, size: 2, verification: { interval: never } }
`;
const MACHINE = { walSize: async () => 4_096, freeDisk: async () => 1_000, leastDisk: 500 };

async function start(pools = POOLS) {
  const calls: DriverCall[] = [];
  const test = await TestEngine.start({ pools });
  test.engine.onDriverCall = (call) => void calls.push(call);
  const collector = await collectorOf(test.engine.store);
  return { test, collector, calls, show: () => shown(collector) };
}

async function collectorOf(store: Store): Promise<Collector> {
  const collector = new Collector(store, MACHINE);
  await collector.start();
  whenDone(() => collector.stop());
  return collector;
}

/** Our series without buckets, by name and labels; zeros are left out. */
async function shown(collector: Collector): Promise<Record<string, number>> {
  const lines = (await collector.render()).split('\n');
  const series = lines.flatMap((line) => /^holdfast_(?!\w+_bucket)(\S+) (\S+)$/.exec(line) ?? []);
  const pairs = Array.from({ length: series.length / 3 }, (_, at) => [
    series[at * 3 + 1]!,
    Number(series[at * 3 + 2]),
  ]);
  return Object.fromEntries(pairs.filter(([, value]) => value !== 0)) as Record<string, number>;
}

const state = (pool: string, kind: string, status: string, admin = 'in_service') =>
  `resources{pool="${pool}",kind="${kind}",state="${status}",admin_state="${admin}"}`;

test('a loan is a grant, a wait, an end, a return and a hand-over of its pool', async () => {
  const { test, show } = await start();
  const first = await test.reserve(ann, { pool: 'lab' });
  const second = await test.reserve(ann, { pool: 'lab' });
  test.clock.advance(30_000);
  await test.release(ann, first.id);
  test.clock.advance(2_000);
  await test.settle();
  expect((await test.view(ann, second.id)).status).toBe('active');
  const { 'commit_batch_tasks_count{thread="http"}': _, ...seen } = await show();
  expect(seen).toMatchObject({
    [state('lab', 'account', 'allocated')]: 1,
    [state('boxes', 'vm', 'available')]: 2,
    'pool_size{pool="lab"}': 1,
    'grants_total{pool="lab"}': 2,
    'wait_seconds_sum{pool="lab"}': 32,
    'wait_seconds_count{pool="lab"}': 2,
    'lease_seconds_sum{pool="lab"}': 30,
    'handover_seconds_sum{pool="lab"}': 2,
    'clean_seconds_count{pool="lab"}': 1,
    'reservations_ended_total{reason="released"}': 1,
    'returns_total{pool="lab",level="R1",outcome="returned"}': 1,
    wal_size_bytes: 4_096,
    disk_free_bytes: 1_000,
    disk_required_bytes: 500,
  });
  expect(Object.keys(seen).join('\n')).not.toContain(first.id);
});

test('no metric names a user, a resource, a reservation or a secret', async () => {
  const { test, collector } = await start();
  const loan = await test.reserve(ann, { pool: 'lab' });
  const { id } = await test.resource('lab-1');
  const text = await collector.render();
  const secrets = loan.resources.flatMap(({ credentials }) => Object.values(credentials ?? {}));
  expect(secrets).not.toEqual([]);
  for (const secret of [loan.id, id, 'lab-1', ann.userId, ann.userName, ...secrets])
    expect(text).not.toContain(`"${secret}"`);
});

test('an expiry is an end by that reason', async () => {
  const { test, show } = await start();
  await test.reserve(ann, { pool: 'lab', duration: 60_000 });
  await test.after(60_000);
  expect(await show()).toMatchObject({ 'reservations_ended_total{reason="expired"}': 1 });
});

test('nothing from before the start is counted', async () => {
  const { test } = await start();
  await test.release(ann, (await test.reserve(ann, { pool: 'lab' })).id);
  await test.settle();
  const seen = await shown(await collectorOf(test.engine.store));
  expect(Object.keys(seen).filter((name) => /total|_count/.test(name))).toEqual([]);
});

test('a queue has its length and the age of its oldest request', async () => {
  const { test, show } = await start();
  await test.reserve(ann, { pool: 'lab' });
  expect(await show()).not.toHaveProperty('queue_length{pool="lab"}');
  await test.reserve(ann, { pool: 'lab' });
  test.clock.advance(90_000);
  const waiting = await test.reserve(ann, { pool: 'lab' });
  test.clock.advance(1_000);
  expect(await show()).toMatchObject({
    'queue_length{pool="lab"}': 2,
    'queue_oldest_age_seconds{pool="lab"}': 91,
  });
  expect(await show()).not.toHaveProperty('queue_length{pool="boxes"}');
  await test.release(ann, waiting.id);
  expect(await show()).toMatchObject({ 'queue_length{pool="lab"}': 1 });
});

test('the oldest dirty resource is as old as its way back, whatever fails on it', async () => {
  const { test, show } = await start();
  const age = async () => (await show())['dirty_oldest_age_seconds{pool="boxes"}'];
  await test.cloud.failNext('boxes', 'clean', 2);
  await test.release(ann, (await test.reserve(ann, { pool: 'boxes' })).id);
  await test.settle();
  expect(await age()).toBeUndefined();
  await test.after(15_000);
  test.clock.advance(5_000);
  expect(await age()).toBe(20);
  expect(await shown(await collectorOf(test.engine.store))).toMatchObject({
    'dirty_oldest_age_seconds{pool="boxes"}': 20,
  });
  await test.after(3_600_000);
  expect(await age()).toBeUndefined();
});

test('a dirty resource of which no event tells is noticed by the counters', async () => {
  const { test, show } = await start();
  const { poolId, classId } = await test.resource('lab-1');
  const changedAt = test.clock.at;
  const given = { poolId, classId, name: 'lab-9', number: 9, status: 'dirty', changedAt } as const;
  await apply(test.engine.store, { do: 'createResource', resource: aResource('r9', given) });
  test.clock.advance(7_000);
  expect(await show()).toMatchObject({ 'dirty_oldest_age_seconds{pool="lab"}': 7 });
});

test('quarantine, an open breaker and a silent job are seen', async () => {
  const { test, show } = await start();
  await test.cloud.failNext('lab', 'clean', 5);
  await test.release(ann, (await test.reserve(ann, { pool: 'lab' })).id);
  await test.cloud.setBackendDown('boxes', true);
  await test.release(ann, (await test.reserve(ann, { pool: 'boxes' })).id);
  await test.engine.store.beat('expire');
  for (let tries = 0; tries < 4; tries += 1) await test.after(10_000);
  expect(await show()).toMatchObject({
    [state('lab', 'account', 'quarantined')]: 1,
    'breaker_open{pool="boxes"}': 1,
    'job_heartbeat_age_seconds{name="expire"}': 40,
    'job_heartbeat_age_seconds{name="prune"}': 40,
  });
  expect(await show()).not.toHaveProperty('breaker_open{pool="lab"}');
});

test('the calls and commits that threads tell of are counted by driver, step and outcome', async () => {
  const { test, collector, calls, show } = await start();
  await test.cloud.failNext('lab', 'clean', 1);
  await test.release(ann, (await test.reserve(ann, { pool: 'lab' })).id);
  await test.settle();
  await test.after(60_000);
  collector.add({ thread: 'reconcile', calls, commits: [[3, 250]] });
  collector.onMeasured(2, 500);
  expect(await show()).toMatchObject({
    'driver_calls_total{driver="simulated",step="clean",outcome="resource"}': 1,
    'driver_calls_total{driver="simulated",step="clean",outcome="ok"}': 1,
    'driver_call_duration_seconds_count{driver="simulated",step="clean"}': 2,
    'commit_batch_tasks_sum{thread="reconcile"}': 3,
    'commit_duration_seconds_sum{thread="reconcile"}': 0.25,
    'commit_duration_seconds_sum{thread="http"}': 0.5,
  });
});

test('a deleted pool leaves its counts, and no state', async () => {
  const { test, show } = await start();
  await test.release(ann, (await test.reserve(ann, { pool: 'boxes' })).id);
  await test.settle();
  await show();
  await test.load(POOLS.replace(/.*name: boxes.*\n/, ''));
  await test.settle();
  await test.after(600_000);
  const seen = Object.keys(await show()).filter((name) => name.includes('boxes'));
  expect(seen).toContain('grants_total{pool="boxes"}');
  expect(seen.filter((name) => /^(resources|pool|queue|breaker|dirty)/.test(name))).toEqual([]);
});
