import { DomainError } from '../errors';
import type { Pool } from '../pools/pool';
import { MAX_CLASSES, unsatisfiable, type EligibleClass } from '../queue/matching';
import { MAX_PRIORITY } from '../queue/ranks';
import type { RequestItem } from './reservation';

/** The most items, and the most resources, of one request. */
export const MAX_ITEMS = 10;
export const MAX_RESOURCES = 1000;

/** The part of a request that is checked here. */
interface AskedFor {
  items: RequestItem[];
  priority: number;
  /** The highest priority that the caller's credential allows. */
  maxPriority: number;
}

/** The items of a request, matched with the pools. */
export interface MatchedItems {
  /** The classes that match each item, at most MAX_CLASSES + 1 of them. */
  choices: EligibleClass[][];
  /**
   * For each item, the first pool it names that does not exist, or null. If no class matches the
   * item, a pool that is being deleted counts, too.
   */
  unknownPools: (string | null)[];
}

/**
 * Checks what a request asks for against its limits and against the pools. Errors: `invalid`,
 * `not_found`, `too_many_classes`, `unsatisfiable`.
 */
export function checkItems(
  { items, priority, maxPriority }: AskedFor,
  matched: MatchedItems & { pools: Record<string, Pool> },
): void {
  if (priority > Math.min(maxPriority, MAX_PRIORITY)) {
    throw new DomainError(
      'invalid',
      `Your credential allows a priority of at most ${maxPriority}.`,
      'priority',
    );
  }
  if (items.reduce((sum, { count }) => sum + count, 0) > MAX_RESOURCES) {
    throw new DomainError(
      'invalid',
      `A request can ask for at most ${MAX_RESOURCES} resources.`,
      'items',
    );
  }
  matched.choices.forEach((classes, index) =>
    checkClasses(classes, items[index]!, index, matched.unknownPools[index]!),
  );
  const named = matched.choices.flatMap((classes) =>
    classes.filter(({ resourceId }) => resourceId !== null),
  );
  if (new Set(named.map(({ resourceId }) => resourceId)).size < named.length)
    throw new DomainError('invalid', 'The same resource is named twice.', 'items');
  const misfit = unsatisfiable(
    matched,
    items.map(({ count }) => count),
  );
  if (misfit !== null)
    throw new DomainError('unsatisfiable', 'The pools cannot hold what the request asks for.', [
      'items',
      misfit,
      'count',
    ]);
}

function checkClasses(
  classes: EligibleClass[],
  item: RequestItem,
  index: number,
  unknownPool: string | null,
): void {
  const at = ['items', index];
  if (classes.length === 0 && item.resource !== undefined)
    throw new DomainError('not_found', `No resource ${item.resource} matches this item.`, [
      ...at,
      'resource',
    ]);
  if (unknownPool !== null) {
    throw new DomainError(
      'not_found',
      `There is no pool ${unknownPool}.`,
      item.pool === undefined
        ? [...at, 'pools', item.pools!.indexOf(unknownPool)]
        : [...at, 'pool'],
    );
  }
  if (classes.length === 0)
    throw new DomainError('not_found', 'No pool lends what this item asks for.', at);
  if (classes.length > MAX_CLASSES)
    throw new DomainError(
      'too_many_classes',
      `This item matches more than ${MAX_CLASSES} classes of resources; narrow it by pool, type or labels.`,
      at,
    );
  if (item.resource !== undefined && item.count !== 1)
    throw new DomainError('invalid', 'An item that names a resource has count 1.', [
      ...at,
      'count',
    ]);
}
