import { DomainError } from '../errors';
import type { Kind, Labels } from '../pools/pool';

/**
 * One item of a request: so many of a pool, of several pools together, of a kind and type, or one
 * named resource.
 */
export interface RequestItem {
  pool?: string;
  /** The first of them goes first. */
  pools?: string[];
  kind?: Kind;
  type?: string;
  labels?: Labels;
  resource?: string;
  count: number;
}

/** How the holder wants to get in; a password is made where neither is given. */
export interface AccessWish {
  username?: string;
  password?: string;
  publicKey?: string;
  /** Further keys that let the holder in, beside the above; added when access is opened. */
  authorizedKeys?: string[];
}

export const RESERVATION_STATUSES = ['queued', 'preparing', 'active', 'ended'] as const;
export type ReservationStatus = (typeof RESERVATION_STATUSES)[number];

export const END_REASONS = [
  'released',
  'expired',
  'revoked',
  'failed',
  'cancelled',
  'timed_out',
  'refused',
] as const;
export type EndReason = (typeof END_REASONS)[number];

/** The API through which a request came. */
export type Api = 'v1' | 'acctpool' | 'containers' | 'vms' | 'tokens' | 'import';

/** The options of a reservation that no rule reads before it ends. */
export interface ReservationOptions {
  /** How the resources end: cleaned, or kept out of service for an admin. */
  onRelease: 'clean' | 'maintenance';
  note: string | null;
}

/** The options that were given, and defaults for the others. */
export function optionsOf({
  onRelease = 'clean',
  note = null,
}: Partial<ReservationOptions>): ReservationOptions {
  return { onRelease, note };
}

export interface Reservation extends ReservationOptions {
  id: string;
  userId: string;
  apiTokenId: string | null;
  status: ReservationStatus;
  endReason: EndReason | null;
  /** A sentence more than `endReason`, e.g. why it was refused. */
  endDetail: string | null;
  items: RequestItem[];
  priority: number;
  /** Asked-for length of the lease in ms; null: without an end. */
  duration: number | null;
  /** Longest the lease may become, counted from `startsAt`, in ms; null: no bound. */
  maximum: number | null;
  /** Longest silence of the holder in ms; null: no heartbeat is asked for. */
  heartbeat: number | null;
  /** How long `preparing` may last, in ms. */
  prepare: number;
  /** Sealed JSON of an AccessWish. */
  sealedAccess: string | null;
  requestId: string | null;
  via: Api;
  requestedAt: number;
  startsAt: number | null;
  endsAt: number | null;
  heartbeatBy: number | null;
  endedAt: number | null;
  /** When time next acts on it: give-up, end of preparing, or end of the lease. */
  deadlineAt: number | null;
  /**
   * How often a later request got ahead in one of its lines while it was the oldest there that was
   * not promoted.
   */
  overtaken: number;
}

export type ReservationEvent = 'prepare' | 'activate' | 'end';

/** The life of a reservation; any transition that is missing is impossible. */
export const RESERVATION_STATES: Record<
  ReservationStatus,
  Partial<Record<ReservationEvent, ReservationStatus>>
> = {
  queued: { prepare: 'preparing', activate: 'active', end: 'ended' },
  preparing: { activate: 'active', end: 'ended' },
  active: { end: 'ended' },
  ended: {},
};

/** The reasons that may end a reservation, by status. */
export const END_REASONS_BY_STATUS: Record<ReservationStatus, readonly EndReason[]> = {
  queued: ['cancelled', 'timed_out', 'refused', 'revoked'],
  preparing: ['released', 'revoked', 'failed'],
  active: ['released', 'expired', 'revoked', 'failed'],
  ended: [],
};

/** The status after `event`, or a `conflict` where the table has none. */
export function nextReservationStatus(
  status: ReservationStatus,
  event: ReservationEvent,
): ReservationStatus {
  const next = RESERVATION_STATES[status][event];
  if (!next) throw new DomainError('conflict', `A reservation that is ${status} cannot ${event}.`);
  return next;
}
