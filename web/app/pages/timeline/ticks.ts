import { DAY, lengthOf, type Window } from './window';

const MINUTE = 60_000;
/** Steps at which people read a clock or a calendar, in minutes. */
const MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720];
const DAYS = [1, 2, 7, 14];
/** 1970-01-05, the first Monday, in days. */
const MONDAY = 4;

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const HOUR = new Intl.DateTimeFormat(undefined, { hour: 'numeric' });
const DATE = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** A mark on the axis; epoch ms. */
export interface Tick {
  at: number;
  text: string;
  isDay: boolean;
}

/**
 * The marks of a window, at most `most`, at round times of the reader's zone. `isShort`: full hours
 * have no minutes.
 */
export function ticksOf(window: Window, most: number, isShort = false): Tick[] {
  const fits = (step: number) => lengthOf(window) / step <= most;
  const minutes = MINUTES.find((each) => fits(each * MINUTE));
  const days = DAYS.find((each) => fits(each * DAY)) ?? 14;
  const found = minutes === undefined ? dayTicks(window, days) : minuteTicks(window, minutes);
  return found.map((at) => {
    const time = new Date(at);
    const isHour = time.getMinutes() === 0;
    const isDay = isHour && time.getHours() === 0;
    const format = isDay ? DATE : isHour && isShort ? HOUR : CLOCK;
    return { at, isDay, text: format.format(at) };
  });
}

/** Counted from midnight, so that they are round also where clocks are put forward or back. */
function minuteTicks({ since, until }: Window, step: number): number[] {
  const first = new Date(since);
  const at = (minutes: number) =>
    new Date(first.getFullYear(), first.getMonth(), first.getDate(), 0, minutes).getTime();
  const found = new Set<number>();
  const begin = Math.floor((since - at(0)) / MINUTE / step) * step;
  for (let minutes = begin - 2 * step; at(minutes) <= until; minutes += step)
    if (at(minutes) >= since) found.add(at(minutes));
  return [...found].sort((a, b) => a - b);
}

function dayTicks({ since, until }: Window, step: number): number[] {
  const first = new Date(since);
  const [year, month, day] = [first.getFullYear(), first.getMonth(), first.getDate()];
  const number = Date.UTC(year, month, day) / DAY;
  const at = (days: number) => new Date(year, month, day + days).getTime();
  const found: number[] = [];
  const begin = -((number - MONDAY) % step);
  for (let days = begin; at(days) <= until; days += step)
    if (at(days) >= since) found.push(at(days));
  return found;
}
