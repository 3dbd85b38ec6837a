import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { whenDone } from '../../helpers/cleanups';
import { executingItself } from '../../helpers/execve';
import {
  Family,
  isMarkedBy,
  membersOf,
  readProcesses,
  type ProcessRow,
} from '../../../src/cli/loans/processes';

const row = (pid: number, parent: number, rest: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  parent,
  group: pid,
  start: `s${pid}`,
  isZombie: false,
  hasEnvironment: true,
  ...rest,
});
const none = { known: new Map<number, string>(), group: null, isMarked: () => false };
const pids = (rows: ProcessRow[]) => rows.map(({ pid }) => pid);

test('descendants of a known process are members, however deep, whatever the order', () => {
  const rows = [row(40, 30), row(30, 20), row(20, 10), row(10, 1), row(50, 1)];
  expect(pids(membersOf(rows, { ...none, known: new Map([[10, 's10']]) }))).toEqual([
    40, 30, 20, 10,
  ]);
});

test('a number that another process has got since is no member', () => {
  const rows = [row(10, 1, { start: 'later' })];
  expect(membersOf(rows, { ...none, known: new Map([[10, 's10']]) })).toEqual([]);
});

test('members of the group, marked ones and their children are members; the dead are not', () => {
  const rows = [row(11, 1, { group: 7 }), row(12, 11), row(13, 1), row(14, 1, { isZombie: true })];
  const isMarked = (pid: number) => pid >= 13;
  expect(pids(membersOf(rows, { ...none, group: 7, isMarked }))).toEqual([11, 12, 13]);
});

const MARKER = `HOLDFAST_RUN_${process.pid}`;

/** Starts a shell script with our mark; gives it once it has written as many lines, its words. */
async function started(script: string, lines: number, detached = true) {
  const env = { PATH: process.env.PATH, [MARKER]: '1' };
  const child = spawn('sh', ['-c', script], {
    env,
    detached,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const family = new Family(MARKER, child.pid!, detached);
  whenDone(async () => void (await family.end(0)));
  const words: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    words.push(...line.split(' '));
    if (--lines === 0) break;
  }
  return { child, family, words };
}

const exited = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null ? undefined : once(child, 'exit');

/** Nobody reaps orphans in some containers, so an ended process may still have a number. */
const isAlive = (pid: number) => readProcesses()!.some((row) => row.pid === pid && !row.isZombie);

/** Each leaves the command in its own way; the shell writes the number of the process that did. */
const ESCAPES: Record<string, string> = {
  'in a session of its own': 'setsid sh -c "echo \\$\\$; exec sleep 1000"',
  'deaf to hang-ups': 'nohup sh -c "echo \\$\\$; exec sleep 1000"',
  're-parented by a double fork': '(sh -c "echo \\$\\$; exec sleep 1000" & ) ; :',
  'deaf to SIGTERM': 'sh -c "trap : TERM; echo \\$\\$; while :; do sleep 1000; done"',
  'without our mark': 'env -i PATH="$PATH" sh -c "echo \\$\\$; exec sleep 1000"',
  'without our mark and group': 'env -i PATH="$PATH" setsid sh -c "echo \\$\\$; exec sleep 1000"',
};

test.each(Object.entries(ESCAPES))('a process %s is ended', async (_name, escape) => {
  const { child, family, words } = await started(`${escape} & while :; do sleep 1000; done`, 1);
  expect(family.look()).toContain(Number(words[0]));
  expect(await family.end(0)).toBeGreaterThanOrEqual(2);
  await exited(child);
  expect(family.look()).toEqual([]);
  expect(isAlive(Number(words[0]))).toBe(false);
});

test('those that the command left behind are found after its end', async () => {
  const { child, family } = await started('setsid sleep 1000 & sleep 1000 & echo here', 1);
  await exited(child);
  expect(family.look()).toHaveLength(2);
  await family.end(0);
  expect(family.look()).toEqual([]);
});

test('those that fork and end in a circle are ended with their group', async () => {
  // Each makes the next and ends, for some seconds at most.
  const circle = 'next() { [ $1 = 20000 ] || next $(($1 + 1)) & exit; }; (next 0) &';
  const { child, family } = await started(`echo here; ${circle.repeat(4)}`, 1);
  // Closes when the last one that has it has ended.
  const closed = once(child.stdout.resume(), 'close');
  await exited(child);
  await family.end(0);
  await closed;
  expect(family.look()).toEqual([]);
});

test('one that executes itself again and again is ended: its mark cannot always be read', async () => {
  const command = spawn('true', { stdio: 'ignore' });
  await exited(command);
  for (let times = 0; times < 10; times += 1) {
    const circle = await executingItself(MARKER);
    await new Family(MARKER, command.pid!, false).end(0);
    // If it was overlooked, it goes on until the test runs into its limit.
    await exited(circle);
  }
});

test('a mark that cannot be read is unclear, not missing', async () => {
  const circle = await executingItself(MARKER);
  for (let unclear = 0; unclear < 20;) {
    const isMarked = isMarkedBy(MARKER, circle.pid!);
    if (isMarked === 'unclear') unclear += 1;
    expect(isMarked).not.toBe(false);
  }
  circle.kill('SIGKILL');
});

test('in a group that is not its own, only the command and what came of it is ended', async () => {
  const stranger = spawn('sleep', ['1000'], { stdio: 'ignore' });
  whenDone(() => void stranger.kill('SIGKILL'));
  const { child, family } = await started('sleep 1000 & echo here; wait', 1, false);
  await family.end(0);
  await exited(child);
  expect(family.look()).toEqual([]);
  expect(isAlive(stranger.pid!)).toBe(true);
});

test('a command that ends on SIGTERM has its grace, and its own words', async () => {
  const { child, family } = await started(
    'trap "exit 7" TERM; echo here; while :; do sleep 0.05; done',
    1,
  );
  const end = family.end(10_000);
  await exited(child);
  await end;
  expect(child.exitCode).toBe(7);
});
