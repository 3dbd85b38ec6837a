import { createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { remembering, SealError, sealer } from '../../src/crypto/sealing';

const masterKey = Buffer.alloc(32, 7);
const AAD = 'credentials/01/sealed';
const SECRET = 'pässword-in-clear';

/** The sealed text with one bit of its payload flipped. */
function flipped(sealed: string, index: number): string {
  const [version, keyId, text] = sealed.split('.');
  const bytes = Buffer.from(text!, 'base64url');
  bytes[index]! ^= 1;
  return `${version}.${keyId}.${bytes.toString('base64url')}`;
}

/** Opens one layer by hand: nonce, ciphertext, tag. */
function unlock(key: Buffer, aad: string, layer: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, layer.subarray(0, 12))
    .setAAD(Buffer.from(aad))
    .setAuthTag(layer.subarray(-16));
  return Buffer.concat([decipher.update(layer.subarray(12, -16)), decipher.final()]);
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(SealError);
    return (error as Error).message;
  }
  throw new Error('It was opened.');
}

describe('sealer', () => {
  const box = sealer(masterKey);

  it.each(['', SECRET, 'x'.repeat(10_000)])('opens what it sealed', (plaintext) => {
    expect(box.open(AAD, box.seal(AAD, plaintext))).toBe(plaintext);
  });

  it('names the master key by the first 8 hex digits of its SHA-256', () => {
    expect(box.keyId).toBe(createHash('sha256').update(masterKey).digest('hex').slice(0, 8));
    expect(box.seal(AAD, SECRET)).toMatch(new RegExp(`^v1\\.${box.keyId}\\.[\\w-]+$`));
  });

  it('seals each time with a new data key and new nonces', () => {
    const asked: number[] = [];
    const watched = sealer(masterKey, (bytes) => {
      asked.push(bytes);
      return randomBytes(bytes);
    });
    const nonces = [1, 2].flatMap(() => {
      const bytes = Buffer.from(watched.seal(AAD, SECRET).split('.')[2]!, 'base64url');
      // Of the wrapped key, which is 60 bytes with nonce and tag, and of the text.
      return [bytes.subarray(0, 12), bytes.subarray(60, 72)].map((nonce) => nonce.toString('hex'));
    });
    expect(new Set(nonces).size).toBe(4);
    expect(asked).toEqual([32 + 12 + 12, 32 + 12 + 12]);
  });

  it('does not open in another record', () => {
    const sealed = box.seal(AAD, SECRET);
    expect(messageOf(() => box.open('credentials/02/sealed', sealed))).toContain(
      'belongs to another record',
    );
  });

  it('does not open under another key, and says which key it needs', () => {
    const other = sealer(Buffer.alloc(32, 8));
    const sealed = box.seal(AAD, SECRET);
    expect(messageOf(() => other.open(AAD, sealed))).toContain(`under master key ${box.keyId}`);
    expect(messageOf(() => other.open(AAD, sealed.replace(box.keyId, other.keyId)))).toContain(
      'was altered',
    );
  });

  it('notices every changed bit, in either layer', () => {
    const sealed = box.seal(AAD, 'secret');
    const { length } = Buffer.from(sealed.split('.')[2]!, 'base64url');
    for (let index = 0; index < length; index += 1)
      expect(() => box.open(AAD, flipped(sealed, index))).toThrow(SealError);
  });

  it('does not accept the wrapping of one record with the body of another', () => {
    const [one, two] = [box.seal(AAD, 'one'), box.seal(AAD, 'two')].map((sealed) =>
      Buffer.from(sealed.split('.')[2]!, 'base64url'),
    );
    const mixed = Buffer.concat([one!.subarray(0, 60), two!.subarray(60)]).toString('base64url');
    expect(() => box.open(AAD, `v1.${box.keyId}.${mixed}`)).toThrow(SealError);
  });

  it.each(['', 'v1', 'plain text', 'v2.00000000.AAAA', 'v1.00000000.AAAA.AAAA'])(
    'refuses a text that is not sealed: %p',
    (text) => {
      expect(messageOf(() => box.open(AAD, text))).toBe('The text is not a sealed text.');
    },
  );

  it.each(['AAAA', '!!!!', `${'A'.repeat(200)}=`])('refuses a malformed payload: %p', (payload) => {
    expect(messageOf(() => box.open(AAD, `v1.${box.keyId}.${payload}`))).toMatch(
      /truncated|damaged/,
    );
  });

  it('binds both layers to the record, the version and the key', () => {
    const bytes = Buffer.from(box.seal(AAD, SECRET).split('.')[2]!, 'base64url');
    const dataKey = unlock(masterKey, `holdfast v1 key ${box.keyId} ${AAD}`, bytes.subarray(0, 60));
    expect(
      unlock(dataKey, `holdfast v1 data ${box.keyId} ${AAD}`, bytes.subarray(60)).toString(),
    ).toBe(SECRET);
  });

  it('reveals neither the secret nor the key in an error', () => {
    const error = messageOf(() => box.open('elsewhere', box.seal(AAD, SECRET)));
    expect(error).not.toContain(SECRET);
    expect(error).not.toContain(masterKey.toString('hex'));
  });

  it.each([0, 16, 31, 33])('refuses a master key of %i bytes', (bytes) => {
    expect(() => sealer(Buffer.alloc(bytes))).toThrow(SealError);
  });
});

test(
  'the remembering sealer opens each text once, none that it sealed, and nothing for ' +
    'another record',
  () => {
    const box = sealer(masterKey);
    const opened: string[] = [];
    const once = remembering({
      ...box,
      open: (aad, sealed) => (opened.push(aad), box.open(aad, sealed)),
    });
    const before = box.seal(AAD, 'before');
    expect([once.open(AAD, before), once.open(AAD, before)]).toEqual(['before', 'before']);
    const own = once.seal(AAD, SECRET);
    expect(once.open(AAD, own)).toBe(SECRET);
    expect(box.open(AAD, own)).toBe(SECRET);
    expect(opened).toEqual([AAD]);
    expect(() => once.open('elsewhere', own)).toThrow(SealError);
  },
);
