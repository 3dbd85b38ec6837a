import { createHash } from 'node:crypto';
import { hashToken, looksLikeToken, makeToken } from '../../src/crypto/tokens';

describe('tokens', () => {
  it('have a prefix, 256 bits and a checksum', () => {
    const token = makeToken();
    expect(token).toMatch(/^hf_[0-9A-Za-z]{49}$/);
    expect(looksLikeToken(token)).toBe(true);
    expect(makeToken()).not.toBe(token);
  });

  it('have the same length whatever the bits', () => {
    const least = makeToken((bytes) => Buffer.alloc(bytes, 0));
    const most = makeToken((bytes) => Buffer.alloc(bytes, 255));
    expect([least.length, most.length]).toEqual([52, 52]);
    expect(least.slice(3, 46)).toBe('0'.repeat(43));
    expect([least, most].every(looksLikeToken)).toBe(true);
  });

  it('use 32 random bytes, and different bytes make different tokens', () => {
    const asked: number[] = [];
    makeToken((bytes) => Buffer.alloc(asked.push(bytes) ? bytes : 0));
    expect(asked).toEqual([32]);
    const tokens = Array.from({ length: 256 }, (_, last) =>
      makeToken((bytes) => Buffer.alloc(bytes).fill(last, bytes - 1)),
    );
    expect(new Set(tokens).size).toBe(256);
  });

  it('are told apart from typing errors', () => {
    const token = makeToken((bytes) => Buffer.alloc(bytes, 5));
    for (let index = 3; index < token.length; index += 1) {
      const other = token[index] === 'a' ? 'b' : 'a';
      expect(looksLikeToken(token.slice(0, index) + other + token.slice(index + 1))).toBe(false);
    }
  });

  it.each([
    '',
    'hf_',
    'secret',
    `gh_${'0'.repeat(49)}`,
    `hf_${'-'.repeat(49)}`,
    `${makeToken()}0`,
    ` ${makeToken()}`,
    `${makeToken()}\n`,
  ])('are not %p', (text) => {
    expect(looksLikeToken(text)).toBe(false);
  });

  it('are stored as their SHA-256', () => {
    const token = makeToken();
    expect(hashToken(token)).toBe(createHash('sha256').update(token).digest('hex'));
  });
});
