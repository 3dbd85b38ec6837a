import fc from 'fast-check';
import type { PoolType } from '../../src/domain/pools/pool';
import { nextType, sharesOf } from '../../src/domain/pools/shares';
import { SEED } from '../helpers/seed';

/** Does it hold of this many random cases? */
const hold = <T>(property: fc.IProperty<T>, numRuns = 100) =>
  fc.assert(property, { seed: SEED, numRuns });

const named = (shares: number[], minimums: number[] = []): PoolType[] =>
  shares.map((share, index) => ({
    name: `t${index}`,
    share,
    minimum: minimums[index] ?? 0,
    spec: {},
  }));
const shares = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 });
const size = fc.integer({ min: 0, max: 300 });
const sum = (counts: Map<string, number>) =>
  [...counts.values()].reduce((total, count) => total + count, 0);
const countsOf = (counts: Map<string, number>) => [...counts.values()];

test('shares that divide evenly are kept exactly', () => {
  expect(countsOf(sharesOf(70, named([4, 3, 2, 1])))).toEqual([28, 21, 14, 7]);
  expect(countsOf(sharesOf(10, named([4, 3, 2, 1])))).toEqual([4, 3, 2, 1]);
});

test('all of the size is handed out', () => {
  hold(fc.property(shares, size, (list, total) => sum(sharesOf(total, named(list))) === total));
});

test('one more is one more of one type, that which comes next', () => {
  hold(
    fc.property(shares, size, (list, total) => {
      const types = named(list);
      const counts = sharesOf(total, types);
      const next = nextType(types, counts)!;
      expect(sharesOf(total + 1, types)).toEqual(
        new Map([...counts, [next.name, counts.get(next.name)! + 1]]),
      );
    }),
  );
});

test('types that are due together come in their order, though a double cannot tell the last bit', () => {
  // At 1/16, the second of t2 and the first of t0 and of t3 are due.
  const types = named([16, 49, 48, 16]);
  expect([4, 5, 6, 7].map((total) => countsOf(sharesOf(total, types)))).toEqual([
    [1, 2, 1, 0],
    [1, 2, 2, 0],
    [1, 2, 2, 1],
    [1, 3, 2, 1],
  ]);
});

test('one more takes nothing from any type, though two others are due together', () => {
  const types = named([33, 29, 17, 3, 3]);
  expect([240, 241].map((total) => countsOf(sharesOf(total, types)))).toEqual([
    [94, 82, 48, 8, 8],
    [94, 82, 48, 9, 8],
  ]);
});

test('each type has its minimum as far as the size goes', () => {
  hold(
    fc.property(
      shares,
      fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 6, maxLength: 6 }),
      size,
      (list, minimums, total) => {
        const types = named(list, minimums);
        const counts = sharesOf(total, types);
        expect(sum(counts)).toBe(total);
        const enough = types.reduce((least, { minimum = 0 }) => least + minimum, 0) <= total;
        if (enough)
          for (const { name, minimum = 0 } of types)
            expect(counts.get(name)).toBeGreaterThanOrEqual(minimum);
      },
    ),
  );
});

test('a type without a share gets nothing but its minimum', () => {
  expect(countsOf(sharesOf(5, named([0, 1], [2])))).toEqual([2, 3]);
  expect(countsOf(sharesOf(3, named([0, 0])))).toEqual([0, 0]);
});

/** The same types, and how often the share of one was read. */
function watched(types: PoolType[]): { types: PoolType[]; looks: () => number } {
  let looks = 0;
  const seen = types.map(({ share, ...type }) => ({
    ...type,
    get share() {
      looks += 1;
      return share;
    },
  }));
  return { types: seen, looks: () => looks };
}

test('minimums far beyond the size cost no more than others', () => {
  const far = watched(named([1, 2, 3], [1_000_000_000, 1_000_000_000, 1_000_000_000]));
  const near = watched(named([1, 2, 3], [6, 6, 6]));
  expect(countsOf(sharesOf(6, far.types))).toEqual(countsOf(sharesOf(6, near.types)));
  expect(far.looks()).toBe(near.looks());
});

/** Takes one unit away at a time, the last one added first, as `sharesOf` is defined. */
function oneByOne(size: number, types: PoolType[]): Map<string, number> {
  const total = types.reduce((sum, { share }) => sum + share, 0);
  const counts = new Map(
    types.map(({ name, share, minimum = 0 }) => [
      name,
      Math.max(Math.min(minimum, size), Math.ceil((size * share) / total - 0.5)),
    ]),
  );
  const rank = ({ name, share }: PoolType) => (2 * counts.get(name)! - 1) / share;
  while (sum(counts) > size) {
    const present = types.filter(({ name }) => counts.get(name)! > 0);
    const spare = present.filter(({ name, minimum = 0 }) => counts.get(name)! > minimum);
    const last = (spare.length > 0 ? spare : present).reduce((worst, type) =>
      rank(type) >= rank(worst) ? type : worst,
    );
    counts.set(last.name, counts.get(last.name)! - 1);
  }
  return counts;
}

test('minimums that exceed the size are cut as if one unit at a time went', () => {
  const minimums = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 6, maxLength: 6 });
  // Powers of two divide exactly, so that equal ranks are equal numbers.
  const powers = fc.array(fc.constantFrom(1, 2, 4, 8, 16), { minLength: 1, maxLength: 6 });
  hold(
    fc.property(powers, minimums, size, (list, least, total) => {
      const types = named(list, least);
      const counts = sharesOf(total, types);
      if (sum(oneByOne(total, types)) === total) expect(counts).toEqual(oneByOne(total, types));
    }),
    2_000,
  );
});

test('the largest pool with minimums above its size is shared out at once', () => {
  const most = named(
    Array.from({ length: 100 }, (_, index) => index + 1),
    Array.from({ length: 100 }, () => 1_000_000),
  );
  const { types, looks } = watched(most);
  expect(sum(sharesOf(1_000_000, types))).toBe(1_000_000);
  // A unit at a time would take a hundred million.
  expect(looks()).toBeLessThan(1_000_000);
});

test('what rounding adds is taken away after a few looks at each type', () => {
  const { types, looks } = watched(named([1, 1, 1]));
  expect(countsOf(sharesOf(5, types))).toEqual([2, 2, 1]);
  expect(looks() / types.length).toBeLessThan(20);
});
