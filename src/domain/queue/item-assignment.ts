import type { Round } from './overtaking';
import type { Candidate, QueuedItem, QueuedRequest, Queues } from './queues';
import { compareRequests } from './ranks';

/**
 * Assigns resources to the items of a request: those held for it already, free ones, and those of
 * `lendable`, which are held for others. Items that want the same classes make room for one another
 * (augmenting paths), so that no request blocks itself.
 */
export function assign(
  request: QueuedRequest,
  { queues, free: all, blocked }: Round,
  lendable: readonly Candidate[] = [],
): Candidate[][] {
  const free = new Set([...all, ...lendable]);
  const { items } = request;
  const given = items.map((_item, index) => heldForItem(request, index, queues.held));
  const find = (index: number, asked: Set<number>): boolean => {
    const item = items[index]!;
    asked.add(index);
    for (const candidate of free) {
      if (
        !fits(request, item, candidate) ||
        (item.resourceId === null &&
          candidate.heldFor === null &&
          blocked.has(candidate.classId)) ||
        isBeyond(request, candidate.classId, queues)
      )
        continue;
      free.delete(candidate);
      given[index]!.push(candidate);
      return true;
    }
    return items.some((_other, other) => {
      const spare = asked.has(other)
        ? undefined
        : given[other]!.find((candidate) => fits(request, item, candidate));
      if (!spare || !find(other, asked)) return false;
      given[other] = given[other]!.filter((candidate) => candidate !== spare);
      given[index]!.push(spare);
      return true;
    });
  };
  // The item with the fewest classes chooses first; the others have alternatives.
  const choosiest = items
    .map((_item, index) => index)
    .sort((a, b) => choice(items[a]!) - choice(items[b]!));
  for (const index of choosiest) {
    for (let lacking = items[index]!.missing; lacking > 0 && find(index, new Set()); lacking -= 1);
  }
  return given;
}

function choice({ resourceId, classes }: QueuedItem): number {
  return resourceId === null ? classes.length : 0;
}

/** The resources held for an item already. */
export function heldForItem(
  { reservationId }: QueuedRequest,
  item: number,
  held: Candidate[],
): Candidate[] {
  return held.filter(
    (candidate) => candidate.heldFor === reservationId && candidate.heldItem === item,
  );
}

/**
 * Can this candidate serve this item? A resource that is held for another serves nobody by name:
 * the others who wait for it by name are asked only once it is free, so a later one would pass them.
 */
function fits(
  { reservationId }: QueuedRequest,
  { classes, resourceId: named }: QueuedItem,
  { classId, resourceId, heldFor }: Candidate,
): boolean {
  if (!classes.includes(classId)) return false;
  if (named === null) return true;
  return named === resourceId && (heldFor === null || heldFor === reservationId);
}

/** Might requests that were not loaded be ahead of it in this queue? */
function isBeyond(
  request: QueuedRequest,
  resourceClass: number,
  { queueCutoffs }: Queues,
): boolean {
  const last = queueCutoffs[resourceClass];
  return last !== undefined && compareRequests(last, request) < 0;
}
