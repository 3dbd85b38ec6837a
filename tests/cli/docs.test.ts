import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/exit-codes';
import { createProgram } from '../../src/cli/program';
import { leavesOf } from './remote/leaves';

const text = readFileSync(join(__dirname, '../../docs/cli.md'), 'utf8');
const { commands } = createProgram();
/** The help explains these for each command that has them; docs/cli.md does once. */
const COMMON = ['--url', '--context', '--timeout', '--output', '--field'];

/** The commands that do something: `context` does not, `context list` does. */
const leaves = leavesOf(createProgram());

test('docs/cli.md has every command in the order of the help, with its options', () => {
  const [, section] = /^## Commands$(.*?)^## /ms.exec(text)!;
  const rows = [...section!.matchAll(/^\| `([a-z-].*?)` +\|/gm)].map(([, usage]) => usage!);
  const nameOf = (usage: string) =>
    leaves
      .map(({ name }) => name)
      .filter((name) => `${usage} `.startsWith(`${name} `))
      .sort((a, b) => b.length - a.length)[0];
  expect(rows.map((usage) => nameOf(usage) ?? usage)).toEqual(leaves.map(({ name }) => name));
  for (const { name, command } of leaves) {
    const usage = rows.find((each) => nameOf(each) === name)!;
    const written = [...usage.matchAll(/--[a-z-]+/g)].map(([option]) => option);
    expect({ name, options: written }).toEqual({
      name,
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

test('every command and option is explained, and has an example', () => {
  for (const { name, command } of leaves) {
    expect({ name, about: command.description() }).toEqual({
      name,
      about: expect.stringMatching(/.+/),
    });
    for (const { long, description } of command.options)
      expect({ long, description }).toEqual({ long, description: expect.stringMatching(/.+/) });
    for (const argument of command.registeredArguments) expect(argument.description).not.toBe('');
    let help = '';
    command.configureOutput({ writeOut: (part) => (help += part) }).outputHelp();
    expect(help).toMatch(new RegExp(`\\nExamples?:\\n(  .*\\n)*  .*holdfast ${name}\\b`));
  }
});

test('every option of a command that calls a server has a variable of its own', () => {
  const remote = leaves.filter(({ command }) =>
    command.options.some(({ long }) => long === '--url'),
  );
  expect(remote.length).toBeGreaterThan(3);
  const shared = new Set<string>();
  const own = remote.flatMap(({ name, command }) =>
    command.options.flatMap(({ long, envVar }) => {
      expect({ name, long, envVar }).toEqual({
        name,
        long,
        envVar: expect.stringMatching(/^HOLDFAST_/),
      });
      if (!COMMON.includes(long!)) return [envVar];
      shared.add(envVar!);
      return [];
    }),
  );
  expect(new Set(own).size).toBe(own.length);
  expect([...shared].sort()).toEqual(
    COMMON.map((long) => `HOLDFAST_${long.slice(2).toUpperCase()}`).sort(),
  );
});

test('README names commands with options that are there', () => {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const [everyDay] = readme.split(/^## /m).filter((section) => section.startsWith('Every day'));
  const typed = [...everyDay!.matchAll(/`holdfast ([a-z][^`]*)`/g)].map(([, words]) => words!);
  expect(typed.length).toBeGreaterThan(15);
  const unknown = typed.filter((words) => {
    const [own = ''] = words.split(' -- ');
    const leaf = leaves.find(({ name }) => own === name || own.startsWith(`${name} `));
    const known = leaf?.command.options.map(({ long }) => long!) ?? [];
    return !leaf || [...own.matchAll(/--[a-z-]+/g)].some(([option]) => !known.includes(option));
  });
  expect(unknown).toEqual([]);
});

test('README says which command replaces a lost setup token, and which a lost password', () => {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const named = ['setup', 'reset-password'].map((name) => `npm start -- ${name}`);
  expect(named.filter((command) => !readme.includes(command))).toEqual([]);
  expect(commands.map((command) => command.name())).toEqual(
    expect.arrayContaining(['setup', 'reset-password']),
  );
});
