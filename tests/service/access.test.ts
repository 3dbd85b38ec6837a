import { Reservations } from '../../src/service/loans/reservations';
import { codeOf, somebody, TestEngine } from '../helpers/engine';

/** Pools that open access per holder: preparing, its deadline, failure and cancelling. */

const ann = somebody('ann');
const POOLS = `
pools:
  - { name: boxes, kind: container, driver: simulated, size: 2, settings: { opensAccess: true },
      lease: { default: 60s, prepare: 10s }, cleaning: { backoff: 1s } }
  - { name: free, kind: account, driver: simulated, size: 1, lease: { default: 60s } }
`;

async function start() {
  const test = await TestEngine.start({ pools: POOLS });
  const ask = async () => {
    const items = [
      { pool: 'boxes', count: 2 },
      { pool: 'free', count: 1 },
    ];
    const id = await new Reservations(test.engine).submitForId(
      ann,
      { items },
      { requestId: null, idempotencyKey: null },
    );
    return test.view(ann, id);
  };
  const allClean = async () => {
    await test.after(60_000);
    expect({ ...(await test.statuses('boxes')), ...(await test.statuses('free')) }).toEqual({
      'boxes-1': 'available',
      'boxes-2': 'available',
      'free-1': 'available',
    });
    for (const name of ['boxes-1', 'boxes-2'])
      expect(test.cloud.loginsOf((await test.resource(name)).handle!)).toEqual([]);
  };
  return { test, ask, allClean };
}

describe('a reservation that is being prepared', () => {
  it('holds its resources, shows no credentials, and has no lease yet', async () => {
    const { test, ask } = await start();
    const view = await ask();
    expect(view).toMatchObject({
      status: 'preparing',
      startsAt: null,
      endsAt: null,
      waitingFor: 'access is being opened',
    });
    expect(view.resources.map(({ credentials }) => credentials)).toEqual([null, null, null]);
    expect(await codeOf(new Reservations(test.engine).extend(ann, view.id, 1))).toBe('conflict');
    expect(await codeOf(test.reserve(ann, { pool: 'boxes', queueTimeout: 0 }))).toBe(
      'unavailable_now',
    );
  });

  it('becomes active when the last access is open, and its lease counts from then', async () => {
    const { test, ask } = await start();
    const { id } = await ask();
    test.clock.advance(5_000);
    const tasks = await test.claimDue();
    expect(tasks.map(({ operation }) => operation.kind)).toEqual(['openAccess', 'openAccess']);
    await test.report(tasks[0]!, await test.call(tasks[0]!));
    expect((await test.view(ann, id)).status).toBe('preparing');
    await test.report(tasks[1]!, await test.call(tasks[1]!));
    const view = await test.view(ann, id);
    expect(view).toMatchObject({
      status: 'active',
      startsAt: test.clock.at,
      endsAt: test.clock.at + 60_000,
    });
    for (const { resource, credentials } of view.resources)
      expect(test.letsIn(resource, credentials!)).toBe(true);
  });

  it('fails as a whole when access to one resource cannot be opened; all are cleaned', async () => {
    const { test, ask, allClean } = await start();
    const { id } = await ask();
    await test.cloud.failNext('boxes', 'openAccess', 1);
    await test.runner().settle();
    expect(await test.view(ann, id)).toMatchObject({
      status: 'ended',
      endReason: 'failed',
      endDetail: 'Access could not be opened.',
    });
    await allClean();
  });

  it('waits for a back end that is down, until its deadline', async () => {
    const { test, ask, allClean } = await start();
    const { id } = await ask();
    await test.cloud.setBackendDown('boxes', true);
    await test.settle();
    await test.after(9_999);
    expect((await test.view(ann, id)).status).toBe('preparing');
    await test.cloud.setBackendDown('boxes', false);
    await test.after(1);
    expect(await test.view(ann, id)).toMatchObject({ status: 'ended', endReason: 'failed' });
    await allClean();
  });

  it('fails at its deadline, even if the last access opens then and no job has run', async () => {
    const { test, ask, allClean } = await start();
    const { id } = await ask();
    const tasks = await test.claimDue();
    const reports = await Promise.all(tasks.map((task) => test.call(task)));
    await test.report(tasks[0]!, reports[0]!);
    test.clock.advance(10_000);
    await test.report(tasks[1]!, reports[1]!);
    expect((await test.view(ann, id)).endReason).toBe('failed');
    await allClean();
  });

  it('can be cancelled: all resources are cleaned, and anything opened later is closed', async () => {
    const { test, ask, allClean } = await start();
    const { id } = await ask();
    const tasks = await test.claimDue();
    await test.report(tasks[0]!, await test.call(tasks[0]!));
    await test.release(ann, id);
    await test.report(tasks[1]!, await test.call(tasks[1]!));
    expect(await test.view(ann, id)).toMatchObject({ status: 'ended', endReason: 'released' });
    await allClean();
  });
});

describe('access', () => {
  it('is what the holder asked for', async () => {
    const { test } = await start();
    const { id } = await test.reserve(ann, {
      pool: 'boxes',
      access: { username: 'me', password: 'mine' },
    });
    await test.settle();
    const { resource, credentials } = (await test.view(ann, id)).resources[0]!;
    expect(credentials).toMatchObject({ username: 'me', password: 'mine' });
    expect(test.cloud.tryLogin(resource.handle!, 'me', 'mine')).toBe(true);
  });

  it('ends with the lease: the old login is dead before the next holder is let in', async () => {
    const { test } = await start();
    const { id } = await test.reserve(ann, { pool: 'boxes' });
    await test.settle();
    const { resource, credentials } = (await test.view(ann, id)).resources[0]!;
    await test.after(60_000);
    expect(test.letsIn(resource, credentials!)).toBe(false);
    const next = await test.reserve(somebody('bob'), { pool: 'boxes' });
    await test.settle();
    const view = await test.view(somebody('bob'), next.id);
    expect(view.resources[0]!.resource.id).toBe(resource.id);
    expect(test.letsIn(resource, view.resources[0]!.credentials!)).toBe(true);
    expect(test.letsIn(resource, credentials!)).toBe(false);
  });

  it('cannot be requested where the pool opens none', async () => {
    const { test } = await start();
    expect(await codeOf(test.reserve(ann, { pool: 'free', access: { username: 'me' } }))).toBe(
      'unsupported',
    );
  });
});
