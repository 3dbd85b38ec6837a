import { Resources } from '../../src/service/lifecycle/resources';
import { Pools } from '../../src/service/pools/pools';
import { TestEngine } from '../helpers/engine';

/** A changed policy reaches resources that were idle before: when they are due, and who is next. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NO_CONTEXT = { requestId: null, idempotencyKey: null };
const pool = (rest: string, size = 3) => `
pools:
  - { name: free, kind: account, driver: simulated, size: ${size}, ${rest} }
`;
const NEVER = 'verification: { interval: never }, rotation: { interval: never }';

async function idle(test: TestEngine) {
  const { id: poolId } = (await test.engine.store.read.pool('free'))!;
  const found = await test.engine.store.read.resources({ poolId }, { after: null, limit: 1_000 });
  return found.map(({ resource }) => resource);
}

const due = async (test: TestEngine) =>
  (await idle(test)).map(({ nextOperation, dueAt }) => [
    nextOperation,
    dueAt === null ? null : dueAt - test.clock.now(),
  ]);

it.each([
  ['verification: { interval: 10m }, rotation: { interval: never }', 'verify', 10],
  ['verification: { interval: never }, rotation: { interval: 5m }', 'issueCredential', 5],
])('a pools file that says %s', async (rest, operation, minutes) => {
  const test = await TestEngine.start({ pools: pool(NEVER) });
  expect(await due(test)).toEqual(Array(3).fill([null, null]));
  await test.load(pool(rest));
  await test.reconcile();
  expect(await due(test)).toEqual(Array(3).fill([operation, minutes * MINUTE]));
  await test.after(minutes * MINUTE);
  const done = (await idle(test)).map(({ verifiedAt }) => verifiedAt);
  expect(done).toEqual(Array(3).fill(test.clock.now()));
  await test.load(pool(NEVER));
  await test.reconcile();
  expect(await due(test)).toEqual(Array(3).fill([null, null]));
});

it('a PATCH of the policy, in several bounded steps for a large pool', async () => {
  const test = await TestEngine.start({ pools: pool(NEVER, 450) });
  const { policy } = (await test.engine.store.read.pool('free'))!;
  await new Pools(test.engine).change(
    'free',
    { policy: { ...policy, verification: { interval: MINUTE } } },
    null,
  );
  await test.reconcile();
  expect(await due(test)).toEqual(Array(450).fill(['verify', MINUTE]));
  expect(await test.engine.store.read.poolsToReplan()).toEqual([]);
});

it('another order in which they are lent', async () => {
  const test = await TestEngine.start({ pools: pool(`${NEVER}, pick: lowest`) });
  expect((await idle(test)).map(({ rank }) => rank)).toEqual([1, 2, 3]);
  await test.load(pool(`${NEVER}, pick: longest_idle`));
  await test.reconcile();
  for (const { rank, changedAt } of await idle(test)) expect(rank).toBe(changedAt);
});

it('an idle expiry, longer or shorter, which counts from then', async () => {
  const manual = (lease: string) =>
    'pools: [{ name: free, kind: token, driver: simulated, sizing: manual, ' +
    `verification: { interval: never }, lease: { ${lease} } }]`;
  const test = await TestEngine.start({ pools: manual('idleExpiry: 1m') });
  await new Resources(test.engine).add('free', undefined, NO_CONTEXT);
  await test.settle();
  await test.load(manual('idleExpiry: 10h'));
  await test.reconcile();
  await test.after(HOUR);
  expect(await test.statuses('free')).toEqual({ 'free-1': 'available' });
  await test.load(manual('idleExpiry: 2m'));
  await test.reconcile();
  await test.after(2 * MINUTE - 1);
  expect(await test.statuses('free')).toEqual({ 'free-1': 'available' });
  await test.after(1);
  expect(await test.statuses('free')).toEqual({});
});

it('nothing that concerns them: they are left as they are', async () => {
  const test = await TestEngine.start({ pools: pool(NEVER) });
  await test.load(pool(`${NEVER}, concurrency: 2, lease: { default: 30m }`));
  expect(await test.engine.store.read.poolsToReplan()).toEqual([]);
});
