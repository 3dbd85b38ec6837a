import { chmodSync, readFileSync, statSync } from 'node:fs';
import { EXIT } from '../../../src/cli/exit-codes';
import { JOB_NAMES } from '../../../src/service/jobs/jobs';
import { PASSWORD, TestServer } from '../../helpers/server';
import { account } from '../../helpers/github';
import { world } from '../../github/support';
import { CommandLine } from './command-line';

const MODE = 0o777;
let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start({ pools: 'pools: []' });
  await server.user('bea');
  for (const name of JOB_NAMES) await server.test.engine.store.beat(name);
});

const contextsOf = (line: CommandLine) => JSON.parse(readFileSync(line.contexts, 'utf8'));
const tokensOf = async () => {
  const { body } = await server.basic('bea@example.org', PASSWORD).get('/v1/tokens');
  return body.items as { id: string; name: string; scopes: string[]; revokedAt: string | null }[];
};

/** A command line that signed in with the password of bea. */
async function signedIn(): Promise<CommandLine> {
  const line = new CommandLine();
  const words = ['login', '--url', server.url, '--user', 'bea@example.org'];
  expect(await line.with({ stdin: `${PASSWORD}\n` }, ...words)).toEqual({
    code: EXIT.done,
    stdout: '',
    stderr: `Signed in to ${server.url} as bea; the context local is the current one.\n`,
  });
  return line;
}

test('a password becomes a token in a file that only its owner can read', async () => {
  const line = await signedIn();
  expect(statSync(line.contexts).mode & MODE).toBe(0o600);
  expect(readFileSync(line.contexts, 'utf8')).not.toContain(PASSWORD);
  expect(contextsOf(line)).toEqual({
    current: 'local',
    contexts: {
      local: {
        url: server.url,
        token: expect.stringMatching(/^hf_/),
        tokenId: expect.any(String),
      },
    },
  });
  expect((await line.run('whoami', '--field', 'name')).stdout).toBe('bea\n');
});

test('logout revokes that token, and forgets it', async () => {
  const line = await signedIn();
  const { tokenId } = contextsOf(line).contexts.local;
  expect((await line.run('logout')).code).toBe(EXIT.done);
  expect((await tokensOf()).find(({ id }) => id === tokenId)?.revokedAt).not.toBeNull();
  expect(contextsOf(line)).toEqual({ current: null, contexts: {} });
  expect((await line.run('logout')).code).toBe(EXIT.missing);
});

test('a token comes from stdin, by itself or in the JSON of setup; logout leaves it valid', async () => {
  const made = await server
    .basic('bea@example.org', PASSWORD)
    .post('/v1/tokens')
    .send({ name: 'by hand' });
  const { token } = made.body as { token: string };
  for (const stdin of [`${token}\n`, JSON.stringify({ user: {}, token })]) {
    const line = new CommandLine();
    const words = ['login', '--url', server.url, '--context', 'lab'];
    expect((await line.with({ stdin }, ...words)).code).toBe(EXIT.done);
    expect(contextsOf(line)).toEqual({
      current: 'lab',
      contexts: { lab: { url: server.url, token } },
    });
    await line.run('logout');
    expect((await server.bearer(token).get('/v1/me')).status).toBe(200);
  }
});

test.each([
  ['nothing', '', EXIT.usage],
  ['a wrong token', 'hf_wrong', EXIT.denied],
  ['other JSON', '{"tokens":1}', EXIT.usage],
])('%s on stdin changes nothing', async (_name, stdin, code) => {
  const line = await signedIn();
  const before = contextsOf(line);
  const { stderr, ...rest } = await line.with({ stdin }, 'login', '--url', server.url);
  expect(rest).toEqual({ code, stdout: '' });
  expect(stderr).toMatch(/^holdfast: .+\n$/);
  expect(contextsOf(line)).toEqual(before);
});

