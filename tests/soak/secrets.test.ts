import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import Database from 'better-sqlite3';
import { PAGES } from '../../src/http/pages';
import { temporaryDirectory, TestClock } from '../helpers/engine';
import { account, APP, FakeGithub } from '../helpers/github';
import type { Reply } from '../helpers/http-client';
import { MAIN, poolsFile, runProgram, ServerProcess, SETUP_TOKEN } from '../helpers/process';
import { Canaries, formsOf } from './helpers/canaries';
import { Onlooker } from './helpers/onlooker';
import { say, soak } from './helpers/soak';

const MASTER_KEY = Buffer.alloc(32, 'k').toString('base64');
const RECIPIENT = 'age16qfgx94gnkxvcf908nqfprdfzs6zlhew3gjpl469yxe3k8xsl3uq84wexv';
/** With letters that every way of writing spells differently. */
const canary = (name: string) => `canary ${name} "q\\/ü+&`;
const SECRET = {
  admin: canary('admin 11aa'),
  user: canary('user 1b7f'),
  changed: canary('changed 5d21'),
  inFile: canary('file 93aa'),
  brought: canary('brought 77c4'),
  access: canary('access 0e5c'),
  waiting: canary('waiting 8e1d'),
  inQuery: canary('query 3c3c'),
  vmUser: canary('vm user 6f6f'),
  refused: canary('refused 4f4f'),
  importedUser: canary('imported user 2a2a'),
  importedToken: 'canary-imported-api-token-91d2',
  importedAccount: canary('imported account 5e5e'),
  importedLent: 'canary-imported-lent-token-7b7b',
  setting: canary('setting 1c1c'),
};
const POOLS = `
pools:
  - name: listed
    kind: account
    driver: simulated
    simulate: true
    settings: { provisions: false }
    size: 1
    accounts: [{ name: listed-1, username: kim, password: "\${LISTED_PASSWORD}" }]
  - { name: boxes, kind: container, driver: simulated, size: 1, settings: { opensAccess: true } }
  - { name: alpine, kind: container, driver: simulated, size: 2, settings: { opensAccess: true } }
  - { name: machines, kind: vm, driver: simulated, size: 2 }
  - { name: vms, kind: vm, driver: simulated, size: 2, types: [{ name: small }], lease: { openEnded: true } }
  - { name: uuids, kind: token, driver: simulated, size: 2 }
  - { name: tokens, kind: token, driver: simulated, simulate: true, sizing: manual,
      settings: { leavesNothing: true },
      lease: { default: never, openEnded: true, heartbeat: 60s, idleExpiry: 5m } }
`;
const IMPORT = {
  users: [{ name: 'Imp', email: 'imp@example.org', password: SECRET.importedUser }],
  apiTokens: [{ user: 'imp@example.org', name: 'ci', secret: SECRET.importedToken }],
  accounts: [
    { pool: 'listed', name: 'brought-1', username: 'imp', password: SECRET.importedAccount },
  ],
  tokens: [{ pool: 'tokens', value: SECRET.importedLent }],
};

/**
 * The people and secrets of a test: who holds things, who only looks, and what must stay secret.
 */
interface World {
  server: ServerProcess;
  eye: Onlooker;
  secrets: Canaries;
  /** What holders are told, and nobody else. */
  told: Map<string, Buffer>;
  admin: string;
  holder: string;
  holderId: string;
  /** Names for the paths of the API document. */
  known: Record<string, string>;
}

