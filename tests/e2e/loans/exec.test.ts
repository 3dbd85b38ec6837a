import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXIT } from '../../../src/cli/exit-codes';
import { temporaryDirectory } from '../../helpers/engine';
import { MAIN } from '../../helpers/process';
import { commandLines, isAlive, Lab } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterEach(async () => {
  const live = await lab.live();
  await Promise.all(live.map((id) => lab.admin.reservations.delete(id)));
  expect(live).toEqual([]);
});

const EXEC = ['exec', '--pool', 'lab', '--for', '5m'];
const sh = (script: string) => [...EXEC, '--', 'sh', '-c', script];

test('the command has the credentials in its environment, and in no argument of any process', async () => {
  const running = lab.start([
    'exec',
    '--pool',
    'lab:2',
    '--',
    'sh',
    '-c',
    'env; echo ready; read -r line; echo "got $line"',
  ]);
  await running.wrote(/^ready$/m);
  const [id] = await lab.live();
  const { resources } = await lab.admin.reservations.get(id!);
  const words = commandLines(running.child.pid!).join('\n');
  running.child.stdin!.end('on\n');
  const { code, stdout } = await running.ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^got on$/m);
  expect(stdout).toContain(`HOLDFAST_LOAN=${id}\n`);
  expect(stdout).toContain(`HOLDFAST_URL=${lab.server.url}\n`);
  expect(stdout).not.toContain('HOLDFAST_TOKEN');
  expect(resources).toHaveLength(2);
  resources.forEach(({ credentials }, index) => {
    for (const [name, value] of Object.entries(credentials!)) {
      expect(stdout).toContain(`HOLDFAST_LAB_${index + 1}_${name.toUpperCase()}=${value}\n`);
      if (name === 'password') expect(words).not.toContain(String(value));
    }
  });
  expect(words).not.toContain(lab.token);
});

test('--pass-token and --prefix say otherwise', async () => {
  const words = [...EXEC, '--pass-token', '--prefix', 'CI_', '--', 'env'];
  const { stdout } = await lab.run(words);
  expect(stdout).toContain(`HOLDFAST_TOKEN=${lab.token}\n`);
  expect(stdout).toMatch(/^CI_LAB_1_PASSWORD=.+$/m);
  expect(stdout).not.toMatch(/^HOLDFAST_LAB/m);
});

