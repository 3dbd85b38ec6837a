import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../../src/config-error';
import { loadPoolsFile } from '../../src/pools-file/load';
import { poolCopy, type PoolSpec } from '../../src/pools-file/spec';
import { temporaryDirectory } from '../helpers/engine';
import { factory, fakeDrivers } from './fake-drivers';

/** `resources:` of a pool: everything that exists already and is lent from now on. */

const drivers = new Map(fakeDrivers);
for (const each of [
  factory('pretending', { simulates: true, rotates: false }),
  factory('lending', { provisions: false, rotates: false, lendsAsIs: true }),
  {
    ...factory('strict', { rotates: false }),
    listing: () => ({
      fields: z.object({ host: z.string(), port: z.coerce.number().int() }),
      secrets: z.strictObject({ key: z.string() }),
    }),
  },
])
  drivers.set(each.name, each);

const ENV = { KEY: 'env-key', HOST: 'lab.example.org' };
const directory = temporaryDirectory();
mkdirSync(join(directory, 'keys'));
for (const [name, text] of [
  ['mine', 'line one\nline two\n'],
  ['windows', 'secret\r\n'],
  ['two-newlines', 'secret\n\n'],
  ['empty', '\n'],
])
  writeFileSync(join(directory, 'keys', name!), text!);

/** Reads a file of these pools. */
function pools(...written: object[]): PoolSpec[] {
  const path = join(directory, 'pools.json');
  writeFileSync(path, JSON.stringify({ pools: written }));
  return loadPoolsFile(path, drivers, ENV).pools;
}

const lab = (resources: object[], fields: object = {}) => ({
  name: 'lab',
  kind: 'item',
  driver: 'lending',
  resources,
  ...fields,
});

/** The problems of a file, without its name and the lines. */
function problems(...written: object[]): string[] {
  try {
    pools(...written);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message.split('\n').map((line) => line.replace(/^.*?:\d+: /, ''));
  }
  return [];
}

describe('a listed resource', () => {
  it('has fields and secrets, from the file, the environment or another file', () => {
    const [pool] = pools(
      lab([
        {
          name: 'one',
          fields: { host: '${HOST}', port: 22, note: { file: 'keys/windows' } },
          secrets: {
            key: { file: 'keys/mine' },
            other: '${KEY}',
            third: { file: join(directory, 'keys/two-newlines') },
          },
        },
        { name: 'two' },
      ]),
    );
    expect(pool).toMatchObject({ size: 2, types: [{ name: 'default', share: 2 }] });
    expect(pool!.listed).toMatchObject([
      {
        name: 'one',
        type: 'default',
        seatOf: null,
        fields: { host: 'lab.example.org', port: 22, note: 'secret' },
        secrets: { key: 'line one\nline two', other: 'env-key', third: 'secret\n' },
      },
      { name: 'two', fields: {}, secrets: {} },
    ]);
  });

  it('leaves its name and its fields in the stored copy, and no secret', () => {
    const [pool] = pools(
      lab([{ name: 'one', fields: { host: 'a' }, secrets: { key: '${KEY}', b: 'hush' } }]),
    );
    expect(poolCopy(pool!).listed).toEqual([{ name: 'one', fields: { host: 'a' } }]);
    expect(JSON.stringify(poolCopy(pool!))).not.toMatch(/env-key|hush/);
  });

  it('may stand beside accounts, which are listed resources, too', () => {
    const accounts = [{ name: 'ann', username: 'ann', password: 'p' }];
    const [pool] = pools(lab([{ name: 'one' }], { kind: 'account', accounts }));
    expect(pool!.listed.map(({ name, secrets }) => [name, secrets])).toEqual([
      ['ann', { username: 'ann', password: 'p' }],
      ['one', {}],
    ]);
    expect(pool!.size).toBe(2);
  });

  it('with seats is lent as one resource for each, which share its type, fields and secrets', () => {
    const entry = { name: 'cad', seats: 3, fields: { host: 'a' }, secrets: { key: 'x' } };
    const [pool] = pools(lab([entry, { name: 'one', seats: 1 }]));
    expect(pool!.listed.map(({ name, seatOf }) => [name, seatOf])).toEqual([
      ['cad.1', 'cad'],
      ['cad.2', 'cad'],
      ['cad.3', 'cad'],
      ['one.1', 'one'],
    ]);
    expect(pool!.listed[2]).toMatchObject({ fields: { host: 'a' }, secrets: { key: 'x' } });
    expect(pool!.size).toBe(4);
  });
});

