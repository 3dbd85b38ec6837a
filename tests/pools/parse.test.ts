import { ConfigError } from '../../src/config-error';
import { defaultPolicy } from '../../src/domain/pools/pool';
import { parsePoolsFile, type PoolsFile } from '../../src/pools-file/parse';
import { poolCopy, type PoolSpec } from '../../src/pools-file/spec';
import { fakeDrivers } from './fake-drivers';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ENV = { LAB_USER: 'env-user', LAB_PASSWORD: 'env-secret', EMPTY: '' };

function parse(text: string): PoolsFile {
  return parsePoolsFile(text, { file: 'pools.yaml', drivers: fakeDrivers, env: ENV });
}

/** A file of one pool: the minimum, and these fields. */
function one(fields: Record<string, unknown>): PoolSpec {
  return parse(
    JSON.stringify({
      pools: [{ name: 'lab', kind: 'container', driver: 'able', size: 1, ...fields }],
    }),
  ).pools[0]!;
}

/** An account pool without a size. */
function accounts(list: unknown[], fields: Record<string, unknown> = {}): PoolSpec {
  return one({ kind: 'account', size: undefined, accounts: list, ...fields });
}

function problem(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('It was accepted.');
}

describe('a pool of the file', () => {
  it.each([
    ['labels', '{ __proto__: a }'],
    ['settings', '{ deep: [{ __proto__: { a: 1 } }] }'],
  ])('has no __proto__ among its %s, which would be lost', (field, value) => {
    const text = `pools: [{ name: lab, kind: container, driver: able, size: 1, ${field}: ${value} }]`;
    expect(problem(() => parse(text))).toMatch(
      /^pools\.yaml:1: pools\[0\]\.\w+\.(deep\[0\]\.)?__proto__: is no name that a field can have$/m,
    );
  });

  it('is not nested more deeply than anything can write it again', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const text = (levels: number) =>
      `pools: [{ name: lab, kind: container, driver: able, size: 1, settings: { x: ${nested(levels)} } }]`;
    expect(problem(() => parse(text(40)))).toBe(
      'pools.yaml:1: pools[0].settings: is nested more than 32 levels deep',
    );
    expect(problem(() => parse(text(40_000)))).toMatch(/^pools\.yaml:/);
  });

  it('gets the defaults of its kind', () => {
    const { capabilities, ...spec } = one({});
    expect(spec).toEqual({
      name: 'lab',
      kind: 'container',
      driver: 'able',
      settings: {},
      simulate: false,
      fileOnly: [],
      sizing: 'managed',
      size: 1,
      spares: 0,
      types: [{ name: 'default', share: 1, spec: {} }],
      labels: {},
      policy: defaultPolicy('container'),
      accounts: [],
      listed: [],
    });
    expect(capabilities).toMatchObject({ provisions: true, rotates: true });
  });

  it('is what the file says, in the units of the domain', () => {
    const { pools } = parse(`
pools:
  - name: lab
    kind: account
    driver: able
    settings: { image: busy }
    size: 4
    types: [{ name: small, spec: { cpu: 2 core, disks: 1 } }, { name: big, share: 3 }]
    labels: { zone: eu }
    lease: { default: 30m, maximum: 2h, heartbeat: 60, openEnded: false, prepare: 90s }
    cleaning:
      onStart: verify
      retries: 3
      backoff: 1s
      backoffMaximum: 1m
      quarantineRetry: 2h
      cooldown: 0
      deadline: 30s
    verification: { interval: never }
    rotation: { afterLease: false, interval: 1d }
    pick: random
    concurrency: 2
`);
    expect(pools[0]).toMatchObject({
      settings: { image: 'busy' },
      size: 4,
      types: [
        { name: 'small', share: 1, spec: { cpu: '2 core', disks: 1 } },
        { name: 'big', share: 3, spec: {} },
      ],
      labels: { zone: 'eu' },
      policy: {
        lease: {
          default: 30 * MINUTE,
          maximum: 2 * HOUR,
          heartbeat: MINUTE,
          openEnded: false,
          prepare: 90_000,
          idleExpiry: null,
        },
        cleaning: {
          onStart: 'verify',
          retries: 3,
          backoff: 1_000,
          backoffMaximum: MINUTE,
          quarantineRetry: 2 * HOUR,
          cooldown: 0,
          deadline: 30_000,
        },
        verification: { interval: null },
        rotation: { afterLease: false, interval: 24 * HOUR },
        pick: 'random',
        concurrency: 2,
      },
    });
  });

  it('may be manual, and then has no size', () => {
    expect(one({ sizing: 'manual', size: undefined, lease: { idleExpiry: '5m' } })).toMatchObject({
      sizing: 'manual',
      size: 0,
      policy: { lease: { idleExpiry: 5 * MINUTE } },
    });
    expect(one({ sizing: 'manual', size: 0 }).size).toBe(0);
  });

  it('has no maximum if it lends without an end, unless one is written', () => {
    expect(one({ lease: { openEnded: true, default: 'never' } }).policy.lease).toMatchObject({
      default: null,
      maximum: null,
    });
    expect(one({ lease: { openEnded: true, maximum: '4h' } }).policy.lease).toMatchObject({
      default: HOUR,
      maximum: 4 * HOUR,
    });
  });

  it('has a default that fits below a short maximum', () => {
    expect(one({ lease: { maximum: '10m' } }).policy.lease.default).toBe(10 * MINUTE);
  });

  it('has a longest pause that is not below the first', () => {
    expect(one({ cleaning: { backoff: '1h' } }).policy.cleaning.backoffMaximum).toBe(HOUR);
  });

  it('rotates by default if its driver can, and silently does not if it cannot', () => {
    expect(accounts([], { driver: 'able' }).policy.rotation).toEqual({
      afterLease: true,
      interval: 24 * HOUR,
    });
    expect(accounts([], { driver: 'fixed' }).policy.rotation).toEqual({
      afterLease: false,
      interval: null,
    });
    expect(accounts([], { settings: { rotates: false } }).policy.rotation).toEqual({
      afterLease: false,
      interval: null,
    });
    expect(
      accounts([], { driver: 'fixed', rotation: { afterLease: false, interval: null } }).policy
        .rotation.interval,
    ).toBeNull();
  });
});

