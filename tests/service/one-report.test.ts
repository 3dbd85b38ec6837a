import { join } from 'node:path';
import type { ClaimedOperation } from '../../src/domain/lifecycle/claims';
import { Resources } from '../../src/service/lifecycle/resources';
import { recoverAll } from '../../src/service/installation/recovery';
import { openDatabase } from '../../src/sqlite/open';
import type { Store } from '../../src/store/store';
import { somebody, temporaryDirectory, TestEngine } from '../helpers/engine';
import { Gate } from './support/gated-driver';

/**
 * A cleaning and the new credential after it are reported together: what may happen to the resource
 * and its pool in between.
 */

const ann = somebody('ann');
const bob = somebody('bob');
const NO_CONTEXT = { requestId: null, idempotencyKey: null };
const pools = (more = '', size = 1, driver = 'gated') =>
  `pools: [{ name: free, kind: account, driver: ${driver}, size: ${size}, verification: { ` +
  `interval: never }, cleaning: { deadline: 30s }${more} }]`;

/** Accounts that Ann has given back. */
async function returned(text = pools(), count = 1) {
  const gate = new Gate();
  const test = await TestEngine.start({ pools: text, factories: [gate.factory] });
  const loan = await test.reserve(ann, { pool: 'free', count });
  await test.release(ann, loan.id);
  const { resource, credentials } = loan.resources[0]!;
  return { test, gate, resource, old: credentials! };
}

/** The statuses of all resources, as another connection sees them at once. */
function statusesIn(dataDir: string): string[] {
  const other = openDatabase(join(dataDir, 'holdfast.db'), { timeoutMs: 0 });
  const found = other.prepare<[], string>('SELECT status FROM resources').pluck().all();
  other.close();
  return found.sort();
}

/** The next holder is let in, and nobody else. */
async function expectOneKey(test: TestEngine): Promise<void> {
  const { status, resources } = await test.reserve(bob, { pool: 'free' });
  expect(status).toBe('active');
  const { resource, credentials } = resources[0]!;
  expect(test.letsIn(resource, credentials!)).toBe(true);
  expect(test.cloud.loginsOf(resource.handle!)).toHaveLength(1);
}

describe.each([
  ['false', 'true'],
  ['true', 'false'],
])('while a pool that rotates after leases: %s, ends as: %s', (before, after) => {
  const rotating = (afterLease: string) =>
    pools(`, rotation: { interval: never, afterLease: ${afterLease} }`);

  it.each(['clean', 'issueCredential', 'checkCredential'] as const)(
    'in the middle of %s, the issued credential is kept, and nothing else works',
    async (call) => {
      const { test, gate, resource, old } = await returned(rotating(before));
      const held = gate.hold(call, 'after');
      const working = test.settle();
      const reached = await Promise.race([
        held.reached.then(() => true),
        working.then(() => false),
      ]);
      await test.load(rotating(after));
      held.release();
      await working;
      await expectOneKey(test);
      if (reached && before === 'true') expect(test.letsIn(resource, old)).toBe(false);
    },
  );

  it.each(['resource', 'backend'] as const)(
    'and issuing fails, it is retried (%s)',
    async (scope) => {
      const { test, gate } = await returned(rotating(before));
      await test.cloud.failNext('free', 'issueCredential', 1, { scope, answerLost: true });
      const held = gate.hold('clean', 'after');
      const working = test.settle();
      await held.reached;
      await test.load(rotating(after));
      held.release();
      await working;
      await test.after(60_000);
      await expectOneKey(test);
    },
  );
});

it.each(['issueCredential', 'checkCredential'] as const)(
  'a back end that cleans and then does not answer %s is failing, whatever it did before',
  async (call) => {
    const { test } = await returned(pools('', 3), 3);
    await test.cloud.failNext('free', call, 3, { scope: 'backend' });
    await test.settle();
    expect(await test.engine.store.read.failingPools()).toMatchObject([{ failures: 1 }]);
    await test.after(600_000);
    await test.after(600_000);
    expect(await test.engine.store.read.failingPools()).toEqual([]);
    expect(Object.values(await test.statuses('free'))).toEqual([
      'available',
      'available',
      'available',
    ]);
  },
);

