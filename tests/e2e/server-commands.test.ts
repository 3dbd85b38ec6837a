import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { decodeMasterKey } from '../../src/crypto/master-key';
import { temporaryDirectory } from '../helpers/engine';
import { BASIC, MAIN, ServerProcess } from '../helpers/process';

jest.setTimeout(60_000);

const RECIPIENT = 'age16qfgx94gnkxvcf908nqfprdfzs6zlhew3gjpl469yxe3k8xsl3uq84wexv';
const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 1 }]';
const PASSWORD = 'correct horse battery';

/** Runs a command in a directory of its own. */
async function run(
  dataDir: string,
  args: string[],
  {
    input = '',
    env = {},
    cwd = temporaryDirectory(),
  }: { input?: string; env?: Record<string, string>; cwd?: string } = {},
) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...BASIC, DATA_DIR: dataDir, BCRYPT_COST: '4', ...env },
  });
  const said = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await said;
  return { code: code as number, stdout, stderr };
}

const newDirectory = () => join(temporaryDirectory(), 'data');

test('check-config changes nothing, and says in one line what is wrong', async () => {
  const dataDir = newDirectory();
  expect(await run(dataDir, ['check-config'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('"ok":true'),
  });
  expect(existsSync(dataDir)).toBe(false);
  expect(await run(dataDir, ['check-config'], { env: { PORT: 'x' } })).toEqual({
    code: 78,
    stdout: '',
    stderr: expect.stringMatching(/^holdfast: environment: PORT: [^\n]+\n$/),
  });
});

test('a reader that stops reading does not make a command fail', async () => {
  const child = spawn(process.execPath, [MAIN, '--version'], { cwd: temporaryDirectory() });
  child.stdout.destroy();
  const said = text(child.stderr);
  const [code] = (await once(child, 'close')) as [number];
  expect({ code, stderr: await said }).toEqual({ code: 0, stderr: '' });
});

test('setup makes the first admin, once', async () => {
  const dataDir = newDirectory();
  const person = ['setup', '--name', 'Ada', '--email', 'ada@example.org'];
  expect(await run(dataDir, person, { input: 'short' })).toMatchObject({ code: 64, stdout: '' });
  const { code, stdout } = await run(dataDir, person, { input: `${PASSWORD}\n` });
  expect(code).toBe(0);
  const { token } = JSON.parse(stdout) as { token: string };
  expect((await run(dataDir, person, { env: { ADMIN_PASSWORD: PASSWORD } })).code).toBe(73);
  const server = await ServerProcess.start({ dataDir, pools: POOLS });
  expect((await server.http.get('/v1/me', { token })).status).toBe(200);
  expect(
    (
      await server.http.get('/v1/me', {
        headers: { Authorization: `Basic ${btoa(`ada@example.org:${PASSWORD}`)}` },
      })
    ).status,
  ).toBe(200);
  await server.stop();
});

test('reset-password makes nothing where there is no database', async () => {
  const dataDir = newDirectory();
  expect((await run(dataDir, ['reset-password', 'ada'], { input: PASSWORD })).code).toBe(66);
  expect(existsSync(dataDir)).toBe(false);
});

test('reset-password lets an admin in again, while the server runs, and ends every token', async () => {
  const server = await ServerProcess.start({ pools: POOLS });
  const token = await server.setUp();
  const { email } = (await server.http.get('/v1/me', { token })).body as { email: string };
  const { dataDir } = server;
  const reset = (user: string, input: string) => run(dataDir, ['reset-password', user], { input });
  expect(await reset(email, 'short')).toMatchObject({ code: 64, stdout: '' });
  expect(await reset('nobody@example.org', PASSWORD)).toMatchObject({
    code: 66,
    stderr: expect.stringContaining('nobody@example.org'),
  });
  expect((await server.http.get('/v1/me', { token })).status).toBe(200);
  expect(await reset(email, 'another good password\n')).toMatchObject({ code: 0 });
  expect((await server.http.get('/v1/me', { token })).status).toBe(401);
  const Authorization = `Basic ${btoa(`${email}:another good password`)}`;
  expect((await server.http.get('/v1/me', { headers: { Authorization } })).status).toBe(200);
  const events = await server.http.get(`/v1/events?user=${email}&type=user.password`, {
    headers: { Authorization },
  });
  expect(events.body).toMatchObject({
    items: [{ actor: { kind: 'system', name: 'holdfast reset-password' }, address: null }],
  });
  await server.stop();
});

test('the pools file and an import are the authors of what they change', async () => {
  const server = await ServerProcess.start({ pools: POOLS });
  const token = await server.setUp();
  const file = join(temporaryDirectory(), 'import.json');
  writeFileSync(file, JSON.stringify({ users: [{ name: 'Bob', username: 'bob' }] }));
  expect(await run(server.dataDir, ['import', file])).toMatchObject({ code: 0 });
  const authorOf = async (type: string): Promise<unknown> => {
    const { body } = await server.http.get(`/v1/events?type=${type}&limit=1`, { token });
    return (body as { items: { actor: unknown }[] }).items[0]?.actor;
  };
  expect(await authorOf('pool.created')).toMatchObject({ kind: 'system', name: 'pools file' });
  expect(await authorOf('user.created')).toMatchObject({ name: 'holdfast import' });
  await server.stop();
});

test('a backup of a running server is restored after its stop, and nothing is lent any more', async () => {
  const server = await ServerProcess.start({ pools: POOLS });
  const token = await server.setUp();
  const lent = await server.http.post('/v1/reservations?wait=60', {
    token,
    body: { items: [{ pool: 'lab' }] },
  });
  const { dataDir } = server;
  const file = join(temporaryDirectory(), 'backup.db');
  expect(await run(dataDir, ['backup', file])).toMatchObject({ code: 0 });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await run(dataDir, ['backup', file])).code).toBe(73);
  expect((await run(dataDir, ['backup', join(dataDir, 'holdfast.db'), '--force'])).code).toBe(73);
  expect((await run(dataDir, ['restore', file])).code).toBe(75);
  expect((await run(dataDir, ['rekey'])).code).toBe(75);
  await server.stop();
  expect((await run(dataDir, ['restore', join(dataDir, 'nothing')])).code).toBe(66);
  expect(JSON.parse((await run(dataDir, ['restore', file])).stdout)).toMatchObject({
    reservations: 1,
    resources: 1,
  });
  const again = await ServerProcess.start({ dataDir, pools: POOLS });
  expect((await again.http.get(`/v1/reservations/${lent.body.id}`, { token })).body).toMatchObject({
    status: 'ended',
    endReason: 'revoked',
    endDetail: 'restored from a backup',
  });
  await again.until(
    'cleaned',
    async () => (await again.http.get('/v1/pools/lab', { token })).body.counts.available === 1,
  );
  await again.stop();
});

