import { filterOf, setQuery } from '../../address/address';
import { Button } from '../../parts/button';
import { Table, type Column } from '../../parts/table';
import { Chart } from './chart';
import { inWordsOf, nameOf, type ChartPlan, type History, type Step } from './charts';

/** A chart, or the same values as a table; the address says which. */
export function ChartCard({ plan, history }: { plan: ChartPlan; history: History }) {
  const shown = filterOf('table').split(',').filter(Boolean);
  const isTable = shown.includes(plan.name);
  const toggle = () => {
    const rest = shown.filter((name) => name !== plan.name);
    const next = isTable ? rest : [...rest, plan.name];
    setQuery({ table: next.length === 0 ? undefined : next.join(',') });
  };
  return (
    <section class="card history-card" aria-label={plan.title}>
      <header class="history-head">
        <div>
          <h2>{plan.title}</h2>
          <p class="hint">{plan.about}</p>
        </div>
        <Button isPressed={isTable} label={`Table of ${plan.title}`} onClick={toggle}>
          Table
        </Button>
      </header>
      {isTable ? (
        <ValueTable plan={plan} history={history} />
      ) : (
        <Chart plan={plan} history={history} />
      )}
    </section>
  );
}

/** The newest step first: it is what people look for. */
function ValueTable({ plan, history }: { plan: ChartPlan; history: History }) {
  const columns: Column<Step>[] = [
    { title: 'From (UTC)', cell: (step) => nameOf(step, history.step) },
    ...plan.series.map(({ label, value }): Column<Step> => ({
      title: label,
      kind: 'number',
      cell: (step) => inWordsOf(plan, value(step)),
    })),
  ];
  return (
    <Table
      caption={`${plan.title} by the ${history.step}`}
      columns={columns}
      rows={history.steps.toReversed()}
      keyOf={({ since }) => since}
    />
  );
}