soak('a secret', () => {
  const env: Record<string, string> = {
    MASTER_KEY,
    LOG_LEVEL: 'trace',
    LISTED_PASSWORD: SECRET.inFile,
  };

  it('is found in every spelling', () => {
    const secret = SECRET.user;
    for (const [form, bytes] of formsOf(secret))
      expect([
        form,
        new Canaries({ it: secret }).foundIn(
          new Map([['there', Buffer.concat([Buffer.from('x'), bytes, Buffer.from('y')])]]),
        ),
      ]).toEqual([form, expect.arrayContaining([expect.any(String)])]);
    for (const before of ['', 'a', 'ab', 'abc']) {
      const basic = Buffer.from(`${before}:${secret}:after`).toString('base64');
      expect(
        new Canaries({ it: secret }).foundIn(new Map([['there', Buffer.from(basic)]])),
      ).not.toEqual([]);
    }
  });

  it('is found nowhere except in the answer to its holder', async () => {
    const dataDir = temporaryDirectory();
    const clock = new TestClock();
    const github = await FakeGithub.start(clock);
    const pools = poolsFile(POOLS);
    Object.assign(env, {
      GITHUB_URL: github.url,
      GITHUB_CLIENT_ID: APP.clientId,
      GITHUB_CLIENT_SECRET: APP.clientSecret,
      POOLS_FILE: pools,
      DATA_DIR: dataDir,
    });
    const secrets = new Canaries({
      ...SECRET,
      'master key': MASTER_KEY,
      'bytes of the master key': Buffer.from(MASTER_KEY, 'base64').toString('latin1'),
      'setup token': SETUP_TOKEN,
      'secret of the OAuth app': APP.clientSecret,
    });
    const server = await ServerProcess.start({ dataDir, env });
    const world = await settle(server, secrets);
    await commands(world, env, dataDir);
    await vmPeople(world);
    await borrow(world);
    await signIn(world, github, clock);
    await mistakes(world);
    await lookAround(world);
    await trouble(world, dataDir);
    const { eye, told } = world;
    // Killed, so that the write-ahead log is searched as well.
    await server.kill();
    eye.keep('log', server.log.stdout, server.stderr);
    keepFiles(eye, 'data directory', dataDir);
    expect(readdirSync(dataDir)).toEqual(
      expect.arrayContaining(['holdfast.db', 'holdfast.db-wal', 'holdfast.db-shm']),
    );
    await nightly(eye, env, dataDir);
    expect(secrets.size).toBeGreaterThan(30);
    expect(secrets.foundIn(eye.seen)).toEqual([]);
    // Search for what holders were told.
    expect(secrets.foundIn(told).length).toBeGreaterThan(8);
    say(
      `secrets: ${secrets.size} secrets looked for in ${eye.seen.size} places, ` +
        `${[...eye.seen.values()].reduce((sum, { length }) => sum + length, 0)} bytes`,
    );
  });
});