test('a backup holds neither the master key nor a password', async () => {
  const dataDir = newDirectory();
  await run(dataDir, ['setup', '--name', 'Ada', '--email', 'ada@example.org'], { input: PASSWORD });
  const file = join(temporaryDirectory(), 'backup.db');
  expect(await run(dataDir, ['backup', file])).toMatchObject({ code: 0 });
  const backup = readFileSync(file);
  expect(backup.includes('ada@example.org')).toBe(true);
  const key = readFileSync(join(dataDir, 'master.key'), 'utf8').trim();
  for (const secret of [key, decodeMasterKey(key, 'key'), PASSWORD])
    expect(backup.includes(secret)).toBe(false);
});

test('an encrypted backup opens only with its identity', async () => {
  const dataDir = newDirectory();
  await run(dataDir, ['setup', '--name', 'Ada', '--email', 'ada@example.org'], { input: PASSWORD });
  const file = join(temporaryDirectory(), 'backup.age');
  const { generateIdentity, identityToRecipient } = await identities();
  const [own, other] = [await generateIdentity(), await generateIdentity()];
  expect(
    (await run(dataDir, ['backup', file, '--encrypt-to', await identityToRecipient(own)])).code,
  ).toBe(0);
  expect(readFileSync(file, 'latin1')).toMatch(/^age-encryption\.org\/v1\n/);
  expect(readdirSync(dataDir).filter((name) => name.includes('making'))).toEqual([]);
  const restore = (identity: string, env = {}) => {
    const key = join(temporaryDirectory(), 'key.txt');
    writeFileSync(key, `# created by a test\n${identity}\n`);
    return run(dataDir, ['restore', file, '--identity', key], { env });
  };
  const verify = (identity: string) => {
    const key = join(temporaryDirectory(), 'key.txt');
    writeFileSync(key, `${identity}\n`);
    return run(dataDir, ['verify', file, '--identity', key]);
  };
  expect((await run(dataDir, ['verify', file])).code).toBe(64);
  expect((await verify(other)).code).toBe(65);
  expect(await verify(own)).toMatchObject({
    code: 0,
    stderr: 'There are no return records yet.\n',
  });
  const left = () => readdirSync(dataDir).map((name) => [name, readFileSync(join(dataDir, name))]);
  const before = left();
  const otherKey = { MASTER_KEY: randomBytes(32).toString('base64') };
  for (const [refused, code, why] of [
    [() => run(dataDir, ['restore', file]), 64, `${file} is encrypted; --identity is needed.`],
    [() => restore(other), 65, `${file} cannot be decrypted with that identity`],
    [() => restore('AGE-SECRET-KEY-1X'), 65, 'The identity is not an age identity.'],
    [() => restore(''), 65, 'key.txt holds no age identity'],
    [() => restore(own, otherKey), 78, 'Set the right MASTER_KEY.'],
  ] as const) {
    expect(await refused()).toMatchObject({ code, stderr: expect.stringContaining(why) });
    expect(left()).toEqual(before);
  }
  expect((await restore(own)).code).toBe(0);
  const refused = await run(dataDir, [
    'backup',
    `${file}2`,
    '--encrypt-to',
    RECIPIENT.slice(0, -1),
  ]);
  expect(refused).toMatchObject({
    code: 64,
    stderr: 'holdfast: --encrypt-to: must be an age recipient, age1….\n',
  });
  for (const words of [['backup', `${file}2`], ['check-config'], ['serve']]) {
    expect({
      words,
      ...(await run(dataDir, words, { env: { BACKUP_ENCRYPT_TO: RECIPIENT.slice(0, -1) } })),
    }).toMatchObject({
      words,
      code: 78,
      stderr: expect.stringContaining('BACKUP_ENCRYPT_TO: must be an age recipient'),
    });
  }
});

