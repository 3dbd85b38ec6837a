import { DomainError } from '../errors';
import type { EndReason, Reservation } from './reservation';

const WHY: Partial<Record<EndReason, string>> = {
  timed_out: 'its time in the queue passed',
  refused: 'it was refused',
  cancelled: 'it was cancelled',
  revoked: 'it was revoked',
  failed: 'it failed',
};

/**
 * Checks that a request has not ended without ever having had a lease: its caller did not get what
 * they asked for, whatever the reason. Errors: `not_served`.
 */
export function requireNotUnserved({
  id,
  status,
  startsAt,
  endReason,
  endDetail,
}: Pick<Reservation, 'id' | 'status' | 'startsAt' | 'endReason' | 'endDetail'>): void {
  if (status !== 'ended' || startsAt !== null) return;
  const why = (endReason && WHY[endReason]) ?? 'it ended';
  const detail = endDetail === null ? '' : ` (${endDetail.replace(/\.$/, '')})`;
  throw new DomainError('not_served', `Reservation ${id} had no lease: ${why}${detail}.`);
}