test('files for the loan are for its user only, readable by a shell, and removed in the end', async () => {
  const folder = temporaryDirectory();
  const [envFile, jsonFile] = [join(folder, 'loan.env'), join(folder, 'loan.json')];
  const script =
    `. '${envFile}'; echo "$HOLDFAST_LAB_1_PASSWORD"; env; cat '${jsonFile}'; echo; ` +
    `stat -c %a '${envFile}' '${jsonFile}'`;
  const { code, stdout } = await lab.run([
    ...EXEC,
    ...['--write-env', envFile, '--write-json', jsonFile, '--prefix', 'CI_'],
    ...['--', 'sh', '-c', `sed -i s/CI_/HOLDFAST_/ '${envFile}'; ${script}`],
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^600\n600$/m);
  const password = /^CI_LAB_1_PASSWORD=(.*)$/m.exec(stdout)![1]!;
  expect(stdout.split('\n')[0]).toBe(password);
  expect(stdout).toContain(JSON.stringify(password));
  expect([existsSync(envFile), existsSync(jsonFile)]).toEqual([false, false]);
});

test('a file for which there is no room is not left in part, and neither is one before it', () => {
  const folder = temporaryDirectory();
  const [writeEnv, writeJson] = ['env', 'json'].map((name) => join(folder, name));
  const limit = `ulimit -f 1; exec "$0" -e "$1"`;
  const script = `
    process.on('SIGXFSZ', () => undefined);
    const { writeFiles } = require(${JSON.stringify(join(dirname(MAIN), 'cli/loans/loan-files.js'))});
    const loan = { id: 'x'.repeat(4096), resources: [] };
    writeFiles(${JSON.stringify({ writeEnv, writeJson })}, { loan, url: '', variables: { A: 'b' } });`;
  const { status, stderr } = spawnSync('sh', ['-c', limit, process.execPath, script]);
  expect(String(stderr)).toContain(`${writeJson} cannot be written (EFBIG).`);
  expect({ status, left: readdirSync(folder) }).toEqual({ status: 1, left: [] });
});

test('a file that is there already is left alone, and nothing runs', async () => {
  const file = join(temporaryDirectory(), 'mine');
  writeFileSync(file, 'mine');
  const { code, stdout } = await lab.run([...EXEC, '--write-env', file, '--', 'echo', 'ran']);
  expect({ code, stdout, size: statSync(file).size }).toEqual({ code: 73, stdout: '', size: 4 });
});

test.each([
  ['exit 0', 0],
  ['exit 7', 7],
  ['kill -TERM $$', 143],
  ['kill -KILL $$', 137],
])('after `%s` the exit code is %d', async (script, code) => {
  expect(await lab.run(sh(script))).toMatchObject({ code, stderr: '' });
});

test.each([
  [['no-such-command-here'], 127, 'There is no command no-such-command-here.'],
  [['/etc/passwd'], 126, '/etc/passwd cannot be executed (EACCES).'],
])('%j never starts, and the thing is given back', async (command, code, message) => {
  const { stderr, ...ended } = await lab.run([...EXEC, '--', ...command]);
  expect(ended).toMatchObject({ code, stdout: '' });
  expect(stderr.endsWith(`holdfast: ${message}\n`)).toBe(true);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGQUIT', 131],
] as const)('%s reaches the command, which decides what becomes of it', async (signal, code) => {
  const script = `trap 'echo caught; exit 5' ${signal.slice(3)}; echo ready; while :; do sleep 0.1; done`;
  const kind = lab.start(sh(script));
  await kind.wrote(/ready/);
  kind.child.kill(signal);
  expect(await kind.ended).toMatchObject({ code: 5, stdout: 'ready\ncaught\n' });
  const plain = lab.start(sh('echo ready; exec sleep 1000'));
  await plain.wrote(/ready/);
  plain.child.kill(signal);
  expect(await plain.ended).toMatchObject({ code, signal: null });
});

test('bursts of signals leave neither the command nor the loan behind', async () => {
  const running = lab.start(sh('trap : USR1 USR2; echo ready; while :; do sleep 0.1; done'));
  await running.wrote(/ready/);
  for (let burst = 0; burst < 50; burst += 1)
    for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGHUP', 'SIGTERM', 'SIGINT'] as const)
      running.child.kill(signal);
  expect((await running.ended).code).toBeGreaterThan(128);
  expect(await lab.live()).toEqual([]);
});

test('SIGUSR1 reaches the command alone', async () => {
  const running = lab.start(sh(`trap 'echo usr1' USR1; (echo ready; exec cat); echo "cat: $?"`));
  await running.wrote(/ready/);
  running.child.kill('SIGUSR1');
  running.child.stdin!.end('still here\n');
  expect((await running.ended).stdout).toMatch(/still here\n(usr1\n)?cat: 0\n/);
});

test('stdin passes through, and a large output arrives whole at a slow reader', async () => {
  const running = lab.start([
    ...EXEC,
    '--',
    'sh',
    '-c',
    'cat; head -c 3000000 /dev/zero | tr "\\0" x',
  ]);
  running.child.stdin!.end('a'.repeat(200_000));
  const { code, stdout, stderr } = await running.ended;
  expect({ code, length: stdout.length, stderr }).toEqual({
    code: 0,
    length: 3_200_000,
    stderr: '',
  });
});

test('processes that the command leaves behind are ended before the thing is given back', async () => {
  const { stdout, stderr, code } = await lab.run(
    sh('setsid sleep 1000 >/dev/null 2>&1 & echo $!; (nohup sleep 1000 >/dev/null 2>&1 &)'),
  );
  expect(code).toBe(0);
  expect(stderr).toBe('holdfast: Ended 2 processes that the command left behind.\n');
  expect(isAlive(Number(stdout))).toBe(false);
});

test('the command makes files with the mask of the caller', async () => {
  const mask = process.umask().toString(8).padStart(4, '0');
  expect((await lab.run(sh('umask'))).stdout.trim()).toBe(mask);
});

test('a revoked loan ends the command and all that came of it, also what ignores SIGTERM', async () => {
  const running = lab.start(
    sh(
      'trap : TERM; setsid sh -c "trap : TERM; echo pid \\$\\$; while :; do sleep 1; done" & wait; ' +
        'while :; do sleep 1; done',
    ),
  );
  const pid = Number((await running.wrote(/pid (\d+)/))[1]);
  const [id] = await lab.live();
  await lab.admin.reservations.delete(id!);
  const { code, stderr } = await running.ended;
  expect(code).toBe(EXIT.lost);
  expect(stderr).toMatch(/^holdfast: The loan is lost, and the command is ended: /);
  expect(isAlive(pid)).toBe(false);
});

test('the lease is extended while the command runs', async () => {
  const words = ['exec', '--pool', 'lab', '--for', '4s', '--', 'sleep', '6'];
  expect(await lab.run(words)).toMatchObject({ code: 0, stderr: '' });
});

test('a lease that runs out is given back only when nothing of the command is left', async () => {
  const beat = 'trap : TERM; while :; do date +%s%3N; sleep 0.05; done';
  const words = ['exec', '--pool', 'lab', '--for', '6s', '--no-extend', '--note', 'beats'];
  const { code, stdout } = await lab.run([...words, '--', 'sh', '-c', beat]);
  expect(code).toBe(EXIT.lost);
  const [loan] = await lab.admin.reservations.list({ order: 'desc', limit: 1 }).all();
  const last = Number(stdout.trim().split('\n').at(-1));
  expect(loan).toMatchObject({ note: 'beats', endReason: 'released' });
  expect(last).toBeLessThan(Date.parse(loan!.endedAt!));
});

test('--no-extend warns of the end, and ends the command before it', async () => {
  const words = ['exec', '--pool', 'lab', '--for', '4s', '--no-extend', '--', 'sleep', '1000'];
  const { code, stderr } = await lab.run(words);
  expect(code).toBe(EXIT.lost);
  expect(stderr).toMatch(/^holdfast: The lease ends in \ds; the command is ended before that\.$/m);
});

test('when we are killed, the command ends as well, and its files are gone', async () => {
  const file = join(temporaryDirectory(), 'loan.env');
  const running = lab.start([
    ...EXEC,
    ...['--write-env', file, '--grace', '1s'],
    ...['--', 'sh', '-c', 'setsid sh -c "echo pid \\$\\$; exec sleep 1000"'],
  ]);
  const pid = Number((await running.wrote(/pid (\d+)/))[1]);
  running.child.kill('SIGKILL');
  // It holds our stdout until it is dead.
  await running.ended;
  expect(isAlive(pid)).toBe(false);
  const [id] = await lab.live();
  await lab.admin.reservations.delete(id!);
});

test('without a wait, nothing free is told from a refusal', async () => {
  const held = lab.start(['exec', '--pool', 'lab:2', '--', 'sh', '-c', 'echo ready; read -r line']);
  await held.wrote(/ready/);
  const { code, stderr } = await lab.run([...EXEC, '--wait', '0s', '--', 'true']);
  expect({ code, stderr }).toMatchObject({ code: EXIT.timedOut });
  const waited = await lab.run([...EXEC, '--wait', '1s', '--', 'true']);
  expect(waited).toMatchObject({ code: EXIT.timedOut });
  expect(waited.stderr).toMatch(
    /^Waiting, place 1: 2 are lent \(the first back at \S+Z\)\nholdfast: /,
  );
  expect(await lab.run(['exec', '--pool', 'lab:9', '--', 'true'])).toMatchObject({
    code: EXIT.refused,
  });
  expect(await lab.run(['exec', '--pool', 'none', '--', 'true'])).toMatchObject({
    code: EXIT.missing,
  });
  expect(await lab.run(['exec', '--', 'true'])).toMatchObject({ code: EXIT.usage });
  held.child.stdin!.end();
  expect((await held.ended).code).toBe(1);
});

test('a signal while it waits cancels the request', async () => {
  const held = lab.start(['exec', '--pool', 'lab:2', '--', 'sh', '-c', 'echo ready; read -r line']);
  await held.wrote(/ready/);
  const waiting = lab.start(sh('echo ran'));
  await waiting.told(/^Waiting/);
  waiting.child.kill('SIGINT');
  expect(await waiting.ended).toMatchObject({ code: 130, stdout: '' });
  expect(await lab.live()).toHaveLength(1);
  held.child.stdin!.end('\n');
  await held.ended;
});
