import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { EXIT } from '../../../src/cli/exit-codes';
import type { Context } from '../../../src/cli/remote/contexts';
import { TestServer } from '../../helpers/server';
import { CommandLine } from './command-line';

const POOLS = `
pools:
  - name: lab
    kind: account
    driver: simulated
    size: 2
`;

let server: TestServer;
let token: string;

beforeAll(async () => {
  server = await TestServer.start({ pools: POOLS });
  const made = await (await server.admin()).post('/v1/tokens').send({ name: 'cli' });
  token = made.body.token as string;
});

/** A command line with these contexts. */
function withContexts(contexts: Record<string, Context>, current: string | null = null) {
  const line = new CommandLine();
  mkdirSync(dirname(line.contexts), { recursive: true });
  writeFileSync(line.contexts, JSON.stringify({ current, contexts }));
  chmodSync(line.contexts, 0o600);
  return line;
}

const ok = (stdout: unknown) => ({ code: EXIT.done, stderr: '', stdout });

test('HOLDFAST_URL and HOLDFAST_TOKEN are enough', async () => {
  const line = new CommandLine({ HOLDFAST_URL: server.url, HOLDFAST_TOKEN: token });
  expect(await line.run('pools', '-o', 'name')).toEqual(ok('lab\n'));
  const { stdout } = await line.run('pools', '-o', 'json');
  const listed = await server.bearer(token).get('/v1/pools');
  expect(JSON.parse(stdout)).toEqual(listed.body);
  expect(await line.run('whoami', '--field', 'name')).toEqual(ok('Ada\n'));
});

test('the current context is used, and another one by its name', async () => {
  const other = { url: 'http://127.0.0.1:2', token: 'hf_other' };
  const line = withContexts({ lab: { url: server.url, token }, other }, 'lab');
  expect(await line.run('pools', '-o', 'name')).toEqual(ok('lab\n'));
  expect(await line.run('pools', '--context', 'other')).toEqual({
    code: EXIT.unreachable,
    stdout: '',
    stderr:
      'holdfast: http://127.0.0.1:2 could not be reached (ECONNREFUSED). ' +
      'Does the server run, and is --url right? `holdfast doctor` looks closer.\n',
  });
  expect((await line.with({ HOLDFAST_CONTEXT: 'other' }, 'pools')).code).toBe(EXIT.unreachable);
  expect((await line.run('pools', '--context', 'none')).stderr).toBe(
    'holdfast: There is no context none. See: holdfast context list\n',
  );
});

test('a token goes to the address of its context and to no other', async () => {
  const line = withContexts({ lab: { url: 'http://127.0.0.1:2', token } }, 'lab');
  const refused = await line.run('pools', '--url', server.url);
  expect(refused).toEqual({
    code: EXIT.denied,
    stdout: '',
    stderr: `holdfast: There is no token for ${server.url}. Run \`holdfast login\`, or set HOLDFAST_TOKEN.\n`,
  });
});

test('neither does a .env of the working directory say where it goes', async () => {
  const line = new CommandLine({ HOLDFAST_URL: server.url });
  writeFileSync(`${line.home}/.env`, `HOLDFAST_TOKEN=${token}\n`);
  expect((await line.run('pools')).code).toBe(EXIT.denied);
});

test('a wrong token, a missing thing and a wrong value are told apart', async () => {
  const line = new CommandLine({ HOLDFAST_URL: server.url, HOLDFAST_TOKEN: 'hf_wrong' });
  expect(await line.run('whoami')).toEqual({
    code: EXIT.denied,
    stdout: '',
    stderr: expect.stringMatching(/^holdfast: .*holdfast login.*\n$/),
  });
  for (const words of [
    ['pools', 'none'],
    ['exec', '--pool', 'none', '--', 'true'],
  ])
    expect(await line.with({ HOLDFAST_TOKEN: token }, ...words)).toEqual({
      code: EXIT.missing,
      stdout: '',
      stderr: 'holdfast: There is no pool none. See: holdfast pools\n',
    });
  expect((await line.run('pools', '--url', 'lab')).code).toBe(EXIT.usage);
  expect((await line.run('pools', '--timeout', 'soon')).code).toBe(EXIT.usage);
});

test('an empty variable is none', async () => {
  const line = withContexts({ lab: { url: server.url, token } }, 'lab');
  const empty = { HOLDFAST_URL: '', HOLDFAST_TOKEN: '', HOLDFAST_OUTPUT: '', HOLDFAST_FIELD: '' };
  expect((await line.with(empty, 'pools')).stdout).toMatch(/^POOL .*\nlab /);
});
