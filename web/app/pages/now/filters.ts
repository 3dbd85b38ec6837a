import { filterOf } from '../../address/address';
import type { Cell } from '../../parts/strip';
import { STATES, type State } from '../../parts/state';
import type { PoolOverview } from '../../server/overview';

/** Filters of the pools and resources that the page shows; each is empty where it does not matter. */
export interface Filters {
  /** Part of the name of a pool or resource, of a label or a type; in small letters. */
  text: string;
  /** `name=value`. */
  label: string;
  state: State | '';
  /** Only pools that need attention. */
  attention: boolean;
}

/** The filters in the address. */
export function filtersInAddress(): Filters {
  const state = filterOf('state');
  return {
    text: filterOf('q').trim().toLowerCase(),
    label: filterOf('label'),
    state: state in STATES ? (state as State) : '',
    attention: filterOf('attention') !== '',
  };
}

/** Does somebody have to look at it: does it fail, is something broken, does somebody wait? */
export function needsAttention({ failing, counts, queue }: PoolOverview): boolean {
  return Boolean(failing) || counts.quarantined > 0 || queue.length > 0;
}

/** The labels of a pool as `name=value`. */
export function labelsOf({ labels }: PoolOverview): string[] {
  return Object.entries(labels).map(([name, value]) => `${name}=${value}`);
}

const has = (text: string) => (words: string) => words.toLowerCase().includes(text);

/** Does the text name the pool as a whole, rather than one of its resources? */
function namesPool(pool: PoolOverview, text: string): boolean {
  return [pool.name, pool.kind, ...pool.types, ...labelsOf(pool)].some(has(text));
}

/** Is the pool shown? */
export function showsPool(pool: PoolOverview, filters: Filters): boolean {
  const { text, label, state, attention } = filters;
  return (
    (!attention || needsAttention(pool)) &&
    (label === '' || labelsOf(pool).includes(label)) &&
    (state === '' || pool.counts[state] > 0) &&
    (text === '' ||
      namesPool(pool, text) ||
      (pool.resources ?? []).some(({ name }) => has(text)(name)))
  );
}

/** Tells whether a resource of the pool is meant; undefined: all of them are. */
export function meantIn(
  pool: PoolOverview,
  { text, state }: Filters,
): ((cell: Cell) => boolean) | undefined {
  const byName = text !== '' && !namesPool(pool, text);
  if (!byName && state === '') return undefined;
  return (cell) => (state === '' || cell.state === state) && (!byName || has(text)(cell.name));
}
