import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { freshBytes } from './random';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/**
 * 96 bits, as NIST SP 800-38D, 5.2.1.1 recommends; random ones are safe for 2^32 records under one
 * master key (8.3).
 */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const WRAPPED_BYTES = IV_BYTES + KEY_BYTES + TAG_BYTES;
const VERSION = 'v1';

/** A sealed text cannot be opened. The message contains nothing of the secret. */
export class SealError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SealError';
  }
}

/** Seals and opens secrets at rest under one master key. */
export interface Sealer {
  /** Identifies the master key: the first 8 hex digits of its SHA-256. */
  readonly keyId: string;
  /** Returns `v1.<keyId>.<base64url>`, which opens only with the same `aad`: `table/id/column`. */
  seal: (aad: string, plaintext: string) => string;
  /** The plaintext. Errors: SealError if the text, the key or the `aad` differs. */
  open: (aad: string, sealed: string) => string;
}

/** Bytes from a secure source. */
export type RandomBytes = (bytes: number) => Buffer;

/**
 * Envelope encryption with AES-256-GCM: each record has a data key of its own, wrapped by the master
 * key. Errors: SealError unless the master key has 32 bytes.
 */
export function sealer(masterKey: Buffer, random: RandomBytes = freshBytes): Sealer {
  if (masterKey.length !== KEY_BYTES) throw new SealError(`A master key has ${KEY_BYTES} bytes.`);
  const keyId = masterKeyId(masterKey);
  return {
    keyId,
    seal(aad, plaintext) {
      const fresh = random(KEY_BYTES + 2 * IV_BYTES);
      const dataKey = fresh.subarray(0, KEY_BYTES);
      const wrapped = encrypt(
        masterKey,
        fresh.subarray(KEY_BYTES, -IV_BYTES),
        layer('key', keyId, aad),
        dataKey,
      );
      const body = encrypt(
        dataKey,
        fresh.subarray(-IV_BYTES),
        layer('data', keyId, aad),
        Buffer.from(plaintext, 'utf8'),
      );
      return `${VERSION}.${keyId}.${Buffer.concat([wrapped, body]).toString('base64url')}`;
    },
    open(aad, sealed) {
      const bytes = payload(sealed, keyId);
      const dataKey = decrypt(
        masterKey,
        layer('key', keyId, aad),
        bytes.subarray(0, WRAPPED_BYTES),
      );
      return decrypt(dataKey, layer('data', keyId, aad), bytes.subarray(WRAPPED_BYTES)).toString(
        'utf8',
      );
    },
  };
}

/**
 * A sealer that opens each text only once, and never one that it has sealed itself. It must not
 * live long, because it keeps the plaintexts.
 */
export function remembering(inner: Sealer): Sealer {
  const known = new Map<string, string>();
  return {
    keyId: inner.keyId,
    seal(aad, plaintext) {
      const sealed = inner.seal(aad, plaintext);
      known.set(`${aad} ${sealed}`, plaintext);
      return sealed;
    },
    open(aad, sealed) {
      const key = `${aad} ${sealed}`;
      const plaintext = known.get(key) ?? inner.open(aad, sealed);
      known.set(key, plaintext);
      return plaintext;
    },
  };
}

function masterKeyId(masterKey: Buffer): string {
  return createHash('sha256').update(masterKey).digest('hex').slice(0, 8);
}

/** Separates the two layers, so that neither can be passed off as the other. */
function layer(name: 'key' | 'data', keyId: string, aad: string): Buffer {
  return Buffer.from(`holdfast ${VERSION} ${name} ${keyId} ${aad}`, 'utf8');
}

function payload(sealed: string, keyId: string): Buffer {
  const [version, id, text, ...rest] = sealed.split('.');
  if (version !== VERSION || !id || !text || rest.length > 0)
    throw new SealError('The text is not a sealed text.');
  if (id !== keyId)
    throw new SealError(`The text is sealed under master key ${id}, not under ${keyId}.`);
  const bytes = Buffer.from(text, 'base64url');
  // Node ignores characters outside base64url, but a sealed text has only one valid spelling.
  if (bytes.toString('base64url') !== text) throw new SealError('The sealed text is damaged.');
  if (bytes.length < WRAPPED_BYTES + IV_BYTES + TAG_BYTES)
    throw new SealError('The sealed text is truncated.');
  return bytes;
}

function encrypt(key: Buffer, iv: Buffer, aad: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(aad);
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, aad: Buffer, box: Buffer): Buffer {
  const decipher = createDecipheriv(CIPHER, key, box.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(aad).setAuthTag(box.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(box.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw new SealError('The sealed text was altered, or belongs to another record.');
  }
}
