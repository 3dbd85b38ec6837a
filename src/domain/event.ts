export type EventType =
  | 'reservation.queued'
  | 'reservation.preparing'
  | 'reservation.active'
  | 'reservation.extended'
  | 'reservation.heartbeat'
  /** Its holder could not be heard for a while, so its heartbeat is due later. */
  | 'reservation.unheard'
  | 'reservation.ended'
  | 'resource.created'
  | 'resource.allocated'
  | 'resource.freed'
  | 'resource.status'
  | 'resource.failed'
  | 'resource.rotated'
  | 'resource.admin_state'
  | 'resource.restored'
  /** A return record was added: its number and hash, and the level that it shows. */
  | 'resource.returned'
  | 'resource.fields'
  | 'pool.created'
  | 'pool.changed'
  | 'pool.deleted'
  | 'user.created'
  | 'user.changed'
  | 'user.deleted'
  | 'user.linked'
  | 'token.created'
  | 'token.revoked';

/** One fact, appended in the transaction that made it true. Holds no secret, ever. */
export interface Event {
  seq: number;
  at: number;
  type: EventType;
  poolId: string | null;
  resourceId: string | null;
  reservationId: string | null;
  userId: string | null;
  data: Record<string, string | number | boolean | null>;
}

export type NewEvent = Pick<Event, 'type'> & Partial<Omit<Event, 'seq' | 'at' | 'type'>>;

/** May an event of this type end a wait? Nobody can wait for a reservation before it is queued. */
export function mayEndAWait(type: EventType): boolean {
  return type.startsWith('reservation.') && type !== 'reservation.queued';
}