test('whoever cannot sign in is told why, and not to sign in', async () => {
  const line = new CommandLine();
  const said = async (stdin: string, ...words: string[]) =>
    (await line.with({ stdin }, 'login', ...words)).stderr;
  const at = ['--url', server.url];
  expect(await said('wrong', '--user', 'bea@example.org', ...at)).toBe(
    'holdfast: There is no user bea@example.org, or the password is wrong.\n',
  );
  expect(await said('hf_wrong', ...at)).toBe('holdfast: The token is wrong, expired or revoked.\n');
  expect(await said('', ...at)).toMatch(/ nothing came on stdin\. With a password: --user\.\n$/);
  const known = await signedIn();
  const { stderr } = await known.with({ stdin: 'hf_x' }, 'login', '--context', 'second');
  expect(stderr).toBe(
    'holdfast: There is no context second yet. ' +
      `Say where its server is, such as --url ${server.url}\n`,
  );
});

test('contexts are listed without tokens, chosen and removed', async () => {
  const line = await signedIn();
  const { token } = contextsOf(line).contexts.local;
  expect((await line.with({ stdin: token }, 'login', '--context', 'second')).code).toBe(EXIT.usage);
  await line.with({ stdin: token }, 'login', '--context', 'second', '--url', server.url);
  const { stdout } = await line.run('context', 'list', '-o', 'json');
  expect(JSON.parse(stdout)).toEqual({
    items: [
      { name: 'local', url: server.url, current: false, signedIn: true },
      { name: 'second', url: server.url, current: true, signedIn: true },
    ],
    nextCursor: null,
  });
  await line.run('context', 'use', 'local');
  expect(contextsOf(line).current).toBe('local');
  expect((await line.run('context', 'use', 'third')).code).toBe(EXIT.missing);
  await line.run('context', 'remove', 'local');
  expect(contextsOf(line)).toEqual({
    current: null,
    contexts: { second: { url: server.url, token } },
  });
});

test('GitHub: a code to type there, then a token', async () => {
  const { server: withGithub, github } = await world();
  await withGithub.user('ann');
  const line = new CommandLine();
  // A user types the code as soon as it is shown.
  const told = (text: string) => {
    const [, code] = /code (\w{4}-\w{4})/.exec(text) ?? [];
    if (code === undefined) return;
    withGithub.test.clock.advance(5_000);
    github.typeIn(code, account(1, 'ann'));
  };
  const words = ['login', '--github', '--url', withGithub.url];
  const { code, stderr } = await line.telling(told, ...words);
  expect({ code, stderr }).toEqual({
    code: EXIT.done,
    stderr: expect.stringMatching(/^Open http.*\nSigned in to http.* as ann; .*\n$/),
  });
  expect((await line.run('whoami', '--field', 'email')).stdout).toBe('ann@example.org\n');
});

test('status tells the server, the caller, their loans and the pools', async () => {
  const line = await signedIn();
  const { stdout } = await line.run('status');
  expect(stdout).toMatch(
    /^server +http.*\(local\)\nversion +1\.2\.3\nyou +bea, user\nloans +none\n/,
  );
  const nobody = await new CommandLine({ HOLDFAST_URL: server.url }).run('status');
  expect(nobody.code).toBe(EXIT.done);
  expect(nobody.stdout).toContain('not signed in');
});

test('doctor passes each check, and names what is wrong with what to do', async () => {
  const line = await signedIn();
  const findings = async (...words: string[]) => {
    const { code, stdout } = await line.run('doctor', '-o', 'json', ...words);
    const { findings: all } = JSON.parse(stdout) as {
      findings: { check: string; state: string; advice?: string }[];
    };
    return { code, failed: all.filter(({ state }) => state === 'fail').map(({ check }) => check) };
  };
  expect(await findings()).toEqual({ code: EXIT.done, failed: [] });
  expect(await findings('--url', 'http://127.0.0.1:2')).toEqual({
    code: EXIT.unreachable,
    failed: ['reachable'],
  });
  chmodSync(line.contexts, 0o644);
  expect(await findings()).toEqual({ code: EXIT.config, failed: ['configuration'] });
  expect((await line.run('doctor')).stdout).toContain(`chmod 600 '${line.contexts}'`);
  chmodSync(line.contexts, 0o600);
  expect((await line.with({ HOLDFAST_TOKEN: 'hf_wrong' }, 'doctor')).code).toBe(EXIT.denied);
});
