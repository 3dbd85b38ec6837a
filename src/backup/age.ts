import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

/** The file cannot be decrypted with this identity, or the recipient or identity is invalid. */
export class AgeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AgeError';
  }
}

const OWNER_ONLY = 0o600;

/** The first bytes of every age file: https://age-encryption.org/v1. */
export const AGE_HEADER = 'age-encryption.org/v1';

/** Can files be encrypted to this recipient? Checks its checksum, too. */
export async function isRecipient(text: string): Promise<boolean> {
  try {
    new (await age()).Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Encrypts a file to a recipient (`age1…`), piece by piece. Errors: AgeError for an invalid
 * recipient, or the system's.
 */
export async function encryptFile(from: string, to: string, recipient: string): Promise<void> {
  const encrypter = new (await age()).Encrypter();
  await asAgeError('The recipient is not an age recipient.', async () =>
    encrypter.addRecipient(recipient),
  );
  await transform(from, to, (clear) => encrypter.encrypt(clear));
}

/**
 * Decrypts a file with identities (`AGE-SECRET-KEY-1…`). Errors: AgeError if none of them opens it,
 * or the system's.
 */
export async function decryptFile(from: string, to: string, identities: string[]): Promise<void> {
  const decrypter = new (await age()).Decrypter();
  await asAgeError('The identity is not an age identity.', async () =>
    identities.forEach((identity) => decrypter.addIdentity(identity)),
  );
  await asAgeError(`${from} cannot be decrypted with that identity, or is damaged.`, () =>
    transform(from, to, (sealed) => decrypter.decrypt(sealed)),
  );
}

/** The package is an ES module, and loaded only if something is encrypted or decrypted. */
const age = () => import('age-encryption');

type Bytes = Uint8Array<ArrayBuffer>;

async function transform(
  from: string,
  to: string,
  change: (bytes: globalThis.ReadableStream<Bytes>) => Promise<unknown>,
): Promise<void> {
  const changed = await change(Readable.toWeb(createReadStream(from)));
  await pipeline(
    Readable.fromWeb(changed as ReadableStream),
    createWriteStream(to, { flags: 'wx', mode: OWNER_ONLY }),
  );
}

async function asAgeError<T>(message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) throw error;
    throw new AgeError(message);
  }
}
