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
  // Rounding alone is over by a few at most; only minimums can be over by many.
  return -left > types.length ? cutTo(size, types, counts) : lessBy(-left, types, counts);
}

/** By how much a limit is widened, so that no rounding keeps a unit out; far above that of doubles. */
const ROUNDING = 1e-9;

/** How many units of a type there are at least and at most. */
interface Span {
  type: PoolType;
  low: number;
  high: number;
}

/**
 * Takes the units that were added last away until `size` are left: those above the minimums first,
 * the others only if that is not enough. The cost grows with the number of types, not of units.
 */
function cutTo(
  size: number,
  types: readonly PoolType[],
  counts: ReadonlyMap<string, number>,
): Map<string, number> {
  const floors = types.map((type) => Math.min(minimumOf(type), counts.get(type.name)!));
  const isEnough = floors.reduce((sum, floor) => sum + floor, 0) <= size;
  const spans = types.map((type, index) => ({
    type,
    low: isEnough ? floors[index]! : 0,
    high: isEnough ? counts.get(type.name)! : floors[index]!,
  }));
  const limit = leastLimit(size, spans) * (1 + ROUNDING);
  const kept = new Map(spans.map((span) => [span.type.name, within(limit, span)]));
  // Units of equal rank are within the limit together, so some types may have one too many. The
  // integers of `lastType` decide which: fractions alone would tear equal ranks apart.
  return lessBy(totalWithin(limit, spans) - size, types, kept);
}

/** `counts` without the units that were added last, `over` of them; takes them away one by one. */
function lessBy(
  over: number,
  types: readonly PoolType[],
  counts: Map<string, number>,
): Map<string, number> {
  for (let left = over; left > 0; left -= 1) {
    const last = lastType(types, counts);
    counts.set(last.name, counts.get(last.name)! - 1);
  }
  return counts;
}

/** The least limit within which `size` units or more are kept; found by halving. */
function leastLimit(size: number, spans: readonly Span[]): number {
  let enough = spans.reduce(
    (most, { type: { share }, high }) => (share === 0 ? most : Math.max(most, (2 * high) / share)),
    1,
  );
  for (let low = 0; ;) {
    const middle = (low + enough) / 2;
    if (middle <= low || middle >= enough) return enough;
    if (totalWithin(middle, spans) >= size) enough = middle;
    else low = middle;
  }
}

/** The units of a type that are kept: the n-th ranks at `(2n - 1) / share`, and small ranks stay. */
function within(limit: number, { type: { share }, low, high }: Span): number {
  return Math.max(low, Math.min(high, Math.floor((limit * share + 1) / 2)));
}

function totalWithin(limit: number, spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + within(limit, span), 0);
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
