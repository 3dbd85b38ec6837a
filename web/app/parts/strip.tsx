import { useRef, useState } from 'preact/hooks';
import type { PoolOverview } from '../server/overview';
import '../styles/strip.css';
import { countsInWords } from './counts';
import { STATES, STATE_NAMES } from './state';

export type Cell = NonNullable<PoolOverview['resources']>[number];

interface StripProps {
  pool: PoolOverview;
  /** Gives the link of a resource. */
  hrefOf: (cell: Cell) => string;
  /** Resources that a filter leaves out are dimmed. */
  isMeant?: (cell: Cell) => boolean;
  /** The id of the resource that is shown beside. */
  current?: string;
}

/** The resources of a pool, coloured by state; of a large pool, a bar of their counts. */
export function Strip(props: StripProps) {
  const { pool } = props;
  if (pool.counts.total === 0) return null;
  return pool.resources ? (
    <Cells {...props} cells={pool.resources} />
  ) : (
    <Bar name={pool.name} counts={pool.counts} />
  );
}

/** One stop for the Tab key: the arrow keys lead from cell to cell. */
function Cells({ pool, cells, hrefOf, isMeant, current }: StripProps & { cells: Cell[] }) {
  const place = useRef<HTMLDivElement>(null);
  const [stop, setStop] = useState(0);
  const reached = Math.min(stop, cells.length - 1);
  const move = (event: KeyboardEvent) => {
    const to = cellAfter(event.key, place.current!, reached);
    if (to === null) return;
    event.preventDefault();
    (place.current!.children[to] as HTMLElement).focus();
  };
  return (
    <div
      ref={place}
      class="cells"
      role="toolbar"
      aria-label={`Resources of ${pool.name}`}
      onKeyDown={move}
      onFocusIn={({ target }) => setStop([...place.current!.children].indexOf(target as Element))}
    >
      {cells.map((cell, index) => (
        <a
          key={cell.id}
          class={`dot cell ${cell.state}${isMeant && !isMeant(cell) ? ' dimmed' : ''}`}
          href={hrefOf(cell)}
          tabIndex={index === reached ? 0 : -1}
          aria-current={cell.id === current || undefined}
          aria-label={`${cell.name}: ${STATES[cell.state]}`}
          title={`${cell.name}: ${STATES[cell.state]}`}
        />
      ))}
    </div>
  );
}

/** The index of the cell to which a key leads from the one at `index`; null: it leads nowhere. */
function cellAfter(key: string, { children }: HTMLElement, index: number): number | null {
  const last = children.length - 1;
  const top = (at: number) => (children[at] as HTMLElement).offsetTop;
  const inRow = [...children].findIndex((_, at) => top(at) !== top(0));
  const row = inRow === -1 ? children.length : inRow;
  const to = {
    ArrowLeft: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index - row,
    ArrowDown: index + row,
    Home: 0,
    End: last,
  }[key];
  return to === undefined || to < 0 || to > last ? null : to;
}

function Bar({ name, counts }: Pick<PoolOverview, 'name' | 'counts'>) {
  return (
    <div class="bar" role="img" aria-label={`${name}: ${countsInWords(counts)}`}>
      {STATE_NAMES.filter((state) => counts[state] > 0).map((state) => (
        <span
          key={state}
          class={`dot ${state}`}
          title={STATES[state]}
          style={{ flexGrow: counts[state] }}
        />
      ))}
    </div>
  );
}

/** The colours of the states that occur, with their words. */
export function Legend({ pools }: { pools: readonly PoolOverview[] }) {
  const states = STATE_NAMES.filter((state) => pools.some(({ counts }) => counts[state] > 0));
  if (states.length === 0) return null;
  return (
    <ul class="counts legend" aria-label="Colours">
      {states.map((state) => (
        <li key={state}>
          <span class={`dot cell ${state}`} aria-hidden="true" />
          {STATES[state]}
        </li>
      ))}
    </ul>
  );
}
