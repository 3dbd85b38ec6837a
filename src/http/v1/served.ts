import type { Principal } from '../../domain/people/user';
import { isPending, type ReservationView } from '../../service/loans/views';
import type { Services } from '../../service/services';

/** The reservation, found as `first`; if it is pending, as `findServed`. */
export async function whenServed(
  services: Services,
  principal: Principal,
  first: ReservationView,
  wait: number,
  signal: () => AbortSignal,
): Promise<ReservationView> {
  if (wait === 0 || !isPending(first)) return first;
  return findServed(services, principal, first.id, wait, signal);
}

/**
 * The reservation once it is neither queued nor preparing, or after `wait` seconds. Errors:
 * `unauthenticated` if the caller's credential has ended meanwhile; `not_found`.
 */
export async function findServed(
  { authentication, reservations, waiting }: Services,
  principal: Principal,
  id: string,
  wait: number,
  signal: () => AbortSignal,
): Promise<ReservationView> {
  const served = await waiting.untilServed(id, wait * 1000, signal());
  await authentication.recheck(principal);
  return reservations.view(principal, id, served);
}
