import { DomainError } from '../errors';
import type { Kind, Labels } from '../pools/pool';

/**
 * One item of a request: a number of resources of one pool, of several pools together, or of a kind
 * and type; or one named resource.
 */
export interface RequestItem {
  pool?: string;
  /** In order of preference. */
  pools?: string[];
  kind?: Kind;
  type?: string;
  labels?: Labels;
  resource?: string;
  count: number;
}

/** The access that the holder asks for; a password is made if neither it nor a key is given. */
export interface AccessWish {
  username?: string;
  password?: string;
  publicKey?: string;
  /** More keys that let the holder in; added when access is opened. */
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

/** The API that a request came through. */
export type Api = 'v1' | 'acctpool' | 'containers' | 'vms' | 'tokens' | 'import';

/** Options of a reservation that matter only when it ends. */
export interface ReservationOptions {
  /** The fate of the resources at the end: cleaned, or kept out of service for an admin. */
  onRelease: 'clean' | 'maintenance';
  note: string | null;
}

/** The given options, with defaults for the others. */
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
  /** The admin who asked on behalf of `userId`; null: they asked themselves. */
  requestedBy: string | null;
  status: ReservationStatus;
  endReason: EndReason | null;
  /** A sentence that adds to `endReason`, e.g. why it was refused. */
  endDetail: string | null;
  items: RequestItem[];
  priority: number;
  /** The requested length of the lease in ms; null: without an end. */
  duration: number | null;
  /** The longest the lease may become, counted from `startsAt`, in ms; null: no bound. */
  maximum: number | null;
  /** The longest silence of the holder in ms; null: no heartbeat is needed. */
  heartbeat: number | null;
  /** How long `preparing` may last, in ms. */
  prepare: number;
  /** How long before its end the lease is announced to end, in ms; 0: not; null: by default. */
  notice: number | null;
  /** Sealed JSON of an AccessWish. */
  sealedAccess: string | null;
  requestId: string | null;
  /** The traceparent (W3C) of the call that made it; null without one. */
  traceparent: string | null;
  via: Api;
  requestedAt: number;
  startsAt: number | null;
  /** Before the lease starts: when it is to end whenever it starts, if that was asked for. */
  endsAt: number | null;
  heartbeatBy: number | null;
  endedAt: number | null;
  /** When its end is to be announced; null: never, or it was. */
  noticeAt: number | null;
  /** The next deadline: the end of waiting, of preparing, or of the lease. */
  deadlineAt: number | null;
  /**
   * How often a later request got ahead in one of its queues while this one was the oldest there
   * that was not promoted.
   */
  overtaken: number;
  /**
   * Somebody else has since set the password or address by which its holder signs in: whoever signs
   * in now may be another, and sees no credentials of it.
   */
  credentialsHidden: boolean;
}

export type ReservationEvent = 'prepare' | 'activate' | 'end';

/** The life of a reservation; no other transition is possible. */
export const RESERVATION_STATES: Record<
  ReservationStatus,
  Partial<Record<ReservationEvent, ReservationStatus>>
> = {
  queued: { prepare: 'preparing', activate: 'active', end: 'ended' },
  preparing: { activate: 'active', end: 'ended' },
  active: { end: 'ended' },
  ended: {},
};

/** The reasons that may end a reservation, by its status. */
export const END_REASONS_BY_STATUS: Record<ReservationStatus, readonly EndReason[]> = {
  queued: ['cancelled', 'timed_out', 'refused', 'revoked'],
  preparing: ['released', 'revoked', 'failed'],
  active: ['released', 'expired', 'revoked', 'failed'],
  ended: [],
};

/** The status after `event`. Errors: `conflict` if the table has no such transition. */
export function nextReservationStatus(
  status: ReservationStatus,
  event: ReservationEvent,
): ReservationStatus {
  const next = RESERVATION_STATES[status][event];
  if (!next) throw new DomainError('conflict', `A reservation that is ${status} cannot ${event}.`);
  return next;
}