test('a backup is also encrypted to the recipient in .env', async () => {
  const dataDir = newDirectory();
  await run(dataDir, ['setup', '--name', 'Ada', '--email', 'ada@example.org'], { input: PASSWORD });
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, '.env'), `BACKUP_ENCRYPT_TO=${RECIPIENT}\n`);
  expect(JSON.parse((await run(dataDir, ['backup', 'backup.age'], { cwd })).stdout)).toMatchObject({
    encrypted: true,
  });
  expect(readFileSync(join(cwd, 'backup.age'), 'latin1')).toMatch(/^age-encryption\.org\/v1\n/);
});

test('a backup into a missing directory, and a restore of a file that is no backup, name it', async () => {
  const dataDir = newDirectory();
  await run(dataDir, ['setup', '--name', 'Ada', '--email', 'ada@example.org'], {
    input: PASSWORD,
  });
  const nowhere = join(temporaryDirectory(), 'nowhere');
  expect(await run(dataDir, ['backup', join(nowhere, 'backup.db')])).toMatchObject({
    code: 66,
    stderr: `holdfast: There is no directory ${nowhere}.\n`,
  });
  const folder = temporaryDirectory();
  for (const args of [[folder], [join(dataDir, 'holdfast.db'), '--identity', folder]])
    expect(await run(dataDir, ['restore', ...args])).toMatchObject({
      code: 66,
      stderr: expect.stringMatching(
        new RegExp(`holdfast: ${folder} is a directory\\. Name a file in it\\.\n$`),
      ) as string,
    });
  const file = join(temporaryDirectory(), 'notes.txt');
  writeFileSync(file, 'no database at all, but long enough to be looked at as one\n');
  const { code, stderr } = await run(dataDir, ['restore', file]);
  expect({ code, last: stderr.trim().split('\n').at(-1) }).toEqual({
    code: 65,
    last: `holdfast: ${file} is damaged: file is not a database`,
  });
});

