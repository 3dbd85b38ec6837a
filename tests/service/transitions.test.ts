import { Pools } from '../../src/service/pools/pools';
import { Resources } from '../../src/service/lifecycle/resources';
import { somebody, TestEngine } from '../helpers/engine';

/** People and drivers can cause each step in the life of a resource, and each is in the events. */

const ann = somebody('ann');
const NO_CONTEXT = { requestId: null, idempotencyKey: null };
const POOLS =
  'pools: [{ name: vms, kind: vm, driver: simulated, size: 1, cleaning: { retries: 0, ' +
  'backoff: 1s, quarantineRetry: 1h }, verification: { interval: 10m } }]';

/** The statuses that one resource went through since the last look, from its events. */
async function start() {
  const test = await TestEngine.start({ pools: POOLS });
  let seen = 0;
  const steps = async () => {
    const events = await test.engine.store.read.eventsAfter(seen, 1_000);
    seen = events.at(-1)?.seq ?? seen;
    return events.flatMap(({ type, data }) => {
      if (type === 'resource.status') return [`${data['from']} → ${data['to']}`];
      if (type === 'resource.allocated') return ['available → allocated'];
      return type === 'resource.freed' ? [`allocated → ${data['to']}`] : [];
    });
  };
  const { cloud } = test;
  return {
    test,
    steps,
    cloud,
    resources: new Resources(test.engine),
    handle: (await test.resource('vms-1')).handle!,
  };
}

it('made, verified, available', async () => {
  const { steps } = await start();
  expect(await steps()).toEqual([
    'provisioning → dirty',
    'dirty → cleaning',
    'cleaning → available',
  ]);
});

it('lent, given back, cleaned', async () => {
  const { test, steps } = await start();
  await steps();
  const { id } = await test.reserve(ann, { pool: 'vms' });
  await test.release(ann, id);
  await test.settle();
  expect(await steps()).toEqual([
    'available → allocated',
    'allocated → dirty',
    'dirty → cleaning',
    'cleaning → available',
  ]);
});

it('verified while idle: stays where it is, or is cleaned if it is not sound', async () => {
  const { test, steps, cloud, handle } = await start();
  await steps();
  await test.after(600_000);
  expect(await steps()).toEqual([]);
  await cloud.setPowerState(handle, 'failed');
  await test.after(600_000);
  expect(await steps()).toEqual([
    'available → dirty',
    'dirty → cleaning',
    'cleaning → quarantined',
  ]);
  await cloud.setPowerState(handle, 'running');
  await test.after(3_600_000);
  expect(await steps()).toEqual(['quarantined → cleaning', 'cleaning → available']);
});

it('fails to be made, then is made', async () => {
  const { test, steps, cloud } = await start();
  await steps();
  await cloud.failNext('vms', 'provision', 1);
  await new Pools(test.engine).change('vms', { size: 2 }, null);
  await test.settle();
  expect(await steps()).toEqual(['provisioning → quarantined']);
  await test.after(3_600_000);
  expect((await steps()).slice(0, 1)).toEqual(['quarantined → dirty']);
  expect((await test.resource('vms-2')).status).toBe('available');
});

it('fails its first cleaning, of two attempts', async () => {
  const { test, steps, cloud } = await start();
  const { policy } = (await test.engine.store.read.pool('vms'))!;
  await new Pools(test.engine).change(
    'vms',
    { policy: { ...policy, cleaning: { ...policy.cleaning, retries: 1 } } },
    null,
  );
  const { id } = await test.reserve(ann, { pool: 'vms' });
  await test.release(ann, id);
  await cloud.failNext('vms', 'clean', 1);
  await steps();
  await test.settle();
  await test.after(2_000);
  expect(await steps()).toEqual([
    'dirty → cleaning',
    'cleaning → dirty',
    'dirty → cleaning',
    'cleaning → available',
  ]);
});

it('cleaned again by an admin, from any status except lent, being made or going', async () => {
  const { test, steps, resources, cloud, handle } = await start();
  await steps();
  await resources.clean('vms-1', NO_CONTEXT);
  await resources.clean('vms-1', NO_CONTEXT);
  expect(await steps()).toEqual(['available → dirty', 'dirty → dirty']);
  await cloud.setPowerState(handle, 'failed');
  await test.settle();
  await resources.clean('vms-1', NO_CONTEXT);
  expect((await steps()).slice(-1)).toEqual(['quarantined → dirty']);
  await test.claimDue();
  await resources.clean('vms-1', NO_CONTEXT);
  expect(await steps()).toEqual(['dirty → cleaning', 'cleaning → dirty']);
});

it('removed: at once, or after a failure', async () => {
  const { test, steps, cloud } = await start();
  await steps();
  await cloud.failNext('vms', 'destroy', 1);
  await new Pools(test.engine).change('vms', { size: 0 }, null);
  await test.settle();
  expect(await steps()).toEqual(['available → destroying', 'destroying → quarantined']);
  await test.after(3_600_000);
  expect(await steps()).toEqual(['quarantined → destroyed']);
  expect(cloud.list('vms')).toEqual([]);
});

it('removed from quarantine, and during a cleaning', async () => {
  const { test, steps, cloud, handle, resources } = await start();
  await cloud.setPowerState(handle, 'failed');
  await resources.clean('vms-1', NO_CONTEXT);
  await test.settle();
  await steps();
  await resources.setAdminState('vms-1', 'draining');
  expect(await steps()).toEqual(['quarantined → destroying']);
  await test.settle();
  await resources.clean('vms-2', NO_CONTEXT);
  await test.claimDue();
  await steps();
  await resources.setAdminState('vms-2', 'draining');
  expect(await steps()).toEqual(['cleaning → destroying']);
});
