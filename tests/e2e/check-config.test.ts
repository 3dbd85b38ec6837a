import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../helpers/engine';
import { MAIN, poolsFile, runProgram, ServerProcess, type Ended } from '../helpers/process';

jest.setTimeout(120_000);

/** `check-config` and `serve` run the same checks, and say the same of all that is wrong. */

const KEY = Buffer.alloc(32, 1).toString('base64');
const OTHER = Buffer.alloc(32, 2).toString('base64');

/** What a case starts in. */
interface Place {
  env: Record<string, string>;
  cwd: string;
}

const place = (env: Record<string, string>): Place => {
  const cwd = temporaryDirectory();
  return { env: { DATA_DIR: join(cwd, 'data'), ...env }, cwd };
};

const run = (command: string, { env, cwd }: Place): Promise<Ended> =>
  runProgram({ command: [process.execPath, MAIN, command], cwd }, env);

/** Both commands refuse with 78, and with these lines. */
async function expectBoth(where: Place, ...lines: RegExp[]): Promise<void> {
  const checked = await run('check-config', where);
  const served = await run('serve', where);
  expect(served.stderr).toBe(checked.stderr);
  expect([checked.code, served.code]).toEqual([78, 78]);
  expect([checked.stdout, served.stdout]).toEqual(['', '']);
  expect(checked.stderr.trimEnd().split('\n')).toEqual(
    lines.map((line) => expect.stringMatching(line)),
  );
}

const account = (pool: string) =>
  `{ name: ${pool}, kind: account, driver: simulated, simulate: true, ` +
  `accounts: [{ name: same, username: of-${pool}, password: p }] }`;
const file = (...pools: string[]) => ({ POOLS_FILE: poolsFile(`pools: [${pools.join(', ')}]`) });

test.each<[string, RegExp, () => Record<string, string>]>([
  ['open CIDRs', /LEGACY_OPEN_CIDRS: must be addresses/, () => ({ LEGACY_OPEN_CIDRS: 'loopback' })],
  ['an engine over SSH', /DOCKER_HOST: must be/, () => ({ DOCKER_HOST: 'ssh://engine' })],
  ['a port of the engine', /DOCKER_HOST: must be/, () => ({ DOCKER_HOST: 'tcp://engine:99999' })],
  [
    'a key file',
    /environment: MASTER_KEY_FILE: .*\/nowhere\/key.*ENOENT/,
    () => ({ MASTER_KEY_FILE: '/nowhere/key' }),
  ],
  ['a data directory', /DATA_DIR: \/proc\/x .*ENOENT/, () => ({ DATA_DIR: '/proc/x' })],
  ['one below a file', /DATA_DIR: .*ENOTDIR/, () => ({ DATA_DIR: join(MAIN, 'x') })],
  ['an address', /HOST: this machine has no such address/, () => ({ HOST: '192.0.2.1' })],
  ['a recipient', /BACKUP_ENCRYPT_TO: must be/, () => ({ BACKUP_ENCRYPT_TO: 'age1qqqqqqqqqqqqq' })],
  [
    'a missing pools file',
    /environment: POOLS_FILE: .*\/nowhere\.yaml.*ENOENT/,
    () => ({ POOLS_FILE: '/nowhere.yaml' }),
  ],
  [
    'an account in two pools',
    /pools\.yaml:1: pools\[1\]\.accounts\[0\]\.name: is the same as that of an account of pool a$/,
    () => file(account('a'), account('b')),
  ],
  [
    'accounts in a simulated pool',
    /pools\.yaml:1: pools\[0\]\.accounts: would lose their passwords/,
    () => file(account('a').replace('simulate: true, ', '')),
  ],
])('%s that cannot be used fails both in the same words', async (_what, line, env) => {
  const where = place(env());
  await expectBoth(where, line);
  expect(existsSync(join(where.cwd, 'data'))).toBe(false);
});

