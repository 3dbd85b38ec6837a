import { join } from 'node:path';
import { enter } from '../../src/sqlite/presence';
import { Reservations } from '../../src/service/loans/reservations';
import { voidClaimsOf, recoverAll } from '../../src/service/installation/recovery';
import { somebody, temporaryDirectory, TestClock, TestEngine } from '../helpers/engine';

/**
 * Point 7: a process dies at any moment, and the next takes everything up. See also
 * credentials.test.ts for rotation.
 */

const ann = somebody('ann');
const NO_CONTEXT = { requestId: null, idempotencyKey: null };
const POOLS = `
pools:
  - { name: free, kind: account, driver: simulated, size: 1, concurrency: 1, lease: { default: 60s } }
  - { name: vms, kind: vm, driver: simulated, size: 2, concurrency: 1, lease: { default: 60s } }
  - { name: boxes, kind: container, driver: simulated, size: 1, settings: { opensAccess: true },
      lease: { default: 60s, prepare: 120s } }
`;

const start = () => TestEngine.start({ pools: POOLS });

describe('a restart', () => {
  it('leaves a live lease alone: same end, same credentials, and it ends in time', async () => {
    const test = await start();
    const loan = await test.reserve(ann, { pool: 'free' });
    test.clock.advance(30_000);
    const next = await test.restart();
    await next.settle();
    const view = await next.view(ann, loan.id);
    expect(view).toMatchObject({ status: 'active', endsAt: loan.endsAt });
    expect(view.resources[0]!.credentials).toEqual(loan.resources[0]!.credentials);
    await next.after(29_999);
    expect((await next.view(ann, loan.id)).status).toBe('active');
    await next.after(1);
    expect(await next.view(ann, loan.id)).toMatchObject({ status: 'ended', endReason: 'expired' });
    expect((await next.resource('free-1')).status).toBe('available');
  });

  it('ends at once what expired while no process was running', async () => {
    const test = await start();
    const loan = await test.reserve(ann, { pool: 'free' });
    const waiting = await test.reserve(ann, { pool: 'free', queueTimeout: 1_000 });
    test.clock.advance(3_600_000);
    const next = await test.restart();
    await next.settle();
    expect((await next.view(ann, loan.id)).endReason).toBe('expired');
    expect((await next.view(ann, waiting.id)).endReason).toBe('timed_out');
  });

  it('keeps the queue in order, with the held resources or as many others', async () => {
    const test = await start();
    await test.reserve(ann, { pool: 'free' });
    const bundle = await new Reservations(test.engine).submitForId(
      ann,
      {
        items: [
          { pool: 'vms', count: 2 },
          { pool: 'free', count: 1 },
        ],
      },
      NO_CONTEXT,
    );
    const second = await test.reserve(ann, { pool: 'vms', duration: 3_600_000 });
    const next = await test.restart();
    expect(
      (await next.engine.store.read.queuePositions(bundle)).map(({ missing }) => missing),
    ).toEqual([2, 1]);
    await next.settle();
    expect(
      (await next.engine.store.read.queuePositions(bundle)).map(({ missing }) => missing),
    ).toEqual([0, 1]);
    await next.after(60_000);
    expect((await next.view(ann, bundle)).status).toBe('active');
    expect((await next.view(ann, second.id)).status).toBe('queued');
  });

  it.each(['claimed', 'called'])(
    'takes up a cleaning that was %s, under the same operation, although its claim has ' +
      'not expired',
    async (phase) => {
      const test = await start();
      const loan = await test.reserve(ann, { pool: 'vms' });
      await test.release(ann, loan.id);
      const [task] = await test.claimDue();
      expect(task!.operation).toMatchObject({ kind: 'clean', attempt: 1 });
      if (phase === 'called') await test.call(task!);
      const next = await test.restart();
      const again = await next.claimDue();
      expect(again.map(({ operation }) => [operation.id, operation.attempt])).toContainEqual([
        task!.operation.id,
        2,
      ]);
      const handle = task!.resource.handle!;
      expect(await next.report(task!, [{ step: 'clean', ok: true, value: { handle } }])).toBeNull();
      expect((await next.resource('vms-1')).status).toBe('cleaning');
    },
  );

  it(
    "is not delayed by the claims of the dead process, even if they filled the pool's " +
      'concurrency',
    async () => {
      const test = await start();
      const loan = await test.reserve(ann, { pool: 'vms', count: 2 });
      await test.release(ann, loan.id);
      await test.claimDue();
      const next = await test.restart();
      await next.settle();
      expect(await next.statuses('vms')).toEqual({ 'vms-1': 'available', 'vms-2': 'available' });
    },
  );

  it('continues to open access for a granted request', async () => {
    const test = await start();
    const loan = await test.reserve(ann, { pool: 'boxes' });
    expect(loan.status).toBe('preparing');
    const [task] = await test.claimDue();
    await test.call(task!);
    const next = await test.restart();
    await next.settle();
    const view = await next.view(ann, loan.id);
    expect(view.status).toBe('active');
    expect(next.letsIn(view.resources[0]!.resource, view.resources[0]!.credentials!)).toBe(true);
    expect(
      next.cloud
        .loginsOf(view.resources[0]!.resource.handle!)
        .filter(({ purpose }) => purpose === 'access'),
    ).toHaveLength(1);
  });

  it('cleans resources whose verification was interrupted', async () => {
    const test = await start();
    test.clock.advance(3_600_000);
    const task = (await test.claimDue()).find(
      ({ operation, resource }) => operation.kind === 'verify' && resource.name === 'vms-1',
    );
    expect(task).toBeDefined();
    const next = await test.restart();
    expect(await next.resource('vms-1')).toMatchObject({
      status: 'dirty',
      nextOperation: 'clean',
      operationId: null,
    });
    expect(await next.resource('vms-2')).toMatchObject({
      status: 'dirty',
      nextOperation: 'verify',
    });
  });

  it('removes what the lost worker made and could not report', async () => {
    const test = await TestEngine.start({
      pools: POOLS.replaceAll('size: 1', 'size: 0').replaceAll('size: 2', 'size: 0'),
    });
    await test.load(POOLS);
    const tasks = await test.claimDue();
    await Promise.all(tasks.map((task) => test.call(task)));
    const next = await test.restart();
    await next.settle();
    expect(
      next.cloud
        .list()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['boxes-1', 'free-1', 'vms-1', 'vms-2']);
  });
});

