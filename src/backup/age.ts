import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

/** The file is not for this identity, or is no age file. */
export class AgeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AgeError';
  }
}

const OWNER_ONLY = 0o600;

/** Every age file begins with this: https://age-encryption.org/v1. */
export const AGE_HEADER = 'age-encryption.org/v1';

/** Is this one to whom a file can be encrypted? Its checksum is looked at too. */
export async function isRecipient(text: string): Promise<boolean> {
  try {
    new (await age()).Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Encrypts a file to a recipient (`age1…`), piece by piece. Throws an AgeError for what is no
 * recipient.
 */
export async function encryptFile(from: string, to: string, recipient: string): Promise<void> {
  const encrypter = new (await age()).Encrypter();
  await sensible('That is not an age recipient.', async () => encrypter.addRecipient(recipient));
  await through(from, to, (clear) => encrypter.encrypt(clear));
}

/**
 * Decrypts a file with an identity (`AGE-SECRET-KEY-1…`). Throws an AgeError where it does not
 * open.
 */
export async function decryptFile(from: string, to: string, identities: string[]): Promise<void> {
  const decrypter = new (await age()).Decrypter();
  await sensible('That is not an age identity.', async () =>
    identities.forEach((identity) => decrypter.addIdentity(identity)),
  );
  await sensible(`${from} cannot be decrypted with that identity, or is damaged.`, () =>
    through(from, to, (sealed) => decrypter.decrypt(sealed)),
  );
}

/** The package is an ES module; it costs nothing where nobody encrypts. */
const age = () => import('age-encryption');

type Bytes = Uint8Array<ArrayBuffer>;

async function through(
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

async function sensible<T>(message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) throw error;
    throw new AgeError(message);
  }
}
