/** Injected time. `now` is wall time in epoch ms that never goes back. */
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

/** The wall clock of the machine, in epoch ms, for a command that tells times to people. */
export function wallMs(): number {
  return Date.now();
}

/** The two clocks of the machine; tests bring their own. */
export interface MachineClocks {
  /** Epoch ms; may jump either way. */
  wall: () => number;
  /** As `monotonicMs`: never goes back, and stands still while the machine is suspended. */
  monotonic: () => number;
}

const MACHINE: MachineClocks = { wall: wallMs, monotonic: monotonicMs };

/** The clock of a process and its threads, and how it says what it knows. */
export interface SharedClock extends Clock {
  /** An origin that begins with the present, for processes that join later. */
  base(): ClockBase;
  /** The memory that its threads share. */
  readonly ahead: SharedArrayBuffer;
}

/**
 * Time from `base` on by the monotonic clock, moved forward whenever the wall clock is ahead of that:
 * the machine was suspended, or its clock was set. It never follows the wall clock back. Threads get
 * the base and the memory (`ahead`) of their process, so that a jump that one of them sees moves all.
 */
export function sharedClock(
  base: ClockBase = { wall: Date.now(), monotonic: monotonicMs() },
  ahead: SharedArrayBuffer = new SharedArrayBuffer(8),
  { wall, monotonic }: MachineClocks = MACHINE,
): SharedClock {
  const shared = new Float64Array(ahead);
  // The most that this thread has seen, whatever another writes at the same moment.
  let seen = 0;
  const now = () => {
    const even = base.wall + monotonic() - base.monotonic;
    seen = Math.max(seen, shared[0]!, wall() - even);
    if (seen > shared[0]!) shared[0] = seen;
    return even + seen;
  };
  return { now, ahead, base: () => ({ wall: now(), monotonic: monotonic() }) };
}
