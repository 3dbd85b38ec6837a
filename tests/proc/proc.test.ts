import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { whenDone } from '../helpers/cleanups';
import { execFileSync, spawn } from 'node:child_process';
import { temporaryDirectory } from '../helpers/engine';
import { executingItself } from '../helpers/execve';
import { hasVariable, parseStat, statOf } from '../../src/proc/stat';
import { BEARING } from '../../src/proc/script';

/** The text of /proc/PID/stat with these fields, by their numbers; the others are 1. */
const statWith = (fields: Record<number, string>) => {
  const all = Array.from({ length: 52 }, (_none, index) => fields[index + 1] ?? '1');
  return `${all.join(' ')}\n`;
};
const living = { 2: '(sh)', 3: 'S', 23: '430080', 27: '6000', 50: '7000', 51: '7400' };

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
    ['one in the middle of an execve', { 27: '0', 50: '0', 51: '0' }, true],
    ['one whose environment is being laid out', { 27: '0', 51: '7000' }, true],
    ['one that was started without any', { 51: '7000' }, false],
    ['a kernel thread', { 23: '0', 27: '0', 50: '0', 51: '0' }, false],
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
  child.kill('SIGKILL');
});

describe.each([[['sh']], [['busybox', 'sh']]])(
  'the script, run by %j,',
  ([shell = '', ...applet]) => {
    const bearing = (file: string, regex: string, proc = '/proc') => {
      const script = `${BEARING}\nbearing "$@"`.replaceAll('/proc', proc);
      return execFileSync(shell, [...applet, '-c', script, 'sh', file, regex])
        .toString()
        .split('\n')
        .slice(0, -1);
    };

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

    test.each([
      ['one in the middle of an execve', { 27: '0', 50: '0', 51: '0' }, ['doubt']],
      ['one whose environment is being laid out', { 27: '0', 51: '7000' }, ['doubt']],
      ['one that has just begun another program', {}, ['doubt']],
      ['one without an environment', { 51: '7000' }, []],
      ['a kernel thread', { 23: '0', 27: '0', 50: '0', 51: '0' }, []],
      ['a dead one', { 3: 'Z' }, []],
    ])('is in doubt about what reads empty, if it is %s: %j is %j', (_name, fields, found) => {
      const proc = temporaryDirectory();
      mkdirSync(join(proc, '10'));
      writeFileSync(join(proc, '10/environ'), '');
      writeFileSync(join(proc, '10/stat'), statWith({ ...living, ...fields }));
      mkdirSync(join(proc, '11'));
      writeFileSync(join(proc, '11/environ'), 'PATH=/bin\0MARK=1\0');
      expect(bearing('environ', '^MARK=1$', proc)).toEqual(['11', ...found]);
    });
  },
);
