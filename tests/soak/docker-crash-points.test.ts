import type { OperationKind } from '../../src/domain/lifecycle/operation';
import { recoverAll } from '../../src/service/installation/recovery';
import { describeWithDocker } from '../helpers/docker';
import { Boxes, placesIn, stepsOfALife, WISH, type Way } from './helpers/boxes';
import { answerTo } from './helpers/holder-of-box';
import { say, size, soak } from './helpers/soak';

/** Crashes happen at every n-th step; without start-up, at a third of these. */
const STRIDE = size('DOCKER_STRIDE', 1);

interface Crash {
  kind: OperationKind;
  way: Way;
}

const CRASHES: Crash[] = [
  { kind: 'provision', way: 'made' },
  { kind: 'verify', way: 'made' },
  { kind: 'openAccess', way: 'borrowed' },
  { kind: 'clean', way: 'returned' },
  { kind: 'verify', way: 'idle' },
  { kind: 'destroy', way: 'deleted' },
];

soak('crashes around and within a driver call', () => {
  describeWithDocker('of a real engine', () => {
    let steps: Map<OperationKind, string[]>;
    let boxes: Boxes;
    beforeAll(async () => {
      steps = await stepsOfALife();
    });
    beforeEach(async () => {
      boxes = await Boxes.open();
    });
    afterEach(() => boxes.close());

    it('covers every operation of a box', () => {
      expect([...new Set(CRASHES.map(({ kind }) => kind))].sort()).toEqual(
        [...steps.keys()].sort(),
      );
    });

    // At the first step, the row is written and nothing has been asked; at the last, everything is
    // done and the result is lost.
    const cases = CRASHES.flatMap((crash) =>
      [true, false].map((recovers) => ({ ...crash, recovers })),
    );
    it.each(cases)(
      '$kind, way: $way, with start-up: $recovers',
      async ({ kind, way, recovers }) => {
        const aad = placesIn(steps.get(kind)!, recovers ? STRIDE : 3 * STRIDE);
        await boxes.bring(aad.length, way);
        const caught = await boxes.catch(kind, steps.get(kind)!, aad);
        await Promise.all(caught.map((each) => each.kill()));
        boxes = await boxes.reopen();
        if (recovers) await recoverAll(boxes.jobs.engine);
        for (let pass = 1; pass <= 3; pass += 1) await boxes.jobs.pass();
        await expectMended(boxes, way, aad.length);
        say(
          `crashed ${kind} (${way}, start-up ${recovers ? 'done' : 'left out'}): ${aad.length} workers`,
        );
      },
    );
  });
});

/**
 * Ready to be lent, lent as before, or gone; nothing left over outside; and everything that is lent
 * works.
 */
async function expectMended(boxes: Boxes, way: Way, count: number): Promise<void> {
  expect(boxes.faults()).toEqual([]);
  const found = await boxes.resources();
  expect(await boxes.outside()).toEqual(found.map(({ handle }) => handle).sort());
  if (way === 'deleted') return void expect(found).toEqual([]);
  expect(found.map(({ status }) => status)).toEqual(
    Array.from({ length: count }, () => (way === 'borrowed' ? 'allocated' : 'available')),
  );
  const who = way === 'borrowed' ? 'ann' : 'bob';
  if (who === 'bob') await boxes.borrow(who, count);
  await boxes.settle();
  const held = [...(await boxes.held(who)).values()];
  expect(held).toHaveLength(count);
  const answers = await Promise.all(
    held.map(({ resource }) =>
      Promise.all(
        ['ann', 'bob'].map((username) => answerTo(resource.handle!, { ...WISH, username })),
      ),
    ),
  );
  expect(answers).toEqual(
    held.map(() => (who === 'ann' ? ['accepted', 'refused'] : ['refused', 'accepted'])),
  );
}
