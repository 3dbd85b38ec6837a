// First of all: whatever else is imported may load native code, which an older Node crashes in.
import './require-node';
import { outcomeOf } from './cli/exit-codes';
import { runProgram } from './cli/program';

// Only the user may read the files that this program makes (databases, backups, keys), even in a
// directory that others can read.
process.umask(0o077);

// A reader may stop early (`| head`): the command still finishes and exits as usual.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

runProgram(process.argv.slice(2)).catch((error: unknown) => {
  const { message, code } = outcomeOf(error);
  if (message !== null) process.stderr.write(`holdfast: ${message}\n`);
  process.exit(code);
});
