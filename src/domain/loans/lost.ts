import type { EndReason, ReservationStatus } from './reservation';

/**
 * Did a lease end early, and not by its holder? `status`: before its end. One that expires early has
 * a reason in words (`detail`).
 */
export function isLost(
  status: ReservationStatus,
  reason: EndReason,
  detail: string | null,
): boolean {
  if (status !== 'active' || reason === 'released') return false;
  return reason !== 'expired' || detail !== null;
}
