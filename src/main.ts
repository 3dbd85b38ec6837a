// First of all: whatever else is imported may load native code, which an older Node crashes in.
import './require-node';
import './signals';
import { EXIT } from './cli/exit-codes';
import { outcomeOf } from './cli/outcome';
import { harmless } from './cli/plain';
import { runProgram } from './cli/program';
import { ConfigError } from './config-error';
import { keepFilesPrivate } from './umask';

keepFilesPrivate();

// A reader may stop early (`| head`): the command still finishes and exits as usual. Touching the
// streams also makes pipes and sockets such that a write does not wait (log-output.ts).
process.stdout.on('error', ({ code = 'unknown error' }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') return;
  process.stderr.write(`holdfast: stdout cannot be written (${code}).\n`);
  process.exit(EXIT.storage);
});
// Nobody can be told.
process.stderr.on('error', () => undefined);

runProgram(process.argv.slice(2)).catch(async (error: unknown) => {
  const { message, code } = await outcomeOf(error);
  // The problems of a configuration are a line each, and their count.
  const lines = error instanceof ConfigError ? error.report : message === null ? [] : [message];
  for (const line of lines) process.stderr.write(`holdfast: ${harmless(line)}\n`);
  process.exit(code);
});
