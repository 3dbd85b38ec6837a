import type { PoolType } from './pool';

/**
 * Divides a pool of `size` among its types by share; each type gets at least its minimum as far as
 * the size allows. Webster's method (Sainte-Laguë): growing or shrinking by one changes only one
 * type, so resizing never removes one resource to make another (Balinski and Young, Fair
 * Representation, 1982: house monotonicity).
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

/** The type to make one more of, given `counts`; null if none has a share. */
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

/**
 * The type to take one away from: the last one added, going below a minimum only if nothing else is
 * left.
 */
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