describe('accounts', () => {
  it('are imported with their secrets from the file or the environment', () => {
    const pool = accounts([
      { name: 'one', username: 'u1', password: 'p1' },
      { name: 'two', username: '${LAB_USER}', password: '${LAB_PASSWORD}' },
      { name: 'three', username: 'u3', password: 'pa${ss $LAB' },
    ]);
    expect(pool.size).toBe(3);
    expect(pool.accounts).toEqual([
      { name: 'one', type: 'default', username: 'u1', password: 'p1' },
      { name: 'two', type: 'default', username: 'env-user', password: 'env-secret' },
      { name: 'three', type: 'default', username: 'u3', password: 'pa${ss $LAB' },
    ]);
  });

  it('have a name of their own, wherever they are, which does not reveal the username', () => {
    const [a, b] = [
      { username: 'alice', password: 'x' },
      { username: 'bob', password: 'y' },
    ];
    const names = accounts([a, b]).accounts.map(({ name }) => name);
    expect(accounts([b]).accounts[0]!.name).toBe(names[1]);
    expect(names[0]).toMatch(/^lab-[0-9a-f]{10}$/);
  });

  it('say how many there are of each type', () => {
    const list = ['free', 'lite', 'free'].map((type, index) => ({
      type,
      username: `u${index}`,
      password: 'x',
    }));
    expect(accounts(list).types).toEqual([
      { name: 'free', share: 2, spec: {} },
      { name: 'lite', share: 1, spec: {} },
    ]);
    const types = [{ name: 'lite' }, { name: 'free', spec: { hours: 1 } }, { name: 'gold' }];
    expect(accounts(list, { types }).types).toEqual([
      { name: 'lite', share: 1, spec: {} },
      { name: 'free', share: 2, spec: { hours: 1 } },
      { name: 'gold', share: 0, spec: {} },
    ]);
    expect(accounts([{ username: 'u', password: 'x' }], { types }).accounts[0]!.type).toBe('lite');
  });

  it('may be none', () => {
    expect(accounts([])).toMatchObject({
      size: 0,
      accounts: [],
      types: [{ name: 'default', share: 1 }],
    });
  });

  it('may be all that a driver has if it cannot make any', () => {
    expect(accounts([{ username: 'u', password: 'x' }], { driver: 'importing' }).size).toBe(1);
    expect(
      one({ driver: 'importing', kind: 'account', size: undefined, sizing: 'manual' }).size,
    ).toBe(0);
  });

  it('may stock a manual pool once', () => {
    const pool = accounts([{ username: 'u', password: 'x' }], {
      driver: 'importing',
      sizing: 'manual',
    });
    expect(pool).toMatchObject({ sizing: 'manual', size: 0, accounts: [{ username: 'u' }] });
  });

  it('leave only their names in the stored copy', () => {
    const spec = accounts([{ name: 'one', username: 'user-1', password: 'secret-1' }]);
    const copy = poolCopy(spec);
    expect(copy.listed).toEqual([{ name: 'one', fields: {} }]);
    expect(JSON.stringify(copy)).not.toMatch(/user-1|secret-1/);
    expect(JSON.parse(JSON.stringify(copy))).toEqual(copy);
    expect(Object.keys(spec).filter((key) => !(key in copy))).toEqual([
      'capabilities',
      'fileOnly',
      'accounts',
    ]);
  });
});

