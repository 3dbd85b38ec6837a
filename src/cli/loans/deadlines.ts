import type { Lost } from '../../client';

/**
 * The time before the server may lend a thing to somebody else, from its end backwards:
 *
 *     lost          SIGTERM                  SIGKILL          the guard      the lease is over
 *      |--------------- grace ----------------|---- reserve / 2 ----|---- reserve / 2 ----|
 *      |------------------------------------ margin --------------------------------------|
 *
 * The guard looks at itself last, when we stand still. Half of the reserve is its own: on a busy
 * machine it takes some tenths of a second to find and end everything.
 *
 * `lost` fires the margin early. A short lease, or one whose pool asks for frequent heartbeats, has
 * no room for the whole grace: the margin is a third of the shorter of both, at most.
 */
const RESERVE = 1_000;
const SHARE = 1 / 3;

/** The silence after which the server takes a loan back, in ms, where no pool asks for less. */
export const HEARTBEAT = 60_000;
/** The time of a command between SIGTERM and SIGKILL, in ms, unless the user says more or less. */
export const GRACE = 10_000;

/** Gives how long before the end of a lease its loss is announced, in ms. All are in ms. */
export function marginFor(grace: number, silence: number, lease: number | null): number {
  return Math.floor(Math.min(grace + RESERVE, SHARE * Math.min(silence, lease ?? Infinity)));
}

/**
 * Gives the ms between SIGTERM and SIGKILL. A loan that the server has ended already has none: it
 * may be lent again at any moment.
 */
export function graceWithin(margin: number, because: Lost['because']): number {
  return because === 'ended' ? 0 : Math.max(0, margin - reserveOf(margin));
}

/** Gives how long the guard waits before it ends everything, in ms, `left` ms before the end. */
export function guardWithin(left: number, margin: number): number {
  return Math.max(0, left - reserveOf(margin) / 2);
}

function reserveOf(margin: number): number {
  return Math.min(RESERVE, margin / 2);
}

/** The terms of the pools for a loan, in seconds; null: none. */
export interface Terms {
  default: number | null;
  maximum: number | null;
  heartbeat: number | null;
}

/** The terms under which a loan of several pools stands, in ms: the strictest of each. */
export interface Strictest {
  /** After this silence the server takes the loan back. */
  silence: number;
  /** How long the lease is; null: unknown, or without an end. */
  lease: number | null;
  /** How far from its start it can be extended; null: as far as one likes. */
  maximum: number | null;
}

/** Gives the strictest terms of the pools; `wanted`: the lease asked for, in ms. */
export function strictestOf(pools: readonly Terms[], wanted: number | null): Strictest {
  const least = (values: (number | null)[]) => {
    const given = values.filter((value) => value !== null);
    return given.length === 0 ? null : Math.min(...given) * 1000;
  };
  return {
    silence: Math.min(HEARTBEAT, least(pools.map(({ heartbeat }) => heartbeat)) ?? HEARTBEAT),
    lease: wanted ?? least(pools.map((pool) => pool.default)),
    maximum: least(pools.map(({ maximum }) => maximum)),
  };
}

/**
 * Gives by how much to extend a lease now, in ms; 0: not yet, or not at all. It is extended by
 * `step` when a quarter of that is left, so that several tries fit before the loss; by less where
 * the maximum is near. `left` and `lasted`: ms to its end, and since its start.
 */
export function extensionNow(
  { left, lasted, margin }: { left: number; lasted: number; margin: number },
  step: number,
  maximum: number | null,
): number {
  if (left > Math.max(step / 4, 2 * margin)) return 0;
  const most = maximum === null ? Infinity : maximum - lasted - left;
  const whole = Math.floor(Math.min(step, most) / 1000) * 1000;
  return Math.max(0, whole);
}
