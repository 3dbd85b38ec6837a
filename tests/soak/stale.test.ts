import Database from 'better-sqlite3';
import { join } from 'node:path';
import { Pools } from '../../src/service/pools/pools';
import { Resources } from '../../src/service/lifecycle/resources';
import { somebody, TestEngine } from '../helpers/engine';
import { Rows, unsound } from './helpers/database';
import { Gate, type CallMoment, type DriverCall } from './helpers/held-driver';
import { soak } from './helpers/soak';

/** Longer than a claim of the default policy: see `claimLength`. */
const PAST_CLAIM = 190_000;

const ROTATING =
  'pools: [{ name: p, kind: account, driver: held, size: 1, verification: { interval: 1h } }]';
const LASTING =
  'pools: [{ name: p, kind: account, driver: held, size: 1, verification: { interval: 1h ' +
  '}, rotation: { afterLease: false, interval: never } }]';
const OPENING =
  'pools: [{ name: p, kind: container, driver: held, size: 1, settings: { opensAccess: ' +
  'true }, lease: { prepare: 10m }, verification: { interval: 1h } }]';
const HURRIED = OPENING.replace('10m', '1m');

/** How to bring a pool of one to the call: its first provisioning, a loan, an idle hour, a day. */
type Way = 'made' | 'borrowed' | 'returned' | 'idle' | 'deleted';

interface Step {
  pools: string;
  way: Way;
  call: DriverCall;
  /** Which call of the kind, counted from there. */
  nth?: number;
}

const STEPS: Step[] = [
  { pools: ROTATING, way: 'made', call: 'provision' },
  { pools: ROTATING, way: 'made', call: 'issueCredential' },
  { pools: ROTATING, way: 'made', call: 'checkCredential' },
  { pools: ROTATING, way: 'returned', call: 'clean' },
  { pools: ROTATING, way: 'returned', call: 'issueCredential' },
  { pools: ROTATING, way: 'returned', call: 'checkCredential', nth: 1 },
  { pools: ROTATING, way: 'returned', call: 'retireCredential' },
  { pools: ROTATING, way: 'returned', call: 'checkCredential', nth: 2 },
  { pools: ROTATING, way: 'returned', call: 'checkCredential', nth: 3 },
  { pools: ROTATING, way: 'idle', call: 'verify' },
  { pools: ROTATING, way: 'deleted', call: 'destroy' },
  { pools: LASTING, way: 'returned', call: 'clean' },
  { pools: LASTING, way: 'returned', call: 'verify' },
  { pools: OPENING, way: 'made', call: 'provision' },
  { pools: OPENING, way: 'made', call: 'verify' },
  { pools: OPENING, way: 'borrowed', call: 'openAccess' },
  { pools: HURRIED, way: 'borrowed', call: 'openAccess' },
  { pools: OPENING, way: 'returned', call: 'closeAccess' },
  { pools: OPENING, way: 'returned', call: 'clean' },
  { pools: OPENING, way: 'returned', call: 'verify' },
  { pools: OPENING, way: 'deleted', call: 'destroy' },
];

soak('a worker that was stopped past its claim', () => {
  const cases = STEPS.flatMap((step) =>
    (['before', 'after'] as const).map((moment) => ({ ...step, moment })),
  );
  it.each(cases)(
    '$moment $call ($way), changes nothing of the next holder',
    async ({ pools, way, call, nth, moment }) => {
      const gate = new Gate();
      const test = await TestEngine.start({ factories: [gate.factory] });
      if (way !== 'made') {
        await test.load(pools);
        await test.settle();
      }
      const stale = await stopAt(test, gate, { pools, way, call, nth }, moment);
      test.clock.advance(PAST_CLAIM);
      await test.settle();
      await endWay(test, way, pools);
      const bob = await borrowed(test);
      const seen = everything(test);
      stale.release();
      await stale.finished;
      expect(everything(test)).toEqual(seen);
      await expectWorks(test, bob);
      await test.release(somebody('bob'), bob);
      await test.settle();
      expect(Object.values(await test.statuses('p'))).toEqual(['available']);
      const rows = new Rows(test.dataDir);
      expect(unsound(rows)).toEqual([]);
      rows.close();
    },
  );
});

/** Brings a worker to the call and leaves it there. */
async function stopAt(
  test: TestEngine,
  gate: Gate,
  { pools, way, call, nth }: Step,
  moment: CallMoment,
): Promise<{ release(): void; finished: Promise<void> }> {
  if (way === 'made') {
    await test.load(pools);
    await test.reconcile();
  }
  if (way === 'borrowed' || way === 'returned') {
    const ann = await test.reserve(somebody('ann'), { pool: 'p', duration: 3_600_000 });
    if (way === 'returned') {
      await test.settle();
      await test.release(somebody('ann'), ann.id);
    }
  }
  if (way === 'idle') test.clock.advance(3_600_001);
  if (way === 'deleted')
    await new Resources(test.engine).delete(
      (await test.engine.store.read.resources({}, { after: null, limit: 1 }))[0]!.resource.id,
    );
  const held = gate.hold(call, moment, nth);
  const finished = test.runner('stopped').settle();
  await Promise.race([
    held.reached,
    finished.then(() => Promise.reject(new Error(`${call} was never made`))),
  ]);
  return { release: () => held.release(), finished };
}

/** The other worker's work is followed by the next loan. */
async function endWay(test: TestEngine, way: Way, pools: string): Promise<void> {
  if (way === 'borrowed') {
    const [ann] = await test.engine.store.read.reservations(
      { userId: 'user-ann' },
      { after: null, limit: 1 },
    );
    expect(ann).toMatchObject(
      pools === HURRIED ? { status: 'ended', endReason: 'failed' } : { status: 'active' },
    );
    await test.release(somebody('ann'), ann!.id);
    await test.settle();
  }
  if (way === 'deleted') {
    await new Pools(test.engine).change('p', { size: 1 }, null);
    await test.settle();
  }
}

async function borrowed(test: TestEngine): Promise<string> {
  const { id } = await test.reserve(somebody('bob'), { pool: 'p', duration: 3_600_000 });
  await test.settle();
  expect((await test.view(somebody('bob'), id)).status).toBe('active');
  return id;
}

async function expectWorks(test: TestEngine, id: string): Promise<void> {
  const [held] = (await test.view(somebody('bob'), id)).resources;
  const { username, password } = held!.credentials!;
  expect(test.cloud.tryLogin(held!.resource.handle!, username, password!)).toBe(true);
  expect(test.cloud.loginsOf(held!.resource.handle!)).toHaveLength(1);
}

/** All rows of the database and of the simulated cloud. */
function everything(test: TestEngine): unknown {
  return ['holdfast.db', 'simulated.db'].map((name) => {
    const connection = new Database(join(test.dataDir, name), { readonly: true });
    const tables = connection
      .prepare<[], string>(
        "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'",
      )
      .pluck()
      .all();
    const rows = tables.map((table) => [
      table,
      connection.prepare(`select * from "${table}"`).all(),
    ]);
    connection.close();
    return Object.fromEntries(rows) as unknown;
  });
}
