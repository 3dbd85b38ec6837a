import { createProgram } from '../../src/cli/program';
import { holdfast } from './support/binary';

test('--version says what it is, a line each', async () => {
  const { code, stdout, stderr } = await holdfast(['--version']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const version = String.raw`\d+\.\d+\.\d+`;
  const commit = '([0-9a-f]{40}(-dirty)?|unknown)';
  expect(stdout).toMatch(
    new RegExp(
      `^holdfast ${version}\ncommit ${commit}\nnode ${version}\nsqlite 3\\.\\d+\\.\\d+\n$`,
    ),
  );
});

test.each([[], ...createProgram().commands.map((command) => [command.name()])])(
  '%s --help goes to stdout',
  async (...words) => {
    const { code, stdout, stderr } = await holdfast([...words, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: ${['holdfast', ...words].join(' ')} `));
  },
);

test.each([[['--no-such-option']], [['no-such-command']], [['completion', 'tcsh']], [['import']]])(
  '%j is wrong usage: 64, and a sentence on stderr',
  async (words) => {
    const { code, stdout, stderr } = await holdfast(words);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toMatch(/^error: [^\n]+\n/);
  },
);

test('arguments of Node are not taken for ours, nor ours for those of Node', async () => {
  expect((await holdfast(['--eval', '1'])).code).toBe(64);
});
