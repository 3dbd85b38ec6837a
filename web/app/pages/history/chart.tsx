import { useEffect, useRef } from 'preact/hooks';
import { theme } from '../../theme';
import { useWidth } from '../../parts/use-width';
import { inWordsOf, isEmpty, type ChartPlan, type History } from './charts';
import { plotIn } from './plot';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** A chart, drawn anew when its width or the colours change. */
export function Chart({ plan, history }: { plan: ChartPlan; history: History }) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const chosen = theme.value;
  const nothing = isEmpty(plan, history);
  useEffect(() => {
    if (width === 0 || nothing) return undefined;
    const plot = plotIn(place.current!, plan, history, width);
    const redraw = () => plot.redraw();
    dark.addEventListener('change', redraw);
    return () => {
      dark.removeEventListener('change', redraw);
      plot.destroy();
    };
  }, [plan, history, width, chosen, nothing]);
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
