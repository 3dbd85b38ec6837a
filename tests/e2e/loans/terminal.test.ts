import { spawn } from 'node:child_process';
import { quoted } from '../../../src/cli/remote/fields';
import { temporaryDirectory } from '../../helpers/engine';
import { BASIC, MAIN } from '../../helpers/process';
import { Lab, Running } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterEach(async () => {
  const live = await lab.live();
  await Promise.all(live.map((id) => lab.admin.reservations.delete(id)));
  expect(live).toEqual([]);
});

/** Runs exec on a terminal of its own, which `script` makes; its stdin is typed there. */
function onTerminal(command: string, ...words: string[]): Running {
  const line = [
    process.execPath,
    MAIN,
    'exec',
    '--pool',
    'lab',
    ...words,
    '--',
    'sh',
    '-c',
    command,
  ];
  const child = spawn('script', ['-qec', line.map(quoted).join(' '), '/dev/null'], {
    cwd: temporaryDirectory(),
    env: {
      ...BASIC,
      SHELL: '/bin/sh',
      TERM: 'xterm',
      XDG_CONFIG_HOME: temporaryDirectory(),
      HOLDFAST_URL: lab.server.url,
      HOLDFAST_TOKEN: lab.token,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return new Running(child);
}

test('the command has the terminal, may read from it, and keeps its exit code', async () => {
  const running = onTerminal(
    'test -t 0 && test -t 1 && echo ready; read -r l </dev/tty; echo "<$l>"; exit 5',
  );
  await running.wrote(/ready/);
  running.child.stdin!.write('typed\n');
  await running.wrote(/<typed>/);
  expect((await running.ended).code).toBe(5);
});

test('Ctrl-C reaches the command once, from the terminal', async () => {
  const running = onTerminal(
    'n=0; trap "n=\\$((n+1)); echo int \\$n" INT; echo ready; read -r l; read -r l; echo "ended $n"',
  );
  await running.wrote(/ready/);
  running.child.stdin!.write('\u0003');
  await running.wrote(/int 1/);
  running.child.stdin!.write('one\n');
  running.child.stdin!.write('two\n');
  expect((await running.wrote(/ended (\d)/))[1]).toBe('1');
  await running.ended;
});

test('a change of the window reaches the command', async () => {
  const running = onTerminal(
    'trap "stty size" WINCH; echo ready; stty rows 31 cols 97; i=0; ' +
      'while [ $i -lt 20 ]; do sleep 0.05; i=$((i+1)); done',
  );
  await running.wrote(/31 97/);
  await running.ended;
});

test('while it waits there is one live line, and Ctrl-C gives up', async () => {
  const held = lab.start(['exec', '--pool', 'lab:2', '--', 'sh', '-c', 'echo ready; read -r line']);
  await held.wrote(/ready/);
  const running = onTerminal('echo ran');
  await running.wrote(/\r\u001b\[KWaiting, place 1/);
  running.child.stdin!.write('\u0003');
  const { code, stdout } = await running.ended;
  expect(code).toBe(130);
  expect(stdout).not.toContain('ran');
  held.child.stdin!.end('\n');
  await held.ended;
});

test('what is in the background of a terminal ends with the loan, the terminal does not', async () => {
  const running = onTerminal(
    'trap : TERM; (setsid sleep 1000 &) ; echo ready; while :; do sleep 1; done',
  );
  await running.wrote(/ready/);
  const [id] = await lab.live();
  await lab.admin.reservations.delete(id!);
  const { code, stdout } = await running.ended;
  expect(code).toBe(80);
  expect(stdout).toContain('The loan is lost');
});
