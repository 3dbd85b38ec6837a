import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { whenDone } from '../helpers/cleanups';
import { execFileSync, spawn } from 'node:child_process';
import { executingItself } from '../helpers/execve';
import { hasVariable, parseStat, statOf } from '../../src/proc/stat';
import { BEARING } from '../../src/proc/script';

/** The text of /proc/PID/stat with these fields, by their numbers; the others are 1. */
const statWith = (fields: Record<number, string>) => {
  const all = Array.from({ length: 52 }, (_none, index) => fields[index + 1] ?? '1');
  return `${all.join(' ')}\n`;
};
const living = { 2: '(sh)', 3: 'S', 23: '430080', 50: '7000', 51: '7400' };

describe('the stat of a process', () => {
  test('is read past a name that holds anything', () => {
    const stat = statWith({ ...living, 2: '(a) Z 9 (b)', 4: '10', 5: '20', 22: '30' });
    expect(parseStat(stat)).toEqual({
      parent: 10,
      group: 20,
      start: '30',
      isZombie: false,
      hasEnvironment: true,
    });
  });

  test.each(['Z', 'X'])('says that one in the state %s has ended', (state) => {
    expect(parseStat(statWith({ ...living, 3: state }))).toMatchObject({
      isZombie: true,
      hasEnvironment: false,
    });
  });

  test.each([
    ['a living process', {}, true],
    ['one in the middle of an execve', { 50: '0', 51: '0' }, true],
    ['one that was started without any', { 50: '7000', 51: '7000' }, false],
    ['a kernel thread', { 23: '0', 50: '0', 51: '0' }, false],
  ])('says whether %s has an environment', (_name, fields, hasEnvironment) => {
    expect(parseStat(statWith({ ...living, ...fields }))).toMatchObject({ hasEnvironment });
  });

  test('is null for none', () => {
    expect(statOf(2 ** 30)).toBeNull();
  });
});

test.each([
  ['MARK=', true],
  ['MARK=1\0', true],
  ['MARK=2', false],
  ['ARK=', false],
  ['MAR=', false],
])('an environment has a variable that begins with %j: %j', (start, has) => {
  expect(hasVariable('PATH=/bin\0MARK=1\0', start)).toBe(has);
});

test('an environment that reads empty while it is replaced is not taken for empty', async () => {
  const child = await executingItself('MARK');
  const pid = child.pid!;
  for (let empty = 0; empty < 20;) {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
    if (environment === '') empty += 1;
    expect(hasVariable(environment, 'MARK=') || statOf(pid)?.hasEnvironment).toBe(true);
  }
});

describe.each([[['sh']], [['busybox', 'sh']]])(
  'the script, run by %j,',
  ([shell = '', ...applet]) => {
    const bearing = (file: string, regex: string) =>
      execFileSync(shell, [...applet, '-c', `${BEARING}\nbearing "$@"`, 'sh', file, regex])
        .toString()
        .split('\n')
        .slice(0, -1);

    test('finds a process by a variable and by its command line', async () => {
      const value = `proc-${process.pid}`;
      const child = spawn('sh', ['-c', 'echo here; while read -r line; do :; done', value], {
        env: { PATH: process.env.PATH, MARK: value },
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      whenDone(() => void child.kill('SIGKILL'));
      await once(child.stdout, 'data');
      expect(bearing('environ', `^MARK=${value}$`)).toContain(`${child.pid}`);
      expect(bearing('environ', `^MARK=${value}0$`)).not.toContain(`${child.pid}`);
      expect(bearing('cmdline', `^${value}$`)).toContain(`${child.pid}`);
    });

    test('has a doubt about one that it cannot read', async () => {
      const { pid } = await executingItself('MARK');
      for (let doubts = 0; doubts < 1;) {
        const found = bearing('environ', '^MARK=1$');
        if (!found.includes(`${pid}`)) doubts += 1;
        expect(found.includes(`${pid}`) || found.includes('doubt')).toBe(true);
      }
    });

    test('has no doubt about one without an environment', async () => {
      const child = spawn('sleep', ['1000'], { env: {}, stdio: 'ignore' });
      whenDone(() => void child.kill('SIGKILL'));
      await once(child, 'spawn');
      while (bearing('environ', '^MARK=').includes('doubt')) await new Promise(setImmediate);
      expect(readFileSync(`/proc/${child.pid}/environ`)).toHaveLength(0);
    });
  },
);
