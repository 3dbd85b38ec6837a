import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createProgram } from '../../../src/cli/program';
import { JOB_NAMES } from '../../../src/service/jobs/jobs';
import { TestClock, temporaryDirectory } from '../../helpers/engine';
import { MAIN } from '../../helpers/process';
import { TestServer, type Caller } from '../../helpers/server';
import { leavesOf } from './leaves';

/**
 * Every command as people see it, in tests/cli/golden. After a change that is meant, write the files
 * anew with GOLDEN=write, and read what differs.
 */

jest.setTimeout(120_000);

const POOLS = `
pools:
  - name: lab
    kind: account
    driver: simulated
    size: 2
    shareHolders: true
    lease: { default: 8d, maximum: 30d }
  - { name: boxes, kind: vm, driver: simulated, size: 1, types: [{ name: small }] }
`;
const DAY = 86_400_000;
const HALF_HOUR = 1_800_000;
const UNREACHABLE = 'http://127.0.0.1:2';
const WRITE = process.env.GOLDEN === 'write';

/** Things to name in a command; of those that a command removes there is one for each run. */
interface World {
  server: TestServer;
  token: string;
  loan: string;
  queued: string;
  user: string;
  webhook: string;
  spare: (kind: 'user' | 'token' | 'webhook') => Promise<string>;
}

/** The words of a command in a world. Commands that print nothing but a secret of ours are here, too. */
type Words = (world: World) => string[] | Promise<string[]>;

const CASES: Readonly<Record<string, Words>> = {
  status: () => [],
  pools: () => [],
  'pools lab': () => [],
  queue: () => ['lab'],
  holders: () => ['lab'],
  ls: () => [],
  'ls --all': () => [],
  show: ({ loan }) => [loan],
  'show QUEUED': ({ queued }) => [queued],
  'show lab-1': () => [],
  events: () => ['--limit', '5'],
  returns: () => [],
  doctor: () => [],
  resize: () => ['lab', '2'],
  drain: () => ['boxes-1'],
  maintenance: () => ['boxes-1', '--reason', 'new fan'],
  'quarantine list': () => [],
  'quarantine retry': () => ['lab-1'],
  login: () => [],
  logout: () => [],
  whoami: () => [],
  'context list': () => [],
  'context use': () => ['none'],
  'context remove': () => ['none'],
  'users list': () => [],
  'users show': ({ user }) => [user],
  'users add': () => ['--name', 'Nobody yet'],
  'users change': ({ user }) => [user, '--name', 'bea'],
  'users remove': async ({ spare }) => [await spare('user')],
  'tokens list': () => [],
  'tokens create': () => ['ci', '--scopes', 'read'],
  'tokens revoke': async ({ spare }) => [await spare('token')],
  'webhooks list': () => [],
  'webhooks add': () => ['https://hooks.example.org/x', '--types', 'lease.lost'],
  'webhooks change': ({ webhook }) => [webhook, '--description', 'the chat'],
  'webhooks secret': ({ webhook }) => [webhook],
  'webhooks test': ({ webhook }) => [webhook],
  'webhooks replay': ({ webhook }) => [webhook, '--from', '1', '--to', '1'],
  'webhooks deliveries': ({ webhook }) => [webhook],
  'webhooks remove': async ({ spare }) => [await spare('webhook')],
};

/** Commands with golden outputs of their own: they run a child, or wait, or run a server. */
const ELSEWHERE = /^(exec|reserve|release|extend|wait|ssh|mcp)$/;

test('every command that calls a server is here', () => {
  const remote = leavesOf(createProgram()).filter(
    ({ name, command }) =>
      name.startsWith('context ') || command.options.some(({ long }) => long === '--url'),
  );
  const names = remote.map(({ name }) => name).filter((name) => !ELSEWHERE.test(name));
  const here = Object.keys(CASES).filter((name) => names.includes(name));
  expect(here).toEqual(names);
});

let made = 0;

