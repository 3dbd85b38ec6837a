import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { EXIT } from '../../../src/cli/exit-codes';
import { harmless, plain } from '../../../src/cli/plain';
import { quoted } from '../../../src/cli/remote/fields';
import { BASIC, MAIN } from '../../helpers/process';
import { serving } from '../../helpers/serving';
import { CommandLine } from './command-line';

/** Sets the title of a terminal, clears it, turns text around, and begins a line of its own. */
const EVIL = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202eevil\nholdfast: all is well';
/** Everything that a terminal could obey, but for the end of a line. */
const OBEYED = /[^\P{Cc}\n\r]|[\u202a-\u202e\u2066-\u2069]/u;

const answering = (status: number, body: unknown) =>
  serving((_request, response) =>
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body)),
  );
const lineFor = (url: string) =>
  new CommandLine({ HOLDFAST_URL: url, HOLDFAST_TOKEN: 'hf_x', HOLDFAST_TIMEOUT: '30s' });

/** A user, a reservation and a page in one, with hostile texts wherever there is one. */
const THING = {
  ...{ id: EVIL, name: EVIL, role: EVIL, status: EVIL, type: EVIL, pool: EVIL, kind: EVIL },
  ...{ scopes: [EVIL], emails: [], sshKeys: [], apiTokenId: EVIL, email: EVIL, username: EVIL },
  ...{ endReason: EVIL, endDetail: EVIL, note: EVIL, waitingFor: EVIL, requestedAt: EVIL },
  ...{ items: [], resources: [], details: { [EVIL]: EVIL }, position: null, priority: 0 },
};

test('no text is obeyed by a terminal', () => {
  expect(plain(EVIL)).not.toMatch(OBEYED);
  expect(plain(EVIL)).not.toContain('\n');
  expect(harmless(EVIL)).not.toMatch(OBEYED);
  const json = JSON.stringify({ name: EVIL, key: 'two\nlines\tand a tab' }, null, 2);
  expect(JSON.parse(harmless(json))).toEqual(JSON.parse(json));
});

test.each([
  [['pools']],
  [['show', 'x']],
  [['release', 'x']],
  [['exec', '--pool', 'x', '--', 'true']],
])('%j shows a refusal in one line that no terminal obeys', async (words) => {
  const url = await answering(409, { code: EVIL, detail: EVIL, field: EVIL, requestId: EVIL });
  const { code, stderr } = await lineFor(url).run(...words);
  expect(code).toBe(EXIT.refused);
  expect(stderr).not.toMatch(OBEYED);
  expect(stderr.trimEnd()).not.toContain('\n');
});

test.each([
  [['show', '.'], 'The id cannot be ".".'],
  [['show', '..'], 'The id cannot be "..".'],
  [['show', ''], 'The id is empty.'],
  [['release', '..'], 'The id cannot be "..".'],
  [['queue', '.'], 'The name cannot be ".".'],
])('%j is refused without a call', async (words, why) => {
  const asked: (string | undefined)[] = [];
  const url = await serving(({ url: path }, response) => {
    asked.push(path);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"items":[]}');
  });
  const { code, stderr } = await lineFor(url).run(...words);
  expect([code, stderr]).toEqual([EXIT.usage, `holdfast: ${why}\n`]);
  expect(asked).toEqual([]);
});

test.each(
  [
    [['whoami']],
    [['show', 'x']],
    [['show', 'x', '-o', 'yaml']],
    [['show', 'x', '-o', 'env']],
  ].concat([
    [['show', 'x', '--field', 'name']],
    [['show', 'x', '-o', 'name']],
    [['users', 'list']],
  ]),
)('%j writes nothing to a terminal that it obeys', async (words) => {
  const url = await answering(200, { ...THING, items: words[0] === 'users' ? [THING] : [] });
  const line = [process.execPath, MAIN, ...words].map(quoted).join(' ');
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    env: {
      ...{ ...BASIC, SHELL: '/bin/sh', TERM: 'xterm', NO_COLOR: '1' },
      ...{ HOLDFAST_URL: url, HOLDFAST_TOKEN: 'hf_x' },
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [shown] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(shown).toContain('evil');
  expect(shown).not.toMatch(OBEYED);
});

test('no name can put a command into the line that is completed', async () => {
  const names = ['lab', 'x;curl evil', '$(id)', '`id`', 'a b', "a'b", EVIL, 'übung-1'];
  const items = names.map((name) => ({ name, status: 'available' }));
  const url = await answering(200, { items, nextCursor: null });
  const { stdout } = await lineFor(url).run('__complete', '--', 'drain', '');
  expect(stdout).toBe('lab\tavailable\nübung-1\tavailable\n');
});

test.each([['login'], ['login --user ada']])(
  '%s sends nothing to another host, wherever the server leads',
  async (words) => {
    const stolen: string[] = [];
    const other = await serving((request, response) => {
      stolen.push(request.headers.authorization ?? '');
      response.end('{}');
    });
    const url = await serving((request, response) =>
      response.writeHead(307, { Location: `${other}${request.url}` }).end(),
    );
    const line = lineFor(url);
    const { code, stderr } = await line.with({ stdin: 'secret' }, ...words.split(' '));
    expect({ code, stolen }).toEqual({ code: EXIT.unreachable, stolen: [] });
    expect(stderr).toContain(`it leads to ${other}/`);
  },
);

test('doctor tells that the address leads elsewhere', async () => {
  const url = await serving((_request, response) =>
    response.writeHead(301, { Location: 'https://elsewhere.invalid/' }).end(),
  );
  expect((await lineFor(url).run('doctor')).stdout).toContain('answered with status 301');
});
