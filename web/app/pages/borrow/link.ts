import type { Item } from '../../parts/loans/words';

/** Parts of an item as the address has them, in the order in which they stand there. */
type Part = readonly [name: string, value: string];

/** The link that opens the page with these items chosen. `rest`: more of the form, by name. */
export function borrowHref(items: readonly object[], rest: readonly Part[] = []): string {
  const parts = items.flatMap((item) => partsOf(item));
  const given = [...parts, ...rest].filter(([, value]) => value !== '');
  return `#/borrow?${new URLSearchParams(given.map((part) => [...part])).toString()}`;
}

function partsOf({ pool, pools, kind, resource, type, labels = {}, count = 1 }: Partial<Item>) {
  const named: Part[] =
    resource !== undefined
      ? [['resource', resource]]
      : kind !== undefined
        ? [['kind', kind]]
        : [['pool', pool ?? pools?.join(',') ?? '']];
  return [
    ...named,
    ['type', type ?? ''],
    ...Object.entries(labels).map(([name, value]): Part => ['label', `${name}=${value}`]),
    ['count', count === 1 ? '' : String(count)],
  ] as Part[];
}
