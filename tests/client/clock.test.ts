import { sleepless, systemClock } from '../../src/client/clock';

test('the clock of the machine does not follow the wall clock', () => {
  const clock = systemClock();
  const before = clock();
  const jump = jest.spyOn(Date, 'now').mockImplementation(() => 4_000_000_000_000);
  expect(clock() - before).toBeLessThan(60_000);
  jump.mockRestore();
});

describe('a clock that counts sleep', () => {
  let steady: number;
  let second: number;
  const made = () =>
    sleepless(
      () => steady,
      () => second,
    );

  beforeEach(() => {
    steady = 100;
    second = 7_000_000;
  });

  /** Awake for some ms. */
  const pass = (ms: number) => {
    steady += ms;
    second += ms;
  };

  test('goes on by the sleep that the steady one did not count, once', () => {
    const clock = made();
    const begun = clock();
    pass(5_000);
    second += 3_600_000;
    expect(clock() - begun).toBe(3_605_000);
    pass(1_000);
    expect(clock() - begun).toBe(3_606_000);
  });

  test('never goes back, nor stands still, when the second one does', () => {
    const clock = made();
    const begun = clock();
    second -= 3_600_000;
    pass(1_000);
    expect(clock() - begun).toBe(1_000);
  });

  test('is even although the second one tells whole seconds only', () => {
    pass(900);
    const clock = sleepless(
      () => steady,
      () => Math.floor(second / 1_000) * 1_000,
    );
    const begun = clock();
    for (let ms = 300; ms < 30_000; ms += 300) {
      pass(300);
      expect(clock() - begun).toBe(ms);
    }
  });
});
