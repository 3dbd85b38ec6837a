import { setQuery } from '../../address/address';
import { SelectField } from '../../parts/field';
import { TextFilter } from '../../parts/text-filter';
import type { Schemas } from '../../server/client';
import { STATUSES, type ResourceFilter } from './matching';

type Pools = readonly Schemas['Pool'][];

/** The filters of the list; each stands in the address. */
export function Filters({ filter, pools }: { filter: ResourceFilter; pools: Pools }) {
  const names = pools.map(({ name }) => name);
  const types = pools
    .filter(({ name }) => filter.pool === '' || name === filter.pool)
    .flatMap((pool) => pool.types.map(({ name }) => name));
  return (
    <div class="filters" role="search">
      <SelectField
        label="Pool"
        value={filter.pool}
        options={choices('All', names, filter.pool)}
        onValue={(pool) => setQuery({ pool, type: '' })}
      />
      <SelectField
        label="Type"
        value={filter.type}
        options={choices('Any', [...new Set(types)].sort(), filter.type)}
        onValue={(type) => setQuery({ type })}
      />
      <SelectField
        label="State"
        value={filter.status}
        options={STATUSES}
        onValue={(status) => setQuery({ status })}
      />
      <TextFilter label="Name or reason" name="text" />
    </div>
  );
}

/** One that is chosen is among them, even if it is gone. */
function choices(all: string, names: readonly string[], chosen: string) {
  const known = chosen === '' || names.includes(chosen) ? names : [...names, chosen];
  return [['', all], ...known.map((name) => [name, name] as const)] as [string, string][];
}
