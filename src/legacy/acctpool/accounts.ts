import { DomainError } from '../../domain/errors';
import type { Reservation } from '../../domain/loans/reservation';
import type { Principal } from '../../domain/people/user';
import { instantIn } from '../../service/engine';
import type { CallContext } from '../../service/loans/reservations';
import { atThisMoment } from '../../service/loans/views';
import type { Services } from '../../service/services';
import { MINUTE } from '../fields';
import { visiblePools } from '../pools';
import { isOwn, itemFor } from './rules';

/**
 * Requests an account of a type; without `minutes` the pools' default applies. Returns the id of
 * the reservation. Errors: `invalid`, and those of a submission.
 */
export async function requestAccount(
  { engine, reservations }: Services,
  principal: Principal,
  { type, minutes }: { type: string; minutes: number | undefined },
  context: CallContext,
): Promise<string> {
  const { acctpool } = await visiblePools(engine);
  const items = [itemFor(type, await engine.store.read.pools(), acctpool)];
  const duration = minutes === undefined ? {} : { duration: minutes * MINUTE };
  return reservations.submitForId(
    principal,
    { items, via: 'acctpool', ...duration },
    { ...context, idempotencyKey: null },
  );
}

/**
 * Returns the token's own reservation that has not ended. Errors: `not_found`, the same for an
 * ended reservation, an unknown one and another token's.
 */
export async function findOwnLive(
  { engine }: Services,
  principal: Principal,
  id: string,
): Promise<Reservation> {
  const found = await engine.store.read.reservation(id);
  const isLive = found && atThisMoment(found, instantIn(engine)).status !== 'ended';
  if (!isLive || !isOwn(found, principal))
    throw new DomainError('not_found', 'Reservation not found.');
  return found;
}
