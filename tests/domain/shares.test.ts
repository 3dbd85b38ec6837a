import fc from 'fast-check';
import type { PoolType } from '../../src/domain/pools/pool';
import { nextType, sharesOf } from '../../src/domain/pools/shares';

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
  fc.assert(
    fc.property(shares, size, (list, total) => sum(sharesOf(total, named(list))) === total),
  );
});

test('one more is one more of one type, that which comes next', () => {
  fc.assert(
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

test('each type has its minimum as far as the size goes', () => {
  fc.assert(
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

test('minimums far beyond the size cost no more than others', () => {
  const begun = performance.now();
  const far = named([1, 2, 3], [1_000_000_000, 1_000_000_000, 1_000_000_000]);
  expect(countsOf(sharesOf(6, far))).toEqual(countsOf(sharesOf(6, named([1, 2, 3], [6, 6, 6]))));
  expect(performance.now() - begun).toBeLessThan(1_000);
});
