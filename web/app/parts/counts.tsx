import type { PoolOverview } from '../server/overview';
import { STATES, STATE_NAMES, type State } from './state';

interface CountsProps {
  counts: PoolOverview['counts'];
  /** Gives the link of a count; undefined: none. */
  hrefOf?: (state: State) => string | undefined;
}

/** How many resources are in which state, in words; states that none is in are left out. */
export function Counts({ counts, hrefOf }: CountsProps) {
  const states = STATE_NAMES.filter((state) => counts[state] > 0);
  if (states.length === 0) return <p class="hint">No resources.</p>;
  return (
    <ul class="counts">
      {states.map((state) => (
        <li key={state}>
          <span class={`dot ${state}`} aria-hidden="true" />
          <Words state={state} count={counts[state]} href={hrefOf?.(state)} />
        </li>
      ))}
    </ul>
  );
}

function Words({ state, count, href }: { state: State; count: number; href?: string }) {
  const words = `${numberOf(count)} ${STATES[state]}`;
  return href === undefined ? <span>{words}</span> : <a href={href}>{words}</a>;
}

const FORMAT = new Intl.NumberFormat('en');

/** A number with its thousands set apart: `100,000`. */
export function numberOf(count: number): string {
  return FORMAT.format(count);
}

/** The counts in a sentence, for screen readers: `3 available, 1 lent`. */
export function countsInWords(counts: PoolOverview['counts']): string {
  const words = STATE_NAMES.filter((state) => counts[state] > 0).map(
    (state) => `${numberOf(counts[state])} ${STATES[state]}`,
  );
  return words.length > 0 ? words.join(', ') : 'no resources';
}