/** A server that stands still five days and half an hour ago, so that times look the same. */
async function world(): Promise<World> {
  const clock = new TestClock(Date.now() - 5 * DAY - HALF_HOUR);
  const server = await TestServer.start({ pools: POOLS, clock });
  await server.test.settle();
  const admin = await server.admin();
  const bea = await server.user('bea');
  const scopes = ['read', 'reserve', 'self', 'admin'];
  const { token } = (await admin.post('/v1/tokens').send({ name: 'cli', scopes })).body;
  const reserve = async (caller: Caller, pool: string, count: number) =>
    (await caller.post('/v1/reservations').send({ items: [{ pool, count }] })).body.id as string;
  const loan = await reserve(admin, 'lab', 1);
  await reserve(bea, 'lab', 1);
  const queued = await reserve(admin, 'lab', 2);
  for (const name of JOB_NAMES) await server.test.engine.store.beat(name);
  const add = async (path: string, body: object) =>
    (await admin.post(path).send(body)).body.id as string;
  const webhook = await add('/v1/webhooks', { url: 'https://hooks.example.org/a' });
  const spare = (kind: 'user' | 'token' | 'webhook') =>
    add(
      `/v1/${kind}s`,
      kind === 'webhook' ? { url: 'https://a.example.org' } : { name: `s${made++}` },
    );
  return { server, token, loan, queued, user: bea.userId, webhook, spare };
}

interface Situation {
  title: string;
  /** Columns of the terminal; undefined: a pipe. */
  columns?: number;
  env?: Record<string, string>;
  after?: string;
}

const SITUATIONS: Situation[] = [
  { title: 'a terminal of 80 columns', columns: 80 },
  { title: 'a terminal of 40 columns', columns: 40 },
  { title: 'a terminal, NO_COLOR', columns: 80, env: { NO_COLOR: '1' } },
  { title: 'a pipe' },
  { title: 'a pipe to head', after: '| head -n 1' },
  { title: 'no server', env: { HOLDFAST_URL: UNREACHABLE } },
  { title: 'a wrong token', env: { HOLDFAST_TOKEN: 'hf_wrong' } },
];

const quoted = (word: string) => `'${word}'`;

async function shown(words: string[], { columns, env, after = '' }: Situation, here: World) {
  const line = [process.execPath, MAIN, ...words].map(quoted).join(' ');
  const piped = `${line} 2>&1 </dev/null ${after}; echo "exit \${PIPESTATUS[0]}"`;
  const command =
    columns === undefined
      ? ['bash', '-c', piped]
      : [
          'script',
          '-qc',
          `stty cols ${columns} rows 24; ${line} </dev/null; echo exit $?`,
          '/dev/null',
        ];
  const child = spawn(command[0]!, command.slice(1), {
    cwd: temporaryDirectory(),
    env: {
      PATH: process.env.PATH,
      SHELL: '/bin/bash',
      TERM: 'xterm-256color',
      XDG_CONFIG_HOME: temporaryDirectory(),
      HOLDFAST_TIMEOUT: '0s',
      HOLDFAST_URL: here.server.url,
      HOLDFAST_TOKEN: here.token,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const output = await text(child.stdout);
  await ended;
  return output;
}

/** The same text with everything in it that differs from run to run made equal, at equal width. */
function settled(output: string): string {
  const ids: string[] = [];
  const numbered = (id: string) => {
    if (!ids.includes(id)) ids.push(id);
    return `id-${String(ids.indexOf(id)).padStart(2, '0')}`.padEnd(id.length, '.');
  };
  return output
    .replaceAll('\r', '')
    .replaceAll('\x1b', '␛')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, numbered)
    .replace(/\b01[0-9a-f]{2,}[0-9a-f-]*…/g, (id) => `${'id'.padEnd(id.length - 1, '.')}…`)
    .replace(/(hf|whsec)_[\w+/=-]{12,}/g, (secret) => 'secret'.padEnd(secret.length, '.'))
    .replace(/(password +)\S+/g, '$1password')
    .replace(/127\.0\.0\.1:\d{4,5}/g, '127.0.0.1:PORT')
    .replace(/\/\S*holdfast-test-\w+/g, 'HOME')
    .replace(/answered in \d+ ms/g, 'answered in N ms')
    .replace(/\bs\d+\b/g, 's0');
}

const cases = Object.entries(CASES);

test.each(cases)('%s', async (name, wordsOf) => {
  const here = await world();
  const parts: string[] = [];
  for (const situation of SITUATIONS) {
    const words = [
      ...name.split(' ').filter((word) => word !== 'QUEUED'),
      ...(await wordsOf(here)),
    ];
    const output = await shown(words, situation, here);
    parts.push(`=== ${situation.title}\n${settled(output)}`);
  }
  await here.server.stop();
  const file = join(__dirname, '../golden', `${name.replaceAll(' ', '-')}.txt`);
  if (WRITE) writeFileSync(file, parts.join(''));
  expect(existsSync(file)).toBe(true);
  expect(parts.join('')).toBe(readFileSync(file, 'utf8'));
});
