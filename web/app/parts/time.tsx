import { present, skew } from './now-signal';
import { inWords } from './duration';

const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const SAME_DAY = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const OTHER_DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

interface TimeProps {
  /** RFC 3339; null: there is none. */
  at: string | null | undefined;
  /** Shown for null. */
  none?: string;
  /** `from now`: "in 5 min", "2 h ago". `clock`: the time of the day, with the date if it is not today's. */
  as?: 'from now' | 'clock';
}

/** An instant in the reader's zone; hovering over it shows it exactly. */
export function Time({ at, none = '–', as = 'from now' }: TimeProps) {
  if (at === null || at === undefined) return <span>{none}</span>;
  const ms = Date.parse(at);
  const text = as === 'clock' ? clockTime(ms) : fromNow(ms, present.value + skew.value);
  return (
    <time dateTime={at} title={exactly(at)}>
      {text}
    </time>
  );
}

/** An instant (RFC 3339) in the reader's zone to the second, and as it was given. */
export function exactly(at: string): string {
  return `${EXACT.format(Date.parse(at))} (${at})`;
}

/** The time of the day, with the date if it is not today's. `ms`: epoch. */
export function clockTime(ms: number): string {
  const isToday = new Date(ms).toDateString() === new Date().toDateString();
  return (isToday ? SAME_DAY : OTHER_DAY).format(ms);
}

/** "in 5 min", "2 h ago", "now". Both in epoch ms. */
export function fromNow(ms: number, now: number): string {
  const away = ms - now;
  if (Math.abs(away) < 1_000) return 'now';
  return away > 0 ? `in ${inWords(away)}` : `${inWords(-away)} ago`;
}