describe('legacy', () => {
  const pools = (['account', 'container', 'vm', 'token'] as const).map((kind) => ({
    name: `${kind}s`,
    kind,
    driver: 'able',
    size: 1,
  }));
  const file = (legacy: unknown) => JSON.stringify({ pools, legacy });

  it('names the pools of each API', () => {
    const legacy = {
      acctpool: ['accounts'],
      containers: ['containers'],
      vms: 'vms',
      tokens: 'tokens',
    };
    expect(parse(file(legacy)).legacy).toEqual(legacy);
    expect(parse(JSON.stringify({ pools })).legacy).toEqual({});
  });

  it.each([
    [
      { vms: 'nowhere' },
      'pools.yaml:1: legacy.vms: names the pool nowhere, which is not in this file',
    ],
    [{ vms: 'tokens' }, 'pools.yaml:1: legacy.vms: names the pool tokens, which is not of kind vm'],
    [
      { acctpool: ['accounts', 'vms'] },
      'pools.yaml:1: legacy.acctpool: names the pool vms, which is not of kind account',
    ],
    [
      { other: 'vms' },
      'pools.yaml:1: legacy.other: is not a known key; known are acctpool, containers, vms, tokens',
    ],
  ])('refuses %j', (legacy, message) => {
    expect(problem(() => parse(file(legacy)))).toBe(message);
  });
});

