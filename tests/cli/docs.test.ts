import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/exit-codes';
import { createProgram } from '../../src/cli/program';

const text = readFileSync(join(__dirname, '../../docs/cli.md'), 'utf8');
const { commands } = createProgram();
/** The help explains these for each command that has them; docs/cli.md does once. */
const COMMON = ['--url', '--context', '--timeout', '--output', '--field'];

test('docs/cli.md has every command in the order of the help, with its options', () => {
  const rows = [...text.matchAll(/^\| `([a-z-]+)(.*?)` +\|/gm)].map(([, name, rest]) => ({
    name: name!,
    rest: rest!,
  }));
  expect(rows.map(({ name }) => name)).toEqual(commands.map((command) => command.name()));
  for (const command of commands) {
    const { rest } = rows.find(({ name }) => name === command.name())!;
    const written = [...rest.matchAll(/--[a-z-]+/g)].map(([option]) => option);
    expect({ command: command.name(), options: written }).toEqual({
      command: command.name(),
      options: command.options.map(({ long }) => long).filter((long) => !COMMON.includes(long!)),
    });
  }
});

test('and every exit code', () => {
  const rows = [...text.matchAll(/^\| (\d+) +\| (\w+) +\|/gm)].map(([, code, name]) => [
    name,
    Number(code),
  ]);
  expect(rows).toEqual(Object.entries(EXIT));
});

test('so has the help', () => {
  let help = '';
  createProgram()
    .configureOutput({ writeOut: (part) => (help += part) })
    .outputHelp();
  for (const code of Object.values(EXIT)) expect(help).toMatch(new RegExp(`[ :]${code} `));
});

test('every command and option is explained', () => {
  for (const command of commands) {
    expect(command.description()).not.toBe('');
    for (const { long, description } of command.options)
      expect({ long, description }).toEqual({ long, description: expect.stringMatching(/.+/) });
    for (const argument of command.registeredArguments) expect(argument.description).not.toBe('');
  }
});

test('README says which command replaces a lost setup token, and which a lost password', () => {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const named = ['setup', 'reset-password'].map((name) => `npm start -- ${name}`);
  expect(named.filter((command) => !readme.includes(command))).toEqual([]);
  expect(commands.map((command) => command.name())).toEqual(
    expect.arrayContaining(['setup', 'reset-password']),
  );
});
