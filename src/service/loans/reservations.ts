import { NO_CAPS } from '../../domain/queue/caps';
import { release, type ReservationSnapshot } from '../../domain/loans/ending';
import { notFound } from '../../domain/errors';
import { onceById, type IdempotencyKey, type Once } from '../../domain/idempotency';
import { heartbeat } from '../../domain/loans/lease';
import { changeReservation, type ReservationChange } from '../../domain/loans/note';
import { optionsOf, type Reservation } from '../../domain/loans/reservation';
import { submit, type Submitted } from '../../domain/loans/submission';
import { checkCaller, checkOnBehalfOf } from '../../domain/people/caller';
import { isAdmin, type Principal } from '../../domain/people/user';
import type { WaitingItem } from '../../domain/queue/reasons';
import type { Decision } from '../../domain/change';
import { contextOf, instantIn, aad, type Engine } from '../engine';
import { holderOf } from '../people/find-user';
import { expireOverdue } from './expiry';
import { untilAccessRevoked } from './revocation';
import {
  listReservations,
  type ReservationListPage,
  type ReservationListQuery,
} from './reservation-list';
import type { Page } from '../../store/reads';
import type { CallContext, ReservationRequest } from './request';
import { viewReservation, type ReservationView } from './views';

export type { CallContext, ReservationRequest } from './request';

/** Borrowing, on behalf of a principal. */
export class Reservations {
  constructor(private readonly engine: Engine) {}

  /**
   * Grants all items at once, or queues the request. Errors: as `submit` in
   * domain/loans/submission.ts, and `unauthenticated` if the caller was shut out meanwhile.
   */
  async submit(
    principal: Principal,
    request: ReservationRequest,
    { requestId, traceparent, idempotencyKey }: CallContext,
  ): Promise<Submitted> {
    const { store, sealer, newId } = this.engine;
    const id = newId();
    const { items, access = null, queueTimeout = null, priority = 0, via = 'v1' } = request;
    if (queueTimeout === 0) await this.endOverdue();
    const sealedAccess = access ? sealer.seal(aad.wish(id), JSON.stringify(access)) : null;
    const { apiTokenId, maxPriority, shared, session } = principal;
    // Awaited only if asked for: requests of one turn of the event loop share a transaction.
    const onBehalfOf =
      request.onBehalfOf === undefined
        ? undefined
        : await holderOf(this.engine, principal, request.onBehalfOf);
    const userId = onBehalfOf ?? principal.userId;
    const caps = shared
      ? { ...(this.engine.caps ?? NO_CAPS), active: null, queued: null }
      : this.engine.caps;
    const { duration, endsAt, heartbeat: silence } = request;
    const submission = {
      id,
      userId,
      apiTokenId: onBehalfOf === undefined ? apiTokenId : null,
      items,
      priority,
      maxPriority,
      queueTimeout,
      access,
      sealedAccess,
      ...optionsOf(request),
      ...{ requestId, traceparent, via, caps },
      ...{ duration, endsAt, heartbeat: silence },
      requestedBy: onBehalfOf === undefined ? null : principal.userId,
    };
    const caller = { userId: principal.userId, apiTokenId, session };
    return store.transact(
      { load: 'submission', items, userId, caps, caller, onBehalfOf },
      (snapshot, now) => {
        checkCaller(principal, snapshot.caller, now);
        checkOnBehalfOf(snapshot.onBehalfOf);
        return submit(snapshot, submission, contextOf(this.engine, now));
      },
      onceSubmitted(idempotencyKey),
    );
  }

  /** Does the same as `submit`, but gives only the reservation's id. */
  async submitForId(
    principal: Principal,
    request: ReservationRequest,
    context: CallContext,
  ): Promise<string> {
    return (await this.submit(principal, request, context)).id;
  }

  /** Expires overdue leases now, so that a caller who does not wait can get what they free. */
  private async endOverdue(): Promise<void> {
    const { store } = this.engine;
    if ((await store.read.overdue(instantIn(this.engine), 1)).length > 0)
      await expireOverdue(this.engine);
  }

  /**
   * Extends the lease, changes the note, or both; gives the reservation's id. Errors: `not_found`,
   * `lease_over`, `over_maximum`, `conflict`.
   */
  change(
    principal: Principal,
    id: string,
    change: ReservationChange,
    { idempotencyKey = null }: Partial<CallContext> = {},
  ): Promise<string> {
    return this.own(
      principal,
      id,
      (loan, now) => changeReservation(loan, change, instantIn(this.engine, now)),
      idempotencyKey,
    );
  }

