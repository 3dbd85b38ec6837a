import { filterOf, setQuery } from '../../address/address';
import { SelectField, TextField } from '../../parts/field';
import { STATES, STATE_NAMES } from '../../parts/state';
import type { PoolOverview } from '../../server/overview';
import { labelsOf } from './filters';

/** The filters of the page; they are kept in the address. */
export function FilterBar({ pools }: { pools: readonly PoolOverview[] }) {
  const labels = [...new Set(pools.flatMap(labelsOf))].sort();
  return (
    <div class="filters now-filters" role="search" aria-label="Filter pools">
      <TextField
        label="Find"
        type="search"
        placeholder="Pool, resource, type or label"
        value={filterOf('q')}
        onValue={(q) => setQuery({ q })}
      />
      <SelectField
        label="State"
        value={filterOf('state')}
        options={[['', 'Any'], ...STATE_NAMES.map((state) => [state, STATES[state]] as const)]}
        onValue={(state) => setQuery({ state })}
      />
      {labels.length > 0 && (
        <SelectField
          label="Label"
          value={filterOf('label')}
          options={[['', 'Any'], ...labels.map((label) => [label, label] as const)]}
          onValue={(label) => setQuery({ label })}
        />
      )}
      <label class="attention-only">
        <input
          type="checkbox"
          checked={filterOf('attention') !== ''}
          onChange={({ currentTarget }) =>
            setQuery({ attention: currentTarget.checked ? '1' : undefined })
          }
        />
        Only what needs attention
      </label>
    </div>
  );
}
