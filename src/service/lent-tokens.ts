import { hashToken } from '../crypto/tokens';
import { DomainError, notFound } from '../domain/errors';
import { isGone } from '../domain/lifecycle/keep-alive';
import type { CredentialSecret } from '../drivers/driver';
import type { FoundResource } from '../store/reads';
import { aad, type Engine } from './engine';
import type { CallContext } from './loans/reservations';
import { Resources } from './lifecycle/resources';
import { until } from './wait-until';

/** How long a driver has to issue a new token, in ms. */
const ISSUED_WITHIN = 30_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The token of a pool with this value. Errors: `not_found`, also for one whose time is over. */
export async function findLentToken(
  { store }: Engine,
  pool: string,
  value: string,
): Promise<FoundResource> {
  const { read } = store;
  // A UUID is the same in capitals; any other value is what it is.
  const id =
    (await read.lentToken(hashToken(value))) ??
    (UUID.test(value) ? await read.lentToken(hashToken(value.toLowerCase())) : null);
  const found = id === null ? null : await read.resource(id);
  const own = found && found.resource.poolId === (await read.pool(pool))?.id;
  if (!own || isGone(found.resource, store.now()))
    throw new DomainError('not_found', 'There is no such token.');
  return found;
}

/**
 * Adds a token to a manual pool; gives its value, which only who made it sees before it is lent.
 * Errors: as `Resources.add`, and `busy` where the driver does not issue it: then nothing is left
 * of it.
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
  const issued = await until(
    engine.store,
    async () => (await read.credential(id)) !== null,
    ISSUED_WITHIN,
  );
  const credential = issued ? await read.credential(id) : null;
  if (!credential) {
    await resources.delete(id);
    throw new DomainError('busy', 'The token could not be issued now; try again.');
  }
  return String(
    (
      JSON.parse(
        engine.sealer.open(aad.credential(credential.id), credential.sealed),
      ) as CredentialSecret
    ).token,
  );
}
