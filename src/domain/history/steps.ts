const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The lengths in which history is counted; in UTC. */
export const STEPS = ['hour', 'day'] as const;
export type Step = (typeof STEPS)[number];

/** How long a step lasts, in ms. */
export const LENGTH: Readonly<Record<Step, number>> = { hour: HOUR, day: DAY };

/** How long steps are kept after they began, in ms. */
export const STEP_KEPT_FOR: Readonly<Record<Step, number>> = { hour: 4 * DAY, day: 100 * DAY };

/** The most days that can be asked for; all of them are kept. */
export const MOST_DAYS = 90;
/** As few days as this are shown by the hour. */
const FEW_DAYS = 2;

/** Steps from `since` on, epoch ms; the last one goes on at `until`. */
export interface Span {
  step: Step;
  since: number;
  until: number;
}

/** The beginning of the step in which `at` lies; epoch ms. */
export function startOf(step: Step, at: number): number {
  return Math.floor(at / LENGTH[step]) * LENGTH[step];
}

/** The last `days` days up to `now`, today included; by the hour if they are few. Epoch ms. */
export function lastDays(days: number, now: number): Span {
  const step = days <= FEW_DAYS ? 'hour' : 'day';
  const count = (days * DAY) / LENGTH[step];
  return { step, since: startOf(step, now) - (count - 1) * LENGTH[step], until: now };
}

/** The beginnings of the steps of a span, in order; epoch ms. */
export function startsIn({ step, since, until }: Span): number[] {
  const first = startOf(step, since);
  const count = Math.max(0, Math.ceil((until + 1 - first) / LENGTH[step]));
  return Array.from({ length: count }, (_, index) => first + index * LENGTH[step]);
}

/** The parts of a stretch of time in each step that it touches; `ms`: how long. */
export function partsOf(step: Step, from: number, to: number): { at: number; ms: number }[] {
  if (to <= from) return [];
  return startsIn({ step, since: from, until: to - 1 }).map((at) => ({
    at,
    ms: Math.min(to, at + LENGTH[step]) - Math.max(from, at),
  }));
}

/**
 * For stretches that began at these times and go on: how long all of them together lasted in each
 * step of a span, in ms, by its beginning. Costs one look at each, however long they last.
 */
export function openParts(begun: readonly number[], span: Span): Map<number, number> {
  const { step, until } = span;
  const starts = startsIn(span);
  const sums = starts.map(() => ({ ms: 0, begun: 0 }));
  let going = 0;
  for (const from of begun) {
    const index = Math.floor((from - starts[0]!) / LENGTH[step]);
    if (index < 0) going += 1;
    else if (from < until) {
      sums[index]!.ms += Math.min(until, starts[index]! + LENGTH[step]) - from;
      sums[index]!.begun += 1;
    }
  }
  return new Map(
    starts.map((at, index) => {
      const { ms, begun: more } = sums[index]!;
      const sum = ms + going * (Math.min(until, at + LENGTH[step]) - at);
      going += more;
      return [at, sum];
    }),
  );
}
