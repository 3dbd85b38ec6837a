import type { IdempotencyKey } from '../../domain/idempotency';
import type {
  AccessWish,
  Api,
  RequestItem,
  ReservationOptions,
} from '../../domain/loans/reservation';

/** A caller's request. Durations in ms. */
export interface ReservationRequest extends Partial<ReservationOptions> {
  items: RequestItem[];
  /** undefined: the pools' default; null: without an end. */
  duration?: number | null;
  /** Instead of a duration: when the lease ends; epoch ms. */
  endsAt?: number;
  /** The longest silence, in ms; undefined: as the pools say. */
  heartbeat?: number;
  /** The user who is to hold it, as `findUser` finds them; for admins. */
  onBehalfOf?: string;
  priority?: number;
  /** How long to stay queued, in ms; undefined: until served; 0: not at all. */
  queueTimeout?: number;
  access?: AccessWish;
  /** The API that the request came through; v1 by default. */
  via?: Api;
}

/** The X-Request-ID of a call, its traceparent (W3C), and its idempotency key if the caller gave one. */
export interface CallContext {
  requestId: string | null;
  traceparent?: string | null;
  idempotencyKey: IdempotencyKey | null;
}