it('the place that a report frees in a full pool is taken in the same transaction', async () => {
  const reports: string[][] = [];
  const dataDir = temporaryDirectory();
  const lookAfterReports = (store: Store): Store => ({
    ...store,
    transact: async (load, ...rest) => {
      const value = await store.transact(load, ...rest);
      if (load.load === 'operation') reports.push(statusesIn(dataDir));
      return value;
    },
  });
  const pool = pools(', concurrency: 1', 2, 'simulated');
  const test = await TestEngine.start({ pools: pool, dataDir, wrap: lookAfterReports });
  const { id } = await test.reserve(ann, { pool: 'free', count: 2 });
  await test.release(ann, id);
  const runner = test.runner('one at a time');
  await runner.pass();
  await runner.pass();
  reports.length = 0;
  await runner.settle();
  expect(reports).toContainEqual(['available', 'cleaning']);
  expect(reports).not.toContainEqual(['available', 'dirty']);
});

it('a credential issued for a cleaning that an admin has restarted lets nobody in', async () => {
  const { test, gate } = await returned();
  const held = gate.hold('issueCredential', 'after');
  const working = test.settle();
  await held.reached;
  await new Resources(test.engine).clean('free-1', NO_CONTEXT);
  held.release();
  await working;
  await test.after(60_000);
  await expectOneKey(test);
});

it('a worker whose cleaning was superseded issues nothing after it', async () => {
  const { test, gate } = await returned();
  const held = gate.hold('clean', 'after');
  const working = test.runner('superseded').settle();
  await held.reached;
  const operationId = gate.calls.at(-1)!.call.operationId;
  await new Resources(test.engine).clean('free-1', NO_CONTEXT);
  gate.calls.length = 0;
  held.release();
  await working;
  const issued = gate.calls.filter(({ name }) => name === 'issueCredential');
  // The cleaning that the admin ordered issues one; the other must not.
  expect(issued).toHaveLength(1);
  expect(issued.map(({ call }) => call.operationId)).not.toContain(operationId);
  await expectOneKey(test);
});

it('a worker whose cleaning was taken over by another process issues nothing after it', async () => {
  const { test, gate } = await returned();
  const held = gate.hold('clean', 'after');
  const late = test.runner('late').settle();
  await held.reached;
  const next = await test.another();
  await recoverAll(next.engine);
  const [taken] = await next.claimDue('other');
  expect(taken!.operation).toMatchObject({ id: gate.calls.at(-1)!.call.operationId, attempt: 2 });
  gate.calls.length = 0;
  held.release();
  await late;
  expect(gate.calls).toEqual([]);
  for (let task: ClaimedOperation | null = taken!; task;)
    task = await next.report(task, await next.call(task), 'other');
  await expectOneKey(next);
});

it(
  'a worker that dies before reporting what it issued leaves nothing that works, even ' +
    'if its pool no longer rotates',
  async () => {
    const { test, gate } = await returned();
    const held = gate.hold('checkCredential');
    const late = test.settle();
    await held.reached;
    const next = await test.another();
    await next.load(pools(', rotation: { interval: never, afterLease: false }'));
    await recoverAll(next.engine);
    await next.settle();
    await expectOneKey(next);
    held.release();
    await late;
  },
);

it('a worker with too little claim left reports the cleaning, and issues under a new claim', async () => {
  const { test, gate } = await returned();
  const held = gate.hold('clean', 'after');
  const working = test.settle();
  await held.reached;
  test.clock.advance(36_000);
  const issuing = gate.hold('issueCredential');
  held.release();
  await issuing.reached;
  const [operation] = await test.engine.store.transact(
    { load: 'claims', worker: 'worker', limit: 1 },
    (claims) => ({ changes: [], value: claims }),
  );
  expect(operation!.operation).toMatchObject({
    kind: 'issueCredential',
    attempt: 1,
    claimedUntil: test.clock.now() + 95_000,
  });
  issuing.release();
  await working;
  await expectOneKey(test);
});
