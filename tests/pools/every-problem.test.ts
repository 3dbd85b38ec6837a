import { ConfigError } from '../../src/config-error';
import { parsePoolsFile } from '../../src/pools-file/parse';
import { fakeDrivers } from './fake-drivers';

/** All that is wrong with the text, a line each. */
function problem(parse: () => string): string {
  try {
    parse();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('It was accepted.');
}

const parse = (text: string) =>
  JSON.stringify(parsePoolsFile(text, { file: 'pools.yaml', drivers: fakeDrivers, env: {} }));

describe('all problems', () => {
  it('are told at once, each with its line, in their order', () => {
    const text = [
      'pools:',
      '  - name: Lab',
      '    kind: account',
      '    driver: able',
      '  - name: boxes',
      '    kind: container',
      '    driver: able',
      '    sise: 1',
      '    lease: { default: soon,',
      '      maximum: 1h }',
      '  - name: users',
      '    kind: account',
      '    driver: able',
      '    accounts:',
      '      - { name: one, username: u, password: "x${FOO}" }',
      '      - { name: two, username: u, password: "${FOO}" }',
      '  - { name: users, kind: vm, driver: cloud }',
      '  - { name: more, kind: account, driver: able, accounts: [{ name: one, username: w, password: p }] }',
      'legacy:',
      '  vms: nowhere',
    ].join('\n');
    expect(problem(() => parse(text)).split('\n')).toEqual([
      expect.stringMatching(/^pools\.yaml:2: pools\[0\]\.name: must begin/),
      expect.stringMatching(/^pools\.yaml:2: pools\[0\]\.size: is missing/),
      expect.stringMatching(
        /^pools\.yaml:8: pools\[1\]\.sise: is not a known key; do you mean size\?$/,
      ),
      expect.stringMatching(/^pools\.yaml:9: pools\[1\]\.lease\.default: must be a duration/),
      expect.stringMatching(
        /^pools\.yaml:15: pools\[2\]\.accounts\[0\]\.password: \$\{NAME\} must be/,
      ),
      expect.stringMatching(
        /^pools\.yaml:16: pools\[2\]\.accounts\[1\]\.password: .* FOO is not set$/,
      ),
      expect.stringMatching(/^pools\.yaml:16: pools\[2\]\.accounts\[1\]\.username: is the same/),
      expect.stringMatching(/^pools\.yaml:17: pools\[3\]\.driver: must be one of/),
      expect.stringMatching(/^pools\.yaml:17: pools\[3\]\.size: is missing/),
      expect.stringMatching(
        /^pools\.yaml:17: pools\[3\]\.name: is the same as that of pools\[2\]$/,
      ),
      expect.stringMatching(
        /^pools\.yaml:18: pools\[4\]\.accounts\[0\]\.name: is the same as that/,
      ),
      expect.stringMatching(/^pools\.yaml:20: legacy\.vms: names the pool nowhere/),
    ]);
  });

  it('include each part that is no YAML', () => {
    const text = 'pools:\n  - *one\n  - { name: b, kind: *two, driver: able, size: 1, sise: 1 }\n';
    expect(problem(() => parse(text)).split('\n')).toEqual([
      expect.stringMatching(/^pools\.yaml:2: an alias without an anchor/),
      expect.stringMatching(/^pools\.yaml:3: an alias without an anchor/),
      'pools.yaml:3: pools[1].sise: is not a known key; do you mean size?',
    ]);
  });

  it('name aliases that stand for too much as such', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const inner = level === 0 ? '1' : `*a${level - 1}`;
      return `a${level}: &a${level} [${Array<string>(10).fill(inner).join(', ')}]`;
    });
    expect(problem(() => parse(levels.join('\n')))).toBe(
      'pools.yaml: its aliases stand for too much; write the text out',
    );
  });
});

