import { Resources } from '../../src/service/lifecycle/resources';
import { Reservations } from '../../src/service/loans/reservations';
import { Returns } from '../../src/service/returns/returns';
import type { SimulatedSettings } from '../../src/drivers/simulated/settings';
import { simulatedDriver } from '../../src/drivers/simulated';
import type { Call, DriverFactory } from '../../src/drivers/driver';
import { cutoffsAt } from '../../src/domain/retention';
import { codeOf, somebody, TestEngine } from '../helpers/engine';

/** Records of returns, as loans of the simulated driver leave them. */

const [ann, bob] = [somebody('ann'), somebody('bob')];
const HOUR = 3_600_000;

interface PoolOptions {
  settings?: Partial<SimulatedSettings>;
  policy?: Record<string, unknown>;
  size?: number;
  driver?: string;
}

/** The simulated driver; while it is shy, no search of it shows anything. */
const shyness = { isShy: false };
const shy: DriverFactory = {
  ...(simulatedDriver as DriverFactory),
  name: 'shy',
  create: (settings, env) => {
    const show = (call: Call): Call => ({
      ...call,
      show: ({ searched, ...evidence }) =>
        call.show({ ...evidence, ...(shyness.isShy ? {} : { searched }) }),
    });
    const driver = (simulatedDriver as DriverFactory).create(settings, env);
    const retireCredential = driver.retireCredential.bind(driver);
    return Object.assign(driver, {
      retireCredential: (...[target, old, current, call]: Parameters<typeof retireCredential>) =>
        retireCredential(target, old, current, show(call)),
    });
  },
};

const POOL = (
  { settings = {}, policy = {}, size = 1, driver = 'simulated' }: PoolOptions = {},
  name = 'lab',
) => JSON.stringify({ name, kind: 'account', driver, size, settings, ...policy });

async function start(...pools: string[]) {
  const test = await TestEngine.start({
    pools: `{ pools: [${pools.join(', ')}] }`,
    factories: [shy],
  });
  const returns = new Returns(test.engine, new Reservations(test.engine));
  const all = async () => (await returns.list({}, { after: null, limit: 99 })).reverse();
  const records = async () => (await all()).map(({ record }) => record);
  const lendAndReturn = async (pool = 'lab') => {
    const { id } = await test.reserve(ann, { pool });
    await test.settle();
    await test.release(ann, id);
    await test.settle();
    return id;
  };
  return { test, returns, records, lendAndReturn, resources: new Resources(test.engine) };
}

it('a new resource leaves a record that needs no level; a loan leaves one with its steps', async () => {
  const { test, records, lendAndReturn } = await start(POOL());
  expect(await records()).toMatchObject([
    { cause: 'new', outcome: 'returned', needed: null, reservationId: null, generation: 0 },
  ]);
  test.clock.advance(5_000);
  const since = test.clock.at;
  const id = await lendAndReturn();
  const [, record] = await records();
  expect(record).toMatchObject({
    cause: 'loan',
    outcome: 'returned',
    level: 'R1',
    needed: 'R1',
    since,
    resource: 'lab-1',
    pool: 'lab',
    driver: 'simulated',
    reservationId: id,
    generation: 2,
    shown: { refused: { times: 3, accepted: 3 } },
  });
  expect(record!.steps.map(({ step, calls, failures }) => [step, calls, failures])).toEqual(
    ['clean', 'issueCredential', 'proveCredential', 'retireCredential'].map((step) => [step, 1, 0]),
  );
  expect((await test.resource('lab-1')).wayBack).toBeNull();
});

it('a record tells the failures on the way', async () => {
  const { test, records } = await start(POOL());
  const { id } = await test.reserve(ann, { pool: 'lab' });
  await test.cloud.failNext('lab', 'clean', 2);
  await test.release(ann, id);
  await test.settle();
  await test.after(HOUR);
  await test.after(HOUR);
  const [, record] = await records();
  expect(record).toMatchObject({ outcome: 'returned', level: 'R1' });
  expect(record!.steps[0]).toMatchObject({
    step: 'clean',
    calls: 3,
    failures: 2,
    failure: expect.stringMatching(/./) as string,
  });
  expect(record!.steps[1]).toMatchObject({ step: 'issueCredential', calls: 1, failures: 0 });
});