const basic = (email: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}`,
});

/** The first admin and the holder, with passwords and tokens of every kind. */
async function settle(server: ServerProcess, secrets: Canaries): Promise<World> {
  const { http } = server;
  const eye = new Onlooker(server.url);
  const told = new Map<string, Buffer>();
  const setUp = await http.post('/v1/setup', {
    body: {
      setupToken: SETUP_TOKEN,
      name: 'Ada',
      email: 'ada@example.org',
      password: SECRET.admin,
    },
  });
  expect(setUp.status).toBe(201);
  const { token: admin } = setUp.body as { token: string };
  secrets.add('token of the first admin', admin);
  const email = 'bea@example.org';
  const user = { name: 'Bea', email, username: 'bea', password: SECRET.user };
  for (const key of ['u1', 'u1'])
    await eye.look('made', '/v1/users', {
      method: 'POST',
      token: admin,
      headers: { 'Idempotency-Key': key },
      body: user,
    });
  const ask = {
    headers: { ...basic(email, SECRET.user), 'Idempotency-Key': 'once' },
    body: { name: 'mine', scopes: ['read', 'reserve', 'self'] },
  };
  const made = await http.post('/v1/tokens', ask);
  expect(made.status).toBe(201);
  const { token: first, userId: holderId } = made.body as Record<string, string>;
  secrets.add('first token of a user', first!);
  await eye.look('again', '/v1/tokens', { method: 'POST', ...ask });
  await eye.look('changed', `/v1/users/${holderId}`, {
    method: 'PATCH',
    token: first,
    body: { password: SECRET.changed },
  });
  // The new password has ended the first token.
  const headers = basic(email, SECRET.changed);
  const { token: holder, id } = (await http.post('/v1/tokens', { ...ask, headers })).body as Record<
    string,
    string
  >;
  secrets.add('token of a user', holder!);
  return {
    server,
    eye,
    secrets,
    told,
    admin,
    holder: holder!,
    holderId: holderId!,
    known: { id: holderId!, token: id! },
  };
}

/** The commands that touch secrets, besides the server. */
async function commands(
  { eye }: World,
  env: Record<string, string>,
  dataDir: string,
): Promise<void> {
  const elsewhere = temporaryDirectory();
  const run = async (args: string[], more: Record<string, string> = {}, code = 0) => {
    const ended = await runProgram(
      { command: [process.execPath, MAIN, ...args], cwd: elsewhere },
      { ...env, ...more },
    );
    expect({ args, code: ended.code, stderr: ended.stderr }).toMatchObject({ code });
    eye.keep(`what ${args[0] ?? 'the server'} says`, ended.stdout, ended.stderr);
  };
  const file = join(elsewhere, 'import.json');
  writeFileSync(file, JSON.stringify(IMPORT));
  await run(['import', file]);
  await run(['import', file]);
  writeFileSync(
    file,
    JSON.stringify({
      ...IMPORT,
      users: [{ name: 'x', password: SECRET.refused, passwrd: SECRET.refused }],
    }),
  );
  await run(['import', file], {}, 78);
  writeFileSync(file, `{"users": [{"password": ${JSON.stringify(SECRET.refused)}`);
  await run(['import', file], {}, 78);
  await run(['check-config']);
  const wrong = [
    'accounts: [{ name: a, username: b, passwrd: "${LISTED_PASSWORD}" }]',
    'settings: { password: "${LISTED_PASSWORD}" }',
    'lease: { default: "${LISTED_PASSWORD}" }',
    '"${LISTED_PASSWORD}": 1',
  ];
  for (const field of wrong)
    await run(
      ['check-config'],
      {
        POOLS_FILE: poolsFile(
          `pools:\n  - { name: p, kind: account, driver: simulated, ${field} }`,
        ),
      },
      78,
    );
  for (const name of [
    'MASTER_KEY',
    'PORT',
    'LEGACY_API',
    'BACKUP_ENCRYPT_TO',
    'PUBLIC_URL',
    'DOCKER_HOST',
    'GITHUB_URL',
  ])
    await run(['check-config'], { [name]: SECRET.refused }, 78);
  await run(
    ['setup', '--name', 'Eve', '--email', 'eve@example.org'],
    { ADMIN_PASSWORD: SECRET.refused },
    73,
  );
  expect(readdirSync(dataDir)).not.toContain('master.key');
}

/** A user of the VM reservation API, with passwords in bodies. */
async function vmPeople({ server: { http }, eye }: World): Promise<void> {
  const first = { name: 'user1', email: 'user1@example.org', password: SECRET.vmUser };
  expect((await http.post('/user', { body: { ...first, setupToken: SETUP_TOKEN } })).status).toBe(
    201,
  );
  const auth = { userid: 1, password: SECRET.vmUser };
  await eye.look('vm user', '/user', { method: 'POST', body: { ...first, auth } });
  await eye.look('vm user', '/user', {
    method: 'PATCH',
    body: { auth, id: 1, password: SECRET.vmUser },
  });
  await eye.look('vm user', '/user', {
    method: 'PATCH',
    body: { auth: { ...auth, password: SECRET.refused }, id: 1, password: SECRET.refused },
  });
  await eye.look('checkout', '/checkout_vm', { method: 'POST', body: { auth } });
}

/** Loans of every kind: some are over, some live, one is queued. */
async function borrow({
  server: { http },
  eye,
  secrets,
  told,
  admin,
  holder,
  known,
}: World): Promise<void> {
  const lend = async (pool: string, access?: object): Promise<Reply> => {
    const loan = await http.post('/v1/reservations?wait=30', {
      token: holder,
      body: { items: [{ pool }], ...(access ? { access } : {}) },
    });
    expect(loan.body).toMatchObject({ status: 'active' });
    const { password, token } = loan.body.resources[0].credentials as Record<string, string>;
    secrets.add(`credential of ${pool} ${loan.body.id}`, (password ?? token)!);
    told.set(`loan ${loan.body.id}`, Buffer.from(JSON.stringify(loan.body)));
    return loan;
  };
  const access = { password: SECRET.access };
  for (const [pool, wish] of [
    ['listed', undefined],
    ['boxes', access],
    ['machines', undefined],
    ['uuids', undefined],
  ] as const) {
    const { body } = await lend(pool, wish);
    await http.delete(`/v1/reservations/${body.id}`, { token: holder });
    await eye.look('over', `/v1/reservations/${body.id}`, { token: holder });
    known.reservation = (await lend(pool, wish)).body.id as string;
    await eye.look("somebody's", `/v1/reservations/${known.reservation}`, { token: admin });
  }
  await eye.look('waits', '/v1/reservations', {
    method: 'POST',
    token: holder,
    body: { items: [{ pool: 'boxes' }], access: { password: SECRET.waiting } },
  });
  await eye.look('brought', '/v1/resources/machines-1/credential', {
    method: 'POST',
    token: admin,
    body: { username: 'kim', password: SECRET.brought },
  });
  await eye.look('brought', '/v1/resources/machines-2/credential', {
    method: 'POST',
    token: admin,
    body: { username: 'kim', password: SECRET.brought },
  });
  // Through the legacy APIs, some of which take secrets in addresses.
  const reserved = await http.get(
    `/reserve?username=bea&password=${encodeURIComponent(SECRET.inQuery)}&token=${holder}`,
  );
  expect(reserved.body).toMatchObject({ status: 'success', password: SECRET.inQuery });
  told.set('reserve', Buffer.from(JSON.stringify(reserved.body)));
  const value = (await http.post('/api/token_pool/', { token: admin })).body.token as string;
  secrets.add('lent token of the token pool', value);
  const blocked = (await http.post('/api/block_token/', { token: holder })).body
    .blocked_token as string;
  secrets.add('blocked token', blocked);
  told.set('token pool', Buffer.from(JSON.stringify({ value, blocked })));
  for (const path of [
    `/api/keep_alive/${blocked}`,
    `/api/keep_alive/${value}`,
    `/api/keep_alive/${SECRET.importedLent}`,
    `/api/unblock_token/${value}`,
  ]) {
    eye.keep(
      'kept alive',
      (await eye.look('token pool', '/', { token: holder })).text,
      JSON.stringify((await http.post(path, { token: holder })).body),
    );
  }
  const requestId = randomUUID();
  for (let turn = 0; turn < 2; turn += 1)
    await eye.look('identity', '/emails', {
      method: 'POST',
      token: holder,
      headers: { 'X-Request-ID': requestId },
      body: { accountId: known.id, email: 'b@example.org' },
    });
}

/** Someone signs in with GitHub. */
async function signIn(
  { server: { http }, eye, secrets, told, admin }: World,
  github: FakeGithub,
  clock: TestClock,
): Promise<void> {
  await http.post('/v1/users', { token: admin, body: { name: 'Git', email: 'git@example.org' } });
  const { handle, userCode } = (await http.post('/v1/auth/github/device')).body as Record<
    string,
    string
  >;
  github.typeIn(userCode!, account(7, 'git'));
  clock.advance(6_000);
  const { status, body } = await http.post('/v1/auth/github/device/token', { body: { handle } });
  expect(status).toBe(201);
  secrets.add('token of a sign-in', body.token as string);
  told.set('sign-in', Buffer.from(JSON.stringify(body)));
  github.issued.forEach((secret, index) => secrets.add(`what GitHub issued, ${index}`, secret));
  await eye.look('browser', '/v1/auth/github');
  await eye.look(
    'browser',
    `/v1/auth/github/callback?code=${github.issued[0]}&state=${encodeURIComponent(SECRET.refused)}`,
  );
  await eye.look('device', '/v1/auth/github/device/token', {
    method: 'POST',
    body: { handle: SECRET.refused },
  });
}

/** Secrets in the wrong place, and wrong ones. */
async function mistakes({ eye, admin, holder }: World): Promise<void> {
  const { refused, setting } = SECRET;
  await eye.look('mistake', '/v1/me', { headers: basic('bea@example.org', refused) });
  await eye.look('mistake', '/v1/setup', {
    method: 'POST',
    body: { setupToken: SETUP_TOKEN, name: 'x', email: 'x@example.org', password: refused },
  });
  await eye.look('mistake', '/v1/setup', {
    method: 'POST',
    body: { setupToken: refused, name: 'x', email: 'x@example.org', password: refused },
  });
  await eye.look('mistake', '/v1/reservations', {
    method: 'POST',
    token: holder,
    body: { items: [{ pool: 'boxes' }], access: { username: 'B!', password: `${refused}\u0007` } },
  });
  await eye.look('mistake', '/v1/users', {
    method: 'POST',
    token: admin,
    body: { name: 'x', email: refused, password: refused },
  });
  for (const settings of [
    { password: setting },
    { latencyMs: setting },
    { failureRates: { clean: setting } },
  ]) {
    await eye.look('mistake', '/v1/pools', {
      method: 'POST',
      token: admin,
      body: { name: 'p', kind: 'vm', driver: 'simulated', settings },
    });
    await eye.look('mistake', '/v1/pools/machines', {
      method: 'PATCH',
      token: admin,
      body: { settings },
    });
  }
  const query = encodeURIComponent(refused);
  for (const path of [
    `/v1/me?token=${query}`,
    `/reserve?username=${query}&password=${query}`,
    `/reservations/x?token=${query}`,
    `/release_all?token=${query}`,
    `/vmdetails?token=${query}`,
  ])
    await eye.look('mistake', path);
  await eye.look('mistake', '/api/token_pool/', {
    method: 'DELETE',
    token: admin,
    body: { token: refused },
  });
}

/**
 * Every GET of the API documents and every page, as the admin, as another user, as the holder where
 * it lists, and as nobody.
 */
async function lookAround({ server: { http }, eye, admin, holder, known }: World): Promise<void> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const path of ['/openapi.json', '/openapi-legacy.json'])
    Object.assign(paths, JSON.parse((await eye.look('document', path)).text).paths);
  const other = (
    await http.post('/v1/tokens', {
      token: admin,
      body: { name: 'other', scopes: ['read', 'reserve', 'self', 'admin'] },
    })
  ).body.token as string;
  const names: [RegExp, string][] = [
    [/^\/v1\/reservations\//, known.reservation!],
    [/^\/v1\/resources\//, 'boxes-1'],
    [/^\/v1\/pools\//, 'boxes'],
    [/^\/(user\/id|vmdetails\/id|checkout_vm\/\w+)\//, '1'],
    [/email|maped_to/, 'user1@example.org'],
    [/status/, 'running'],
    [/type/, 'small'],
  ];
  const gets = Object.keys(paths).filter(
    (path) =>
      'get' in paths[path]! && !['/reserve', '/release_all', '/truncate_tables'].includes(path),
  );
  expect(gets.length).toBeGreaterThan(30);
  for (const path of gets) {
    const id = names.find(([pattern]) => pattern.test(path))?.[1] ?? known.id!;
    const query =
      {
        '/accounts': '?username=bea',
        '/emails': `?accountId=${known.id}`,
        '/github-identifiers': '?githubId=7',
      }[path] ?? '';
    const here = path.replace(/\{\w+\}/, id) + query;
    for (const token of [undefined, admin, other]) await eye.look('look', here, { token });
    if (!/^\/(v1\/)?reservations\/\{/.test(path)) await eye.look('list', here, { token: holder });
  }
  for (const { path } of PAGES) await eye.look('page', path);
}

/** The database fails while secrets are in use: its errors must not mention them. */
async function trouble({ server, eye, admin }: World, dataDir: string): Promise<void> {
  const outside = new Database(join(dataDir, 'holdfast.db'), { timeout: 5_000 });
  const post = (path: string, body: unknown) =>
    eye.look('trouble', path, {
      method: 'POST',
      token: admin,
      headers: { 'X-Request-ID': randomUUID() },
      body,
    });
  outside.exec('ALTER TABLE events RENAME TO events_away');
  const broken = [
    await post('/v1/users', { name: 'Cid', email: 'cid@example.org', password: SECRET.user }),
    await post('/v1/reservations', {
      items: [{ pool: 'boxes' }],
      access: { password: SECRET.access },
    }),
    await post('/v1/tokens', { name: 'broken' }),
    await post('/user', { name: 'x', email: 'y@example.org', password: SECRET.vmUser }),
    await post('/account', { username: 'broken' }),
    await eye.look(
      'trouble',
      `/reserve?username=kim&password=${encodeURIComponent(SECRET.inQuery)}&token=${admin}`,
    ),
  ];
  outside.exec('ALTER TABLE events_away RENAME TO events');
  outside.close();
  expect(broken.filter(({ status }) => status < 500)).toEqual([]);
  await server.until(
    'all is calm again',
    async () => (await server.http.get('/v1/me', { token: admin })).status === 200,
  );
}

/** Backups of every kind, of a server that restarts and writes its log for people. */
async function nightly(eye: Onlooker, env: Record<string, string>, dataDir: string): Promise<void> {
  for (const [name, more] of [
    ['plain', {}],
    ['encrypted', { BACKUP_ENCRYPT_TO: RECIPIENT }],
  ] as const) {
    const directory = join(temporaryDirectory(), name);
    const server = await ServerProcess.start({
      dataDir,
      env: { ...env, BACKUP_DIR: directory, ...more },
    });
    await server.log.line(({ msg }) => msg === 'backed up', 'the nightly backup');
    const byHand = join(temporaryDirectory(), `${name}.db`);
    const made = await runProgram(
      { command: [process.execPath, MAIN, 'backup', byHand] },
      { ...env, ...more },
    );
    expect({ code: made.code, stderr: made.stderr }).toMatchObject({ code: 0 });
    const { stdout, stderr } = await server.stop();
    eye.keep(`log of a server with ${name} backups`, stdout, stderr, made.stdout, made.stderr);
    expect(readdirSync(directory)).toHaveLength(1);
    keepFiles(eye, `${name} nightly backup`, directory);
    eye.keep(`${name} backup`, readFileSync(byHand));
    keepFiles(eye, 'data directory of a stopped server', dataDir);
  }
  const rekeyed = await runProgram(
    { command: [process.execPath, MAIN, 'rekey'] },
    { ...env, NEW_MASTER_KEY: Buffer.alloc(32, 'n').toString('base64') },
  );
  expect({ code: rekeyed.code, stderr: rekeyed.stderr }).toMatchObject({ code: 0 });
  eye.keep('what rekey says', rekeyed.stdout, rekeyed.stderr);
  keepFiles(eye, 'data directory under another key', dataDir);
}

function keepFiles(eye: Onlooker, what: string, directory: string): void {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) eye.keep(`${what}: ${relative(directory, path)}`, readFileSync(path));
  }
}
