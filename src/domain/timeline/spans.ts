import type { AdminState, Resource } from '../lifecycle/resource';

/** What a resource is busy with, the most telling first: where two meet, the first one is shown. */
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
  'id' | 'name' | 'type' | 'status' | 'adminState' | 'maintenanceUntil' | 'changedAt'
> & { wayBackSince: number | null };

/** All that is known of the resources of a pool in a window; times in epoch ms. */
export interface TimelineRows {
  resources: LaneResource[];
  /** How many resources the pool has. */
  total: number;
  /** The newest loans of each. */
  loans: LaneLoan[];
  /** Ways back that have ended. */
  cleanings: { resourceId: string; from: number; to: number }[];
  /** Changes of the admin state, in order. */
  adminStates: { resourceId: string; at: number; to: AdminState }[];
}

/** The spans of one resource that reach into the window, in order; none overlaps another. */
export function spansOf(
  resource: LaneResource,
  rows: Pick<TimelineRows, 'loans' | 'cleanings' | 'adminStates'>,
  window: Window,
): Span[] {
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

/** What goes on now, whose end nobody knows. */
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
    .reduce<Span[]>((parts, other) => parts.flatMap((part) => cut(part, other)), [span])
    .filter((part) => endOf(part) > part.from);
}

function cut(part: Span, other: Span): Span[] {
  if (endOf(other) <= part.from || other.from >= endOf(part)) return [part];
  const before = { ...part, to: other.from };
  const after = other.to === null ? [] : [{ ...part, from: other.to }];
  return [...(part.from < other.from ? [before] : []), ...after];
}
