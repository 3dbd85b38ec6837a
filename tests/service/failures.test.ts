import type { ResourceStatus } from '../../src/domain/lifecycle/resource';
import { tellerOfFailingPools } from '../../src/service/lifecycle/failing-pools';
import { tellerOfQuarantined } from '../../src/service/lifecycle/quarantined';
import { Resources } from '../../src/service/lifecycle/resources';
import { codeOf, somebody, TestEngine } from '../helpers/engine';

/** Back ends that are down and resources that fail: who is affected, and how they are retried. */

const ann = somebody('ann');
const NO_CONTEXT = { requestId: null, idempotencyKey: null };
const CLEANING =
  'cleaning: { retries: 2, backoff: 10s, backoffMaximum: 60s, quarantineRetry: 1h }, ' +
  'verification: { interval: never }';
const POOLS = `
pools:
  - { name: vms, kind: vm, driver: simulated, size: 2, ${CLEANING} }
  - { name: others, kind: vm, driver: simulated, size: 1, ${CLEANING} }
`;

async function start() {
  const test = await TestEngine.start({ pools: POOLS });
  const borrowAndReturn = async (pool: string, count = 1) =>
    test.release(ann, (await test.reserve(ann, { pool, count })).id);
  return { test, resources: new Resources(test.engine), borrowAndReturn };
}

const failures = async (test: TestEngine, name = 'vms-1') => (await test.resource(name)).failures;

describe('a back end that is down', () => {
  it('is logged once per reason and once when it recovers; an admin sees why', async () => {
    const { test, borrowAndReturn } = await start();
    const said: unknown[] = [];
    const note = (fields: object) => void said.push(fields);
    const look = tellerOfFailingPools(test.engine, { info: note, warn: note });
    await look();
    await test.cloud.setBackendDown('vms', true);
    await borrowAndReturn('vms', 2);
    const began = test.clock.at;
    for (let tries = 0; tries < 5; tries += 1) {
      await test.after(600_000);
      await look();
    }
    const reason = 'The simulated back end is down.';
    expect(said).toEqual([{ pool: 'vms', reason }]);
    const [failing] = await test.engine.store.read.failingPools();
    expect(failing).toMatchObject({ reason, since: began + 600_000 });
    await test.engine.store.transact({ load: 'claims', worker: '', limit: 0 }, () => ({
      changes: [{ do: 'setBreaker', breaker: { ...failing!, reason: 'It has no such image.' } }],
      value: null,
    }));
    await look();
    await test.after(3_600_000);
    await look();
    await test.cloud.setBackendDown('vms', false);
    await test.after(3_600_000);
    await look();
    await look();
    expect(said).toEqual([
      { pool: 'vms', reason },
      { pool: 'vms', reason: 'It has no such image.' },
      { pool: 'vms' },
    ]);
  });

  it('is held against no resource, however long, and pending work is done once it recovers', async () => {
    const { test, borrowAndReturn } = await start();
    await test.cloud.setBackendDown('vms', true);
    await borrowAndReturn('vms', 2);
    for (let tries = 0; tries < 10; tries += 1) await test.after(3_600_000);
    expect(await test.statuses('vms')).toEqual({ 'vms-1': 'cleaning', 'vms-2': 'cleaning' });
    expect([await failures(test), await failures(test, 'vms-2')]).toEqual([0, 0]);
    await test.cloud.setBackendDown('vms', false);
    await test.after(3_600_000);
    expect(await test.statuses('vms')).toEqual({ 'vms-1': 'available', 'vms-2': 'available' });
  });

  it('delays no other pool', async () => {
    const { test, borrowAndReturn } = await start();
    await test.cloud.setBackendDown('vms', true);
    await borrowAndReturn('vms');
    await borrowAndReturn('others');
    await test.settle();
    expect(await test.statuses('others')).toEqual({ 'others-1': 'available' });
  });

  it('is left alone until the breaker closes, then tried by one call at a time', async () => {
    const { test, borrowAndReturn } = await start();
    await test.cloud.setBackendDown('vms', true);
    await borrowAndReturn('vms', 2);
    const [first] = await test.claimDue('worker', 1);
    await test.report(first!, await test.call(first!));
    expect(await test.claimDue()).toEqual([]);
    test.clock.advance(7_999);
    expect(await test.claimDue()).toEqual([]);
    test.clock.advance(4_001);
    expect(await test.claimDue()).toHaveLength(1);
    expect(await test.claimDue()).toEqual([]);
  });

  it('does not stop the pool from lending what is available', async () => {
    const { test } = await start();
    await test.cloud.setBackendDown('*', true);
    expect((await test.reserve(ann, { pool: 'vms' })).status).toBe('active');
  });
});