describe('errors are one line', () => {
  const user = { username: 'u', password: 'p' };

  it.each<[Record<string, unknown>, string]>([
    [{ colour: 'red' }, 'colour: is not a known key'],
    [{ lease: { graze: '1m' } }, 'lease.graze: is not a known key'],
    [{ name: 'Lab' }, 'name: must begin with a lower-case letter'],
    [{ name: 'a'.repeat(64) }, 'name: must begin with a lower-case letter'],
    [{ kind: 'robot' }, 'kind: must be one of account, vm, container, token'],
    [{ kind: 'vm', driver: 'boxes' }, 'kind: must be one that the driver boxes lends: container'],
    [{ driver: 'cloud' }, 'driver: must be one of able, boxes, fixed, importing, opening'],
    [{ settings: { imgae: 'x' } }, 'settings.imgae: is not a known key'],
    [{ settings: { image: 5 } }, 'settings.image: must be text; put a number in quotes'],
    [{ size: undefined }, 'size: is missing'],
    [{ spares: -1 }, 'spares: must be a whole number from 0 to 1000000'],
    [
      { sizing: 'manual', size: undefined, spares: 1 },
      'spares: must be left out with sizing: manual',
    ],
    [
      { driver: 'importing', kind: 'account', size: 0, spares: 1 },
      'spares: the driver importing cannot create resources',
    ],
    [{ size: -1 }, 'size: must be a whole number from 0 to 1000000'],
    [{ size: 1.5 }, 'size: must be a whole number from 0 to 1000000'],
    [{ size: 1_000_001 }, 'size: must be a whole number from 0 to 1000000'],
    [{ sizing: 'manual', size: 3 }, 'size: must be left out with sizing: manual'],
    [{ driver: 'importing', size: 1 }, 'size: the driver importing cannot create resources'],
    [{ types: [] }, 'types: '],
    [{ types: [{ name: 'a' }, { name: 'a' }] }, 'types[1].name: is the same as that of types[0]'],
    [{ types: [{ name: 'a', share: 0 }] }, 'types[0].share: must be more than 0'],
    [
      { lease: { default: 'never' } },
      'lease.default: may be never only with lease.openEnded: true',
    ],
    [
      { lease: { default: 'never', openEnded: true, maximum: '1h' } },
      'lease.default: must not exceed lease.maximum, which is 3600 seconds',
    ],
    [
      { lease: { default: '2h', maximum: '1h' } },
      'lease.default: must not exceed lease.maximum, which is 3600 seconds',
    ],
    [
      { lease: { default: '2d' } },
      'lease.default: must not exceed lease.maximum, which is 86400 seconds',
    ],
    [{ lease: { default: 'soon' } }, 'lease.default: must be a duration like 30s'],
    [{ lease: { prepare: 'never' } }, 'lease.prepare: must be a duration like 30s'],
    [{ lease: { idleExpiry: '5m' } }, 'lease.idleExpiry: is allowed only with sizing: manual'],
    [
      { cleaning: { deadline: '25h' } },
      'cleaning.deadline: must be a duration like 30s, 5m, 2h or 1d, or a number of seconds, from 1s to 1d',
    ],
    [
      { cleaning: { backoff: '2m', backoffMaximum: '1m' } },
      'cleaning.backoff: must not exceed cleaning.backoffMaximum',
    ],
    [
      { driver: 'fixed', rotation: { afterLease: true } },
      'rotation.afterLease: the driver fixed cannot rotate credentials',
    ],
    [
      { driver: 'fixed', rotation: { interval: '1d' } },
      'rotation.interval: the driver fixed cannot rotate credentials',
    ],
    [
      { settings: { rotates: false }, rotation: { afterLease: true } },
      'rotation.afterLease: the driver able cannot rotate',
    ],
    [{ accounts: [user] }, 'accounts: are allowed only in a pool of kind account'],
    [
      { kind: 'account', accounts: [user], size: 2 },
      'size: 1 accounts are listed; leave the size out',
    ],
    [
      { kind: 'account', driver: 'opening', accounts: [user] },
      'accounts: the driver opening does not lend static credentials',
    ],
    [
      { kind: 'account', accounts: [{ ...user, type: 'gold' }], types: [{ name: 'a' }] },
      'accounts[0].type: is not a type of the pool',
    ],
    [
      { kind: 'account', accounts: [user], types: [{ name: 'a', share: 2 }] },
      'types[0].share: 1 accounts of this type are listed',
    ],
    [
      { kind: 'account', accounts: [{ username: 'u', password: 12345 }] },
      'accounts[0].password: must be text; put a number in quotes',
    ],
    [{ kind: 'account', accounts: [{ username: 'u' }] }, 'accounts[0].password: is missing'],
    [
      { kind: 'account', accounts: [{ username: 'u', password: '${NOT_SET}' }] },
      'accounts[0].password: the environment variable NOT_SET is not set',
    ],
    [
      { kind: 'account', accounts: [{ username: 'u', password: 'x${LAB_PASSWORD}' }] },
      'accounts[0].password: ${NAME} must be the whole value',
    ],
    [
      { kind: 'account', accounts: [{ username: '${EMPTY}', password: 'p' }] },
      'accounts[0].username: the environment variable EMPTY is not set',
    ],
    [
      { kind: 'account', accounts: [user, { ...user, name: 'other' }], size: 2 },
      'accounts[1].username: is the same as that of accounts[0]',
    ],
    [
      {
        kind: 'account',
        accounts: [
          { ...user, name: 'x' },
          { name: 'x', username: 'v', password: 'p' },
        ],
        size: 2,
      },
      'accounts[1].name: is the same as that of accounts[0]',
    ],
  ])('%j', (fields, message) => {
    const line = problem(() => one(fields));
    expect(line).toContain(`pools.yaml:1: pools[0].${message}`);
    expect(line).not.toContain('\n');
    expect(line).not.toContain('12345');
  });

  it.each([
    ['', 'pools.yaml:1: pools: is missing; the file is empty'],
    ['legacy: {}', 'pools.yaml:1: pools: is missing'],
    ['pools: {}', 'pools.yaml:1: pools: must be a list'],
    ['pols: []\npools: []', 'pools.yaml:1: pols: is not a known key'],
    ['pools: []\npools: []', 'pools.yaml:2: a key is duplicated (column 1)'],
    ['pools: [', 'pools.yaml:1: not valid YAML: this is indented too little'],
    ['{"pools": [}', 'pools.yaml:1: not valid YAML'],
  ])('the text %p', (text, message) => {
    expect(problem(() => parse(text))).toContain(message);
  });

  it.each(['*', '!'])('a password that needs quotes, for its %s', (mark) => {
    const text =
      `pools:\n  - { name: lab, kind: account, driver: able, accounts: [{ username: u, ` +
      `password: ${mark}hunter2 }] }\n`;
    expect(problem(() => parse(text))).toMatch(
      new RegExp(`^pools.yaml:2: .*text that begins with \\${mark} must be in quotes`),
    );
  });

  it.each([
    '*hunter2',
    '!hunter2',
    '"hun\\qter2',
    '`hunter2',
    '{hunter2',
    '%hunter2: [',
    '- "hunter2": ]',
  ])('without repeating the text: %p', (password) => {
    const line = problem(() =>
      parse(`pools:\n  - name: lab\n    accounts:\n      - password: ${password}\n`),
    );
    expect(line).toMatch(/^pools\.yaml:\d: /);
    expect(line).not.toMatch(/hunter2|hun/);
  });

  it('names that repeat, and accounts in two pools of one back end', () => {
    const pool = { name: 'a', kind: 'account', driver: 'able', accounts: [user] };
    const file = (...pools: unknown[]) => JSON.stringify({ pools });
    expect(problem(() => parse(file(pool, { ...pool, accounts: [] })))).toBe(
      'pools.yaml:1: pools[1].name: is the same as that of pools[0]',
    );
    expect(problem(() => parse(file(pool, { ...pool, name: 'b' })))).toBe(
      'pools.yaml:1: pools[1].accounts[0].username: is the same as that of an account of pool a',
    );
    expect(
      parse(file(pool, { ...pool, name: 'b', settings: { image: 'elsewhere' } })).pools,
    ).toHaveLength(2);
    const elsewhere = { ...pool, name: 'b', driver: 'fixed' };
    const called = (name: string) => [{ ...user, name }];
    expect(
      problem(() =>
        parse(file({ ...pool, accounts: called('x') }, { ...elsewhere, accounts: called('x') })),
      ),
    ).toBe('pools.yaml:1: pools[1].accounts[0].name: is the same as that of an account of pool a');
  });
});

describe('the text', () => {
  it('may be JSON, indented with tabs', () => {
    const text = JSON.stringify(
      {
        $schema: 'docs/pools-file.schema.json',
        pools: [{ name: 'lab', kind: 'vm', driver: 'able', size: 1 }],
      },
      null,
      '\t',
    );
    expect(parse(text).pools[0]!.name).toBe('lab');
  });
});
