import { createHmac } from 'node:crypto';
import bcrypt from 'bcrypt';
import { UNBOUNDED } from '../../src/crypto/attempt';
import { passwords, type Passwords } from '../../src/crypto/passwords';
import { DomainError } from '../../src/domain/errors';

const pepper = Buffer.alloc(32, 3);
const CHEAP = { cost: 4 };

/** bcrypt's comparisons in one test; of its overloads, the one that gives a promise. */
const compared = jest.spyOn(bcrypt, 'compare') as unknown as jest.SpyInstance<
  Promise<boolean>,
  [string, string]
>;
beforeEach(() => void compared.mockClear());

describe('passwords', () => {
  const checked = passwords(pepper, CHEAP);

  it.each(['correct horse', '', 'pässwörd', 'nul\0inside', 'x'.repeat(500)])(
    'recognises the password: %p',
    async (password) => {
      const stored = await checked.hash(password);
      expect(stored).toMatch(/^\$2b\$04\$/);
      expect(await checked.verify(password, stored)).toBe(true);
      expect(await checked.verify(`${password}!`, stored)).toBe(false);
    },
  );

  it('tells apart passwords that are equal in their first 72 bytes, or up to a NUL', async () => {
    const long = 'x'.repeat(72);
    expect(await checked.verify(`${long}b`, await checked.hash(`${long}a`))).toBe(false);
    expect(await checked.verify('nul\0b', await checked.hash('nul\0a'))).toBe(false);
  });

  it('recognises a password in whichever form it is typed (RFC 8265)', async () => {
    const [composed, decomposed] = ['caf\u00e9 cr\u00e8me', 'cafe\u0301\u00a0cre\u0300me'];
    for (const [set, typed] of [
      [composed, decomposed],
      [decomposed, composed],
      [decomposed, decomposed],
    ] as const)
      expect(await checked.verify(typed, await checked.hash(set))).toBe(true);
    expect(await checked.verify('cafe creme', await checked.hash(composed))).toBe(false);
    // Compatibility forms are other passwords.
    expect(await checked.verify('\ufb01n', await checked.hash('fin'))).toBe(false);
  });

  it('recognises a password whose hash was made of the text as it was typed', async () => {
    const decomposed = 'cafe\u0301';
    const digest = createHmac('sha384', pepper).update(decomposed, 'utf8').digest('base64');
    expect(await checked.verify(decomposed, await bcrypt.hash(digest, 4))).toBe(true);
    const imported = await bcrypt.hash(decomposed, 4);
    expect(await checked.verify(decomposed, `plain:${imported}`)).toBe(true);
    compared.mockClear();
    expect(await checked.verify(decomposed, null)).toBe(false);
    expect(compared).toHaveBeenCalledTimes(2);
  });

  it('needs the same pepper', async () => {
    const stored = await checked.hash('correct horse');
    expect(await passwords(Buffer.alloc(32, 4), CHEAP).verify('correct horse', stored)).toBe(false);
  });

  it('salts: the same password has a different hash each time', async () => {
    expect(await checked.hash('same')).not.toBe(await checked.hash('same'));
  });

  it('checks an imported bcrypt hash over the bare password', async () => {
    const imported = await bcrypt.hash('old password', 4);
    expect(await checked.verify('old password', `plain:${imported}`)).toBe(true);
    expect(await checked.verify('other password', `plain:${imported}`)).toBe(false);
    expect(await checked.verify('old password', imported)).toBe(false);
  });

  it('refuses a malformed hash', async () => {
    expect(await checked.verify('password', 'not a hash')).toBe(false);
    expect(await checked.verify('password', 'plain:')).toBe(false);
  });

  it('hashes for an unknown user too, at the same cost, and refuses', async () => {
    expect(await passwords(pepper, { cost: 5 }).verify('password', null)).toBe(false);
    expect(compared).toHaveBeenCalledTimes(1);
    const dummy = compared.mock.calls[0]![1];
    expect(bcrypt.getRounds(dummy)).toBe(5);
    expect(dummy).toHaveLength(60);
  });
});

describe('a refused password', () => {
  const checked = passwords(pepper, { cost: 6 });
  /** The work of all comparisons so far, in bcrypt's rounds. */
  const work = () =>
    compared.mock.calls.reduce((sum, [, hash]) => sum + 2 ** bcrypt.getRounds(hash), 0);
  const costs: [string, () => Promise<string | null>][] = [
    ['an unknown user', async () => null],
    ['a user', () => checked.hash('right')],
    ['a user whose hash was made at a lower cost', () => bcrypt.hash('right', 4)],
    ['an imported user', async () => `plain:${await bcrypt.hash('right', 5)}`],
    ['a user whose hash cannot be checked', async () => `$2b$30$${'.'.repeat(53)}`],
  ];

  it.each(costs)('costs as much for %s', async (_who, stored) => {
    const hash = await stored();
    compared.mockClear();
    expect(await checked.verify('wrong', hash, UNBOUNDED, { name: 'ann' })).toBe(false);
    expect(work()).toBe(2 ** 6);
  });

  it.each(costs.slice(0, 4))(
    'is brought to the highest cost there is for %s',
    async (_who, stored) => {
      const hash = await stored();
      compared.mockClear();
      expect(await checked.verify('wrong', hash, UNBOUNDED, { name: 'ann', cost: 8 })).toBe(false);
      expect(work()).toBe(2 ** 8);
    },
  );

  it('costs as much when it is tried many times at once, for unknown names too', async () => {
    const stored = await checked.hash('right');
    const tries = async (names: string[], hash: string | null) => {
      compared.mockClear();
      await Promise.all(names.map((name) => checked.verify('wrong', hash, UNBOUNDED, { name })));
      return compared.mock.calls.length;
    };
    const [same, different] = [Array<string>(15).fill('ann'), ['ann', 'bob', 'eve']];
    expect([await tries(same, stored), await tries(same, null)]).toEqual([1, 1]);
    expect(await tries(different, null)).toBe(3);
  });

  it('is outdated if it came from elsewhere, or was made at another cost', async () => {
    const hash = await bcrypt.hash('right', 6);
    expect(
      [hash, `plain:${hash}`, await bcrypt.hash('right', 5)].map((each) =>
        checked.isOutdated(each),
      ),
    ).toEqual([false, true, true]);
  });
});

