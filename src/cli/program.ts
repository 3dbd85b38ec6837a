import { CommanderError, type Command } from 'commander';
import { addCommand, GROUPS, isAlone } from './commands';
import { EXIT } from './exit-codes';
import { TwinCommand } from './remote/twins';

/**
 * The command line with all its commands, or with `only` one of them, by its name. Parsing wrong
 * usage prints a message on stderr and throws a CommanderError.
 */
export function createProgram(only?: string): Command {
  const program = new TwinCommand('holdfast')
    .description(
      'Lends scarce resources for a limited time, and gets every one of them back clean.',
    )
    .option('-V, --version', 'Print the versions of holdfast, Node and SQLite, and the commit.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand('help [command]', 'Print this help, or that of a command.')
    .exitOverride()
    .allowExcessArguments(false)
    .showSuggestionAfterError()
    .addHelpText('after', '\nData goes to stdout, everything else to stderr.\n\n' + exitCodes());
  program.on('option:version', () => {
    throw new CommanderError(0, VERSION, '');
  });
  for (const [group, commands] of Object.entries(GROUPS)) {
    program.commandsGroup(group);
    for (const [name, load] of Object.entries(commands))
      if (only === undefined || only === name) addCommand(program, name, load);
  }
  return program;
}

/**
 * Runs the command that `words` name; without any, prints the help. Errors: CommanderError for wrong
 * usage, and those of the command.
 */
export async function runProgram(words: readonly string[]): Promise<void> {
  const program = createProgram(isAlone(words[0]) ? words[0] : undefined);
  // Commander would take it for a mistake, and write to stderr.
  if (words.length === 0) return program.outputHelp();
  await program.parseAsync(words, { from: 'user' }).catch(async (error: unknown) => {
    if (error instanceof CommanderError && error.code === VERSION) await printVersion();
    throw error;
  });
}

const MEANING: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'success',
  failed: 'unexpected error; stderr has its stack',
  usage: 'wrong usage',
  damaged: 'damaged database or backup, or the wrong identity for it',
  missing: 'missing database, file, directory, or thing of the server',
  unreachable: 'the server cannot be reached, or cannot answer now',
  exists: 'the target already exists',
  storage: 'a disk is full or fails, or output cannot be written',
  inUse: 'a server, or another program, uses the data directory',
  refused: 'the server refuses',
  denied: 'no token, a wrong one, or one that may not do this',
  config: 'invalid configuration, pools file or master key',
  timedOut: 'time ran out before it was served',
  lost: 'a lease was lost while it was needed',
};

function exitCodes(): string {
  const lines = Object.entries(EXIT).map(
    ([name, code]) => `  ${String(code).padEnd(2)} ${MEANING[name as keyof typeof EXIT]}`,
  );
  return `Exit codes:\n${lines.join('\n')}`;
}

/** Commander's code for an error by which the version was asked for. */
const VERSION = 'commander.version';

async function printVersion(): Promise<void> {
  // Loaded only now: it asks SQLite.
  const { buildInfo } = await import('../build-info.js');
  const { version, commit, node, sqlite } = buildInfo();
  process.stdout.write(
    `holdfast ${version}\ncommit ${commit ?? 'unknown'}\nnode ${node.slice(1)}\nsqlite ${sqlite}\n`,
  );
}
