const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A duration with its two largest units, such as `2 h 5 min`. `ms` is at least 0. */
export function inWords(ms: number): string {
  const first = UNITS.findIndex(([, size]) => ms >= size);
  if (first === -1) return '0 s';
  const [name, size] = UNITS[first]!;
  const whole = Math.floor(ms / size);
  const next = UNITS[first + 1];
  const rest = next ? Math.floor((ms - whole * size) / next[1]) : 0;
  // The larger unit says enough once there are many of it.
  return rest === 0 || whole >= 10 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${next![0]}`;
}

const WORDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** The seconds in `90`, `30m`, `1h 30m`, `2 days`; null: it is no duration. */
export function secondsIn(text: string): number | null {
  const compact = text.trim().toLowerCase();
  if (/^\d+$/.test(compact)) return Number(compact);
  const parts = [...compact.matchAll(/(\d+(?:\.\d+)?)\s*(s|m|h|d)[a-z]*\s*/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== compact) return null;
  return Math.round(parts.reduce((sum, [, count, unit]) => sum + Number(count) * WORDS[unit!]!, 0));
}
