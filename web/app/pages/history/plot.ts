import uPlot from 'uplot';
import { inWordsOf, type ChartPlan, type History } from './charts';

export const HEIGHT = 220;
/** The room for the words beside the scale, in px. */
const SCALE_ROOM = 84;
/** Steps of a scale of durations, in seconds. */
const DURATIONS = [
  ...[0.001, 0.01, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800],
  ...[3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000],
];

/** Draws a chart into an element, as wide as `width` px. */
export function plotIn(
  place: HTMLElement,
  plan: ChartPlan,
  history: History,
  width: number,
): uPlot {
  const colour = (token: string) => () => colourIn(place, token);
  const raw = plan.series.map(({ value }) => history.steps.map(value));
  const half = history.step === 'day' ? 43_200 : 1_800;
  const isBars = plan.kind === 'bars';
  const axis = {
    stroke: colour('--ink-soft'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1 },
  };
  // Bars stand on one another, so the tallest is drawn first and the others before it.
  const order = plan.series.map((_, index) => (isBars ? plan.series.length - 1 - index : index));
  const drawn = isBars ? raw.map((_, index) => sumOf(raw.slice(0, index + 1))) : raw;
  const options: uPlot.Options = {
    width,
    height: HEIGHT,
    tzDate: (at) => uPlot.tzDate(new Date(at * 1_000), 'Etc/UTC'),
    cursor: { drag: { x: false, y: false }, y: false },
    // Half a step on either side, so that the outer bars are whole.
    scales: {
      x: { range: (_plot, from, to) => [from - half, to + half] },
      y: { range: (_plot, _least, most) => [0, Math.max(plan.least, most) * 1.05] },
    },
    axes: [
      { ...axis, values: (_plot, splits) => splits.map((at) => dateWords(at, history.step)) },
      {
        ...axis,
        size: SCALE_ROOM,
        ...(plan.isDuration ? { incrs: DURATIONS } : {}),
        values: (_plot, splits) => splits.map((value) => scaleWords(plan, value)),
      },
    ],
    series: [
      { value: (_plot, at) => (at === null ? '–' : timeWords(at, history.step)) },
      ...order.map((index): uPlot.Series => {
        const { label, colour: token } = plan.series[index]!;
        const value = (_plot: uPlot, _value: number, _series: number, at: number | null) =>
          at === null ? '–' : inWordsOf(plan, raw[index]![at] ?? null);
        const shared = { label, value, stroke: colour(token) };
        return isBars
          ? {
              ...shared,
              fill: colour(token),
              width: 0,
              paths: uPlot.paths.bars!({ size: [0.7, 40] }),
            }
          : { ...shared, width: 2, points: { show: true, size: 5, fill: colour(token) } };
      }),
    ],
  };
  const times = history.steps.map(({ since }) => Date.parse(since) / 1_000);
  return new uPlot(options, [times, ...order.map((index) => drawn[index]!)], place);
}

/** Parts of a failure are not drawn beside the scale. */
function scaleWords(plan: ChartPlan, value: number): string {
  return plan.kind === 'bars' && !Number.isInteger(value) ? '' : plan.words(value);
}

/** A mark of the scale of time, in the reader's language and in UTC. */
function dateWords(at: number, step: History['step']): string {
  const shown =
    step === 'day'
      ? ({ day: 'numeric', month: 'short' } as const)
      : ({ hour: '2-digit', minute: '2-digit' } as const);
  return new Date(at * 1_000).toLocaleString(undefined, { ...shown, timeZone: 'UTC' });
}

function timeWords(at: number, step: History['step']): string {
  const text = new Date(at * 1_000).toISOString();
  return step === 'day' ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}`;
}

function sumOf(values: (number | null)[][]): number[] {
  return values[0]!.map((_, at) => values.reduce((sum, each) => sum + (each[at] ?? 0), 0));
}

/** A token as a colour: a canvas knows neither variables nor light-dark(). */
function colourIn(place: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
