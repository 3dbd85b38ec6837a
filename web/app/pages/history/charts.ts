import { inWords } from '../../parts/duration';
import type { Schemas } from '../../server/client';

export type History = Schemas['History'];
export type Step = History['steps'][number];

/** One line or bar of a chart, and one column of its table. */
export interface Series {
  label: string;
  /** The token of its colour. */
  colour: string;
  /** null: unknown. */
  value: (step: Step) => number | null;
}

/** A chart and its table, which are made of the same values in the same words. */
export interface ChartPlan {
  /** Its name in the address. */
  name: string;
  title: string;
  about: string;
  kind: 'lines' | 'bars';
  series: readonly Series[];
  words: (value: number) => string;
  /** Are its values seconds? */
  isDuration?: true;
  /** Shown if no step has anything. */
  empty: string;
  /** The least upper end of its scale. */
  least: number;
}

const seconds = (value: number) =>
  value > 0 && value < 1 ? `${Math.round(value * 1_000)} ms` : inWords(value * 1_000);

/** Every chart of the page, in order. */
export const CHARTS: readonly ChartPlan[] = [
  {
    name: 'use',
    title: 'In use',
    about: 'The share of the resources that was lent.',
    kind: 'lines',
    series: [{ label: 'In use', colour: '--allocated', value: ({ use }) => use.share }],
    words: (share) => `${Number((share * 100).toFixed(1))} %`,
    empty: 'There were no resources in this time.',
    least: 1,
  },
  {
    name: 'waits',
    title: 'Waiting',
    about: 'From the request until its resources were lent, of those that were served.',
    kind: 'lines',
    series: [
      { label: 'Half', colour: '--available', value: ({ waits }) => waits.p50Seconds },
      { label: '95 of 100', colour: '--held', value: ({ waits }) => waits.p95Seconds },
    ],
    words: seconds,
    isDuration: true,
    empty: 'Nobody was served in this time.',
    least: 1,
  },
  {
    name: 'cleaning',
    title: 'Cleaning',
    about: 'From the end of a loan until its resource was clean, or removed instead.',
    kind: 'lines',
    series: [
      { label: 'Half', colour: '--available', value: ({ returns }) => returns.p50Seconds },
      { label: '95 of 100', colour: '--held', value: ({ returns }) => returns.p95Seconds },
    ],
    words: seconds,
    isDuration: true,
    empty: 'Nothing came back in this time.',
    least: 1,
  },
  {
    name: 'failures',
    title: 'Failures',
    about: 'How often something went wrong.',
    kind: 'bars',
    series: [
      {
        label: 'Failed cleanings',
        colour: '--dirty',
        value: ({ failures }) => failures.cleanings,
      },
      {
        label: 'Other failed calls',
        colour: '--maintenance',
        value: ({ failures }) => failures.calls - failures.cleanings,
      },
      {
        label: 'Quarantines',
        colour: '--quarantined',
        value: ({ failures }) => failures.quarantines,
      },
      { label: 'Lost leases', colour: '--held', value: ({ failures }) => failures.lostLeases },
    ],
    words: (count) => count.toLocaleString(),
    empty: 'Nothing failed in this time.',
    least: 4,
  },
];

/** Has no step of the history anything to draw? A bar of 0 is nothing. */
export function isEmpty({ series, kind }: ChartPlan, { steps }: History): boolean {
  const none = kind === 'bars' ? [0, null] : [null];
  return steps.every((step) => series.every(({ value }) => none.includes(value(step))));
}

/** A value in words. */
export function inWordsOf({ words }: ChartPlan, value: number | null): string {
  return value === null ? '–' : words(value);
}

/** The beginning of a step, in UTC. */
export function nameOf({ since }: Step, step: History['step']): string {
  return step === 'day' ? since.slice(0, 10) : `${since.slice(0, 10)} ${since.slice(11, 16)}`;
}
