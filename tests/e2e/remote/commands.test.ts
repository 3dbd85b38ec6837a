import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { EXIT } from '../../../src/cli/exit-codes';
import { MAIN } from '../../helpers/process';
import { TestServer, type Caller } from '../../helpers/server';
import { CommandLine } from './command-line';

const POOLS = `
pools:
  - name: lab
    kind: account
    driver: simulated
    size: 2
    shareHolders: true
`;
const HOUR = 3_600_000;

let server: TestServer;
let admin: Caller;
let ann: Caller;
let line: CommandLine;
let token: string;

beforeEach(async () => {
  server = await TestServer.start({ pools: POOLS });
  await server.test.settle();
  admin = await server.admin();
  ann = await server.user('ann');
  const { body } = await admin
    .post('/v1/tokens')
    .send({ name: 'cli', scopes: ['read', 'reserve', 'self', 'admin'] });
  token = body.token as string;
  line = new CommandLine({ HOLDFAST_URL: server.url, HOLDFAST_TOKEN: token });
});

/** The JSON that a command writes. */
async function json(...words: string[]) {
  const { code, stdout, stderr } = await line.run(...words, '-o', 'json');
  expect({ code, stderr }).toEqual({
    code: EXIT.done,
    stderr: expect.not.stringMatching('holdfast:'),
  });
  return JSON.parse(stdout);
}

async function names(...words: string[]): Promise<string[]> {
  const { code, stdout } = await line.run(...words, '-o', 'name');
  expect(code).toBe(EXIT.done);
  return stdout.split('\n').filter((name) => name !== '');
}

const loanOf = async (caller: Caller, count = 1) =>
  (await caller.post('/v1/reservations').send({ items: [{ pool: 'lab', count }] })).body
    .id as string;
const resource = async (id: string) => (await admin.get(`/v1/resources/${id}`)).body;
const anyResource = async () => (await admin.get('/v1/resources')).body.items[0];

test('lists have the shape of the API', async () => {
  await loanOf(ann, 2);
  await loanOf(ann);
  for (const [words, path] of [
    [['queue', 'lab'], '/v1/pools/lab/queue'],
    [['holders', 'lab'], '/v1/pools/lab/holders'],
    [['users', 'list'], '/v1/users'],
    [['ls', '--all'], '/v1/reservations'],
    [['webhooks', 'list'], '/v1/webhooks'],
    [['returns'], '/v1/returns'],
  ] as const)
    expect(await json(...words)).toEqual((await admin.get(path)).body);
  const events = await json('events', '--limit', '3');
  expect(events.items.length).toBe(3);
});

test('ls lists what is mine and not over, and more when asked', async () => {
  const mine = await loanOf(admin);
  const hers = await loanOf(ann);
  const over = await loanOf(admin);
  await admin.delete(`/v1/reservations/${over}`).expect(204);
  expect(await names('ls')).toEqual([mine]);
  expect(await names('ls', '--all')).toEqual([mine, hers]);
  expect(await names('ls', '--user', 'ann@example.org')).toEqual([hers]);
  expect(await names('ls', '--ended')).toEqual([over, mine]);
  expect(await names('ls', '--ended', '--limit', '1')).toEqual([over]);
  expect(await names('ls', '--status', 'queued')).toEqual([]);
});

test('show knows a reservation by id, and a resource by id and name', async () => {
  const id = await loanOf(admin);
  const shown = await json('show', id);
  expect(shown).toMatchObject({ id, status: 'active', resources: [{ pool: 'lab' }] });
  expect(shown.resources[0].credentials).toMatchObject({ password: expect.any(String) });
  const { id: lent, name } = shown.resources[0];
  expect((await json('show', lent)).name).toBe(name);
  expect((await json('show', name)).id).toBe(lent);
  expect((await line.run('show', 'none')).code).toBe(EXIT.missing);
});

test('resize, drain and maintenance change what they say', async () => {
  expect((await json('resize', 'lab', '5')).size).toBe(5);
  const { id, name } = await anyResource();
  expect((await json('maintenance', name, '--until', '2h', '--reason', 'fan')).adminState).toBe(
    'maintenance',
  );
  const { maintenanceUntil } = await resource(id);
  expect(Math.abs(Date.parse(maintenanceUntil as string) - Date.now() - 2 * HOUR)).toBeLessThan(
    HOUR,
  );
  await json('maintenance', name, '--end');
  expect(await resource(id)).toMatchObject({ adminState: 'in_service', maintenanceUntil: null });
  await json('drain', id);
  expect((await resource(id)).adminState).toBe('draining');
  expect((await line.run('maintenance', name, '--end', '--until', '1h')).code).toBe(EXIT.usage);
});

test('quarantine lists what failed, and tries it again', async () => {
  expect(await names('quarantine', 'list')).toEqual([]);
  const { name } = await anyResource();
  expect((await line.run('quarantine', 'retry', name)).code).toBe(EXIT.refused);
});

test('a pool shows what cannot be lent of it, and why', async () => {
  const { name } = await anyResource();
  await json('maintenance', name, '--reason', 'fan');
  const { stdout } = await line.run('pools', 'lab');
  expect(stdout).toMatch(new RegExp(`^ +${name} +\\w+, maintenance`, 'm'));
  expect((await json('pools', 'lab')).name).toBe('lab');
  await json('maintenance', name, '--end');
  const { stdout: again } = await line.run('pools', 'lab');
  expect(again).not.toContain('maintenance');
  expect(again).toMatch(/^free +lab-\d+/m);
});

