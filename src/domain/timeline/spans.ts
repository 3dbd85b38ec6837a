import { allocationId } from '../loans/allocation';
import type { AdminState, Resource } from '../lifecycle/resource';

/** The ways to be busy, the most telling first: where two meet, the first one is shown. */
export const SPAN_KINDS = ['lease', 'quarantine', 'cleaning', 'maintenance'] as const;
export type SpanKind = (typeof SPAN_KINDS)[number];

/** A stretch of time, epoch ms; without an end that is known, `to` is null. */
export interface Stretch {
  from: number;
  to: number | null;
}

/** A window of time, epoch ms. */
export interface Window {
  since: number;
  until: number;
}

/** A loan, past or present. */
export interface LaneLoan extends Stretch {
  resourceId: string;
  reservationId: string;
  userId: string;
  /** null if the user is forgotten. */
  userName: string | null;
}

/** One span of a lane; only a lease has a loan. */
export interface Span extends Stretch {
  kind: SpanKind;
  loan: LaneLoan | null;
}

/** A resource, as far as its lane shows it. */
export type LaneResource = Pick<
  Resource,
  'id' | 'name' | 'type' | 'status' | 'generation' | 'adminState' | 'maintenanceUntil' | 'changedAt'
> & { wayBackSince: number | null };

type QuarantineEvent = 'resource.quarantined' | 'resource.quarantine_ended';

/**
 * All that happened to some resources in a window; times in epoch ms. The changes go on until the first
 * one of each resource after the window, which ends what began in it.
 */
export interface LaneHistory {
  loans: LaneLoan[];
  /** Ways back that have ended. */
  cleanings: { resourceId: string; from: number; to: number }[];
  /** Changes of the admin state, in order. */
  adminStates: { resourceId: string; at: number; to: AdminState }[];
  /** Beginnings and ends of quarantines, in order. */
  quarantines: { resourceId: string; at: number; type: QuarantineEvent }[];
}

/** How many generations of a resource are looked up: each loan takes two. */
const GENERATIONS = 100;

/** The history that is looked up of each resource: that of its last generations. */
export interface HistoryAsk {
  /** The ids of its allocations. */
  allocationIds: string[];
  /** Ways back of a later generation than this. */
  newest: { resourceId: string; above: number }[];
}

/** The history to look up of some resources, which is bounded however often they were lent. */
export function historyOf(resources: readonly LaneResource[]): HistoryAsk {
  return {
    allocationIds: resources.flatMap(({ id, generation }) =>
      Array.from({ length: Math.min(GENERATIONS, generation + 1) }, (_, back) =>
        allocationId(id, generation - back),
      ),
    ),
    newest: resources.map(({ id, generation }) => ({
      resourceId: id,
      above: generation - GENERATIONS,
    })),
  };
}

/** Divides the history of many resources; gives that of one by its id. */
export function historyByResource(rows: LaneHistory): (resourceId: string) => LaneHistory {
  const loans = byResource(rows.loans);
  const cleanings = byResource(rows.cleanings);
  const adminStates = byResource(rows.adminStates);
  const quarantines = byResource(rows.quarantines);
  return (id) => ({
    loans: loans.get(id) ?? [],
    cleanings: cleanings.get(id) ?? [],
    adminStates: adminStates.get(id) ?? [],
    quarantines: quarantines.get(id) ?? [],
  });
}

function byResource<T extends { resourceId: string }>(rows: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    const own = found.get(row.resourceId);
    if (own) own.push(row);
    else found.set(row.resourceId, [row]);
  }
  return found;
}

/** The spans of one resource that reach into the window, in order; none overlaps another. */
export function spansOf(resource: LaneResource, rows: LaneHistory, window: Window): Span[] {
  const own = <T extends { resourceId: string }>(list: readonly T[]) =>
    list.filter(({ resourceId }) => resourceId === resource.id);
  const found: Span[] = [
    ...own(rows.loans).map((loan) => ({ kind: 'lease' as const, ...stretch(loan), loan })),
    ...own(rows.cleanings).map((cleaning) => spanOf('cleaning', cleaning)),
    ...wayBack(resource),
    ...quarantine(resource, own(rows.quarantines)),
    ...maintenance(resource, own(rows.adminStates)),
  ];
  const isIn = (span: Span) => span.from < window.until && endOf(span) > window.since;
  const inWindow = found.filter(isIn);
  const shown = SPAN_KINDS.reduce<Span[]>(
    (above, kind) => [
      ...above,
      ...inWindow.filter((span) => span.kind === kind).flatMap((span) => without(span, above)),
    ],
    [],
  );
  return shown.filter(isIn).sort((a, b) => a.from - b.from);
}

const stretch = ({ from, to }: Stretch): Stretch => ({ from, to });
const spanOf = (kind: SpanKind, { from, to }: Stretch): Span => ({ kind, from, to, loan: null });
const endOf = ({ to }: Stretch) => to ?? Infinity;

/** The way back that goes on now, whose end nobody knows; a quarantine may be a part of it. */
function wayBack({ status, wayBackSince, changedAt }: LaneResource): Span[] {
  const isBusy = ['provisioning', 'dirty', 'cleaning', 'destroying', 'quarantined'].includes(
    status,
  );
  return isBusy ? [spanOf('cleaning', { from: wayBackSince ?? changedAt, to: null })] : [];
}

const BEGINS: QuarantineEvent = 'resource.quarantined';

/** Quarantine lasts from its event to that of its end, however often the resource is tried again. */
function quarantine(
  { status, changedAt }: LaneResource,
  events: readonly { at: number; type: QuarantineEvent }[],
): Span[] {
  const isNow = status === 'quarantined';
  const known = events.flatMap(({ at, type }, index): Span[] => {
    const end = events[index + 1]?.at ?? (isNow ? null : at);
    return type === BEGINS ? [spanOf('quarantine', { from: at, to: end })] : [];
  });
  // Events are forgotten some day.
  const isForgotten = isNow && events.at(-1)?.type !== BEGINS;
  return isForgotten ? [...known, spanOf('quarantine', { from: changedAt, to: null })] : known;
}

/** Maintenance lasts from the change that begins it to the next one, or to its time. */
function maintenance(
  { adminState, maintenanceUntil }: LaneResource,
  states: readonly { at: number; to: AdminState }[],
): Span[] {
  return states.flatMap(({ at, to }, index) => {
    if (to !== 'maintenance') return [];
    const next = states[index + 1];
    const end = next?.at ?? (adminState === 'maintenance' ? maintenanceUntil : at);
    return [spanOf('maintenance', { from: at, to: end })];
  });
}

/** The parts of a span that none of the others covers. */
function without(span: Span, others: readonly Span[]): Span[] {
  return others
    .filter((other) => other.from < endOf(span) && endOf(other) > span.from)
    .reduce<Span[]>((parts, other) => parts.flatMap((part) => cut(part, other)), [span])
    .filter((part) => endOf(part) > part.from);
}

function cut(part: Span, other: Span): Span[] {
  if (endOf(other) <= part.from || other.from >= endOf(part)) return [part];
  const before = { ...part, to: other.from };
  const after = other.to === null ? [] : [{ ...part, from: other.to }];
  return [...(part.from < other.from ? [before] : []), ...after];
}
