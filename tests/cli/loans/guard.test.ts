import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { whenDone } from '../../helpers/cleanups';
import { executingItself } from '../../helpers/execve';
import { temporaryDirectory } from '../../helpers/engine';
import { Guard } from '../../../src/cli/loans/guard';
import { GUARD_SCRIPT } from '../../../src/cli/loans/guard-script';
import { Family, readProcesses, type ProcessRow } from '../../../src/cli/loans/processes';

let count = 0;
const newMarker = () => `HOLDFAST_RUN_GUARD_${process.pid}_${++count}`;

const exited = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null ? undefined : once(child, 'exit');

const isAlive = (pid: number) => readProcesses()!.some((row) => row.pid === pid && !row.isZombie);

/** Starts a script that writes a line once its processes run: the number of one that left. */
async function started(marker: string, script: string) {
  const env = { PATH: process.env.PATH, [marker]: '1' };
  const child = spawn('sh', ['-c', script], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const family = new Family(marker, child.pid!, true);
  whenDone(async () => void (await family.end(0)));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, runaway: Number(String(line)) };
}

function guardOf(marker: string, shell = ['sh'], ...files: string[]) {
  return guardBy(GUARD_SCRIPT, marker, shell, files);
}

function guardBy(script: string, marker: string, shell = ['sh'], files: string[] = []) {
  const [program = '', ...applet] = shell;
  const guard = spawn(program, [...applet, '-c', script, 'guard', marker, '1', ...files], {
    detached: true,
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  whenDone(() => void guard.kill('SIGKILL'));
  return guard;
}

const FAMILY =
  'trap : TERM; setsid sh -c "trap : TERM; echo \\$\\$; while :; do sleep 1; done" & ' +
  'env -i PATH="$PATH" sleep 1000 & while :; do sleep 1; done';

test.each([[['sh']], [['busybox', 'sh']]])(
  'run by %j, the guard ends everything, also what left and ignores SIGTERM, once its input ends',
  async (shell) => {
    const marker = newMarker();
    const { child, runaway } = await started(marker, FAMILY);
    const guard = guardOf(marker, shell);
    guard.stdin.end(`child ${child.pid} own\n`);
    await exited(guard);
    await exited(child);
    expect(isAlive(runaway)).toBe(false);
  },
);

test('the guard ends nothing after done', async () => {
  const marker = newMarker();
  const { child, runaway } = await started(marker, FAMILY);
  const guard = guardOf(marker);
  guard.stdin.end(`child ${child.pid} own\nuntil 1000\ndone\n`);
  await exited(guard);
  expect(guard.exitCode).toBe(0);
  expect([isAlive(child.pid!), isAlive(runaway)]).toEqual([true, true]);
  process.kill(runaway, 'SIGKILL');
});

test('the guard ends everything when its time is over, although its input is open', async () => {
  const marker = newMarker();
  const { child, runaway } = await started(marker, FAMILY);
  const guard = guardOf(marker);
  guard.stdin.write(`child ${child.pid} own\nuntil 1000\nuntil 0\n`);
  await exited(child);
  guard.stdin.end();
  await exited(guard);
  expect(isAlive(runaway)).toBe(false);
});

test('what left the group and the environment is found by its parent, which dies later', async () => {
  const marker = newMarker();
  const left = 'setsid env -i PATH="$PATH" sh -c "echo \\$\\$; while :; do sleep 1; done"';
  const { child, runaway } = await started(marker, `${left} & while :; do sleep 1; done`);
  whenDone(() => void (isAlive(runaway) && process.kill(runaway, 'SIGKILL')));
  const guard = guardOf(marker);
  guard.stdin.write(`child ${child.pid} own\nuntil 0\n`);
  await exited(child);
  guard.stdin.end();
  await exited(guard);
  expect(isAlive(runaway)).toBe(false);
});

test('one that executes itself again and again is ended: its mark cannot always be read', async () => {
  for (let times = 0; times < 4; times += 1) {
    const marker = newMarker();
    const circle = await executingItself(marker);
    const guard = guardOf(marker);
    guard.stdin.end();
    await exited(guard);
    // If it was overlooked, it goes on until the test runs into its limit.
    await exited(circle);
  }
});

/** Waits until a process is the parent of a `sleep`, or has ended. */
async function sleeps(parent: ChildProcess): Promise<void> {
  while (parent.exitCode === null) {
    const below = readProcesses()!.filter((row) => row.parent === parent.pid);
    if (below.some(({ pid }) => commandOf(pid).startsWith('sleep\0'))) return;
    await new Promise(setImmediate);
  }
}

test('the guard looks again at one that cannot be read, and ends it once it can', async () => {
  const proc = temporaryDirectory();
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  whenDone(() => void child.kill('SIGKILL'));
  const folder = join(proc, String(child.pid));
  mkdirSync(folder);
  writeFileSync(join(folder, 'environ'), '');
  // In the middle of an execve, end_code (27), env_start and env_end are 0.
  const fields = Array.from({ length: 52 }, () => '1');
  for (const number of [27, 50, 51]) fields[number - 1] = '0';
  fields.splice(1, 2, '(sh)', 'S');
  writeFileSync(join(folder, 'stat'), `${fields.join(' ')}\n`);
  const marker = newMarker();
  const guard = guardBy(GUARD_SCRIPT.replaceAll('/proc', proc), marker);
  guard.stdin.end();
  await sleeps(guard);
  writeFileSync(join(folder, 'environ'), `${marker}=1\0`);
  await exited(child);
  rmSync(folder, { recursive: true });
  await exited(guard);
});

const SIGTERM_BIT = 1n << 14n;
const ignoresSigterm = (pid: number) => {
  const mask = /^SigIgn:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1];
  return (BigInt(`0x${mask}`) & SIGTERM_BIT) !== 0n;
};

test('signals do not end the guard, and it removes the files', async () => {
  const marker = newMarker();
  const file = join(temporaryDirectory(), 'loan.env');
  writeFileSync(file, 'X=1\n');
  const { child } = await started(marker, FAMILY);
  const guard = guardOf(marker, ['sh'], file);
  guard.stdin.write(`child ${child.pid} own\n`);
  while (!ignoresSigterm(guard.pid!)) await new Promise(setImmediate);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) guard.kill(signal);
  guard.stdin.end();
  await exited(guard);
  await exited(child);
  expect(existsSync(file)).toBe(false);
});

test('a guard that is killed gets a successor, once; then somebody is told', async () => {
  const marker = newMarker();
  const { child } = await started(marker, FAMILY);
  const missing = Promise.withResolvers<string>();
  const guard = new Guard({
    marker,
    graceSeconds: 1,
    files: [],
    path: process.env.PATH,
    onMissing: missing.resolve,
  });
  whenDone(() => guard.done());
  guard.watch(child.pid!, true);
  await killGuard(marker);
  await killGuard(marker);
  expect(await missing.promise).toBe('SIGKILL');
});

/** Kills the guard of this process with that mark, once there is one. */
async function killGuard(marker: string): Promise<void> {
  const isGuard = ({ pid, parent, isZombie }: ProcessRow) =>
    parent === process.pid && !isZombie && commandOf(pid).includes(`\0${marker}\0`);
  for (;;) {
    const guard = readProcesses()!.find(isGuard);
    if (guard) return void process.kill(guard.pid, 'SIGKILL');
    await new Promise(setImmediate);
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
