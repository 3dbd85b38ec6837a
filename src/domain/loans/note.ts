import { mergeUpdates } from '../merge-updates';
import type { Decision } from '../change';
import type { Instant } from '../context';
import { extendLease } from './lease';
import type { ReservationSnapshot } from './ending';

/** The parts of a reservation that its holder may change. `extension` in ms. */
export interface ReservationChange {
  extension?: number;
  /** null removes it. */
  note?: string | null;
}

/**
 * Extends the lease, changes the note, or does both; nothing happens unless all of it can. A note may
 * change in any status. Errors: as `extendLease`.
 */
export function changeReservation(
  snapshot: Pick<ReservationSnapshot, 'reservation' | 'holdings'>,
  { extension, note }: ReservationChange,
  instant: Instant,
): Decision<string> {
  const { id } = snapshot.reservation;
  const extended =
    extension === undefined ? { changes: [] } : extendLease(snapshot, extension, instant);
  const noted = note === undefined ? [] : [{ do: 'setReservation', id, set: { note } } as const];
  return { changes: mergeUpdates([...extended.changes, ...noted]), value: id };
}
