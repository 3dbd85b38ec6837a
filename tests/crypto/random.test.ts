import { freshBytes, systemRandom } from '../../src/crypto/random';
import type { RandomSource } from '../../src/drivers/driver';
import { newId } from '../../src/ids';

const random: RandomSource = systemRandom;

describe('systemRandom', () => {
  it.each([1, 16, 33])('makes secrets of %i bytes in base64url', (bytes) => {
    const secret = random.secret(bytes);
    expect(secret).toMatch(/^[\w-]+$/);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(bytes);
  });

  it('makes fractions from 0 to below 1, spread evenly', () => {
    const fractions = Array.from({ length: 2_000 }, () => random.fraction());
    expect(fractions.every((value) => value >= 0 && value < 1)).toBe(true);
    const mean = fractions.reduce((sum, value) => sum + value, 0) / fractions.length;
    expect(mean).toBeGreaterThan(0.4);
    expect(mean).toBeLessThan(0.6);
    expect(new Set(fractions).size).toBe(2_000);
  });
});

describe('freshBytes', () => {
  it('gives no byte twice, however few or many are asked for, across its chunks', () => {
    const sizes = [1, 12, 56, 4_000, 4_096, 5_000, 32];
    const given = Array.from({ length: 300 }, (_, index) =>
      freshBytes(sizes[index % sizes.length]!),
    );
    expect(given.map(({ length }) => length)).toEqual(
      given.map((_, index) => sizes[index % sizes.length]),
    );
    const long = given
      .filter(({ length }) => length >= 12)
      .map((bytes) => bytes.subarray(0, 12).toString('hex'));
    expect(new Set(long).size).toBe(long.length);
    // Nothing that was given is wiped: of that many bytes, a 256th is zero.
    const all = Buffer.concat(given);
    const zeros = all.filter((byte) => byte === 0).length;
    expect(zeros / all.length).toBeGreaterThan(1 / 300);
    expect(zeros / all.length).toBeLessThan(1 / 220);
  });
});

it.each([-1, NaN])('freshBytes refuses %d bytes, and continues as before', (bytes) => {
  expect(() => freshBytes(bytes)).toThrow(/out of range/);
  expect(freshBytes(32).equals(Buffer.alloc(32))).toBe(false);
});

describe('newId', () => {
  it('makes UUIDs of version 7 that rise', () => {
    const ids = Array.from({ length: 1_000 }, newId);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(1_000);
  });
});