describe('a resource that fails', () => {
  it('is retried after doubling pauses, then quarantined with its reason and retried slowly', async () => {
    const { test, borrowAndReturn } = await start();
    await test.cloud.failNext('vms', 'clean', 100);
    await borrowAndReturn('vms');
    await test.settle();
    const pauses: number[] = [];
    for (let tries = 0; tries < 4; tries += 1) {
      const { dueAt, status } = await test.resource('vms-1');
      pauses.push((dueAt! - test.clock.at) / 1_000);
      expect(status).toBe(tries < 2 ? 'dirty' : 'quarantined');
      await test.after(dueAt! - test.clock.at);
    }
    const [first, second, third, fourth] = pauses;
    expect(first).toBeGreaterThanOrEqual(8);
    expect(first).toBeLessThanOrEqual(12);
    expect(second).toBeGreaterThanOrEqual(16);
    expect(second).toBeLessThanOrEqual(24);
    expect([third, fourth]).toEqual([3_600, 3_600]);
    expect((await test.resource('vms-1')).reason).toContain('clean');
    expect((await test.reserve(ann, { pool: 'vms' })).resources[0]!.resource.name).toBe('vms-2');
  });

  it('is not retried before its pause is over', async () => {
    const { test, borrowAndReturn } = await start();
    await test.cloud.failNext('vms', 'clean', 1);
    await borrowAndReturn('vms');
    await test.settle();
    const { dueAt } = await test.resource('vms-1');
    await test.after(dueAt! - test.clock.at - 1);
    expect((await test.resource('vms-1')).status).toBe('dirty');
    await test.after(1);
    expect((await test.resource('vms-1')).status).toBe('available');
    expect(await failures(test)).toBe(0);
  });

  it('delays no other resource of its pool', async () => {
    const { test, borrowAndReturn } = await start();
    await test.cloud.setPowerState((await test.resource('vms-1')).handle!, 'failed');
    await borrowAndReturn('vms', 2);
    await test.settle();
    expect(await test.statuses('vms')).toEqual({ 'vms-1': 'dirty', 'vms-2': 'available' });
  });

  it('is retried at once from quarantine when an admin asks; a healthy one cannot be', async () => {
    const { test, borrowAndReturn, resources } = await start();
    await test.cloud.failNext('vms', 'clean', 3);
    await borrowAndReturn('vms');
    for (let tries = 0; tries < 3; tries += 1) await test.after(60_000);
    expect((await test.resource('vms-1')).status).toBe('quarantined');
    await resources.unquarantine('vms-1', NO_CONTEXT);
    await test.settle();
    expect(await test.resource('vms-1')).toMatchObject({
      status: 'available',
      reason: null,
      failures: 0,
    });
    expect(await codeOf(resources.unquarantine('vms-1', NO_CONTEXT))).toBe('conflict');
  });

  it('is found out by a verification if it has vanished, and not lent', async () => {
    const { test, resources } = await start();
    await test.cloud.vanish((await test.resource('vms-1')).handle!);
    await resources.clean('vms-1', NO_CONTEXT);
    await test.settle();
    expect((await test.resource('vms-1')).status).toBe('dirty');
  });

  it('is asked again under the same operation if its answer was lost', async () => {
    const { test, borrowAndReturn } = await start();
    await test.cloud.failNext('vms', 'clean', 1, { answerLost: true });
    await borrowAndReturn('vms');
    await test.settle();
    const { operationId } = await test.resource('vms-1');
    test.clock.advance(12_000);
    const [again] = await test.claimDue();
    expect(again!.operation).toMatchObject({ id: operationId, attempt: 2 });
  });
});

it(
  'after cleaning, a resource rests as long as its pool says, and is verified before ' +
    'it is lent',
  async () => {
    const test = await TestEngine.start({
      pools: POOLS.replaceAll('cleaning: {', 'cleaning: { cooldown: 30s,'),
    });
    const loan = await test.reserve(ann, { pool: 'others' });
    const waiting = await test.reserve(ann, { pool: 'others' });
    await test.release(ann, loan.id);
    await test.settle();
    await test.after(29_999);
    expect((await test.view(ann, waiting.id)).status).toBe('queued');
    await test.after(1);
    expect((await test.view(ann, waiting.id)).status).toBe('active');
  },
);

it('a quarantined resource is logged once, and once when it is clean again', async () => {
  const { test, borrowAndReturn } = await start();
  const said: [string, object][] = [];
  const look = tellerOfQuarantined(test.engine, {
    warn: (fields) => void said.push(['warn', fields]),
    info: (fields) => void said.push(['info', fields]),
  });
  await look();
  await test.cloud.failNext('vms', 'clean', 3);
  await borrowAndReturn('vms');
  for (let tries = 0; tries < 4; tries += 1) await test.after(60_000);
  expect(await test.statuses('vms')).toMatchObject({ 'vms-1': 'quarantined' });
  await look();
  await look();
  expect(said).toEqual([
    ['warn', { resource: 'vms-1', pool: 'vms', reason: expect.stringContaining('clean') }],
  ]);
  await test.after(3_600_000);
  await look();
  expect(said.slice(1)).toEqual([['info', { resource: 'vms-1' }]]);
});

it('a return below the level of its pool is logged once, and not at each retry', async () => {
  const test = await TestEngine.start({ pools: POOLS });
  const said: [string, object][] = [];
  const look = tellerOfQuarantined(test.engine, {
    warn: (fields) => void said.push(['warn', fields]),
    info: (fields) => void said.push(['info', fields]),
  });
  const reason = 'The return has shown R1, and the pool asks for R2.';
  const become = async (status: ResourceStatus) => {
    const { id } = await test.resource('vms-1');
    const set = { status, reason: status === 'available' ? null : reason };
    await test.engine.store.transact({ load: 'classes', classIds: [] }, () => ({
      changes: [{ do: 'setResource', id, set }],
      value: null,
    }));
    await look();
  };
  for (const status of ['quarantined', 'cleaning', 'dirty', 'quarantined'] as const)
    await become(status);
  expect(said).toEqual([['warn', { resource: 'vms-1', pool: 'vms', reason }]]);
  await become('available');
  expect(said.slice(1)).toEqual([['info', { resource: 'vms-1' }]]);
});
