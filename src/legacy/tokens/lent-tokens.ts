import { hashToken } from '../../crypto/tokens';
import { DomainError, notFound } from '../../domain/errors';
import { isGone } from '../../domain/lifecycle/keep-alive';
import type { Reservation } from '../../domain/loans/reservation';
import type { Principal } from '../../domain/people/user';
import { aad, instantIn, type Engine } from '../../service/engine';
import { Resources } from '../../service/lifecycle/resources';
import { mayAccess, type CallContext } from '../../service/loans/reservations';
import { atThisMoment } from '../../service/loans/views';
import type { Services } from '../../service/services';
import { until } from '../../service/wait-until';
import type { FoundResource } from '../../store/reads';
import { visiblePools } from '../pools';
import { blockRefusal, noneFree, spellings } from './rules';

/** How long a driver has to issue a new token, in ms. */
const ISSUED_WITHIN = 30_000;

/** Finds the token of a pool with this value. Errors: `not_found`, also for an expired token. */
export async function findLentToken(
  engine: Engine,
  pool: string,
  value: string,
): Promise<FoundResource> {
  const { read } = engine.store;
  let id: string | null = null;
  for (const spelling of spellings(value)) id ??= await read.lentToken(hashToken(spelling));
  const found = id === null ? null : await read.resource(id);
  const isInPool = found && found.resource.poolId === (await read.pool(pool))?.id;
  if (!isInPool || isGone(found.resource, instantIn(engine)))
    throw new DomainError('not_found', 'There is no such token.');
  return found;
}

/**
 * Adds a token to a manual pool and gives its value, which nobody else sees before it is lent.
 * Errors: those of `Resources.add`, and `busy` if the driver does not issue it; then nothing of it
 * remains.
 */
export async function addLentToken(
  engine: Engine,
  pool: string,
  context: CallContext,
): Promise<string> {
  const { read } = engine.store;
  if ((await read.pool(pool))?.kind !== 'token') throw notFound('pool of tokens', pool);
  const resources = new Resources(engine);
  const id = await resources.add(pool, undefined, context);
  const isIssued = async () => (await read.credential(id)) !== null;
  await until(engine.store, isIssued, ISSUED_WITHIN);
  const credential = await read.credential(id);
  if (!credential) {
    await resources.delete(id);
    throw new DomainError('busy', 'The token could not be issued now; try again.');
  }
  const opened = engine.sealer.open(aad.credential(credential.id), credential.sealed);
  return String((JSON.parse(opened) as { token: unknown }).token);
}

/** The tokens of the pool that this API sees. */
export class LentTokens {
  constructor(private readonly services: Services) {}

  /** Makes a token and gives its value. Errors: `not_found`, `unsupported`, `busy`. */
  async add(context: CallContext): Promise<string> {
    return addLentToken(this.services.engine, await this.pool(), {
      ...context,
      idempotencyKey: null,
    });
  }

  /**
   * Lends a random free token and gives its value. Errors: `unavailable_now`, and those of a
   * submission.
   */
  async block(principal: Principal, context: CallContext): Promise<unknown> {
    const { reservations } = this.services;
    const items = [{ pool: await this.pool(), count: 1 }];
    const request = { items, queueTimeout: 0, via: 'tokens' as const };
    const id = await reservations
      .submitForId(principal, request, { ...context, idempotencyKey: null })
      .catch((error: unknown) => {
        throw blockRefusal(error);
      });
    const { resources } = await reservations.find(principal, id);
    // An admin may have ended the loan meanwhile.
    const credentials = resources[0]?.credentials;
    if (!credentials) throw noneFree();
    return credentials.token;
  }

  /** Keeps a token, and a loan of it, alive. Errors: `not_found`. */
  async keepAlive(principal: Principal, value: string, context: CallContext): Promise<void> {
    const { resource } = await this.find(value);
    await this.services.resources.keepAlive(principal, resource.id, {
      ...context,
      idempotencyKey: null,
    });
  }

  /** Ends the loan of a token; does nothing if it is not lent. Errors: `not_found`. */
  async unblock(principal: Principal, value: string): Promise<void> {
    const { resource } = await this.find(value);
    const loan = await this.loanOf(resource.id);
    if (loan) await this.services.reservations.release(principal, loan.id);
  }

  /** Deletes a token, and ends its loan if the caller may. Errors: `not_found`. */
  async delete(principal: Principal, value: string): Promise<void> {
    const { resource } = await this.find(value);
    // The token leaves the pool first, so that nobody gets it in between.
    await this.services.resources.delete(resource.id);
    const loan = await this.loanOf(resource.id);
    if (loan && mayAccess(principal, loan))
      await this.services.reservations.release(principal, loan.id);
  }

  private async pool(): Promise<string> {
    return (await visiblePools(this.services.engine)).tokens;
  }

  private async find(value: string): Promise<FoundResource> {
    return findLentToken(this.services.engine, await this.pool(), value);
  }

  /** The live loan of a token, or null. */
  private async loanOf(resourceId: string): Promise<Reservation | null> {
    const { engine } = this.services;
    const { store } = engine;
    const { holder } = (await store.read.resource(resourceId))!;
    const found = holder && (await store.read.reservation(holder.reservationId));
    return found && atThisMoment(found, instantIn(engine)).status === 'active' ? found : null;
  }
}
