/** A configuration into which mistakes are planted; a line with a mistake ends with its tag. */
export interface Scene {
  env: Record<string, string>;
  /** Lines of `.env`. */
  dotEnv: string[];
  /** Fields of the pool `main` (kind vm) by their path; at most two names deep. */
  main: Map<string, string>;
  /** Lines after those of the pool `main`. */
  afterMain: string[];
  /** Entries of the accounts of the pool `users`. */
  accounts: string[];
  /** Entries of the list of pools, after `main` and `users`. */
  pools: string[];
  legacy: Map<string, string>;
}

/** A mistake, and its line of the report. */
export interface Kind {
  /** Two mistakes that use the same thing are not independent. */
  uses: string[];
  plant(scene: Scene, tag: string): void;
  place: 'environment' | '.env' | 'pools.yaml';
  /** As the report spells it; empty if the whole line is wrong. */
  field: string;
  says: string;
}

const env = (name: string, value: string, says: string): Kind => ({
  uses: [name.startsWith('MASTER_KEY') ? 'key' : name],
  plant: (scene) => void (scene.env[name] = value),
  place: 'environment',
  field: name,
  says,
});

const dotEnv = (field: string, lines: string[], says: string): Kind => ({
  uses: lines.map((line) => line.split('=')[0]!),
  // The last line is the wrong one.
  plant: ({ dotEnv: all }, tag) => void all.push(...lines.slice(0, -1), `${lines.at(-1)} ${tag}`),
  place: '.env',
  field,
  says,
});

const main = (path: string, value: string, says: string, at = path): Kind => ({
  uses: [`main.${path}`],
  plant: (scene, tag) => void scene.main.set(path, `${value} ${tag}`),
  place: 'pools.yaml',
  field: `pools[0].${at}`,
  says,
});

/** A mistake that takes two fields; the first is told. */
const pair = (told: [string, string], beside: [string, string], says: string): Kind => ({
  ...main(...told, says),
  uses: [`main.${told[0]}`, `main.${beside[0]}`],
  plant: (scene, tag) => {
    scene.main.set(told[0], `${told[1]} ${tag}`);
    scene.main.set(beside[0], beside[1]);
  },
});

/** A wrong account of the pool `users`; its place in the list differs from scene to scene. */
const account = (field: string, fields: string, says: string): Kind => ({
  uses: [fields],
  plant: ({ accounts }, tag) => void accounts.push(`{ ${fields} } ${tag}`),
  place: 'pools.yaml',
  field: `pools[1].accounts[*].${field}`,
  says,
});

const pool = (field: string, fields: string, says: string): Kind => ({
  uses: [fields],
  plant: ({ pools }, tag) => void pools.push(`{ ${fields} } ${tag}`),
  place: 'pools.yaml',
  field: `pools[*].${field}`,
  says,
});

const legacy = (key: string, value: string, says: string): Kind => ({
  uses: [`legacy.${key}`],
  plant: (scene, tag) => void scene.legacy.set(key, `${value} ${tag}`),
  place: 'pools.yaml',
  field: `legacy.${key}`,
  says,
});

const SIMULATED = 'kind: account, driver: simulated, simulate: true';

