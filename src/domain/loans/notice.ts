/** The longest notice of a pool whose policy says nothing, in ms; it is a tenth of shorter leases. */
const LONGEST_BY_DEFAULT = 300_000;

/**
 * When the end of a lease is to be announced (epoch ms): `notice` ms before it, or by default five
 * minutes or a tenth of the lease, whichever is less. null: never.
 */
export function noticeAt(
  startsAt: number,
  endsAt: number | null,
  notice: number | null,
): number | null {
  if (endsAt === null || notice === 0) return null;
  const length = endsAt - startsAt;
  const before = notice ?? Math.min(LONGEST_BY_DEFAULT, Math.floor(length / 10));
  return endsAt - Math.min(before, length);
}

/** The longest that any of these pools announces an end before it, in ms. */
export function longestNotice(
  pools: readonly { policy: { lease: { notice?: number } } }[],
): number {
  return Math.max(LONGEST_BY_DEFAULT, ...pools.map(({ policy: { lease } }) => lease.notice ?? 0));
}
