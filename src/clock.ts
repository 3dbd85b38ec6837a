/**
 * Injected time. `now` is wall time in epoch ms that never goes back and ignores jumps of the wall
 * clock while running.
 */
export interface Clock {
  now(): number;
}

/**
 * Where a process's time began: a wall-clock reading (epoch ms) and the monotonic reading of the
 * same moment (ms).
 */
export interface ClockBase {
  wall: number;
  monotonic: number;
}

/** Milliseconds of CLOCK_MONOTONIC, which all threads and processes of a machine share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/**
 * A clock that trusts the wall once, at `base`, and the monotonic clock from then on. Worker
 * threads get the base of their process, so that a jump of the wall clock between two starts cannot
 * set them apart.
 */
export function monotonicClock(
  base: ClockBase = { wall: Date.now(), monotonic: monotonicMs() },
): Clock & { base: ClockBase } {
  return { base, now: () => base.wall + monotonicMs() - base.monotonic };
}
