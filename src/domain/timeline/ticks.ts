import type { Window } from './spans';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Steps at which people read a clock or a calendar. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY),
];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A mark on the time axis; epoch ms, and its text in UTC. */
export interface Tick {
  at: number;
  text: string;
}

/** The marks of a window: at most `most`, at round times in UTC. Midnight is shown as a date. */
export function ticksOf({ since, until }: Window, most: number): Tick[] {
  const length = until - since;
  const step = STEPS.find((each) => length / each <= most - 1) ?? roundUp(length / (most - 1), DAY);
  const ticks: Tick[] = [];
  for (let at = roundUp(since, step); at <= until; at += step) ticks.push({ at, text: textOf(at) });
  return ticks;
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function textOf(at: number): string {
  const date = new Date(at);
  if (at % DAY === 0) return `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}`;
  return date.toISOString().slice(11, 16);
}