describe('a part that is wrong', () => {
  const user = { username: 'u', password: 'p' };
  const lines = (...pools: Record<string, unknown>[]) => {
    const named = pools.map((fields, index) => ({
      name: `p${index}`,
      kind: 'account',
      driver: 'able',
      ...fields,
    }));
    const found = problem(() => parse(JSON.stringify({ pools: named })));
    return found.split('\n').map((line) => line.replace(/^pools\.yaml:1: /, ''));
  };

  it.each<[string, Record<string, unknown>, string[]]>([
    [
      'settings, the capabilities that they do not decide',
      { driver: 'fixed', size: 1, settings: { image: 5 }, rotation: { afterLease: true } },
      ['settings.image: must be text', 'rotation.afterLease: the driver fixed cannot rotate'],
    ],
    [
      'one field of the lease, the others',
      { size: 1, lease: { grace: 'x', default: '2h', maximum: '1h', idleExpiry: '5m' } },
      ['lease.grace: ', 'lease.default: must not exceed', 'lease.idleExpiry: is allowed only'],
    ],
    [
      'one field of the cleaning, the others',
      { size: 1, cleaning: { retries: -1, backoff: '2m', backoffMaximum: '1m' } },
      ['cleaning.retries: must be a whole number', 'cleaning.backoff: must not exceed'],
    ],
    [
      'the kind, the lease and the spares',
      { kind: 'robot', sizing: 'manual', spares: 1, lease: { default: '2d' } },
      ['kind: must be one of', 'spares: must be left out', 'lease.default: must not exceed'],
    ],
    [
      'a level beyond the driver, the rotation, the size',
      { minProof: 'R4', derived: 'never', rotation: { interval: -1 }, sizing: 'manual', size: 2 },
      [
        'minProof: the driver',
        'derived: must be one of',
        'rotation.interval: ',
        'size: must be left',
      ],
    ],
    [
      'a kind that the driver does not lend, its settings',
      { driver: 'boxes', size: 1, settings: { imgae: 'x' } },
      [
        'settings.imgae: is not a known key; do you mean image?',
        'kind: must be one that the driver',
      ],
    ],
    [
      'an account, the other accounts',
      { accounts: [{ ...user, username: 5 }, user, { ...user, name: 'x' }, 7], spares: 1 },
      [
        'accounts[0].username: must be text',
        'accounts[3]: must be an object',
        'spares: must be left out where accounts are listed',
        'accounts[2].username: is the same as that of accounts[1]',
      ],
    ],
    [
      'a password, the variable of the username',
      { accounts: [{ username: '${NOT_SET}', password: 5 }] },
      ['accounts[0].password: must be text', 'accounts[0].username: the environment variable'],
    ],
    [
      'a type, the other types',
      { size: 1, types: [{ name: 'a', share: 0 }, { name: '?' }, { name: 'a' }] },
      ['types[0].share: ', 'types[1].name: ', 'types[2].name: is the same as that of types[0]'],
    ],
    [
      'text that cannot be stored, the rest',
      { size: -1, labels: { a: 'x\0', b: 'y\0' } },
      ['labels.a: must be text without NUL', 'labels.b: must be text without NUL', 'size: must be'],
    ],
  ])('hides nothing else: %s', (_what, fields, messages) => {
    const found = lines(fields);
    for (const message of messages)
      expect(found).toContainEqual(expect.stringContaining(`pools[0].${message}`));
    expect(found).toHaveLength(messages.length);
  });

  it('is told with the nearest of the words that are allowed', () => {
    expect(lines({ kind: 'acount', driver: 'Able', size: 1, pick: 'randm' })).toEqual([
      'pools[0].kind: must be one of account, vm, container, token, host, item; do you mean account?',
      'pools[0].pick: must be one of lowest, random, longest_idle; do you mean random?',
      'pools[0].driver: must be one of able, boxes, fixed, importing, opening; do you mean able?',
    ]);
  });

  it('hides nothing between pools', () => {
    const named = (name: string) => ({ ...user, username: name, name });
    expect(
      lines(
        { size: -1, accounts: [named('a')], pick: 'first' },
        { driver: 'cloud', accounts: [named('a')] },
        { settings: 5, accounts: [named('a')] },
        { lease: [], accounts: [named('a')] },
      ).filter((line) => line.includes('is the same')),
    ).toEqual([
      'pools[1].accounts[0].name: is the same as that of an account of pool p0',
      'pools[2].accounts[0].name: is the same as that of an account of pool p1',
      'pools[3].accounts[0].name: is the same as that of an account of pool p2',
      'pools[3].accounts[0].username: is the same as that of an account of pool p0',
    ]);
  });

  it('hides nothing of the legacy APIs', () => {
    const pools = [{ name: 'a', kind: 'vm', driver: 'able', size: 'one' }];
    const legacy = { acctpool: ['a', 'X', 'nowhere'], vms: 5, tokns: 'a' };
    expect(problem(() => parse(JSON.stringify({ pools, legacy }))).split('\n')).toEqual([
      'pools.yaml:1: legacy.tokns: is not a known key; do you mean tokens?',
      expect.stringContaining('legacy.acctpool[1]: must begin with'),
      'pools.yaml:1: legacy.vms: must be text; put a number in quotes',
      'pools.yaml:1: pools[0].size: must be a whole number from 0 to 1000000',
      'pools.yaml:1: legacy.acctpool: names the pool a, which is not of kind account',
      'pools.yaml:1: legacy.acctpool: names the pool nowhere, which is not in this file',
    ]);
  });

  it('of YAML that can still be read hides no field', () => {
    const text = 'pools:\n  - name: a\n    name: a\n    kind: vm\n    driver: able\n    size: -1\n';
    expect(problem(() => parse(text)).split('\n')).toEqual([
      'pools.yaml:3: a key is duplicated (column 5)',
      'pools.yaml:6: pools[0].size: must be a whole number from 0 to 1000000',
    ]);
  });
});
