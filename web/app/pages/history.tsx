import { useEffect } from 'preact/hooks';
import 'uplot/dist/uPlot.min.css';
import { filterOf, setQuery } from '../address/address';
import { Busy } from '../parts/busy';
import { Failure } from '../parts/failure';
import { SelectField } from '../parts/field';
import { PageHead } from '../parts/page-head';
import { holdfast } from '../server/client';
import { overview } from '../server/overview';
import { useRead } from '../server/query';
import '../styles/history.css';
import { ChartCard } from './history/chart-card';
import { CHARTS } from './history/charts';

const DAYS = [1, 2, 7, 14, 30, 90];
const USUAL = 14;
/** The history is read again so often, in ms; a change moves it by little. */
const AGAIN = 60_000;

/** Shows how pools were used by the day: use, waits, cleaning and failures. */
export default function History() {
  const pool = filterOf('pool');
  const days = daysIn(filterOf('days'));
  const names = overview.value?.pools.map(({ name }) => name) ?? [];
  const known = pool === '' || names.includes(pool) ? names : [pool, ...names];
  return (
    <>
      <PageHead
        title="History"
        about="Use, waits, cleaning and failures. Days and hours are those of UTC."
      />
      <div class="stack">
        <div class="history-filters">
          <SelectField
            label="Pool"
            value={pool}
            options={[['', 'All pools'], ...known.map((name) => [name, name] as const)]}
            onValue={(value) => setQuery({ pool: value })}
          />
          <SelectField
            label="Days"
            value={String(days)}
            options={[...new Set([...DAYS, days])]
              .sort((a, b) => a - b)
              .map((each) => [String(each), each === 1 ? '24 hours' : `${each} days`] as const)}
            onValue={(value) => setQuery({ days: value === String(USUAL) ? undefined : value })}
          />
        </div>
        <Charts pool={pool} days={days} />
      </div>
    </>
  );
}

function Charts({ pool, days }: { pool: string; days: number }) {
  const { data, failure, again } = useRead(
    `${days} ${pool}`,
    (signal) =>
      pool === ''
        ? holdfast.history.get({ days, signal })
        : holdfast.pools.history(pool, { days, signal }),
    () => false,
  );
  useEffect(() => {
    const timer = setInterval(again, AGAIN);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <Failure of={failure} retry={again} />
      {!data && failure === null && <Busy what="History" />}
      {data && !data.isComplete && (
        <p class="hint" role="status">
          The server is still counting, and some of what has ended is missing.
        </p>
      )}
      {data && (
        <div class="history-charts">
          {CHARTS.map((plan) => (
            <ChartCard key={plan.name} plan={plan} history={data} />
          ))}
        </div>
      )}
    </>
  );
}

/** The days that an address asks for; those of a wrong one are the usual. */
function daysIn(text: string): number {
  const days = Number(text);
  return Number.isInteger(days) && days >= 1 && days <= 90 ? days : USUAL;
}
