import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { COMPLETIONS, type Shell } from '../../src/cli/completion-scripts';
import { createProgram } from '../../src/cli/program';
import { MAIN } from '../helpers/process';
import { TestServer } from '../helpers/server';

const program = createProgram();
const names = program
  .createHelp()
  .visibleCommands(program)
  .map((command) => command.name());

let env: Record<string, string> = { HOLDFAST_URL: 'http://127.0.0.1:2', HOLDFAST_TOKEN: 'hf_x' };

/** The words that bash offers; the last one given is being typed. */
async function offered(...words: string[]): Promise<string[]> {
  const script =
    `holdfast() { "${process.execPath}" "${MAIN}" "$@"; }\n${COMPLETIONS.bash}\n` +
    `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _holdfast; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const child = spawn('bash', ['--norc', '-c', script, 'bash', 'holdfast', ...words], {
    cwd: __dirname,
    env: { ...env, XDG_CONFIG_HOME: '/nowhere' },
  });
  const ended = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect({ code: (await ended)[0] as number, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').filter((word) => word !== '');
}

test('bash offers the commands first', async () => {
  expect(await offered('')).toEqual(names);
  expect(await offered('comp')).toEqual(['completion']);
  expect(await offered('--v')).toEqual(['--version']);
});

test('then the words and options of the command, and of those below it', async () => {
  expect(await offered('completion', '')).toEqual(Object.keys(COMPLETIONS));
  expect(await offered('completion', 'z')).toEqual(['zsh']);
  expect(await offered('serve', '--he')).toEqual(['--help']);
  expect(await offered('users', 'c')).toEqual(['change']);
  expect(await offered('ls', '--status', 'q')).toEqual(['queued']);
});

test('and files where the command takes one', async () => {
  expect(await offered('import', 'completion.t')).toEqual(['completion.test.ts']);
  expect(await offered('serve', '--pools', 'completion.t')).toEqual(['completion.test.ts']);
});

test('without a server it is silent about pools and ids', async () => {
  expect(await offered('pools', '')).toEqual([]);
  expect(await offered('show', '')).toEqual([]);
});

test('pools, resources and reservations come from the server', async () => {
  const server = await TestServer.start({
    pools: 'pools: [{ name: lab, kind: account, driver: simulated, size: 1 }]',
  });
  await server.test.settle();
  const admin = await server.admin();
  const { body } = await admin.post('/v1/tokens').send({ name: 'cli' });
  const loan = await admin.post('/v1/reservations').send({ items: [{ pool: 'lab' }] });
  env = {
    HOLDFAST_URL: server.url,
    HOLDFAST_TOKEN: body.token as string,
    HOLDFAST_TIMEOUT: '30s',
  };
  expect(await offered('queue', 'l')).toEqual(['lab']);
  expect(await offered('ls', '--pool', '')).toEqual(['lab']);
  expect(await offered('maintenance', '')).toEqual(['lab-1']);
  expect(await offered('show', '')).toEqual([loan.body.id]);
});

test.each(Object.keys(COMPLETIONS) as Shell[])('the script of %s asks the program', (shell) => {
  expect(COMPLETIONS[shell]).toContain('holdfast __complete -- ');
});
