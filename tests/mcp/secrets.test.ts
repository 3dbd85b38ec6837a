import type { HeldResource } from '../../src/client';
import { BoundedOutput, redacted, secretsOf, withoutSecrets } from '../../src/mcp/secrets';

const PASSWORD = 'pa"ss wörd+42';
const KEY = '-----BEGIN KEY-----\nMIIEvgIBADANBgkq\n-----END KEY-----\n';

function holding(credentials: HeldResource['credentials']): HeldResource[] {
  return [{ credentials } as HeldResource];
}

test('a credential without its secrets has what leads to the login, and no unknown field', () => {
  const credentials = { username: 'ann', host: 'h', port: 22, password: 'p', apikey: 'k', pin: 7 };
  expect(withoutSecrets(credentials)).toEqual({ username: 'ann', host: 'h', port: 22 });
  expect(withoutSecrets(null)).toBeNull();
});

test.each([
  ['as it is', PASSWORD],
  ['in JSON', JSON.stringify({ password: PASSWORD })],
  ['in an address', `https://ann:${encodeURIComponent(PASSWORD)}@h`],
  ['in base64', Buffer.from(PASSWORD).toString('base64')],
  ['in hex', Buffer.from(PASSWORD).toString('hex')],
  ['as a line of a key', 'grep: MIIEvgIBADANBgkq'],
])('a secret %s is replaced', (_how, text) => {
  const secrets = secretsOf(holding({ username: 'ann', password: PASSWORD, privateKey: KEY }));
  const left = redacted(`ann ${text} end`, secrets);
  expect(left).toMatch(/^ann .*\*\*\*.* end$/);
  for (const spelled of [PASSWORD, 'MIIEvgIBADANBgkq', text]) expect(left).not.toContain(spelled);
});

test('of two secrets, one of which is a part of the other, nothing is left', () => {
  const secrets = secretsOf(holding({ password: 'abc', token: 'abcdef' }));
  expect(redacted('abcdef abc', secrets)).toBe('*** ***');
});

describe('a bounded output', () => {
  const SECRET = 'correct-horse-battery';
  const LIMIT = 50;

  test('holds no piece of a secret, wherever its beginning is cut and however it arrives', () => {
    const whole = Buffer.from(`${'x'.repeat(40)}${SECRET}${'y'.repeat(80)}`);
    for (let size = 1; size <= 40; size += 1) {
      for (let end = 1; end <= whole.length; end += 1) {
        const kept = new BoundedOutput([SECRET], LIMIT);
        const all = whole.subarray(0, end);
        for (let from = 0; from < all.length; from += size)
          kept.add(all.subarray(from, from + size));
        const { text } = kept.read();
        expect(text.length).toBeLessThanOrEqual(LIMIT);
        // A secret that is not written to its end is none yet.
        if (end >= 40 + SECRET.length) expect(text).not.toMatch(/[a-w]/);
      }
    }
  });

  test('is whole as long as it fits, and says so', () => {
    const kept = new BoundedOutput([SECRET], LIMIT);
    kept.add(Buffer.from(`a ${SECRET} b`));
    expect(kept.read()).toEqual({ text: 'a *** b', truncated: false });
    kept.add(Buffer.from('z'.repeat(200)));
    expect(kept.read()).toEqual({ text: 'z'.repeat(LIMIT), truncated: true });
  });
});
