import { OPERATION_KINDS } from '../../src/domain/lifecycle/operation';
import { claimLength } from '../../src/domain/lifecycle/claims';
import { Pools } from '../../src/service/pools/pools';
import { Resources } from '../../src/service/lifecycle/resources';
import { sweep } from '../../src/service/lifecycle/orphans';
import { OperationRunner } from '../../src/service/lifecycle/operation-runner';
import { somebody, TestEngine } from '../helpers/engine';
import { Gate } from './support/gated-driver';

/** Promise 5: a paused worker's late writes change nothing that belongs to the next holder. */

const ann = somebody('ann');
const NO_CONTEXT = { requestId: null, idempotencyKey: null };
const POOLS =
  'pools: [{ name: free, kind: account, driver: gated, size: 1, cleaning: { deadline: 30s } }]';

async function start(pools = POOLS) {
  const gate = new Gate();
  const test = await TestEngine.start({ pools, factories: [gate.factory] });
  const pool = (await test.engine.store.read.pools())[0]!;
  const work = (worker: string) =>
    new OperationRunner(test.engine, test.drivers, OPERATION_KINDS, worker, (error) => {
      throw error;
    }).settle();
  return { test, gate, work, claim: claimLength(pool) };
}

const trace = async (test: TestEngine, name = 'free-1') => {
  const { id: _id, ...resource } = await test.resource(name);
  return {
    resource,
    logins: test.cloud.loginsOf(resource.handle!),
    events: await test.engine.store.read.lastSeq(),
  };
};

describe.each(['clean', 'issueCredential', 'checkCredential', 'retireCredential'] as const)(
  'a worker that is paused in %s',
  (call) => {
    it.each(['before', 'after'] as const)(
      '%s its effect, until another worker has taken over and the resource is lent, ' +
        'changes nothing',
      async (when) => {
        const { test, gate, work, claim } = await start();
        const loan = await test.reserve(ann, { pool: 'free' });
        await test.release(ann, loan.id);
        const held = gate.hold(call, when);
        const paused = work('paused');
        await held.reached;
        test.clock.advance(claim);
        await work('other');
        const next = await test.reserve(somebody('bob'), { pool: 'free' });
        expect(next.status).toBe('active');
        const before = await trace(test);
        held.release();
        await paused;
        expect(await trace(test)).toEqual(before);
        expect(test.letsIn(next.resources[0]!.resource, next.resources[0]!.credentials!)).toBe(
          true,
        );
      },
    );
  },
);

it('another worker takes over only after the claim has expired', async () => {
  const { test, gate, work, claim } = await start();
  const loan = await test.reserve(ann, { pool: 'free' });
  await test.release(ann, loan.id);
  const held = gate.hold('clean');
  const paused = work('paused');
  await held.reached;
  const calls = () => gate.calls.filter(({ name }) => name === 'clean').length;
  const before = calls();
  test.clock.advance(claim - 1);
  await work('other');
  expect(calls()).toBe(before);
  held.release();
  await paused;
  expect((await test.resource('free-1')).status).toBe('available');
});

it('a claim outlasts everything in one report: a cleaning, a new credential, its proof', async () => {
  const { claim } = await start();
  expect(claim).toBeGreaterThan(3 * 30_000);
});

it("an admin's decision made meanwhile stands", async () => {
  const { test, gate, work } = await start();
  const loan = await test.reserve(ann, { pool: 'free' });
  await test.release(ann, loan.id);
  const held = gate.hold('clean', 'after');
  const paused = work('paused');
  await held.reached;
  await new Resources(test.engine).clean('free-1', NO_CONTEXT);
  held.release();
  await paused;
  expect(gate.calls.filter(({ name }) => name === 'clean')).toHaveLength(2);
  expect((await test.resource('free-1')).status).toBe('available');
});

it('a verification of an idle resource that ends after it was lent changes nothing', async () => {
  const { test, gate, work } = await start(
    POOLS.replace('size: 1', 'size: 1, verification: { interval: 10m }'),
  );
  test.clock.advance(600_000);
  const held = gate.hold('verify', 'after');
  const paused = work('paused');
  await held.reached;
  const loan = await test.reserve(ann, { pool: 'free' });
  expect(loan.status).toBe('active');
  const before = await trace(test);
  held.release();
  await paused;
  expect(await trace(test)).toEqual(before);
});

it('access that is opened after its reservation was cancelled lets nobody in', async () => {
  const { test, gate, work, claim } = await start(
    POOLS.replace('account', 'container').replace(
      'size: 1',
      'size: 1, settings: { opensAccess: true }',
    ),
  );
  const loan = await test.reserve(ann, { pool: 'free' });
  const held = gate.hold('openAccess', 'before');
  const paused = work('paused');
  await held.reached;
  await test.release(ann, loan.id);
  test.clock.advance(claim);
  await work('other');
  expect(await test.statuses('free')).toEqual({ 'free-1': 'available' });
  held.release();
  await paused;
  expect(await test.statuses('free')).toEqual({ 'free-1': 'available' });
  expect(test.cloud.loginsOf((await test.resource('free-1')).handle!)).toEqual([]);
});

describe('a pool that is deleted while something is made in it', () => {
  const beginning = async () => {
    const { test, work, ...rest } = await start();
    const pools = new Pools(test.engine);
    await pools.change('free', { size: 2 }, null);
    await test.reconcile();
    const deleted = async () => {
      await pools.delete('free', null);
      await test.reconcile();
      await work('other');
      await test.reconcile();
    };
    const swept = async () => {
      test.clock.advance(1);
      const failures: unknown[] = [];
      await sweep(test.engine, test.drivers, 30_000, (_pool, error) => void failures.push(error));
      return failures.length;
    };
    const state = async () => ({
      pool: (await test.engine.store.read.pool('free')) !== null,
      made: test.cloud.list('free').length,
    });
    return { test, work, deleted, swept, state, ...rest };
  };

  it('stays until that call has ended, and a sweep has removed what it made', async () => {
    const { test, gate, work, deleted, swept, state } = await beginning();
    const held = gate.hold('provision');
    const paused = work('paused');
    await held.reached;
    await deleted();
    await swept();
    expect(await state()).toEqual({ pool: true, made: 0 });
    held.release();
    await paused;
    await test.reconcile();
    expect(await state()).toEqual({ pool: true, made: 1 });
    await swept();
    expect(await state()).toEqual({ pool: false, made: 0 });
  });

  it('stays until the claim of a worker that died is over, and a sweep succeeds', async () => {
    const { test, claim, deleted, swept, state } = await beginning();
    const [task] = await test.claimDue('dying');
    await deleted();
    await test.call(task!);
    await test.cloud.failNext('free', 'list', 1);
    test.clock.advance(claim);
    expect(await swept()).toBe(1);
    await test.reconcile();
    expect(await state()).toEqual({ pool: true, made: 1 });
    expect(await swept()).toBe(0);
    expect(await state()).toEqual({ pool: false, made: 0 });
  });

  it('is gone after its claim; a worker that goes on even later cleans up itself', async () => {
    const { test, gate, work, claim, deleted, swept, state } = await beginning();
    const held = gate.hold('provision');
    const paused = work('paused');
    await held.reached;
    await deleted();
    test.clock.advance(claim);
    await swept();
    expect(await state()).toEqual({ pool: false, made: 0 });
    held.release();
    await paused;
    expect(await state()).toEqual({ pool: false, made: 0 });
  });
});