it.each<[string, Partial<SimulatedSettings>, string]>([
  ['R0 where nothing is shown', { rotates: false, provisions: true }, 'R0'],
  ['R1 for access that is closed', { opensAccess: true }, 'R1'],
  ['R2', { proves: 'R2' }, 'R2'],
  ['R3', { proves: 'R3' }, 'R3'],
  ['R4 where cleaning replaces', { opensAccess: true, replaces: true }, 'R4'],
  ['R0 where nothing is done', { leavesNothing: true, rotates: false }, 'R0'],
])('a level is reached: %s', async (_name, settings, level) => {
  const { test, records, lendAndReturn } = await start(POOL({ settings }));
  await lendAndReturn();
  expect((await records()).at(-1)).toMatchObject({ cause: 'loan', level, needed: level });
  expect(await test.statuses('lab')).toEqual({ 'lab-1': 'available' });
});

describe('minProof', () => {
  it('above the reach of the driver is refused, with its field', async () => {
    const pool = POOL({ policy: { minProof: 'R3' } });
    await expect(start(pool)).rejects.toThrow(/minProof: the driver simulated shows R1 at most/);
    const kept = POOL({ policy: { minProof: 'R1', rotation: { afterLease: false } } });
    await expect(start(kept)).rejects.toThrow(/minProof: with this rotation and derived, .* R0/);
  });

  it('below it is enough', async () => {
    const policy = { minProof: 'R0', rotation: { afterLease: false } };
    const { test, records, lendAndReturn } = await start(POOL({ policy }));
    await lendAndReturn();
    expect((await records()).at(-1)).toMatchObject({ level: 'R0', needed: 'R0' });
    expect(await test.statuses('lab')).toEqual({ 'lab-1': 'available' });
  });

  it('keeps in quarantine whatever has shown less, and lends it once it has shown enough', async () => {
    const { test, records, resources } = await start(
      POOL({ driver: 'shy', settings: { proves: 'R3' } }),
    );
    const { id } = await test.reserve(ann, { pool: 'lab' });
    shyness.isShy = true;
    await test.release(ann, id);
    await test.settle();
    expect((await records()).at(-1)).toMatchObject({
      outcome: 'refused',
      level: 'R2',
      needed: 'R3',
    });
    expect(await test.resource('lab-1')).toMatchObject({
      status: 'quarantined',
      reason: 'The return has shown R2, and the pool asks for R3.',
      nextOperation: 'clean',
    });
    const { store } = test.engine;
    const types = (await store.read.eventsAfter(0, 500)).map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining(['resource.return_refused', 'resource.quarantined']),
    );
    const waiting = await test.reserve(bob, { pool: 'lab' });
    await test.after(HOUR);
    expect((await test.view(bob, waiting.id)).status).toBe('queued');
    shyness.isShy = false;
    await resources.unquarantine('lab-1', { requestId: null, idempotencyKey: null });
    await test.settle();
    expect((await test.view(bob, waiting.id)).status).toBe('active');
    expect((await records()).at(-1)).toMatchObject({
      outcome: 'returned',
      level: 'R3',
      cause: 'loan',
      reservationId: id,
    });
  });
});

it('derived: acceptUntilExpiry lowers what is asked for, and the record says so', async () => {
  const policy = { derived: 'acceptUntilExpiry' };
  const { records, lendAndReturn } = await start(POOL({ settings: { proves: 'R3' }, policy }));
  await lendAndReturn();
  expect((await records()).at(-1)).toMatchObject({
    level: 'R1',
    needed: 'R1',
    shown: { derived: { how: 'acceptedUntilExpiry' } },
  });
});

it('a removed resource leaves a record that says so', async () => {
  const { test, records, resources } = await start(POOL({ size: 2 }));
  const { id } = await test.reserve(ann, { items: [{ resource: 'lab-1', count: 1 }] });
  await resources.delete('lab-1');
  await test.release(ann, id);
  await test.settle();
  expect((await records()).at(-1)).toMatchObject({
    outcome: 'removed',
    resource: 'lab-1',
    reservationId: id,
    steps: [{ step: 'destroy' }],
  });
});