describe('a second process', () => {
  it('is not the first until all others are gone', async () => {
    const file = join(temporaryDirectory(), 'presence.lock');
    const first = await enter(file);
    expect(first.first).toBe(true);
    first.settle();
    const second = await enter(file);
    expect(second.first).toBe(false);
    first.leave();
    const third = await enter(file);
    expect(third.first).toBe(false);
    second.leave();
    third.leave();
    const fourth = await enter(file);
    expect(fourth.first).toBe(true);
    fourth.settle();
    fourth.leave();
  });

  it('may void the claims of its own dead worker without touching those of others', async () => {
    const test = await start();
    const loan = await test.reserve(ann, { pool: 'vms', count: 2 });
    const box = await test.reserve(ann, { pool: 'boxes' });
    await test.release(ann, loan.id);
    const [mine] = await test.claimDue('one:reconcile', 1);
    const [theirs] = (await test.claimDue('two:reconcile', 64)).filter(
      ({ pool }) => pool.name === 'boxes',
    );
    expect([mine?.pool.name, theirs?.pool.name, box.status]).toEqual(['vms', 'boxes', 'preparing']);
    expect(await voidClaimsOf(test.engine, 'one:')).toBe(1);
    expect((await test.claimDue('three')).map(({ operation }) => operation.id)).toEqual([
      mine!.operation.id,
    ]);
  });
});

it('a start may be interrupted and repeated', async () => {
  const test = await start();
  await recoverAll(test.engine);
  const next = await test.restart();
  await next.settle();
  expect(await next.statuses('vms')).toEqual({ 'vms-1': 'available', 'vms-2': 'available' });
});

it('time does not go back across a restart, whatever the wall clock says', async () => {
  const test = await start();
  const before = test.engine.store.now();
  await test.stop();
  const next = await TestEngine.start({
    dataDir: test.dataDir,
    clock: new TestClock(before - 3_600_000),
  });
  expect(next.engine.store.now()).toBe(before);
  const loan = await next.reserve(ann, { pool: 'vms' });
  expect(loan.startsAt).toBe(before);
});
