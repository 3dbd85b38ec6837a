/**
 * Injected time. `now` is wall time in epoch ms that never goes back and ignores jumps of the wall
 * clock while running.
 */
export interface Clock {
  now(): number;
}

/**
 * The origin of a process's time: a wall-clock reading (epoch ms) and the monotonic reading of the
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
 * A clock that reads the wall clock once, at `base`, and the monotonic clock from then on. Worker
 * threads get the base of their process, so that they agree even if the wall clock jumps between
 * two starts.
 */
export function monotonicClock(
  base: ClockBase = { wall: Date.now(), monotonic: monotonicMs() },
): Clock & { base: ClockBase } {
  return { base, now: () => base.wall + monotonicMs() - base.monotonic };
}
