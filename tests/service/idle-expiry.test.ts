import { Resources } from '../../src/service/lifecycle/resources';
import { Reservations } from '../../src/service/loans/reservations';
import { somebody, TestEngine } from '../helpers/engine';

/**
 * Manual pools: an idle resource is removed after its time, and not lent from that moment on,
 * whether or not a job has run.
 */

const ann = somebody('ann');
const NO_CONTEXT = { requestId: null, idempotencyKey: null };
const TOKENS =
  'pools: [{ name: tokens, kind: token, driver: simulated, sizing: manual, settings: { ' +
  'leavesNothing: true }, lease: { default: 10s, idleExpiry: 60s } }]';
const VMS =
  'pools: [{ name: tokens, kind: vm, driver: simulated, sizing: manual, lease: { default: ' +
  '10s, idleExpiry: 60s } }]';

async function start(pools = TOKENS, add = 1) {
  const test = await TestEngine.start({ pools });
  const resources = new Resources(test.engine);
  for (let added = 0; added < add; added += 1) await resources.add('tokens', undefined, NO_CONTEXT);
  await test.settle();
  return { test, resources };
}

it.each([
  [59_999, 'active'],
  [60_000, 'queued'],
  [60_001, 'queued'],
])(
  'a resource idle for %i ms, where 60 s is the limit and no job has run: %s',
  async (age, status) => {
    const { test } = await start();
    test.clock.advance(age);
    expect((await test.reserve(ann, { pool: 'tokens' })).status).toBe(status);
  },
);

it('is not lent by name either', async () => {
  const { test } = await start();
  test.clock.advance(60_000);
  const id = await new Reservations(test.engine).submitForId(
    ann,
    { items: [{ resource: 'tokens-1', count: 1 }] },
    NO_CONTEXT,
  );
  expect((await test.view(ann, id)).status).toBe('queued');
  await test.settle();
  await test.settle();
  expect(await test.view(ann, id)).toMatchObject({ status: 'ended', endReason: 'refused' });
});

it('is removed, here and outside', async () => {
  const { test } = await start();
  await test.after(59_999);
  expect(await test.statuses('tokens')).toEqual({ 'tokens-1': 'available' });
  await test.after(1);
  expect(await test.statuses('tokens')).toEqual({});
  expect(test.cloud.list('tokens')).toEqual([]);
});

it('is not given to a queued request if it becomes ready after its time', async () => {
  const { test } = await start(VMS);
  await test.cloud.setBackendDown('tokens', true);
  const loan = await test.reserve(ann, { pool: 'tokens', duration: 10_000 });
  const waiting = await test.reserve(ann, { pool: 'tokens' });
  await test.release(ann, loan.id);
  await test.after(3_600_000);
  await test.cloud.setBackendDown('tokens', false);
  await test.after(3_600_000);
  expect((await test.view(ann, waiting.id)).status).toBe('queued');
  expect(await test.statuses('tokens')).toEqual({});
});

it('is given to nobody if it comes back from maintenance after its time', async () => {
  const { test, resources } = await start();
  await resources.setAdminState('tokens-1', 'maintenance');
  const waiting = await test.reserve(ann, { pool: 'tokens' });
  test.clock.advance(60_000);
  await resources.setAdminState('tokens-1', 'in_service');
  expect((await test.view(ann, waiting.id)).status).toBe('queued');
});

it('counts from its last use', async () => {
  const { test } = await start();
  test.clock.advance(50_000);
  const loan = await test.reserve(ann, { pool: 'tokens' });
  test.clock.advance(5_000);
  await test.release(ann, loan.id);
  await test.after(54_999);
  expect(await test.statuses('tokens')).toEqual({ 'tokens-1': 'available' });
  await test.after(1);
  expect(await test.statuses('tokens')).toEqual({});
});

it('where nothing can stay behind, a returned resource goes to the next request at once', async () => {
  const { test } = await start();
  const loan = await test.reserve(ann, { pool: 'tokens' });
  const waiting = await test.reserve(ann, { pool: 'tokens' });
  await test.release(ann, loan.id);
  expect((await test.view(ann, waiting.id)).status).toBe('active');
  expect((await test.view(ann, waiting.id)).resources[0]!.generation).toBe(3);
});

it('a bundle that is given back at once serves everyone who is queued for its parts', async () => {
  const { test } = await start(TOKENS, 12);
  const loan = await test.reserve(ann, { pool: 'tokens', count: 12 });
  const waiting = await Promise.all(
    Array.from({ length: 12 }, () => test.reserve(ann, { pool: 'tokens' })),
  );
  await test.release(ann, loan.id);
  await test.reconcile();
  expect(
    await Promise.all(waiting.map(async ({ id }) => (await test.view(ann, id)).status)),
  ).toEqual(Array(12).fill('active'));
});

it('a resource that is kept alive during a verification is not verified again each time', async () => {
  const { test, resources } = await start(
    VMS.replace('lease:', 'verification: { interval: 50s }, lease:'),
  );
  await test.after(50_000);
  await resources.keepAlive(ann, 'tokens-1', NO_CONTEXT);
  test.clock.advance(50_000);
  const [task] = await test.claimDue();
  expect(task!.operation.kind).toBe('verify');
  await resources.keepAlive(ann, 'tokens-1', NO_CONTEXT);
  expect(await test.claimDue()).toEqual([]);
  await test.report(task!, await test.call(task!));
  expect(await test.resource('tokens-1')).toMatchObject({
    verifiedAt: test.clock.at,
    expiresAt: test.clock.at + 60_000,
    nextOperation: 'verify',
    dueAt: test.clock.at + 50_000,
  });
});

it('a lent resource is kept alive past its idle expiry', async () => {
  const { test, resources } = await start(
    VMS.replace('default: 10s, idleExpiry: 60s', 'default: 1h, heartbeat: 10m, idleExpiry: 5m'),
  );
  const loan = await test.reserve(ann, { pool: 'tokens' });
  test.clock.advance(6 * 60_000);
  await resources.keepAlive(ann, 'tokens-1', NO_CONTEXT);
  expect((await test.view(ann, loan.id)).heartbeatBy).toBe(test.clock.at + 10 * 60_000);
  expect((await test.resource('tokens-1')).expiresAt).toBe(test.clock.at + 5 * 60_000);
});