describe('a verified password', () => {
  let now = 1_000;
  const remembering = (remembered = 1_000) =>
    passwords(pepper, { ...CHEAP, now: () => now, remembered });

  it('is remembered for 60 seconds, not longer, however often it is used', async () => {
    const checked = remembering();
    const stored = await checked.hash('password');
    for (const at of [1_000, 31_000, 61_000]) {
      now = at;
      expect(await checked.verify('password', stored)).toBe(true);
    }
    expect(compared).toHaveBeenCalledTimes(1);
    now = 61_001;
    expect(await checked.verify('password', stored)).toBe(true);
    expect(compared).toHaveBeenCalledTimes(2);
  });

  it('is remembered for its own hash only', async () => {
    const checked = remembering();
    await checked.verify('password', await checked.hash('password'));
    expect(await checked.verify('password', await checked.hash('new password'))).toBe(false);
    expect(await checked.verify('password', null)).toBe(false);
    expect(compared).toHaveBeenCalledTimes(3);
  });

  it('is forgotten when others are more recent', async () => {
    const checked = remembering(2);
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((password) => checked.hash(password)));
    await checked.verify('a', a!);
    await checked.verify('b', b!);
    await checked.verify('a', a!);
    await checked.verify('c', c!);
    compared.mockClear();
    await checked.verify('a', a!);
    expect(compared).toHaveBeenCalledTimes(0);
    await checked.verify('b', b!);
    expect(compared).toHaveBeenCalledTimes(1);
  });

  it('is the only thing remembered: a wrong one is hashed each time', async () => {
    const checked = remembering();
    const stored = await checked.hash('password');
    await checked.verify('wrong', stored);
    await checked.verify('wrong', stored);
    expect(compared).toHaveBeenCalledTimes(2);
  });

  it('is hashed once for a burst of calls', async () => {
    const checked = remembering();
    const stored = await checked.hash('password');
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => checked.verify('password', stored)),
    );
    expect(answers).not.toContain(false);
    expect(compared).toHaveBeenCalledTimes(1);
  });
});

describe('many sign-ins at once', () => {
  /**
   * Bursts of wrong passwords, one after the other; gives the most bcrypts at once, and the number
   * of refusals per burst.
   */
  async function rush(
    checked: Passwords,
    bursts: number[],
  ): Promise<{ most: number; refused: number[] }> {
    let running = 0;
    let most = 0;
    compared.mockImplementation(async () => {
      most = Math.max(most, (running += 1));
      await new Promise(setImmediate);
      running -= 1;
      return false;
    });
    const refused: number[] = [];
    for (const size of bursts) {
      const answers = await Promise.allSettled(
        Array.from({ length: size }, (_, index) => checked.verify(`guess ${index}`, 'hash')),
      );
      refused.push(answers.filter(({ status }) => status === 'rejected').length);
    }
    compared.mockRestore();
    return { most, refused };
  }

  it('run two at a time, and are refused beyond the limit; the next burst fares the same', async () => {
    expect(await rush(passwords(pepper, { ...CHEAP, waiting: 3 }), [7, 7, 5])).toEqual({
      most: 2,
      refused: [2, 2, 0],
    });
  });

  it('are not compared beyond what their origin may be refused', async () => {
    const checked = passwords(pepper, CHEAP);
    const stored = await checked.hash('password');
    let refusals = 0;
    const attempt = {
      from: 'a',
      admit: () => {
        if (refusals >= 3) throw new DomainError('rate_limited', 'Too many.');
      },
      refused: () => void (refusals += 1),
    };
    const counted = jest.spyOn(bcrypt, 'compare');
    const guesses = Array.from({ length: 20 }, (_, n) => checked.verify(`${n}`, stored, attempt));
    const answers = await Promise.allSettled(guesses);
    // Two run at once: one may have begun before the third was refused.
    expect(counted.mock.calls.length).toBeLessThanOrEqual(4);
    expect(answers.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(16);
    counted.mockRestore();
  });

  it('leave room for another address, which is served in its turn', async () => {
    const checked = passwords(pepper, { ...CHEAP, waiting: 4 });
    const stored = await checked.hash('password');
    const from = (address: string) => ({ ...UNBOUNDED, from: address });
    const rush = Array.from({ length: 20 }, (_, index) =>
      checked.verify(`guess ${index}`, stored, from('a')),
    );
    const refused = Promise.allSettled(rush);
    expect(await checked.verify('password', stored, from('b'))).toBe(true);
    const answers = await refused;
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(15);
  });

  it('are answered with busy, and served after the rush', async () => {
    const checked = passwords(pepper, { ...CHEAP, running: 1, waiting: 0 });
    const first = checked.hash('password');
    await expect(checked.hash('other')).rejects.toThrow(DomainError);
    await expect(checked.verify('other', null)).rejects.toMatchObject({ code: 'busy' });
    expect(await checked.verify('password', await first)).toBe(true);
  });
});
