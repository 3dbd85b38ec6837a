import { recoverAll } from '../../src/service/installation/recovery';
import { Resources } from '../../src/service/lifecycle/resources';
import { Reservations } from '../../src/service/loans/reservations';
import { viewReservation, type ReservationView } from '../../src/service/loans/views';
import type { OperationResult } from '../../src/domain/lifecycle/operation-result';
import type { OperationKind, OperationStep } from '../../src/domain/lifecycle/operation';
import type { ClaimedOperation } from '../../src/domain/lifecycle/claims';
import { SimulatedCloud } from '../../src/drivers/simulated';
import type { SimulatedCall } from '../../src/drivers/simulated/settings';
import { somebody, temporaryDirectory } from '../helpers/engine';
import { listed } from '../helpers/listed';
import { Rows, unsound } from './helpers/database';
import { JobsByHand } from './helpers/jobs-by-hand';
import { soak } from './helpers/soak';

const ACCOUNTS =
  'pools: [{ name: p, kind: account, driver: simulated, size: 1, lease: { default: never, ' +
  'openEnded: true } }]';
const BOXES =
  'pools: [{ name: p, kind: container, driver: simulated, size: 1, settings: { ' +
  'opensAccess: true }, lease: { default: never, openEnded: true, prepare: 100h } }]';

/**
 * `claimed`: the row is written, and no call made. `called`: the call has taken effect, and its
 * result is lost.
 */
type Point = 'claimed' | 'called';
const POINTS: Point[] = ['claimed', 'called'];

interface Crash {
  kind: OperationKind;
  step?: OperationStep;
  /** Where a combined report is cut off: at a later call than that of the operation's kind. */
  cut?: SimulatedCall;
  /** How to bring a pool of one to that point. */
  way: 'made' | 'borrowed' | 'returned' | 'idle' | 'deleted';
}

const OF_ACCOUNTS: Crash[] = [
  { kind: 'provision', way: 'made' },
  { kind: 'issueCredential', way: 'made' },
  { kind: 'issueCredential', cut: 'checkCredential', way: 'made' },
  { kind: 'clean', way: 'returned' },
  { kind: 'clean', cut: 'issueCredential', way: 'returned' },
  { kind: 'clean', cut: 'checkCredential', way: 'returned' },
  { kind: 'issueCredential', way: 'returned' },
  { kind: 'issueCredential', step: 'prove', way: 'returned' },
  { kind: 'retireCredential', way: 'returned' },
  { kind: 'retireCredential', cut: 'checkCredential', way: 'returned' },
  { kind: 'verify', way: 'idle' },
  { kind: 'destroy', way: 'deleted' },
];
const OF_BOXES: Crash[] = [
  { kind: 'provision', way: 'made' },
  { kind: 'verify', way: 'made' },
  { kind: 'openAccess', way: 'borrowed' },
  { kind: 'closeAccess', way: 'returned' },
  { kind: 'clean', way: 'returned' },
  { kind: 'verify', way: 'idle' },
  { kind: 'destroy', way: 'deleted' },
];

soak('a crash around a driver call', () => {
  describe('of simulated accounts', () => tellEach(ACCOUNTS, OF_ACCOUNTS));
  describe('of simulated boxes', () => tellEach(BOXES, OF_BOXES));
});

function tellEach(pools: string, crashes: Crash[]): void {
  const cases = crashes.flatMap((crash) =>
    POINTS.flatMap((point) =>
      [true, false].map((recovers) => ({
        ...crash,
        step: crash.step ?? ('call' as const),
        point,
        recovers,
      })),
    ),
  );
  it.each(cases)(
    '$kind ($step, $cut) $point, way: $way, with start-up: $recovers',
    async ({ kind, step, cut, way, point, recovers }) => {
      const dataDir = temporaryDirectory();
      const before = await JobsByHand.open(dataDir);
      await bringTo(before, pools, way);
      const task = await standAt(before, kind, step);
      if (cut) await cutOff(before, dataDir, task, cut, point);
      else if (point === 'called') {
        const result = await before.call(task);
        expect(result.filter(({ ok }) => !ok)).toEqual([]);
      }
      await before.close();
      const after = await JobsByHand.open(dataDir);
      if (recovers) await recoverAll(after.engine);
      await expectMended(after, dataDir, way);
      await after.close();
    },
  );
}