test('events tell who changed what, and why', async () => {
  const { name } = await anyResource();
  await json('maintenance', name, '--reason', 'new fan');
  const words = ['events', '--type', 'resource.admin_state', '--limit', '1'];
  expect((await line.run(...words)).stdout).toMatch(
    new RegExp(`resource\\.admin_state +${name} .* in_service → maintenance: new fan +\\d+\\n$`),
  );
  await json('maintenance', name, '--end');
});

test('users are added with a password from stdin, changed and removed', async () => {
  const words = ['users', 'add', '--name', 'Cid', '--email', 'cid@example.org', '--password'];
  const { stdout } = await line.with({ stdin: 'correct horse\n' }, ...words, '-o', 'name');
  const id = stdout.trim();
  expect((await server.basic('cid@example.org', 'correct horse').get('/v1/me')).status).toBe(200);
  expect((await json('users', 'change', id, '--role', 'admin')).role).toBe('admin');
  expect((await json('users', 'show', id)).name).toBe('Cid');
  expect((await json('users', 'change', 'CID@example.org', '--username', 'cid')).id).toBe(id);
  expect((await json('users', 'show', 'cid')).id).toBe(id);
  expect(await line.run('users', 'remove', 'nobody')).toMatchObject({
    code: EXIT.missing,
    stderr: 'holdfast: There is no user nobody. See: holdfast users list\n',
  });
  expect((await line.run('users', 'change', id)).code).toBe(EXIT.usage);
  expect((await line.run('users', 'remove', id)).code).toBe(EXIT.done);
  expect((await admin.get(`/v1/users/${id}`)).status).toBe(404);
});

test('a user without a password is told how to get one', async () => {
  const { stderr } = await line.run('users', 'add', '--name', 'Dora', '--email', 'd@example.org');
  expect(stderr).toBe('There is no password yet: holdfast users change d@example.org --password\n');
});

test('a token that ends with its maker, earlier than asked for, is told', async () => {
  const expiresInSeconds = 86_400;
  const scopes = ['read', 'self'];
  const { body } = await admin.post('/v1/tokens').send({ name: 'short', scopes, expiresInSeconds });
  const made = await line.with(
    { HOLDFAST_TOKEN: body.token },
    ...['tokens', 'create', 'ci', '--scopes', 'read', '--expires', '90d', '-o', 'name'],
  );
  expect(made).toMatchObject({
    code: EXIT.done,
    stderr: expect.stringMatching(/^The token lasts 1d: it ends with yours\. For more, /),
  });
  const short = await line.run('tokens', 'create', 'ci', '--expires', '1h', '-o', 'name');
  expect(short.stderr).toBe('');
});

test('a token is created with its scopes, and revoked', async () => {
  const made = await json('tokens', 'create', 'ci', '--scopes', 'read', '--expires', '1d');
  const caller = server.bearer(made.token as string);
  expect((await caller.get('/v1/me')).body.scopes).toEqual(['read']);
  expect((await line.run('tokens', 'revoke', made.id as string)).code).toBe(EXIT.done);
  expect((await caller.get('/v1/me')).status).toBe(401);
});

test('a webhook is added, changed, given another secret, tested and removed', async () => {
  const url = 'https://hooks.example.org/x';
  const { id, secret } = await json('webhooks', 'add', url, '--types', 'lease.lost');
  expect(await names('webhooks', 'list')).toEqual([id]);
  expect((await json('webhooks', 'change', id, '--state', 'disabled')).state).toBe('disabled');
  expect((await json('webhooks', 'secret', id)).secret).not.toBe(secret);
  await json('webhooks', 'change', id, '--state', 'active');
  expect((await line.run('webhooks', 'test', id)).code).toBe(EXIT.done);
  expect((await line.run('webhooks', 'replay', id, '--from', '1', '--to', '1')).code).toBe(
    EXIT.done,
  );
  expect((await json('webhooks', 'deliveries', id)).items).toEqual([]);
  expect((await line.run('webhooks', 'remove', id)).code).toBe(EXIT.done);
  expect(await names('webhooks', 'list')).toEqual([]);
});

test('events --follow writes a line for each, and ends with its reader', async () => {
  const child = spawn(process.execPath, [MAIN, 'events', '--since', '1000d', '-f', '-o', 'json'], {
    env: { HOLDFAST_URL: server.url, HOLDFAST_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const [first] = (await once(lines, 'line')) as [string];
  expect(JSON.parse(first)).toMatchObject({ seq: expect.any(Number), type: expect.any(String) });
  lines.close();
  child.stdout.destroy();
  // It notices at its next line.
  await loanOf(ann);
  expect(await ended).toEqual([EXIT.done, null]);
});

test('variables stand for options, and a value on the command line wins', async () => {
  await loanOf(ann);
  expect((await line.with({ HOLDFAST_LS_ALL: '1' }, 'ls', '-o', 'name')).stdout).not.toBe('');
  expect((await line.with({ HOLDFAST_LS_ALL: '0' }, 'ls', '-o', 'name')).stdout).toBe('');
  expect((await line.with({ HOLDFAST_OUTPUT: 'json' }, 'ls', '-o', 'name')).stdout).toBe('');
});
