import { CommanderError, type Command } from 'commander';
import { addBackup } from './backup';
import { addCheckConfig } from './check-config';
import { addCompletion } from './completion';
import { addDockerProxy } from './docker-proxy';
import { EXIT } from './exit-codes';
import { addImport } from './import';
import { addExec } from './loans/exec';
import { addExtend } from './loans/extend';
import { addRelease } from './loans/release';
import { addReserve } from './loans/reserve';
import { addSsh } from './loans/ssh';
import { addWait } from './loans/wait';
import { addMcp } from './mcp';
import { addRekey } from './rekey';
import { addResetPassword } from './reset-password';
import { addRestore } from './restore';
import { addServe } from './serve';
import { addComplete } from './remote/complete';
import { addContext } from './remote/context';
import { addDoctor } from './remote/doctor';
import { addLogin } from './remote/login';
import { addLogout } from './remote/logout';
import { addPools } from './remote/pools';
import { addStatus } from './remote/status';
import { TwinCommand } from './remote/twins';
import { addEvents } from './remote/events';
import { addHolders } from './remote/holders';
import { addLs } from './remote/ls';
import { addQueue } from './remote/queue';
import { addQuarantine } from './remote/quarantine';
import { addResize } from './remote/resize';
import { addReturns } from './remote/returns';
import { addShow } from './remote/show';
import { addTokens } from './remote/tokens';
import { addUsers } from './remote/users';
import { addWebhooks } from './remote/webhooks';
import { addDrain, addMaintenance } from './remote/service';
import { addWhoami } from './remote/whoami';
import { addSetup } from './setup';
import { addVerify } from './verify';

/** Every command, by the groups and in the order of the help; docs/extending.md says how to add one. */
const GROUPS: readonly (readonly [
  group: string,
  adders: readonly ((program: Command) => void)[],
])[] = [
  ['Borrow:', [addExec, addReserve, addWait, addExtend, addRelease, addSsh, addMcp]],
  [
    'Look:',
    [addStatus, addPools, addQueue, addHolders, addLs, addShow, addEvents, addReturns, addDoctor],
  ],
  ['Run a pool:', [addResize, addDrain, addMaintenance, addQuarantine]],
  ['People:', [addLogin, addLogout, addWhoami, addContext, addUsers, addTokens, addWebhooks]],
  [
    'Server:',
    [
      addServe,
      addSetup,
      addResetPassword,
      addCheckConfig,
      addBackup,
      addRestore,
      addVerify,
      addRekey,
      addImport,
      addDockerProxy,
      addCompletion,
    ],
  ],
];

/**
 * The command line. Parsing wrong usage prints a message on stderr and throws a CommanderError.
 */
export function createProgram(): Command {
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
  for (const [group, adders] of GROUPS) {
    program.commandsGroup(group);
    for (const add of adders) add(program);
  }
  addComplete(program);
  return program;
}

/**
 * Runs the command that `words` name; without any, prints the help. Errors: CommanderError for wrong
 * usage, and those of the command.
 */
export async function runProgram(words: readonly string[]): Promise<void> {
  const program = createProgram();
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
