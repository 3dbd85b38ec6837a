import { Tally, type Tallied } from '../../src/metrics/tally';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('a thread tells once a second, only if there is something, and at its end', () => {
  const told: Tallied[] = [];
  const tally = new Tally('expire', (tallied) => void told.push(tallied));
  const call = { driver: 'simulated', step: 'clean', outcome: 'ok', seconds: 0.5 } as const;
  jest.advanceTimersByTime(5_000);
  expect(told).toEqual([]);
  tally.onDriverCall(call);
  tally.onMeasured(2, 7);
  tally.onMeasured(1, 3);
  expect(told).toEqual([]);
  jest.advanceTimersByTime(1_000);
  const first = {
    thread: 'expire',
    calls: [call],
    commits: [
      [2, 7],
      [1, 3],
    ],
  };
  expect(told).toEqual([first]);
  tally.onMeasured(4, 1);
  tally.stop();
  expect(told.slice(1)).toEqual([{ thread: 'expire', calls: [], commits: [[4, 1]] }]);
  expect(jest.getTimerCount()).toBe(0);
});