async function bringTo(jobs: JobsByHand, pools: string, way: Crash['way']): Promise<void> {
  await jobs.load(pools);
  if (way === 'made') return;
  await jobs.passNow();
  if (way === 'idle') jobs.clock.advance(3_600_001);
  if (way === 'deleted') await new Resources(jobs.engine).delete('p-1');
  if (way !== 'borrowed' && way !== 'returned') return;
  const loan = await borrow(jobs);
  if (way === 'borrowed') return;
  await jobs.passNow();
  await new Reservations(jobs.engine).release(somebody(), loan.id);
}

async function borrow(jobs: JobsByHand): Promise<ReservationView> {
  const id = await new Reservations(jobs.engine).submitForId(
    somebody(),
    { items: [{ pool: 'p', count: 1 }] },
    { requestId: null, idempotencyKey: null },
  );
  return viewReservation(jobs.engine, somebody(), (await jobs.engine.store.read.reservation(id))!);
}

/** Works like a worker until it reaches the point, and then stops. */
async function standAt(
  jobs: JobsByHand,
  kind: OperationKind,
  step: OperationStep,
): Promise<ClaimedOperation> {
  let [task]: (ClaimedOperation | null | undefined)[] = await jobs.claimDue();
  while (task && !(task.operation.kind === kind && task.operation.step === step)) {
    task = await jobs.report(task, pieceOf(await jobs.call(task), step));
  }
  expect(task?.operation).toMatchObject({ kind, step });
  return task!;
}

/**
 * Makes the calls of an operation up to `cut`, before it or after its effect, and reports none of
 * them.
 */
async function cutOff(
  jobs: JobsByHand,
  dataDir: string,
  task: ClaimedOperation,
  cut: SimulatedCall,
  point: Point,
): Promise<void> {
  const cloud = SimulatedCloud.open(dataDir);
  await cloud.failNext('p', cut, 1, { scope: 'backend', answerLost: point === 'called' });
  expect(JSON.stringify(await jobs.call(task))).toMatch(
    /"reason":"(Simulated failure|The answer) of /,
  );
  await cloud.close();
}

/**
 * A new credential and a proof come with a report. They are steps of their own only if they did not
 * get through.
 */
function pieceOf(result: OperationResult, step: OperationStep): OperationResult {
  const [first] = result;
  return first.step === 'clean' || step === 'prove' ? [first] : result;
}

/**
 * After at most three passes: ready to be lent (or gone), nothing left over outside, and everything
 * that is lent works.
 */
async function expectMended(jobs: JobsByHand, dataDir: string, way: Crash['way']): Promise<void> {
  for (let pass = 1; pass <= 3; pass += 1) await jobs.pass();
  const { store } = jobs.engine;
  const rows = new Rows(dataDir);
  expect(unsound(rows)).toEqual([]);
  rows.close();
  const pool = (await store.read.pool('p'))!;
  const found = await store.read.resources({ poolId: pool.id }, { after: null, limit: 10 });
  const listing = {
    operationId: 'test',
    attempt: 1,
    requestId: null,
    memo: null,
    show: () => undefined,
    signal: AbortSignal.timeout(10_000),
  };
  const outside = await jobs.drivers.use(pool, (driver) => listed(driver, 'p', listing));
  expect(outside.map(({ handle }) => handle)).toEqual(found.map(({ resource }) => resource.handle));
  if (way === 'deleted') return void expect(found).toEqual([]);
  expect(found.map(({ resource }) => resource.status)).toEqual([
    way === 'borrowed' ? 'allocated' : 'available',
  ]);
  const [earlier] = await store.read.reservations({ status: 'active' }, { after: null, limit: 1 });
  const loan = earlier ?? (await borrow(jobs));
  await jobs.passNow();
  const view = await viewReservation(
    jobs.engine,
    somebody(),
    (await store.read.reservation(loan.id))!,
  );
  const [held] = view.resources;
  expect({ status: view.status, resources: view.resources.length }).toEqual({
    status: 'active',
    resources: 1,
  });
  const { resource, details } = held!;
  const thing = {
    resourceId: resource.id,
    pool: 'p',
    name: resource.name,
    kind: resource.kind,
    type: resource.type,
    spec: {},
    fields: {},
    generation: resource.generation,
    handle: resource.handle,
    details,
  };
  const call = {
    operationId: 'test',
    attempt: 1,
    requestId: null,
    memo: null,
    show: () => undefined,
    signal: AbortSignal.timeout(20_000),
  };
  const answer = await jobs.drivers.use(pool, (driver) =>
    driver.checkCredential(thing, held!.credentials!, call),
  );
  expect(answer).toBe('accepted');
  const cloud = SimulatedCloud.open(dataDir);
  expect(cloud.loginsOf(resource.handle!)).toHaveLength(1);
  await cloud.close();
}
