import type { AdminState, ResourceStatus } from '../lifecycle/resource';

/** A resource that cannot be lent now, as far as it matters when it can be. */
export interface Absent {
  resourceId: string;
  status: ResourceStatus;
  adminState: AdminState;
  /** When its loan ends at the latest; null: it has no end, or is not lent. */
  backAt: number | null;
  /** When its status changed: if it is lent, when that loan began. */
  changedAt: number;
  /** The queued request that it is held for, and until when it may be lent meanwhile. */
  heldFor: string | null;
  heldUntil: number | null;
}

/** The part of a pool's state that decides when its resources can be lent. */
export interface Returning {
  /** From the end of a loan to the next, at the latest; ms. */
  turnaround: number;
  /** From the making of a resource, or any other step, to its first loan, at the latest; ms. */
  making: number;
  /** Does its back end fail while a driver call is needed before the next loan? */
  isStuck: boolean;
}

/** All that is known about when resources of a class can be lent. */
export interface Outlook extends Returning {
  /** Available ones besides those that the schedule gives away itself. */
  available: number;
  /** How many are being made, cleaned or verified. */
  underWay: number;
  /** Those that are lent or held: bounded lists of those that come back first. */
  absent: Absent[];
  /** Were there more of them? Those are expected with the last. */
  hasMore: boolean;
}

/** A named resource and its pool. */
export interface NamedOutlook {
  classId: number;
  absent: Absent;
  returning: Returning;
}

/** The outlooks of the classes and the named resources that some requests lack. */
export interface Outlooks {
  classes: Record<number, Outlook>;
  named: Record<string, NamedOutlook>;
}

export const NO_OUTLOOKS: Outlooks = { classes: {}, named: {} };
