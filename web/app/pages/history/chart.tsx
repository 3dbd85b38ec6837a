import { useEffect, useRef } from 'preact/hooks';
import { theme } from '../../theme';
import { useWidth } from '../../parts/use-width';
import { inWordsOf, isEmpty, type ChartPlan, type History } from './charts';
import { HEIGHT, plotIn } from './plot';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** A chart, as wide as its place; it is made anew when its values or the colours change. */
export function Chart({ plan, history }: { plan: ChartPlan; history: History }) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const chosen = theme.value;
  const nothing = isEmpty(plan, history);
  const made = useRef<ReturnType<typeof plotIn> | null>(null);
  const isPlaced = width > 0;
  useEffect(() => {
    if (!isPlaced || nothing) return undefined;
    const plot = plotIn(place.current!, plan, history, width);
    made.current = plot;
    const redraw = () => plot.redraw();
    dark.addEventListener('change', redraw);
    return () => {
      dark.removeEventListener('change', redraw);
      made.current = null;
      plot.destroy();
    };
  }, [plan, history, isPlaced, chosen, nothing]);
  useEffect(() => made.current?.setSize({ width, height: HEIGHT }), [width]);
  return (
    <>
      {nothing && <p class="hint">{plan.empty}</p>}
      <div
        class="history-chart"
        ref={place}
        {...(nothing ? {} : { role: 'img', 'aria-label': aboutOf(plan, history) })}
      />
    </>
  );
}

/** The chart in a sentence: the last value of each line. The table has all of them. */
function aboutOf(plan: ChartPlan, { steps }: History): string {
  const last = steps.at(-1)!;
  const values = plan.series.map(({ label, value }) => `${label}: ${inWordsOf(plan, value(last))}`);
  return `${plan.title}. Last: ${values.join('; ')}. Show the table for all values.`;
}
