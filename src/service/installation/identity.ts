import { randomBytes } from 'node:crypto';
import { DomainError } from '../../domain/errors';
import type { Sealer } from '../../crypto/sealing';
import { REKEY_MARKER, type Store } from '../../store/store';

/** The associated data of the pepper; its table was once called facts. */
const PEPPER_AAD = 'facts/pepper/value';

/** Values that all processes of one installation share, settled by the first that asks. */
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
  if ((await store.metadata(REKEY_MARKER)) !== null)
    throw new DomainError(
      'conflict',
      'A change of the master key was cut off; run `holdfast rekey` again to complete it.',
      'MASTER_KEY',
    );
  const id = await store.claimMetadata('installation', newId());
  const sealed = await store.claimMetadata(
    'pepper',
    sealer.seal(PEPPER_AAD, randomBytes(32).toString('base64')),
  );
  return { id, pepper: Buffer.from(sealer.open(PEPPER_AAD, sealed), 'base64') };
}
