import { barOf, spelledSeconds } from '../../../src/cli/remote/history';

test.each([
  [null, ''],
  [0, ''],
  [0.003, ''],
  [0.00625, '▏'],
  [0.05, '█'],
  [0.475, '█████████▌'],
  [0.999, '████████████████████'],
  [1, '████████████████████'],
])('a share of %j is the bar %j', (share, bar) => {
  expect(barOf(share)).toBe(bar);
});

test.each([
  [null, '-'],
  [0, '0s'],
  [0.0834, '83ms'],
  [0.999, '999ms'],
  [1, '1s'],
  [83.5, '1m 24s'],
  [5400, '1h 30m'],
])('%j seconds are spelled %j', (seconds, words) => {
  expect(spelledSeconds(seconds)).toBe(words);
});