describe('a list is refused, with the field,', () => {
  const secret = { secrets: { key: 'x' } };
  const one = { name: 'one', fields: { host: 'a', port: '22' }, ...secret };
  it.each<[string, object, string]>([
    ['an unknown key', lab([{ name: 'one', user: 'x' }]), 'resources[0].user: is not a known key'],
    ['no name', lab([{}]), 'resources[0].name: is missing'],
    [
      'a field that is neither text nor number',
      lab([{ name: 'one', fields: { host: true } }]),
      'resources[0].fields.host: must be text, a number, or { file: path }',
    ],
    [
      'a field of several lines',
      lab([{ name: 'one', fields: { host: { file: 'keys/mine' } } }]),
      'resources[0].fields.host: must be one line',
    ],
    [
      'a secret that is a number, which YAML may have changed',
      lab([{ name: 'one', secrets: { key: 12 } }]),
      'resources[0].secrets.key: must be text or { file: path }; put a number in quotes',
    ],
    [
      'a variable that is not set',
      lab([{ name: 'one', secrets: { key: '${NONE}' } }]),
      'resources[0].secrets.key: the environment variable NONE is not set',
    ],
    [
      'a file that is missing',
      lab([{ name: 'one', secrets: { key: { file: 'keys/none' } } }]),
      'resources[0].secrets.key: names a file that cannot be read (ENOENT: it does not exist)',
    ],
    [
      'a directory',
      lab([{ name: 'one', secrets: { key: { file: 'keys' } } }]),
      'resources[0].secrets.key: names a file that cannot be read (EISDIR: it is a directory, not a file)',
    ],
    [
      'an empty file',
      lab([{ name: 'one', secrets: { key: { file: 'keys/empty' } } }]),
      'resources[0].secrets.key: names a file that is empty',
    ],
    [
      'an unknown type',
      lab([{ name: 'one', type: 'big' }], { types: [{ name: 'small' }] }),
      'resources[0].type: is not a type of the pool',
    ],
    [
      'a size that is another number',
      lab([{ name: 'one', seats: 2 }], { size: 1 }),
      'size: 2 resources are listed; leave the size out',
    ],
    [
      'a name that repeats',
      lab([{ name: 'one' }, { name: 'one' }]),
      'resources[1].name: is the same as that of another one of pool lab',
    ],
    [
      'the name of a seat',
      lab([{ name: 'one', seats: 2 }, { name: 'one.2' }]),
      'resources[1].name: is the same as that of another one of pool lab',
    ],
    [
      'one thing twice',
      lab([
        { name: 'one', ...secret },
        { name: 'two', ...secret },
      ]),
      'resources[1].secrets: are those of one in pool lab; to lend one thing to several holders, ' +
        'give it seats',
    ],
    [
      'a name that its seats make too long',
      lab([{ name: 'x'.repeat(62), seats: 2 }]),
      'resources[0].name: is too long with its seats: 64 characters, not 63',
    ],
    [
      'no seat',
      lab([{ name: 'one', seats: 0 }]),
      'resources[0].seats: must be a whole number from',
    ],
    [
      'seats where the driver rotates',
      lab([{ name: 'one', seats: 2, ...secret }], { driver: 'able' }),
      'resources[0].seats: must be left out: the driver able changes the credential after a loan',
    ],
    [
      'seats where the driver opens access',
      lab([{ name: 'one', seats: 2 }], { driver: 'opening', settings: { rotates: false } }),
      'resources[0].seats: must be left out: the driver opening opens and closes access',
    ],
    [
      'seats where the driver cleans',
      lab([{ name: 'one', seats: 2 }], { driver: 'fixed' }),
      'resources[0].seats: must be left out: the driver fixed cleans a resource after its loan',
    ],
    [
      'seats of a token, which is found by its value',
      lab([{ name: 'one', seats: 2 }], { kind: 'token' }),
      'resources[0].seats: must be left out: the driver lending lends tokens',
    ],
    [
      'secrets where the driver lends none',
      lab([{ name: 'one', ...secret }], { driver: 'opening' }),
      'resources[0].secrets: the driver opening does not lend static credentials',
    ],
    [
      'a field that the driver needs',
      lab([{ name: 'one', fields: { host: 'a' }, ...secret }], { driver: 'strict' }),
      'resources[0].fields.port: ',
    ],
    [
      'a secret that the driver does not know',
      lab([{ ...one, secrets: { key: 'x', pin: 'y' } }], { driver: 'strict' }),
      'resources[0].secrets.pin: is not a known key',
    ],
  ])('for %s', (_why, pool, expected) => {
    const found = problems(pool);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(
      new RegExp(`^pools\\[0\\]\\.${expected.replace(/[[\](){}.+$]/g, '\\$&')}`),
    );
  });

  it('where a driver pretends, unless that is meant', () => {
    const fields = { driver: 'pretending' };
    expect(problems(lab([{ name: 'one', ...secret }], fields))).toEqual([
      expect.stringMatching(/^pools\[0\]\.resources: would lose their secrets/),
    ]);
    expect(problems(lab([{ name: 'one', ...secret }], { ...fields, simulate: true }))).toEqual([]);
  });

  it('if another pool of the back end lists the same thing or name; elsewhere it may', () => {
    const den = (resources: object[], fields: object = {}) =>
      lab(resources, { name: 'den', ...fields });
    expect(problems(lab([{ name: 'one', ...secret }]), den([{ name: 'two', ...secret }]))).toEqual([
      expect.stringMatching(/^pools\[1\]\.resources\[0\]\.secrets: are those of one in pool lab/),
    ]);
    expect(problems(lab([{ name: 'one' }]), den([{ name: 'one' }]))).toEqual([
      'pools[1].resources[0].name: is the same as that of another one of pool lab',
    ]);
    const elsewhere = { settings: { image: 'other' } };
    expect(
      problems(lab([{ name: 'one', ...secret }]), den([{ name: 'two', ...secret }], elsewhere)),
    ).toEqual([]);
    // The same password on two hosts is no sharing.
    const on = (host: string) => ({ fields: { host }, ...secret });
    expect(
      problems(
        lab([
          { name: 'one', ...on('a') },
          { name: 'two', ...on('b') },
        ]),
      ),
    ).toEqual([]);
  });

  it('accepts an entry that the driver understands, and keeps it as it was written', () => {
    const [pool] = pools(lab([one], { driver: 'strict' }));
    expect(pool!.listed[0]!.fields).toEqual({ host: 'a', port: '22' });
  });
});