it('maintenance of an idle resource leaves none', async () => {
  const { test, records } = await start(POOL({ policy: { rotation: { interval: '1h' } } }));
  const before = (await records()).length;
  await test.after(2 * HOUR);
  expect((await test.resource('lab-1')).rotatedAt).toBeGreaterThan(0);
  expect(await records()).toHaveLength(before);
});

describe('a borrower', () => {
  it('is shown the return before theirs, and nobody else is', async () => {
    const { test, returns, lendAndReturn } = await start(POOL());
    const first = await test.reserve(ann, { pool: 'lab' });
    expect(await returns.before(ann, first.id)).toMatchObject([
      { resource: 'lab-1', found: { record: { cause: 'new' } } },
    ]);
    await test.release(ann, first.id);
    await test.settle();
    const second = await test.reserve(bob, { pool: 'lab' });
    const [before] = await returns.before(bob, second.id);
    expect(before!.found!.record).toMatchObject({ cause: 'loan', reservationId: first.id });
    expect(await codeOf(returns.before(ann, second.id))).toBe('not_found');
    await test.release(bob, second.id);
    await test.settle();
    await lendAndReturn();
    // Later returns are not before theirs.
    expect(await returns.before(bob, second.id)).toEqual([before]);
  });

  it('of several resources is shown one each', async () => {
    const { test, returns } = await start(POOL({ size: 3 }));
    const { id } = await test.reserve(ann, { pool: 'lab', count: 3 });
    const found = await returns.before(ann, id);
    expect(found.map(({ resource }) => resource).sort()).toEqual(['lab-1', 'lab-2', 'lab-3']);
    expect(found.every((one) => one.found?.record.resource === one.resource)).toBe(true);
  });
});

describe('lists', () => {
  it('go by pool, level and time, the newest first, page by page', async () => {
    const { test, returns, lendAndReturn } = await start(
      POOL(),
      POOL({ settings: { proves: 'R3' } }, 'big'),
    );
    test.clock.advance(HOUR);
    const since = test.clock.at;
    await lendAndReturn('lab');
    await lendAndReturn('big');
    test.clock.advance(HOUR);
    const until = test.clock.at;
    await lendAndReturn('big');
    const seqs = async (query: Parameters<Returns['list']>[0]) =>
      (await returns.list(query, { after: null, limit: 9 })).map(({ seq }) => seq);
    expect(await seqs({})).toEqual([5, 4, 3, 2, 1]);
    expect(await seqs({ pool: 'big' })).toHaveLength(3);
    expect(await seqs({ level: 'R3' })).toEqual([5, 4]);
    expect(await seqs({ pool: 'lab', level: 'R3' })).toEqual([]);
    expect(await seqs({ since })).toEqual([5, 4, 3]);
    expect(await seqs({ since, until })).toEqual([4, 3]);
    expect(await seqs({ until: 0 })).toEqual([]);
    const [first, second] = await returns.list({}, { after: null, limit: 2 });
    expect([first!.seq, second!.seq]).toEqual([5, 4]);
    expect((await returns.list({}, { after: 4, limit: 2 })).map(({ seq }) => seq)).toEqual([3, 2]);
    const ofOne = await returns.ofResource('big-1', { after: null, limit: 9 });
    expect(ofOne.map(({ seq }) => seq).slice(0, 2)).toEqual([5, 4]);
    // Page by page, they are the same.
    const after = await returns.ofResource('big-1', { after: 5, limit: 9 });
    expect([ofOne[0], ...after]).toEqual(ofOne);
    expect(await codeOf(returns.list({ pool: 'none' }, { after: null, limit: 1 }))).toBe(
      'not_found',
    );
  });
});

it('the chain holds, also after the oldest records were forgotten', async () => {
  const { test, returns, lendAndReturn } = await start(POOL());
  for (let loan = 0; loan < 3; loan += 1) await lendAndReturn();
  test.clock.advance(HOUR);
  const cut = test.clock.at;
  await lendAndReturn();
  expect(await returns.verify()).toMatchObject({ records: 5, faultCount: 0, forgotten: null });
  const never = { events: 0, reservations: 0, idempotency: 0, operations: 0 };
  await test.engine.store.prune({ ...cutoffsAt(0, never), returns: cut }, 100);
  expect(await returns.verify()).toMatchObject({
    records: 1,
    faultCount: 0,
    forgotten: { seq: 4 },
    head: { seq: 5 },
  });
});