  /** Extends the lease by `extension` ms; otherwise as `change`. */
  extend(
    principal: Principal,
    id: string,
    extension: number,
    context: Partial<CallContext> = {},
  ): Promise<string> {
    return this.change(principal, id, { extension }, context);
  }

  /**
   * Keeps the lease alive; gives the reservation's id. Errors: `not_found`, `lease_over`,
   * `conflict`.
   */
  heartbeat(principal: Principal, id: string, { idempotencyKey }: CallContext): Promise<string> {
    return this.own(
      principal,
      id,
      ({ reservation }, now) => heartbeat(reservation, instantIn(this.engine, now)),
      idempotencyKey,
    );
  }

  /**
   * Ends a reservation, queued or served: the principal's own, or anybody's as an admin. Does
   * nothing if it has ended already. `reason`: why, in their words. Errors: `not_found`.
   */
  async release(principal: Principal, id: string, reason: string | null = null): Promise<void> {
    await this.engine.store.transact({ load: 'reservation', id }, (snapshot, now) => {
      const found = requireOwn(snapshot, principal, id);
      return release(found, principal, contextOf(this.engine, now), reason);
    });
  }

  private own(
    principal: Principal,
    id: string,
    decide: (snapshot: ReservationSnapshot, now: number) => Decision<string>,
    key: IdempotencyKey | null = null,
  ): Promise<string> {
    return this.engine.store.transact(
      { load: 'reservation', id },
      (snapshot, now) => decide(requireOwn(snapshot, principal, id), now),
      onceById(key),
    );
  }

  /** Gives a reservation that was just submitted as it is now. Errors: as `find`. */
  findSubmitted(principal: Principal, { id, reservation }: Submitted): Promise<ReservationView> {
    // The commit that queued a request may also have served it: look again.
    return reservation?.status === 'active'
      ? viewReservation(this.engine, principal, reservation)
      : this.find(principal, id);
  }

  /** Finds a reservation: the principal's own, or anybody's as an admin. Errors: `not_found`. */
  async find(principal: Principal, id: string): Promise<ReservationView> {
    return this.view(principal, id, await this.engine.store.read.reservation(id));
  }

  /** As `find`, of a reservation that was read just now; null if there is none. */
  async view(
    principal: Principal,
    id: string,
    found: Reservation | null,
  ): Promise<ReservationView> {
    if (!found || !mayAccess(principal, found)) throw notFound('reservation', id);
    return viewReservation(this.engine, principal, found);
  }

  /**
   * Tells why each item of a reservation waits, for one who may see it (`find`); null unless it is
   * queued.
   */
  async whyWaiting({
    id,
    status,
  }: Pick<Reservation, 'id' | 'status'>): Promise<WaitingItem[] | null> {
    const { store } = this.engine;
    return status === 'queued' ? store.read.waitingItems(id, store.now()) : null;
  }

  /** Gives a page, as `listReservations` does. Errors: as there. */
  list(
    principal: Principal,
    query: ReservationListQuery,
    page: Page,
    withDetails = false,
  ): Promise<ReservationListPage> {
    return listReservations(this.engine, principal, query, page, withDetails);
  }

  /**
   * Gives true once the access that an ended reservation opened is closed; false after `timeout`
   * ms, or when the signal aborts.
   */
  untilAccessRevoked(id: string, timeout: number, signal: AbortSignal): Promise<boolean> {
    return untilAccessRevoked(this.engine, [id], timeout, signal);
  }
}

/** A repeated request gets the reservation of the first one, as it stands now. */
function onceSubmitted(key: IdempotencyKey | null): Once<Submitted> | undefined {
  if (!key) return undefined;
  return {
    key,
    save: ({ id }) => ({ resultId: id }),
    replay: ({ resultId }) => ({ id: resultId, reservation: null }),
  };
}

/** Another user's reservation is reported as missing. */
function requireOwn(
  snapshot: ReservationSnapshot | null,
  principal: Principal,
  id: string,
): ReservationSnapshot {
  if (!snapshot || !mayAccess(principal, snapshot.reservation)) throw notFound('reservation', id);
  return snapshot;
}

/**
 * May the principal see the reservation and act on it? It must be their own, unless they are an
 * admin. `maySeeCredentials` in views.ts is narrower.
 */
export function mayAccess(principal: Principal, reservation: Reservation): boolean {
  return reservation.userId === principal.userId || isAdmin(principal);
}
