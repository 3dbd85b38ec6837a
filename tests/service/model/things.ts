import type { Kind, PoolType } from '../../../src/domain/pools/pool';
import type { EndReason, ReservationStatus } from '../../../src/domain/loans/reservation';
import type { AdminState, ResourceStatus } from '../../../src/domain/lifecycle/resource';

/** What the model knows of a pool; times in ms. */
export interface ModelPool {
  id: string;
  name: string;
  kind: Kind;
  size: number;
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
  breaker: number;
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
  /** The request that it is set aside for. */
  aside: string | null;
  holder: string | null;
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
  /** Null unless promoted: the rank that it has by that. */
  promoted: number | null;
  overtaken: number;
  /**
   * Older ones that it met in its lines, and how many later ones were served from these before it.
   */
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
  /** Held resources whose access is still to be opened. */
  opening: Set<string>;
}

/** What may become of a resource in one decision, by itself or by a hand. */
export const BECOMES: Record<ResourceStatus, ResourceStatus[]> = {
  provisioning: ['dirty', 'cleaning', 'quarantined', 'destroying'],
  dirty: ['cleaning', 'available', 'quarantined', 'destroying'],
  cleaning: ['dirty', 'available', 'quarantined', 'destroying'],
  available: ['allocated', 'dirty', 'cleaning', 'destroying'],
  allocated: ['dirty', 'destroying'],
  // Available at once where the call that had failed was the last.
  quarantined: ['cleaning', 'dirty', 'available', 'destroying', 'destroyed'],
  destroying: ['destroyed', 'quarantined'],
  destroyed: [],
};

export const classes = ({ items }: Pick<ModelRequest, 'items'>): number[] => [
  ...new Set(items.flatMap((item) => item.classes)),
];

export function isOlder(a: ModelRequest, b: ModelRequest): boolean {
  return a.requestedAt < b.requestedAt || (a.requestedAt === b.requestedAt && a.id < b.id);
}

/** The earlier of two moments, null being never. */
export function sooner(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
