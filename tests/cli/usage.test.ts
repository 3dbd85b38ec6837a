import { isAlone } from '../../src/cli/commands';
import { EXIT } from '../../src/cli/exit-codes';
import { outcomeOf } from '../../src/cli/outcome';
import { createProgram, runProgram } from '../../src/cli/program';
import { leavesOf } from './remote/leaves';

/** The program's stderr for these words, and its exit code. */
async function said(...words: string[]) {
  const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const error: unknown = await runProgram(words).then(
      () => 'it ran',
      (thrown: unknown) => thrown,
    );
    return {
      stderr: written.mock.calls.map(([part]) => String(part)).join(''),
      ...(await outcomeOf(error)),
    };
  } finally {
    written.mockRestore();
  }
}

const wrong = (stderr: string) => ({ stderr, message: null, code: EXIT.usage });

test.each([
  ['sevre', 'serve'],
  ['server', 'serve'],
  ['bakcup', 'backup'],
  ['docker-prxy', 'docker-proxy'],
])('%s is no command; %s is suggested', async (word, nearest) => {
  expect(await said(word)).toEqual(
    wrong(`error: unknown command '${word}'\n(Did you mean ${nearest}?)\n`),
  );
  expect(await said(word, '--force')).toEqual(
    wrong(`error: unknown command '${word}'\n(Did you mean ${nearest}?)\n`),
  );
});

test('an unlikely name gets no suggestion', async () => {
  expect(await said('frobnicate')).toEqual(wrong("error: unknown command 'frobnicate'\n"));
});

test('a mistyped option is reported, of the program and of a command', async () => {
  expect(await said('--verison')).toEqual(
    wrong("error: unknown option '--verison'\n(Did you mean --version?)\n"),
  );
  expect(await said('backup', 'file', '--froce')).toEqual(
    wrong("error: unknown option '--froce'\n(Did you mean --force?)\n"),
  );
});

test('an option of a command that stands before it is told where it goes', async () => {
  expect((await said('--context', 'lab', 'ls')).stderr).toMatch(
    /^error: unknown option '--context'\n(?:.*\n)?\(Options stand after the command\.\)\n$/,
  );
});

test('a missing argument shows the usage', async () => {
  expect(await said('exec', '--pool', 'lab')).toEqual(
    wrong(
      "error: missing required argument 'command'; usage: holdfast exec [options] <command...>\n",
    ),
  );
});

test('an extra argument is an error if the command is known', async () => {
  expect((await said('serve', 'now')).stderr).toBe(
    "error: too many arguments for 'serve'. Expected 0 arguments but got 1: now.\n",
  );
});

test('serve stops because of a wrong configuration, also by a flag', async () => {
  const wrongPort = {
    stderr: '',
    message: expect.stringMatching(/^environment: PORT: /),
    code: EXIT.config,
  };
  expect(await said('serve', '--port', 'x')).toEqual(wrongPort);
  const { PORT } = process.env;
  process.env.PORT = 'x';
  try {
    expect(await said('serve')).toEqual(wrongPort);
  } finally {
    if (PORT === undefined) delete process.env.PORT;
    else process.env.PORT = PORT;
  }
});

test('help is what --help prints, of the program and of a command', async () => {
  const printed = async (...words: string[]) => {
    const written = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await runProgram(words).catch(() => undefined);
      return written.mock.calls.map(([part]) => String(part)).join('');
    } finally {
      written.mockRestore();
    }
  };
  expect(await printed('help')).toContain('holdfast [options] [command]');
  expect(await printed('help')).toBe(await printed('--help'));
  expect(await printed()).toBe(await printed('--help'));
  expect(await printed('help', 'backup')).toBe(await printed('backup', '--help'));
});

test('a command that is loaded alone has the same help', () => {
  const everything = createProgram();
  const helps = (program: typeof everything) =>
    leavesOf(program).map(({ command }) => command.helpInformation());
  const names = everything.commands.map((command) => command.name()).filter(isAlone);
  expect(names.flatMap((name) => helps(createProgram(name)))).toEqual(helps(everything));
});