test('rekey makes a key beside the database, and the next start finds it', async () => {
  const dataDir = newDirectory();
  const { stdout } = await run(dataDir, ['setup', '--name', 'Ada', '--email', 'ada@example.org'], {
    input: PASSWORD,
  });
  const before = readFileSync(join(dataDir, 'master.key'), 'utf8');
  expect((await run(dataDir, ['rekey'])).code).toBe(0);
  expect(readFileSync(join(dataDir, 'master.key'), 'utf8')).not.toBe(before);
  const kept = readdirSync(dataDir).find((name) => /^master\.key\.[0-9a-f]{8}$/.test(name))!;
  expect(readFileSync(join(dataDir, kept), 'utf8')).toBe(before);
  const server = await ServerProcess.start({ dataDir, pools: POOLS });
  const { token } = JSON.parse(stdout) as { token: string };
  expect((await server.http.get('/v1/me', { token })).status).toBe(200);
  await server.stop();
});

test('without the key of what is sealed, no command and no start makes another', async () => {
  const dataDir = newDirectory();
  await run(dataDir, ['setup', '--name', 'Ada', '--email', 'ada@example.org'], {
    input: PASSWORD,
  });
  const key = join(dataDir, 'master.key');
  const database = join(dataDir, 'holdfast.db');
  const backup = join(temporaryDirectory(), 'backup.db');
  expect((await run(dataDir, ['backup', backup])).code).toBe(0);
  const kept = join(temporaryDirectory(), 'kept.key');
  renameSync(key, kept);
  const calls: [string[], object?][] = [
    [['restore', backup]],
    [['rekey']],
    [['reset-password', 'ada@example.org'], { input: PASSWORD }],
    [['check-config']],
    [['serve'], { env: { PORT: '0' } }],
  ];
  for (const [words, how] of calls) {
    const { code, stderr } = await run(dataDir, words, how);
    expect({ words, code, stderr }).toEqual({
      ...{ words, code: 78 },
      stderr: expect.stringContaining(`There is no master key at ${key}`),
    });
    expect(existsSync(key)).toBe(false);
  }
  expect(await run(newDirectory(), ['restore', backup])).toMatchObject({ code: 78 });
  expect((await run(dataDir, ['restore', backup], { env: { MASTER_KEY_FILE: kept } })).code).toBe(
    0,
  );
  expect(existsSync(database)).toBe(true);
});

test('docker-proxy tells the port that it was given', async () => {
  const words = ['docker-proxy', '--listen', '127.0.0.1:0', '--engine', '/nowhere.sock'];
  const proxy = spawn(process.execPath, [MAIN, ...words], {
    cwd: temporaryDirectory(),
    env: BASIC,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said] = (await once(proxy.stderr, 'data')) as [Buffer];
  const [, port] = /^listening on 127\.0\.0\.1:(\d+)\n$/.exec(said.toString())!;
  // It is there, and refuses a call that no driver makes.
  const { status } = await fetch(`http://127.0.0.1:${port}/info`);
  expect(status).toBe(403);
  const ended = once(proxy, 'close');
  proxy.kill();
  expect((await ended)[0]).toBe(0);
});

/** The package is an ES module, which jest's own `require` does not load. */
async function identities(): Promise<{
  generateIdentity: () => Promise<string>;
  identityToRecipient: (identity: string) => Promise<string>;
}> {
  const ask = async (source: string, ...args: string[]) => {
    const child = spawn(
      process.execPath,
      [
        '-e',
        `import('age-encryption').then(async (age) => process.stdout.write(await ` +
          `(${source})(age, ...process.argv.slice(1))))`,
        ...args,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    return text(child.stdout);
  };
  return {
    generateIdentity: () => ask('(age) => age.generateIdentity()'),
    identityToRecipient: (identity) =>
      ask('(age, identity) => age.identityToRecipient(identity)', identity),
  };
}
