import { z } from 'zod';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SHAPE = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/;
const DAY = UNITS.d;
/** Ten years: long enough, and far from where sums of milliseconds lose precision. */
const LONGEST = 3_650 * DAY;

const DURATION = 'must be a duration like 30s, 5m, 2h or 1d, or a number of seconds';

/** `30s`, `5m`, `2h`, `1d`, `1.5h`, or a number of seconds, in ms; undefined for anything else. */
export function parseDuration(written: string | number): number | undefined {
  if (typeof written === 'number') return Math.round(written * UNITS.s);
  const [, amount, unit] = SHAPE.exec(written) ?? [];
  return amount && unit
    ? Math.round(Number(amount) * UNITS[unit as keyof typeof UNITS])
    : undefined;
}

/** Parses a duration of `least` to `most` ms, as people write it, to ms. */
export function duration(least = 0, most = LONGEST) {
  const error = `${DURATION}, ${range(least, most)}`;
  const written = z.union([z.number({ error }), z.string({ error }).regex(SHAPE, { error })], {
    error,
  });
  return written.transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== undefined && ms >= least && ms <= most) return ms;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
}

/** Parses a duration to ms, and null or `never` to null. */
export function durationOrNever(least = 0) {
  const error = `${DURATION}, ${range(least, LONGEST)}, or never`;
  const never = z.union([z.null(), z.literal('never')]).transform(() => null);
  return z.union([never, duration(least)], { error });
}

function range(least: number, most: number): string {
  return `from ${least / UNITS.s}s to ${most / DAY}d`;
}
