import type { PoolType } from './pool';

/**
 * How many of each type a pool of `size` holds: by share, each type getting at least its minimum as
 * far as the size goes. Webster's method (Sainte-Laguë): a pool that grows or shrinks by one
 * changes in one type only, so that resizing never removes one thing to make another (Balinski and
 * Young, Fair Representation, 1982: house monotonicity).
 */
export function sharesOf(size: number, types: readonly PoolType[]): Map<string, number> {
  const total = types.reduce((sum, { share }) => sum + share, 0);
  const start = types.map((type) =>
    Math.max(
      Math.min(minimumOf(type), size),
      total === 0 ? 0 : Math.ceil((size * type.share) / total - 0.5),
    ),
  );
  const counts = new Map(types.map(({ name }, index) => [name, start[index]!]));
  let left = size - start.reduce((sum, count) => sum + count, 0);
  for (; left > 0; left -= 1) {
    const next = nextType(types, counts);
    if (!next) break;
    counts.set(next.name, counts.get(next.name)! + 1);
  }
  for (; left < 0; left += 1) {
    const last = lastType(types, counts);
    counts.set(last.name, counts.get(last.name)! - 1);
  }
  return counts;
}

/**
 * Of which type one more is made, where there are `counts` already; null where none has a share.
 */
export function nextType(
  types: readonly PoolType[],
  counts: ReadonlyMap<string, number>,
): PoolType | null {
  const of = ({ name }: PoolType) => counts.get(name) ?? 0;
  return types.reduce<PoolType | null>((best, type) => {
    if (type.share === 0) return best;
    return best === null || type.share * (2 * of(best) + 1) > best.share * (2 * of(type) + 1)
      ? type
      : best;
  }, null);
}

/** Of which type one is too many: what was added last, and only then what a type has at least. */
function lastType(types: readonly PoolType[], counts: ReadonlyMap<string, number>): PoolType {
  const of = ({ name }: PoolType) => counts.get(name)!;
  const present = types.filter((type) => of(type) > 0);
  const spare = present.filter((type) => of(type) > minimumOf(type));
  return (spare.length > 0 ? spare : present).reduce((worst, type) =>
    type.share * (2 * of(worst) - 1) <= worst.share * (2 * of(type) - 1) ? type : worst,
  );
}

function minimumOf({ minimum }: PoolType): number {
  return minimum ?? 0;
}