test('all that is wrong is told at once: the file, the line and the field of each', async () => {
  const where = place({
    LEGACY_API: 'maybe',
    MASTER_KEY_FILE: '/nowhere/key',
    ...file('{ name: Lab, kind: vm, driver: simulated, size: 1 }', '{ name: b, kind: vm }'),
    DATA_DIR: '/proc/x',
  });
  writeFileSync(join(where.cwd, '.env'), '# ours\nKEEP_RESERVATIONS=1h\nexport LOG_LEVEL=loud\n');
  await expectBoth(
    where,
    /^holdfast: environment: LEGACY_API: must be one of/,
    /^holdfast: environment: DATA_DIR: \/proc\/x /,
    /^holdfast: environment: MASTER_KEY_FILE: .*\/nowhere\/key/,
    /^holdfast: \S*\.env:2: KEEP_RESERVATIONS: must not be shorter/,
    /^holdfast: \S*\.env:3: LOG_LEVEL: must be one of/,
    /^holdfast: \S*pools\.yaml:1: pools\[0\]\.name: must begin/,
    /^holdfast: \S*pools\.yaml:1: pools\[1\]\.driver: is missing$/,
    /^holdfast: \S*pools\.yaml:1: pools\[1\]\.size: is missing/,
    /^holdfast: 8 problems: 3 in the environment, 2 in \S*\.env, 3 in \S*pools\.yaml$/,
  );
});

test('a file that cannot be read hides nothing, and is named by its variable', async () => {
  const where = place({ PORT: 'x', HOST: '192.0.2.1', LOG_LEVEL: 'loud' });
  mkdirSync(join(where.cwd, 'pools'));
  writeFileSync(join(where.cwd, 'key'), Buffer.from([0xff, 0xfe, 0x41]));
  const lines = [
    'POOLS_FILE=pools',
    '',
    'MASTER_KEY_FILE=key',
    'BACKUP_ENCRYPT_TO=age1qqqqqqqqqqqqq',
  ];
  writeFileSync(join(where.cwd, '.env'), `\ufeff${lines.join('\n')}\n`);
  await expectBoth(
    where,
    /^holdfast: environment: PORT: must be a whole number/,
    /^holdfast: environment: LOG_LEVEL: must be one of/,
    /^holdfast: environment: HOST: this machine has no such address/,
    /^holdfast: \S*\.env:1: POOLS_FILE: The pools file \S+ cannot be read \(EISDIR: it is a directory/,
    /^holdfast: \S*\.env:3: MASTER_KEY_FILE: \S+key: must be 32 bytes/,
    /^holdfast: \S*\.env:4: BACKUP_ENCRYPT_TO: must be an age recipient/,
    /^holdfast: 6 problems: 3 in the environment, 3 in \S*\.env$/,
  );
});

test('a .env that cannot be read hides nothing else', async () => {
  const where = place({ PORT: 'x' });
  mkdirSync(join(where.cwd, '.env'));
  await expectBoth(
    where,
    /^holdfast: environment: PORT: must be/,
    /^holdfast: \S*\.env: cannot be read \(EISDIR: it is a directory, not a file\)\.$/,
    /^holdfast: 2 problems: 1 in the environment, 1 in \S*\.env$/,
  );
});

test('lines of .env that do nothing, or twice, and misspelled variables are told', async () => {
  const where = place({});
  const lines = [
    'LOG_LEVEL=warn',
    'hunter2',
    'KEEP_EVENT=1d',
    'LOG_LEVEL=info',
    'MAX_CONNECTIONS=50',
    'MAX_CONNECTIONS_PER_ADDRESS=60',
    'POOL_FILE=x',
  ];
  writeFileSync(join(where.cwd, '.env'), `${lines.join('\n')}\n`);
  await expectBoth(
    where,
    /^holdfast: \S*\.env:2: is not NAME=value; a comment begins with #$/,
    /^holdfast: \S*\.env:3: warning: KEEP_EVENT: is unknown and ignored; do you mean KEEP_EVENTS\?$/,
    /^holdfast: \S*\.env:4: LOG_LEVEL: is set in line 1 already; keep one of them$/,
    /^holdfast: \S*\.env:6: MAX_CONNECTIONS_PER_ADDRESS: must not exceed MAX_CONNECTIONS/,
    /^holdfast: \S*\.env:7: warning: POOL_FILE: is unknown and ignored; do you mean POOLS_FILE\?$/,
    /^holdfast: 3 problems, 2 warnings in \S*\.env$/,
  );
});

test('a database under another key fails both; a running server fails neither', async () => {
  const where = place({ MASTER_KEY: KEY });
  const dataDir = where.env.DATA_DIR!;
  mkdirSync(dataDir);
  const server = await ServerProcess.start({ dataDir, env: { MASTER_KEY: KEY } });
  const PORT = new URL(server.url).port;
  const checked = await run('check-config', { ...where, env: { ...where.env, PORT } });
  expect(checked).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(checked.stdout)).toMatchObject({ ok: true, database: 'is up to date' });
  await server.stop();
  await expectBoth(
    { ...where, env: { ...where.env, MASTER_KEY: OTHER } },
    /MASTER_KEY: the database is sealed under master key/,
  );
});
