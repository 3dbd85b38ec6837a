import { nextTry, placesFor, TRIED_FOR } from '../../src/domain/webhooks/retries';

const HOUR = 3_600_000;

/** The times of all tries of a receiver that never answers, in ms after the first. */
function times(fraction: number): number[] {
  const found = [0];
  for (;;) {
    const now = found.at(-1)!;
    const next = nextTry({ tries: found.length, since: 0, now, retryAfter: null, fraction });
    if (next === null) return found;
    found.push(next);
  }
}

test('a delivery is tried for three days, ever more rarely', () => {
  const pauses = times(0.5).map((at, place, all) => at - (all[place - 1] ?? 0));
  expect(pauses.slice(1, 9)).toEqual(
    [5, 15, 45, 135, 405, 1_215, 3_645, 10_935].map((seconds) => seconds * 1_000),
  );
  expect(new Set(pauses.slice(9))).toEqual(new Set([8 * HOUR]));
  expect(TRIED_FOR - times(0.5).at(-1)!).toBeLessThan(8 * HOUR);
});

test.each([0, 0.999])(
  'chance %s varies a pause by a fifth, and no try is later than that',
  (fraction) => {
    const [, first] = times(fraction);
    expect(Math.abs(first! - 5_000)).toBeLessThanOrEqual(1_000);
    expect(Math.max(...times(fraction))).toBeLessThanOrEqual(TRIED_FOR);
  },
);

test('a receiver may ask for a longer pause, of eight hours at most', () => {
  const next = (retryAfter: number) =>
    nextTry({ tries: 1, since: 0, now: 0, retryAfter, fraction: 0.5 });
  expect([next(1), next(60_000), next(99 * HOUR)]).toEqual([5_000, 60_000, 8 * HOUR]);
});

test('a receiver that has just failed gets one call at a time', () => {
  expect([0, 1, 50].map(placesFor)).toEqual([4, 1, 1]);
});
