import { randomBytes } from 'node:crypto';
import { DomainError } from '../../domain/errors';
import { abandon, recover } from '../../domain/lifecycle/recovery';
import type { Sealer } from '../../crypto/sealing';
import type { Store } from '../../store/store';
import { contextOf, type Engine } from '../engine';

/** Resources recovered in one transaction: a few milliseconds' worth. */
const BATCH = 500;
const PEPPER_PLACE = 'facts/pepper/value';

/** The stored fact that a change of the master key is under way; its value is the new key's id. */
export const REKEY = 'rekey';

/** Facts that all processes of one installation share, settled by the first that asks. */
export interface Installation {
  /** Marks everything that this installation creates at a back end. */
  id: string;
  /** The key of the password digest; it survives changes of the master key. */
  pepper: Buffer;
}

/**
 * Reads the identity of the installation, or makes it. Errors: DomainError `conflict` when the
 * database was sealed under another master key: going on would make everything in it unreadable.
 */
export async function openInstallation(
  store: Store,
  sealer: Sealer,
  newId: () => string,
): Promise<Installation> {
  const keyId = await store.claimMetadata('master_key', sealer.keyId);
  if (keyId !== sealer.keyId) {
    throw new DomainError(
      'conflict',
      `The database is sealed under master key ${keyId}, not ${sealer.keyId}. Set the right MASTER_KEY.`,
      'MASTER_KEY',
    );
  }
  if ((await store.metadata(REKEY)) !== null)
    throw new DomainError(
      'conflict',
      'A change of the master key was cut off; run `holdfast rekey` again to complete it.',
      'MASTER_KEY',
    );
  const id = await store.claimMetadata('installation', newId());
  const sealed = await store.claimMetadata(
    'pepper',
    sealer.seal(PEPPER_PLACE, randomBytes(32).toString('base64')),
  );
  return { id, pepper: Buffer.from(sealer.open(PEPPER_PLACE, sealed), 'base64') };
}

/**
 * Voids the claims of dead workers: all whose names begin with `worker`. Gives how many claims it
 * voided.
 */
export async function abandonClaims(engine: Engine, worker: string): Promise<number> {
  for (let total = 0; ;) {
    const found = await engine.store.transact(
      { load: 'claims', worker, limit: BATCH },
      (claims, now) => abandon(claims, contextOf(engine, now)),
    );
    total += found;
    if (found < BATCH) return total;
  }
}

/**
 * Runs before the first process lends anything: takes up interrupted operations, and has every
 * unheld resource verified or cleaned as its pool asks. Its transactions are short, and it may be
 * interrupted and run again. Gives how many resources it looked at.
 */
export async function recoverAll(engine: Engine): Promise<number> {
  let total = await abandonClaims(engine, '');
  for (let after: string | null = null; ;) {
    const page: { seen: number; last: string | null } = await engine.store.transact(
      { load: 'startup', after, limit: BATCH },
      (snapshot, now) => {
        const decision = recover(snapshot, contextOf(engine, now));
        return {
          ...decision,
          value: { seen: decision.value, last: snapshot.resources.at(-1)?.id ?? null },
        };
      },
    );
    total += page.seen;
    after = page.last;
    if (page.seen < BATCH) break;
  }
  return total;
}
