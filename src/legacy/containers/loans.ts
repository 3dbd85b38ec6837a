import { DomainError } from '../../domain/errors';
import type { AccessWish, Reservation } from '../../domain/loans/reservation';
import type { Principal } from '../../domain/people/user';
import { instantOf } from '../../http/instants';
import type { Answer } from '../../http/route';
import type { Engine } from '../../service/engine';
import type { CallContext } from '../../service/loans/reservations';
import { revokeAll, untilAccessRevoked } from '../../service/loans/revocation';
import {
  viewReservation,
  type ReservationView,
  type ResourceOfReservation,
} from '../../service/loans/views';
import type { Services } from '../../service/services';
import { inMinutes, MINUTE } from '../fields';
import { visiblePools } from '../pools';
import { countAvailable } from './inventory';
import { byName, refusal } from './rules';

/** How late after its deadline the end of preparing may be noticed, in ms. */
const MARGIN = 2_000;
/** How long an answer waits for logins to be closed, in ms. */
const REVOKED_WITHIN = 30_000;

/** A caller's request to /reserve. */
export interface ContainerWish {
  access: AccessWish;
  count: number;
  minutes: number | undefined;
}

/**
 * Reserves containers. The answer waits until the login works in all of them, or until it is closed
 * in all of them. Errors: `unavailable_now`, `unsupported`, and those of a submission.
 */
export async function reserve(
  services: Services,
  principal: Principal,
  wish: ContainerWish,
  context: CallContext,
  signal: () => AbortSignal,
): Promise<Answer> {
  const gone = signal();
  const { engine, reservations } = services;
  const id = await submit(services, principal, wish, context);
  const view = await viewReservation(engine, principal, await prepared(services, id, gone));
  await recheck(services, principal, id);
  // An admin may end the loan between the reads; the credentials are then gone.
  const credentials = view.resources[0]?.credentials ?? null;
  if (credentials && !gone.aborted) return opened(view, credentials);
  await reservations.release(principal, id);
  await untilAccessRevoked(engine, [id], REVOKED_WITHIN);
  const details = await endDetailOf(engine, id);
  return { status: 500, body: { error: 'Failed to create user', details } };
}

async function endDetailOf({ store }: Engine, id: string): Promise<string> {
  return (await store.read.reservation(id))?.endDetail ?? 'Access could not be opened in time.';
}

async function submit(
  { engine, reservations }: Services,
  principal: Principal,
  { access, count, minutes }: ContainerWish,
  context: CallContext,
): Promise<string> {
  const { containers: pools } = await visiblePools(engine);
  const request = {
    items: [{ pools, count }],
    access,
    queueTimeout: 0,
    via: 'containers' as const,
    ...(minutes === undefined ? {} : { duration: minutes * MINUTE }),
  };
  try {
    return await reservations
      .submitForId(principal, request, { ...context, idempotencyKey: null })
      .catch(inMinutes);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw refusal(error, count, await countAvailable(engine));
  }
}

/** Gives back what was reserved with a credential that has ended meanwhile. Errors: `unauthenticated`. */
async function recheck(
  { authentication, reservations }: Services,
  principal: Principal,
  id: string,
): Promise<void> {
  try {
    await authentication.recheck(principal);
  } catch (error) {
    await reservations.release(principal, id);
    throw error;
  }
}

/** Returns the reservation once it is no longer being prepared, or the caller has gone. */
async function prepared(
  { engine, waiting }: Services,
  id: string,
  gone: AbortSignal,
): Promise<Reservation> {
  const find = async () => (await engine.store.read.reservation(id))!;
  const isPrepared = async () => (await find()).status !== 'preparing';
  await waiting.until(id, isPrepared, (await find()).prepare + MARGIN, gone);
  return find();
}

function opened(
  { resources, deadlineAt, startsAt }: ReservationView,
  { username, password }: NonNullable<ResourceOfReservation['credentials']>,
): Answer {
  return {
    status: 200,
    body: {
      status: 'success',
      username,
      password,
      containers: byName(resources.map(placeOf), ({ container }) => container),
      reserved_until: instantOf(deadlineAt),
      duration_minutes: deadlineAt === null ? null : (deadlineAt - startsAt!) / MINUTE,
    },
  };
}

function placeOf({ resource, details, credentials }: ResourceOfReservation) {
  const { host, port } = { ...details, ...credentials };
  return { container: resource.name, host, port };
}

/**
 * Ends everything that was reserved through this API; the answer waits until the logins are closed.
 */
export async function releaseAll({ engine }: Services): Promise<Answer> {
  const ended = await revokeAll(engine, { via: 'containers' }, 'by release_all');
  if (!(await untilAccessRevoked(engine, ended, REVOKED_WITHIN))) {
    const details =
      'All containers are released; some are still being closed, and nobody gets them before.';
    return { status: 500, body: { error: 'Failed to delete users', details } };
  }
  const message = ended.length > 0 ? 'All containers released' : 'No containers to release';
  return { status: 200, body: { status: 'success', message } };
}
