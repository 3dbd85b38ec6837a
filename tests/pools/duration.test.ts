import { duration, durationOrNever, parseDuration } from '../../src/pools-file/duration';

describe('parseDuration', () => {
  it.each<[string | number, number]>([
    ['0s', 0],
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1.5h', 5_400_000],
    [90, 90_000],
    [0.5, 500],
  ])('reads %p as %i ms', (written, ms) => {
    expect(parseDuration(written)).toBe(ms);
  });

  it.each(['', '30', 's', '5 m', '5M', '1w', '-1s', '1h30m', '1e3s', 'never', '5m\n'])(
    'does not read %p',
    (written) => {
      expect(parseDuration(written)).toBeUndefined();
    },
  );
});

describe('duration', () => {
  it.each([
    ['1s', 1_000],
    [3_600, 3_600_000],
    ['3650d', 315_360_000_000],
  ])('gives %p in ms', (written, ms) => {
    expect(duration(1_000).parse(written)).toBe(ms);
  });

  it.each([
    ['999ms'],
    [0],
    [-5],
    ['3651d'],
    ['soon'],
    [null],
    [true],
    [Infinity],
    [Number.NaN],
    [{}],
    [[]],
    ['never'],
  ])('refuses %p and says what it wants', (written) => {
    expect(duration(1_000).safeParse(written).error?.issues[0]?.message).toMatch(
      /^must be a duration like 30s, 5m, 2h or 1d/,
    );
  });
});

describe('a duration with a longest one', () => {
  const day = duration(1_000, 86_400_000);

  it('takes that, and refuses more', () => {
    expect(day.parse('24h')).toBe(86_400_000);
    expect(day.safeParse('25h').error?.issues[0]?.message).toMatch(/, from 1s to 1d$/);
  });
});

describe('durationOrNever', () => {
  it.each([
    ['never', null],
    [null, null],
    ['1s', 1_000],
    [2, 2_000],
  ])('gives %p as %p', (written, ms) => {
    expect(durationOrNever(1_000).parse(written)).toBe(ms);
  });

  it.each([['0s'], ['no'], [false], [{}]])('refuses %p and says what it wants', (written) => {
    expect(durationOrNever(1_000).safeParse(written).error?.issues[0]?.message).toMatch(
      /^must be a duration like 30s, 5m, 2h or 1d/,
    );
  });
});
