const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

const INSTANT = /\bat (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)/g;

/** Spells a duration of `ms` by its two largest units, such as `1h 30m`. */
export function spelledDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1000) * 1000);
  const first = UNITS.findIndex(([, size]) => whole >= size);
  if (first === -1) return '0s';
  const [unit, size] = UNITS[first]!;
  const [lesser, lesserSize] = UNITS[first + 1] ?? ['', Infinity];
  const rest = Math.floor((whole % size) / lesserSize);
  return `${Math.floor(whole / size)}${unit}${rest > 0 ? ` ${rest}${lesser}` : ''}`;
}

/**
 * A sentence of the server with each of its instants, such as `at 2026-01-01T00:01:00.000Z`, as
 * `spelled` writes it (it is given RFC 3339).
 */
export function withInstants(sentence: string, spelled: (instant: string) => string): string {
  return sentence.replace(INSTANT, (_all, instant: string) => spelled(instant));
}

/** Spells an instant (RFC 3339) as seen at `now` (epoch ms): `in 5m`, `2h ago`; a dash for none. */
export function relative(instant: string | null | undefined, now: number): string {
  if (!instant) return '-';
  const ms = Date.parse(instant) - now;
  if (Math.abs(ms) < 1000) return 'now';
  return ms > 0 ? `in ${spelledDuration(ms)}` : `${spelledDuration(-ms)} ago`;
}
