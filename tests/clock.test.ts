import { sharedClock } from '../src/clock';

/** The clocks of a machine that are set by hand; ms. */
class Machine {
  constructor(
    public wallAt = 1_000_000,
    public monotonicAt = 500,
  ) {}

  readonly wall = () => this.wallAt;
  readonly monotonic = () => this.monotonicAt;

  get base() {
    return { wall: this.wallAt, monotonic: this.monotonicAt };
  }

  run(ms: number): void {
    this.wallAt += ms;
    this.monotonicAt += ms;
  }

  /** The machine sleeps: its monotonic clock stands still. */
  suspend(ms: number): void {
    this.wallAt += ms;
  }
}

it('runs by the monotonic clock', () => {
  const machine = new Machine();
  const clock = sharedClock(machine.base, undefined, machine);
  machine.run(70);
  expect(clock.now()).toBe(1_000_070);
});

it('moves forward with a wall clock that is ahead, and never back with it', () => {
  const machine = new Machine();
  const clock = sharedClock(machine.base, undefined, machine);
  machine.suspend(3_600_000);
  expect(clock.now()).toBe(4_600_000);
  machine.wallAt = 7;
  expect(clock.now()).toBe(4_600_000);
  machine.run(5);
  expect(clock.now()).toBe(4_600_005);
});

it('a thread that did not look meanwhile has moved as well', () => {
  const machine = new Machine();
  const one = sharedClock(machine.base, undefined, machine);
  const other = sharedClock(machine.base, one.ahead, machine);
  machine.suspend(60_000);
  one.now();
  machine.suspend(-60_000);
  machine.run(1);
  expect([one.now(), other.now()]).toEqual([1_060_001, 1_060_001]);
});

it('no thread goes back, even if another overwrites what it has seen', () => {
  const machine = new Machine();
  const one = sharedClock(machine.base, undefined, machine);
  machine.suspend(60_000);
  expect(one.now()).toBe(1_060_000);
  new Float64Array(one.ahead)[0] = 1_000;
  machine.suspend(-60_000);
  expect(one.now()).toBe(1_060_000);
  expect(new Float64Array(one.ahead)[0]).toBe(60_000);
});

it('a process that joins later begins with the time of the others', () => {
  const machine = new Machine();
  const first = sharedClock(machine.base, undefined, machine);
  machine.suspend(60_000);
  const base = first.base();
  machine.suspend(-60_000);
  machine.run(3);
  expect(sharedClock(base, undefined, machine).now()).toBe(first.now());
});
