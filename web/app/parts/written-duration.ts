import { secondsIn } from './duration';

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const;

/** Seconds as people write them, such as `1h 30m`, without a loss; `never` for null. */
export function writtenDuration(seconds: number | null): string {
  if (seconds === null) return 'never';
  let rest = seconds;
  const parts = UNITS.flatMap(([unit, size]) => {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    return whole > 0 ? [`${whole}${unit}`] : [];
  });
  if (rest > 0 || parts.length === 0) parts.push(`${Number(rest.toFixed(3))}s`);
  return parts.join(' ');
}

/** The value for the API; text that is no duration stays as it is, so that the server says why. */
export function durationValue(text: string): number | string | null {
  const plain = text.trim();
  if (plain === 'never') return null;
  const [, seconds] = /^(\d+(?:\.\d+)?)\s*s?$/.exec(plain) ?? [];
  return seconds === undefined ? (secondsIn(plain) ?? plain) : Number(seconds);
}
