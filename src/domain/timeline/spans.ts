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

/** All that happened to some resources in a window; times in epoch ms. */
export interface LaneHistory {
  loans: LaneLoan[];
  /** Ways back that have ended. */
  cleanings: { resourceId: string; from: number; to: number }[];
  /** Changes of the admin state, in order. */
  adminStates: { resourceId: string; at: number; to: AdminState }[];
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
  return (id) => ({
    loans: loans.get(id) ?? [],
    cleanings: cleanings.get(id) ?? [],
    adminStates: adminStates.get(id) ?? [],
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
    ...present(resource),
    ...maintenance(resource, own(rows.adminStates)),
  ];
  const inWindow = found.filter((span) => span.from < window.until && endOf(span) > window.since);
  return SPAN_KINDS.reduce<Span[]>(
    (shown, kind) => [
      ...shown,
      ...inWindow.filter((span) => span.kind === kind).flatMap((span) => without(span, shown)),
    ],
    [],
  ).sort((a, b) => a.from - b.from);
}

const stretch = ({ from, to }: Stretch): Stretch => ({ from, to });
const spanOf = (kind: SpanKind, { from, to }: Stretch): Span => ({ kind, from, to, loan: null });
const endOf = ({ to }: Stretch) => to ?? Infinity;

/** The span that goes on now, whose end nobody knows. */
function present({ status, wayBackSince, changedAt }: LaneResource): Span[] {
  if (status === 'quarantined') return [spanOf('quarantine', { from: changedAt, to: null })];
  const isBusy = ['provisioning', 'dirty', 'cleaning', 'destroying'].includes(status);
  return isBusy ? [spanOf('cleaning', { from: wayBackSince ?? changedAt, to: null })] : [];
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