export const KINDS: readonly Kind[] = [
  env('PORT', 'x', 'must be a whole number'),
  env('HOST', '192.0.2.1', 'this machine has no such address'),
  env('LEGACY_API', 'maybe', 'must be one of guarded, open, off'),
  env('BCRYPT_COST', '99', 'must be a whole number from 4 to 15'),
  env('DATA_DIR', '/proc/x', '/proc/x cannot be made or used (ENOENT: it does not exist)'),
  env('MASTER_KEY', 'short', 'must be 32 bytes'),
  env('MASTER_KEY_FILE', '/nowhere/key', 'The master key file /nowhere/key cannot be read (ENOENT'),
  env('MASTER_KEY_FILE', '/tmp', 'The master key file /tmp cannot be read (EISDIR: it is a dir'),
  env('BACKUP_ENCRYPT_TO', 'age1qqqqqqqqqqqqq', 'must be an age recipient'),
  dotEnv('', ['nonsense'], 'is not NAME=value'),
  dotEnv('', ['MAX-BODY=1'], 'a name has only letters'),
  dotEnv('CACHE_DIR', ['CACHE_DIR="/x'], 'begins with a quote that is not closed'),
  dotEnv('LOG_FORMAT', ['LOG_FORMAT=json', 'LOG_FORMAT=json'], 'is set in line '),
  dotEnv(
    'KEEP_RESERVATIONS',
    ['KEEP_RESERVATIONS=1h'],
    'must not be shorter than KEEP_IDEMPOTENCY',
  ),
  dotEnv(
    'MAX_CONNECTIONS_PER_ADDRESS',
    ['MAX_CONNECTIONS=50', 'MAX_CONNECTIONS_PER_ADDRESS=60'],
    'must not exceed MAX_CONNECTIONS',
  ),
  dotEnv('KEEP_EVENT', ['KEEP_EVENT=1d'], 'is unknown and ignored; do you mean KEEP_EVENTS?'),
  dotEnv('TRUST_PROXY', ['TRUST_PROXY=true'], 'must be a number of hops'),
  dotEnv('GITHUB_CLIENT_SECRET', ['GITHUB_CLIENT_ID=x'], 'belongs to GITHUB_CLIENT_ID'),
  dotEnv('BACKUP_KEEP', ['BACKUP_KEEP=3'], 'has no effect without BACKUP_DIR'),
  main('sise', '1', 'is not a known key; do you mean size?'),
  main('colour', 'red', 'is not a known key; known are name, kind, driver'),
  main('size', '-1', 'must be a whole number from 0 to 1000000'),
  main('spares', 'some', 'must be a whole number from 0 to 1000000'),
  main('pick', 'first', 'must be one of lowest, random, longest_idle'),
  main('simulate', 'maybe', 'must be true or false'),
  main('concurrency', '0', 'must be a whole number from 1 to 1000'),
  main('labels', '{ zone: 5 }', 'must be text; put a number in quotes', 'labels.zone'),
  main('types', '[{ name: a }, { name: a }]', 'is the same as that of types[0]', 'types[1].name'),
  main('settings.latencyMs', '-1', 'must be at least 0'),
  main('settings.latencyJiterMs', '1', 'is not a known key; do you mean latencyJitterMs?'),
  pair(['rotation.afterLease', 'true'], ['settings.rotates', 'false'], 'cannot rotate credentials'),
  main('rotation.interval', 'often', 'must be a duration like 30s'),
  main('lease.grace', 'soon', 'must be a duration like 30s'),
  main('lease.idleExpiry', '5m', 'is allowed only with sizing: manual'),
  main('lease.heartbaet', '5m', 'is not a known key; do you mean heartbeat?'),
  pair(['lease.default', '2h'], ['lease.maximum', '1h'], 'must not exceed lease.maximum'),
  pair(['cleaning.backoff', '2m'], ['cleaning.backoffMaximum', '1m'], 'must not exceed cleaning.'),
  main('cleaning.retries', '-1', 'must be a whole number from 0 to 1000'),
  {
    uses: ['afterMain'],
    plant: ({ afterMain }, tag) => void afterMain.push(`kind: vm ${tag}`),
    place: 'pools.yaml',
    field: '',
    says: 'a key is duplicated',
  },
  account('password', 'name: m, username: m', 'is missing'),
  account(
    'passwrd',
    'name: n, username: n, passwrd: x',
    'is not a known key; do you mean password?',
  ),
  account('password', 'name: o, username: o, password: "${NOT_SET}"', 'NOT_SET is not set'),
  account(
    'username',
    'name: p, username: first, password: x',
    'is the same as that of accounts[0]',
  ),
  account('type', 'name: q, type: "?", username: q, password: x', 'must begin with a letter'),
  pool(
    'name',
    'name: main, kind: vm, driver: simulated, size: 1',
    'is the same as that of pools[0]',
  ),
  pool('driver', 'name: a, kind: vm, driver: cloud, size: 1', 'must be one of docker, exec'),
  pool('kind', 'name: b, kind: robot, driver: simulated, size: 1', 'must be one of account, vm'),
  pool(
    'accounts[0].name',
    `name: c, ${SIMULATED}, accounts: [{ name: first, username: c, password: x }]`,
    'is the same as that of an account of pool users',
  ),
  pool(
    'accounts[0].username',
    `name: d, ${SIMULATED}, accounts: [{ name: d, username: first, password: x }]`,
    'is the same as that of an account of pool users',
  ),
  legacy('vms', 'nowhere', 'names the pool nowhere, which is not in this file'),
  legacy('acctpool', '[main]', 'names the pool main, which is not of kind account'),
  legacy('tokns', 'x', 'is not a known key; do you mean tokens?'),
];

/** A configuration without a mistake. */
export function soundScene(): Scene {
  return {
    env: {},
    dotEnv: ['# ours'],
    main: new Map(),
    afterMain: [],
    accounts: ['{ name: first, username: first, password: x }'],
    pools: [],
    legacy: new Map(),
  };
}

/** The text of the pools file. */
export function poolsText({
  main: fields,
  afterMain,
  accounts,
  pools,
  legacy: apis,
}: Scene): string {
  const all = new Map(
    fields.has('size') || fields.has('sise') ? fields : [['size', '1'], ...fields],
  );
  const groups = Map.groupBy(all, ([path]) => (path.includes('.') ? path.split('.')[0]! : ''));
  const lines = [...groups].flatMap(([group, entries]) => {
    const written = entries.map(([path, value]) => `${path.split('.').at(-1)}: ${value}`);
    return group === '' ? written : [`${group}:`, ...written.map((line) => `  ${line}`)];
  });
  return [
    'pools:',
    '  - name: main',
    ...['kind: vm', 'driver: simulated', ...lines, ...afterMain].map((line) => `    ${line}`),
    `  - name: users`,
    ...SIMULATED.split(', ').map((line) => `    ${line}`),
    '    accounts:',
    ...accounts.map((entry) => `      - ${entry}`),
    ...pools.map((entry) => `  - ${entry}`),
    'legacy:',
    '  containers: []',
    ...[...apis].map(([key, value]) => `  ${key}: ${value}`),
    '',
  ].join('\n');
}
