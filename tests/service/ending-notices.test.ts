import { Reservations } from '../../src/service/loans/reservations';
import { makeJob, type Job } from '../../src/service/jobs/jobs';
import { somebody, TestEngine } from '../helpers/engine';

/** The end of a lease is announced some time before, and nobody pays for a lease that ends early. */

const MINUTE = 60_000;
const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 1, lease: { maximum: 1d } }
  - { name: early, kind: token, driver: simulated, size: 1, lease: { notice: 20m } }
  - { name: never, kind: token, driver: simulated, size: 1, lease: { notice: 0 } }
  - { name: beating, kind: token, driver: simulated, size: 1, lease: { heartbeat: 50m } }
`;

let engine: TestEngine;
let expire: Job;

beforeEach(async () => {
  engine = await TestEngine.start({ pools: POOLS });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const { drivers } = engine;
  expire = makeJob('expire', { engine: engine.engine, drivers, worker: 'test', log });
});

/** How long before each end that was announced its event came, after so many ms more; in ms. */
async function announcedAfter(ms: number): Promise<number[]> {
  engine.clock.advance(ms);
  await expire.runOnce();
  const events = await engine.engine.store.read.eventsAfter(0, 1_000);
  return events
    .filter(({ type }) => type === 'lease.ending')
    .map(({ at, data }) => (data.endsAt as number) - at);
}

const borrow = (pool: string, duration = 60 * MINUTE) =>
  engine.reserve(somebody(), { pool, duration });

test.each([
  ['five minutes before', 'lab', 60 * MINUTE, 5 * MINUTE],
  ['a tenth of a short lease before', 'lab', 10 * MINUTE, MINUTE],
  ['as its pool says', 'early', 60 * MINUTE, 20 * MINUTE],
  ['at once where the lease is shorter than that', 'early', 10 * MINUTE, 10 * MINUTE],
  ['though a heartbeat is due before', 'beating', 40 * MINUTE, 4 * MINUTE],
])('an end is announced %s', async (_, pool, duration, before) => {
  await borrow(pool, duration);
  if (before < duration) expect(await announcedAfter(duration - before - 1_001)).toEqual([]);
  expect(await announcedAfter(before < duration ? 1_001 : 0)).toEqual([before]);
  expect(await announcedAfter(1_001)).toHaveLength(1);
});

test.each([
  ['its pool announces none', 'never', false],
  ['it was given back before', 'lab', true],
])('no end is announced where %s', async (_, pool, givesBack) => {
  const { id } = await borrow(pool);
  if (givesBack) await engine.release(somebody(), id);
  expect(await announcedAfter(59 * MINUTE)).toEqual([]);
});

test('an end that was moved is announced again', async () => {
  const { id } = await borrow('lab');
  expect(await announcedAfter(56 * MINUTE)).toEqual([4 * MINUTE]);
  await new Reservations(engine.engine).extend(somebody(), id, 60 * MINUTE);
  expect(await announcedAfter(58 * MINUTE)).toHaveLength(1);
  expect(await announcedAfter(MINUTE)).toEqual([4 * MINUTE, 5 * MINUTE]);
});
