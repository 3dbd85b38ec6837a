/** How far the time in an id may be from that of the request that it names, in ms. */
const MARGIN = 3_600_000;

/**
 * The first id that could have been made at a time (epoch ms): ids are UUIDv7, which begin with the
 * time at which they were made and are ordered by it.
 */
export function firstIdAt(at: number): string {
  const hex = Math.max(0, Math.trunc(at)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/**
 * The range of ids to look through for what was requested between two times (epoch ms). An id is
 * made a little before its transaction reads the clock, perhaps by another process.
 */
export function idsBetween({ since, until }: { since?: number; until?: number }): {
  from?: string;
  to?: string;
} {
  return {
    ...(since === undefined ? {} : { from: firstIdAt(since - MARGIN) }),
    ...(until === undefined ? {} : { to: firstIdAt(until + MARGIN) }),
  };
}
