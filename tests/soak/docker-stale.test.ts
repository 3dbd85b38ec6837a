import { OPERATION_KINDS, type OperationKind } from '../../src/domain/lifecycle/operation';
import type { ClaimedOperation } from '../../src/domain/lifecycle/claims';
import { Pools } from '../../src/service/pools/pools';
import { describeWithDocker } from '../helpers/docker';
import {
  Boxes,
  PAST_CLAIM,
  placesIn,
  stepsOfALife,
  WISH,
  type Caught,
  type Stopped,
  type Way,
} from './helpers/boxes';
import { answerTo, HolderOfBox } from './helpers/holder-of-box';
import { say, size, soak } from './helpers/soak';

/** Workers are stopped at every n-th step. */
const STRIDE = size('DOCKER_STRIDE', 1);

interface Stop {
  kind: OperationKind;
  way: Way;
  /**
   * Meanwhile, another worker does the same once the claim has expired, or nobody wants it any
   * more.
   */
  meanwhile: 'taken over' | 'lent' | 'given up';
}

const STOPS: Stop[] = [
  { kind: 'provision', way: 'made', meanwhile: 'taken over' },
  { kind: 'verify', way: 'made', meanwhile: 'taken over' },
  { kind: 'verify', way: 'idle', meanwhile: 'taken over' },
  { kind: 'verify', way: 'idle', meanwhile: 'lent' },
  { kind: 'openAccess', way: 'borrowed', meanwhile: 'taken over' },
  { kind: 'openAccess', way: 'borrowed', meanwhile: 'given up' },
  { kind: 'clean', way: 'returned', meanwhile: 'taken over' },
  { kind: 'destroy', way: 'deleted', meanwhile: 'taken over' },
];
/** Containers have no credential of their own, and all access to one ends with it. */
const NEVER: OperationKind[] = ['issueCredential', 'retireCredential', 'closeAccess'];

/** A sweep with one thing to remove, which another worker has removed meanwhile, or not. */
const SWEEP = ['GET /containers/json', 'GET /containers/ID/json', 'DELETE /containers/ID'].flatMap(
  (step) => [step, `answer to ${step}`],
);

soak('workers that are stopped past their claims', () => {
  describeWithDocker('at every step of every operation on a real engine', () => {
    let steps: Map<OperationKind, string[]>;
    let boxes: Boxes;
    beforeAll(async () => {
      steps = await stepsOfALife();
    });
    beforeEach(async () => {
      boxes = await Boxes.open();
    });
    afterEach(() => boxes.close());

    it('covers every operation that the driver can be asked for', () => {
      expect([...steps.keys()].sort()).toEqual(
        OPERATION_KINDS.filter((kind) => !NEVER.includes(kind)).sort(),
      );
      expect([...new Set(STOPS.map(({ kind }) => kind))].sort()).toEqual([...steps.keys()].sort());
    });

    it.each(STOPS)('$kind ($way, $meanwhile)', async ({ kind, way, meanwhile }) => {
      const aad = placesIn(steps.get(kind)!, STRIDE);
      await boxes.bring(aad.length, way);
      const caught = await boxes.catch(kind, steps.get(kind)!, aad);
      boxes.jobs.clock.advance(PAST_CLAIM);
      if (meanwhile === 'given up') await letGoWhenReplaced(boxes, caught);
      else if (meanwhile === 'taken over') await boxes.settle();
      await toNextHolder(boxes, way, aad.length);
      const holders = await holdersOf(boxes);
      const rows = boxes.rows();
      await release(caught);
      expect(boxes.rows()).toEqual(rows);
      expect(await complaintsOf(holders)).toEqual([]);
      await expectNothingElse(boxes, holders);
      say(`stale ${kind} (${way}, ${meanwhile}): ${aad.length} workers`);
    });

    it('the removal of orphans', async () => {
      await boxes.bring(1, 'borrowed');
      await boxes.settle();
      const orphan = await boxes.makeOrphan();
      const caught = await boxes.catchSweeps(SWEEP);
      await boxes.release('ann');
      await boxes.settle();
      await boxes.jobs.sweep();
      expect(await boxes.outside()).not.toContain(orphan);
      await boxes.borrow('bob', 1);
      await boxes.settle();
      const holders = await holdersOf(boxes);
      const rows = boxes.rows();
      await release(caught);
      expect(boxes.rows()).toEqual(rows);
      expect(await complaintsOf(holders)).toEqual([]);
      await expectNothingElse(boxes, holders);
    });
  });
});

async function release(caught: Stopped[]): Promise<void> {
  caught.forEach((each) => each.release());
  await Promise.all(caught.map(({ finished }) => finished));
}

/**
 * The loans end before access is open. The late openings continue while the boxes are replaced, and
 * once more when they are, and must open nothing.
 */
async function letGoWhenReplaced(boxes: Boxes, caught: Caught[]): Promise<void> {
  const { jobs } = boxes;
  await boxes.release('ann');
  const cleanings = await jobs.claimDue();
  expect(new Set(cleanings.map(({ operation }) => operation.kind))).toEqual(new Set(['clean']));
  const half = Math.ceil(cleanings.length / 2);
  const clean = (some: ClaimedOperation[]) =>
    Promise.all(some.map(async (task) => jobs.report(task, await jobs.call(task))));
  await clean(cleanings.slice(0, half));
  const rows = boxes.rows();
  await release(caught);
  expect(boxes.rows()).toEqual(rows);
  await clean(cleanings.slice(half));
  const found = await boxes.resources();
  expect(await boxes.outside()).toEqual(found.map(({ handle }) => handle).sort());
  const answers = await Promise.all(found.map(({ handle }) => answerTo(handle!, WISH)));
  expect(answers).toEqual(found.map(() => 'refused'));
}

/** The other worker's work is followed by the next loan. */
async function toNextHolder(boxes: Boxes, way: Way, count: number): Promise<void> {
  if (way === 'borrowed') {
    await boxes.release('ann');
    await boxes.settle();
  }
  if (way === 'deleted') {
    expect(await boxes.outside()).toEqual([]);
    await new Pools(boxes.jobs.engine).change('p', { size: count }, null);
    await boxes.settle();
  }
  await boxes.borrow('bob', count);
  await boxes.settle();
}

async function holdersOf(boxes: Boxes): Promise<HolderOfBox[]> {
  const held = await boxes.held('bob');
  return Promise.all(
    [...held.values()].map(({ resource, credentials }) =>
      HolderOfBox.of(resource.handle!, {
        ...WISH,
        username: 'bob',
        port: Number(credentials!.port),
      }),
    ),
  );
}

/**
 * The next sweep removes what the late workers made, and also touches nobody. Only the holders'
 * boxes are left then.
 */
async function expectNothingElse(boxes: Boxes, holders: HolderOfBox[]): Promise<void> {
  await boxes.jobs.sweep();
  expect(await complaintsOf(holders)).toEqual([]);
  expect(await boxes.outside()).toEqual(holders.map(({ handle }) => handle).sort());
  holders.forEach((holder) => holder.leave());
  expect(boxes.faults()).toEqual([]);
}

async function complaintsOf(holders: HolderOfBox[]): Promise<string[]> {
  const all = await Promise.all(holders.map((holder) => holder.complaints([WISH])));
  return all.flat();
}
