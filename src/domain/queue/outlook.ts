import type { Absent, NamedOutlook, Outlook, Outlooks, Returning } from './absent';
import type { QueuedRequest } from './queues';

/**
 * How long after its beginning a loan without an end is expected to be given back, in ms. Only one
 * that began after a request asked counts: it shows that such loans end while the request waits.
 */
export const OPEN_LOAN_PATIENCE = 3_600_000;

type Asking = Pick<QueuedRequest, 'reservationId' | 'requestedAt'>;

/**
 * When a resource can be lent to a waiting request at the latest, in epoch ms, if nothing fails;
 * null: it cannot come by itself, because an admin, a repair or its holder has to act first.
 */
export function comesAt(
  absent: Absent,
  { turnaround, making, isStuck }: Returning,
  { reservationId, requestedAt }: Asking,
  now: number,
): number | null {
  const { status, adminState, backAt, changedAt, heldFor, heldUntil } = absent;
  if (adminState !== 'in_service') return null;
  switch (status) {
    case 'available':
      return heldFor === null || heldFor === reservationId ? now : Math.max(now, heldUntil ?? now);
    case 'provisioning':
    case 'dirty':
    case 'cleaning':
      return isStuck ? null : now + making;
    case 'allocated':
      if (isStuck) return null;
      if (backAt !== null) return Math.max(now, backAt) + turnaround;
      return changedAt > requestedAt && changedAt > now - OPEN_LOAN_PATIENCE ? now : null;
    case 'spare':
    case 'quarantined':
    case 'destroying':
    case 'destroyed':
      return null;
  }
}

/**
 * When a request that gets nothing more at once has everything at the latest, in epoch ms; null if
 * something that it lacks cannot come by itself. `lacking`: how many each item lacks; `free`: how
 * many of a class this schedule has left, or has given to others. Others who wait for the same are
 * not considered. A class of which nothing is known is expected to serve at once.
 */
export function completeAt(
  request: QueuedRequest,
  lacking: readonly number[],
  { classes, named }: Outlooks,
  free: (classId: number) => number,
  now: number,
): number | null {
  const wanted = request.items
    .map(({ resourceId, classes: open }, index) => ({ resourceId, open, count: lacking[index]! }))
    .filter(({ count }) => count > 0);
  const namedAt = wanted.map(({ resourceId }) => {
    const known = resourceId === null ? undefined : named[resourceId];
    return known ? comesAt(known.absent, known.returning, request, now) : now;
  });
  if (namedAt.includes(null)) return null;
  const others = wanted.filter(({ resourceId }) => resourceId === null);
  const most = others.reduce((sum, { count }) => sum + count, 0);
  const asked = { request, named: namedBy(request, named), most, now };
  const supplies = [...new Set(others.flatMap(({ open }) => open))].map((classId) => ({
    open: others.reduce((set, item, i) => (item.open.includes(classId) ? set | (1 << i) : set), 0),
    times: arrivals(classId, classes[classId], free(classId), asked),
  }));
  const all = earliestFor(
    others.map(({ count }) => count),
    supplies,
    now,
  );
  return all === null ? null : Math.max(all, ...(namedAt as number[]));
}

/** A request, the resources that it names, and how many others it lacks. */
interface Asked {
  request: QueuedRequest;
  named: NamedOutlook[];
  most: number;
  now: number;
}

function namedBy({ items }: QueuedRequest, named: Outlooks['named']): NamedOutlook[] {
  return items.flatMap(({ resourceId }) => (resourceId === null ? [] : (named[resourceId] ?? [])));
}

/** When resources of a class that the request does not name come, in order. */
function arrivals(
  classId: number,
  outlook: Outlook | undefined,
  free: number,
  { request, named, most, now }: Asked,
): number[] {
  const times = (count: number, at: number) =>
    Array<number>(Math.max(0, Math.min(most, count))).fill(at);
  if (!outlook) return times(most, now);
  const own = named.filter((each) => each.classId === classId).map(({ absent }) => absent);
  const available = outlook.available - own.filter(isUnheld).length;
  const underWay = outlook.isStuck ? 0 : outlook.underWay - own.filter(isUnderWay).length;
  const back = outlook.absent
    .filter(({ heldFor }) => heldFor !== request.reservationId)
    .filter(({ resourceId }) => own.every((absent) => absent.resourceId !== resourceId))
    .flatMap((absent) => comesAt(absent, outlook, request, now) ?? [])
    .sort((a, b) => a - b);
  const later = outlook.hasMore && back.length > 0 ? times(most, back.at(-1)!) : [];
  return [
    ...times(available + free, now),
    ...times(underWay, now + outlook.making),
    ...back,
    ...later,
  ].sort((a, b) => a - b);
}

function isUnheld({ status, adminState, heldFor }: Absent): boolean {
  return status === 'available' && adminState === 'in_service' && heldFor === null;
}

/** Is it being made, cleaned or verified, so that it can be lent soon? */
export function isUnderWay({ status, adminState }: Pick<Absent, 'status' | 'adminState'>): boolean {
  return (
    adminState === 'in_service' &&
    (status === 'provisioning' || status === 'dirty' || status === 'cleaning')
  );
}

/** Resources that come at these times, for the items whose bits are set in `open`. */
interface Supply {
  open: number;
  times: number[];
}

/** The first time by which all items have enough; null if they never have. */
function earliestFor(counts: number[], supplies: readonly Supply[], now: number): number | null {
  const times = [now, ...supplies.flatMap((supply) => supply.times)].sort((a, b) => a - b);
  if (!haveEnoughBy(times.at(-1)!, counts, supplies)) return null;
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (haveEnoughBy(times[middle]!, counts, supplies)) high = middle;
    else low = middle + 1;
  }
  return times[low]!;
}

/** By Gale's theorem, every set of items needs enough in the classes open to it together. */
function haveEnoughBy(time: number, counts: number[], supplies: readonly Supply[]): boolean {
  const ready = supplies.map(({ open, times }) => ({ open, count: countUpTo(times, time) }));
  for (let set = 1; set < 1 << counts.length; set += 1) {
    const need = counts.reduce((sum, count, index) => (set & (1 << index) ? sum + count : sum), 0);
    const supply = ready.reduce((sum, each) => (each.open & set ? sum + each.count : sum), 0);
    if (supply < need) return false;
  }
  return true;
}

function countUpTo(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
