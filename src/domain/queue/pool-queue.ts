import type { QueueEntry } from '../change';
import {
  ask,
  type Loading,
  type NamedPlace,
  type QueuedReservation,
  type QueuePlace,
} from '../query';
import { loadPositions, type QueuePosition } from './positions';

/**
 * The order of a pool's queue: first the requests that are served by rank, then those that name a
 * resource, by its id, last those that are parked, by their own. An index has each of the three.
 */
export const QUEUE_PARTS = ['ordered', 'named', 'parked'] as const;
export type QueuePart = (typeof QUEUE_PARTS)[number];

/** The end of a page; fields that do not matter in a part are empty. */
export interface QueueCursor extends NamedPlace {
  part: QueuePart;
}

/** A request that waits for something of one pool. */
export interface WaitingRequest extends QueuedReservation {
  /** Its entries in the queues of this pool that still miss something. */
  entries: QueueEntry[];
  positions: QueuePosition[];
}

/** `next`: where to go on; null after the last page. A page may be short although more follow. */
export interface PoolQueuePage {
  requests: WaitingRequest[];
  next: QueueCursor | null;
}

/** `after`: where the page before ended; null for the first. */
export interface PoolQueueAsk {
  classIds: number[];
  after: QueueCursor | null;
  limit: number;
}

/** The most entries, of whatever pool, that one page looks through in each part. */
const WINDOW = 500;

/** A part of a page: the requests found, and where the part goes on; null at its end. */
interface Found {
  found: QueuedReservation[];
  next: QueueCursor | null;
}

/** The queues to show, and what of them is left out: whoever has stopped waiting at `now`. */
interface Here {
  classIds: readonly number[];
  now: number;
}

/**
 * Loads a page of the requests that wait for anything of these classes, each once; `now` in epoch
 * ms.
 */
export function* loadPoolQueue(
  { classIds, after, limit }: PoolQueueAsk,
  now: number,
): Loading<PoolQueuePage> {
  const here = { classIds, now };
  const found: QueuedReservation[] = [];
  const first = after ?? startOf('ordered');
  let next: QueueCursor | null = null;
  for (const part of QUEUE_PARTS.slice(QUEUE_PARTS.indexOf(first.part))) {
    const from = part === first.part ? first : startOf(part);
    const more = yield* LOADERS[part](here, from, limit - found.length);
    found.push(...more.found);
    next = more.next;
    if (next !== null) break;
  }
  const requests: WaitingRequest[] = [];
  for (const { reservation, entries } of found) {
    const positions = yield* loadPositions(reservation.id);
    requests.push({ reservation, entries: entries.filter(waitsIn(classIds)), positions });
  }
  return { requests, next };
}

function startOf(part: QueuePart): QueueCursor {
  return { part, resourceId: '', rank: Number.MIN_SAFE_INTEGER, reservationId: '' };
}

type Loader = (here: Here, from: QueueCursor, room: number) => Loading<Found>;
const LOADERS: Record<QueuePart, Loader> = {
  ordered: loadOrdered,
  named: loadNamed,
  parked: loadParked,
};

function* loadOrdered({ classIds, now }: Here, from: QueueCursor, room: number): Loading<Found> {
  const places: QueuePlace[] = [];
  for (const classId of classIds)
    places.push(...(yield* ask({ ask: 'queueAfter', classId, after: from, limit: room + 1, now })));
  places.sort((a, b) => a.rank - b.rank || (a.reservationId < b.reservationId ? -1 : 1));
  const distinct = places.filter(
    ({ reservationId }, index) => reservationId !== places[index - 1]?.reservationId,
  );
  const kept = distinct.slice(0, room);
  const found = yield* ask({ ask: 'queued', ids: kept.map(({ reservationId }) => reservationId) });
  const next = distinct.length > room ? { ...from, ...kept.at(-1) } : null;
  return { found, next };
}

function* loadNamed(here: Here, from: QueueCursor, room: number): Loading<Found> {
  const rows = yield* ask({ ask: 'namedAfter', after: from, limit: WINDOW });
  const isShown = ({ entries }: QueuedReservation, { resourceId }: NamedPlace) => {
    const waiting = entries.filter(waitsIn(here.classIds));
    const names = waiting.flatMap((entry) => entry.resourceId ?? []).sort();
    return names[0] === resourceId && waiting.every((entry) => entry.resourceId !== null);
  };
  return yield* loadMatching(here, { from, rows, room, isShown });
}

function* loadParked(here: Here, from: QueueCursor, room: number): Loading<Found> {
  const ids = yield* ask({ ask: 'parkedAfter', after: from.reservationId, limit: WINDOW });
  const rows = ids.map((reservationId) => ({ ...from, reservationId }));
  const isShown = ({ entries }: QueuedReservation) => entries.some(waitsIn(here.classIds));
  return yield* loadMatching(here, { from, rows, room, isShown });
}

/** Places in a part, of which only some belong to the pool. */
interface Window {
  from: QueueCursor;
  rows: NamedPlace[];
  room: number;
  isShown: (request: QueuedReservation, row: NamedPlace) => boolean;
}

function* loadMatching({ now }: Here, { from, rows, room, isShown }: Window): Loading<Found> {
  const ids = [...new Set(rows.map(({ reservationId }) => reservationId))];
  const byId = new Map(
    (yield* ask({ ask: 'queued', ids })).map((each) => [each.reservation.id, each]),
  );
  const matching = rows.filter((row) => {
    const request = byId.get(row.reservationId)!;
    return isPatient(request, now) && isShown(request, row);
  });
  const kept = matching.slice(0, room);
  const found = kept.map(({ reservationId }) => byId.get(reservationId)!);
  if (matching.length > room) return { found, next: { ...from, ...kept.at(-1) } };
  return { found, next: rows.length === WINDOW ? { ...from, ...rows.at(-1) } : null };
}

function waitsIn(classIds: readonly number[]): (entry: QueueEntry) => boolean {
  return ({ classId, missing }) => missing > 0 && classIds.includes(classId);
}

function isPatient({ reservation: { deadlineAt } }: QueuedReservation, now: number): boolean {
  return deadlineAt === null || deadlineAt > now;
}
