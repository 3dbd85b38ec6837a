import { Command, CommanderError } from 'commander';
import { buildInfo } from '../build-info';
import { addBackup } from './backup';
import { addCheckConfig } from './check-config';
import { addCompletion } from './completion';
import { addDockerProxy } from './docker-proxy';
import { addImport } from './import';
import { addRekey } from './rekey';
import { addRestore } from './restore';
import { addServe } from './serve';
import { addSetup } from './setup';

/** Every command, in the order of the help; docs/extending.md says how one is added. */
const COMMANDS = [
  addServe,
  addSetup,
  addCheckConfig,
  addBackup,
  addRestore,
  addRekey,
  addImport,
  addDockerProxy,
  addCompletion,
];

/**
 * The command line. Wrong usage throws a CommanderError, after the sentence about it went to
 * stderr.
 */
export function createProgram(): Command {
  const program = new Command('holdfast')
    .description('Lends scarce things for a limited time, and gets every one of them back clean.')
    .option('-V, --version', 'Print version, commit, Node and SQLite.')
    .helpOption('-h, --help', 'Print this.')
    .helpCommand('help [command]', 'Print this, or the help of a command.')
    .exitOverride()
    .allowExcessArguments(false)
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      '\nData goes to stdout, the rest to stderr. Exit codes: 0 done, 1 failed, 64 wrong ' +
        'usage, 65 damaged, 66 missing, 73 there already, 75 in use, 78 wrong configuration.',
    );
  // An option with an action of its own: only then is it worth finding out.
  program.on('option:version', printVersion);
  for (const add of COMMANDS) add(program);
  return program;
}

/**
 * Runs the command that `words` name, `serve` without any. No command is commander's default: it
 * would take a mistyped name for an argument of that one. Rejects with what the command rejects
 * with, and CommanderError for wrong usage.
 */
export async function runProgram(words: readonly string[]): Promise<void> {
  await createProgram().parseAsync(words.length === 0 ? ['serve'] : words, { from: 'user' });
}

function printVersion(): never {
  const { version, commit, node, sqlite } = buildInfo();
  process.stdout.write(
    `holdfast ${version}\ncommit ${commit ?? 'unknown'}\nnode ${node.slice(1)}\nsqlite ${sqlite}\n`,
  );
  throw new CommanderError(0, 'commander.version', version);
}
