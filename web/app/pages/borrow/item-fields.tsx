import { hrefOf, pathOf } from '../../address/address';
import { Button } from '../../parts/button';
import { SelectField, TextField } from '../../parts/field';
import { overview } from '../../server/overview';
import { nowOf, poolsOf, type Pool } from './chosen';
import type { ItemDraft } from './draft';
import { hintFor } from './hint';

interface ItemFieldsProps {
  index: number;
  item: ItemDraft;
  pools: readonly Pool[];
  failure: unknown;
  onItem: (item: ItemDraft) => void;
  /** undefined: it is the only one. */
  onRemove?: () => void;
}

const WAYS = [
  ['pool', 'A pool'],
  ['kind', 'A kind'],
  ['resource', 'One resource'],
] as const;

/** The fields of one item: from where, and how many. */
export function ItemFields({ index, item, pools, failure, onItem, onRemove }: ItemFieldsProps) {
  const set = (change: Partial<ItemDraft>) => onItem({ ...item, ...change });
  const at = (field: string, hint?: string) => hintFor(failure, `items[${index}].${field}`, hint);
  const from = poolsOf(item, pools);
  const types = [...new Set(from.flatMap((pool) => pool.types.map(({ name }) => name)))].sort();
  return (
    <fieldset class="item">
      <legend>Item {index + 1}</legend>
      <div class="item-fields">
        <SelectField
          label="From"
          value={item.by}
          options={WAYS}
          onValue={(by) => set({ by: by as ItemDraft['by'], type: '' })}
        />
        {item.by === 'pool' && (
          <SelectField
            label="Pool"
            hint={at('pool')}
            value={item.pool}
            options={poolOptions(pools, item.pool)}
            onValue={(pool) => set({ pool, type: '' })}
          />
        )}
        {item.by === 'kind' && (
          <>
            <SelectField
              label="Kind"
              hint={at('kind')}
              value={item.kind}
              options={kindOptions(pools, item.kind)}
              onValue={(kind) => set({ kind, type: '' })}
            />
            <TextField
              label="Labels"
              hint={at('labels', 'Such as zone=a, rack=2.')}
              value={item.labels}
              onValue={(labels) => set({ labels })}
            />
          </>
        )}
        {item.by === 'resource' && (
          <>
            <TextField
              label="Resource"
              hint={at('resource', 'Its name or id.')}
              value={item.resource}
              onValue={(resource) => set({ resource })}
              list={`resources-${index}`}
            />
            <datalist id={`resources-${index}`}>
              {knownNames().map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
          </>
        )}
        {item.by !== 'resource' && (types.length > 1 || item.type !== '') && (
          <SelectField
            label="Type"
            hint={at('type')}
            value={item.type}
            options={[['', 'any'], ...types.map((type) => [type, type] as const)]}
            onValue={(type) => set({ type })}
          />
        )}
        {item.by !== 'resource' && (
          <TextField
            label="How many"
            type="number"
            min={1}
            hint={at('count')}
            value={item.count}
            onValue={(count) => set({ count })}
          />
        )}
        {onRemove && (
          <Button kind="quiet" label={`Remove item ${index + 1}`} onClick={onRemove}>
            ✕
          </Button>
        )}
      </div>
      <p class="hint item-free" role="status">
        {freeIn(from)}
        <WhoHasIt pools={from} />
      </p>
    </fieldset>
  );
}

function poolOptions(pools: readonly Pool[], chosen: string): [string, string][] {
  const known = pools.map(({ name, kind, counts }): [string, string] => {
    const { available, total } = nowOf(name)?.counts ?? counts;
    return [name, `${name} (${kind}): ${available} of ${total} free`];
  });
  return withChosen([['', 'Choose a pool'], ...known], chosen);
}

function kindOptions(pools: readonly Pool[], chosen: string): [string, string][] {
  const kinds = [...new Set(pools.map(({ kind }) => kind))].sort();
  const known = kinds.map((kind): [string, string] => [kind, kind]);
  return withChosen([['', 'Choose a kind'], ...known], chosen);
}

/** A link may name what is not there: the server says so, rather than that another one is taken. */
function withChosen(options: [string, string][], chosen: string): [string, string][] {
  if (options.some(([value]) => value === chosen)) return options;
  return [...options, [chosen, chosen.replaceAll(',', ' or ')]];
}

/** How many names are suggested. */
const SUGGESTED = 200;

function knownNames(): string[] {
  const pools = overview.value?.pools ?? [];
  return pools
    .flatMap(({ resources }) => resources ?? [])
    .slice(0, SUGGESTED)
    .map(({ name }) => name);
}

/** Where nothing is free: a way to see who has it, and until when. */
function WhoHasIt({ pools }: { pools: readonly Pool[] }) {
  const [pool] = pools;
  if (!pool || pools.length > 1 || (nowOf(pool.name) ?? pool).counts.available > 0) return null;
  return (
    <>
      {' '}
      <a href={hrefOf(pathOf('pools', pool.name))}>Who has what, and until when</a>
    </>
  );
}

/** How much is free now in these pools, in words. */
function freeIn(pools: readonly Pool[]): string {
  if (pools.length === 0) return '';
  const all = pools.map(({ name, counts }) => nowOf(name) ?? { counts, queue: { length: 0 } });
  const sum = (of: (pool: (typeof all)[number]) => number) =>
    all.reduce((total, pool) => total + of(pool), 0);
  const free = sum(({ counts }) => counts.available);
  const total = sum(({ counts }) => counts.total);
  const waiting = sum(({ queue }) => queue.length);
  const queue =
    waiting === 0 ? '' : waiting === 1 ? ' 1 request waits.' : ` ${waiting} requests wait.`;
  return `${free} of ${total} ${free === 1 ? 'is' : 'are'} free now.${queue}`;
}
