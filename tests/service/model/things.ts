import type { Kind, PoolType } from '../../../src/domain/pools/pool';
import type { EndReason, ReservationStatus } from '../../../src/domain/loans/reservation';
import type { AdminState, ResourceStatus } from '../../../src/domain/lifecycle/resource';

/** What the model knows of a pool; times in ms. */
export interface ModelPool {
  id: string;
  name: string;
  kind: Kind;
  size: number;
  spares: number;
  types: PoolType[];
  opens: boolean;
  deleting: boolean;
  lease: {
    default: number | null;
    maximum: number | null;
    heartbeat: number | null;
    prepare: number;
  };
  retries: number;
  /** From the end of a loan to the next one at the latest, in ms. */
  turnaround: number;
  breaker: number;
  /** Until when the breaker is open: one outage counts once. */
  breakerUntil: number;
}

export interface ModelResource {
  id: string;
  name: string;
  number: number;
  pool: ModelPool;
  resourceClass: number;
  type: string;
  status: ResourceStatus;
  admin: AdminState;
  generation: number;
  failures: number;
  /** The request that it is held for. */
  aside: string | null;
  /** While it is held: until when it may be lent meanwhile; null: not at all. */
  until: number | null;
  holder: string | null;
  /** Given up by a request that was parked: the job offers it to others, no other decision does. */
  loose: boolean;
}

export interface ModelItem {
  classes: number[];
  resource: string | null;
  count: number;
  missing: number;
}

export interface ModelRequest {
  id: string;
  items: ModelItem[];
  priority: number;
  requestedAt: number;
  /** Its rank by promotion; null if it was not promoted. */
  promoted: number | null;
  /** It lets others past. */
  parked: boolean;
  overtaken: number;
  /** The older requests in its queues, and how many later ones were served from these before it. */
  older: number;
  passedBy: number;
  status: ReservationStatus;
  reason: EndReason | null;
  startsAt: number | null;
  endsAt: number | null;
  heartbeatBy: number | null;
  deadlineAt: number | null;
  terms: {
    duration: number | null;
    maximum: number | null;
    heartbeat: number | null;
    prepare: number;
  };
  /** Held resources whose access is not open yet. */
  opening: Set<string>;
}

/** What can happen to a resource in one decision, by itself or by an admin. */
export const BECOMES: Record<ResourceStatus, ResourceStatus[]> = {
  provisioning: ['dirty', 'cleaning', 'quarantined', 'destroying'],
  dirty: ['cleaning', 'available', 'spare', 'quarantined', 'destroying'],
  cleaning: ['dirty', 'available', 'spare', 'quarantined', 'destroying'],
  available: ['allocated', 'spare', 'dirty', 'cleaning', 'destroying'],
  spare: ['available', 'dirty', 'cleaning', 'destroying'],
  allocated: ['dirty', 'destroying'],
  // Available or a spare at once if the call that had failed was the last.
  quarantined: ['cleaning', 'dirty', 'available', 'spare', 'destroying', 'destroyed'],
  destroying: ['destroyed', 'quarantined'],
  destroyed: [],
};

export const classes = ({ items }: Pick<ModelRequest, 'items'>): number[] => [
  ...new Set(items.flatMap((item) => item.classes)),
];

export function isOlder(a: ModelRequest, b: ModelRequest): boolean {
  return a.requestedAt < b.requestedAt || (a.requestedAt === b.requestedAt && a.id < b.id);
}

/** The earlier of two times; null means never. */
export function sooner(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
