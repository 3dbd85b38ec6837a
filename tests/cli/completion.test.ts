import { spawnSync } from 'node:child_process';
import { COMPLETIONS, type Shell } from '../../src/cli/completion-scripts';
import { shapeOf } from '../../src/cli/completion';
import { createProgram } from '../../src/cli/program';

const program = createProgram();
const names = program.commands.map((command) => command.name());

/** What bash offers for these words; the last is being typed. */
function offered(...words: string[]): string[] {
  const script =
    `${COMPLETIONS.bash(shapeOf(program))}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); ` +
    `_holdfast; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync(
    'bash',
    ['--norc', '-c', script, 'bash', 'holdfast', ...words],
    { encoding: 'utf8', cwd: __dirname },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter((word) => word !== '');
}

test('bash offers the commands first', () => {
  expect(offered('')).toEqual(expect.arrayContaining(names));
  expect(offered('comp')).toEqual(['completion']);
  expect(offered('--v')).toEqual(['--version']);
});

test('then the words and options of the command', () => {
  expect(offered('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
  expect(offered('completion', 'z')).toEqual(['zsh']);
  expect(offered('serve', '--h')).toEqual(['--help']);
});

test('and files where the command takes one', () => {
  expect(offered('import', 'completion.t')).toEqual(['completion.test.ts']);
});

test.each(Object.keys(COMPLETIONS) as Shell[])('%s knows every command', (shell) => {
  const script = COMPLETIONS[shell](shapeOf(program));
  for (const name of names) expect(script).toContain(name);
});
