// First of all: whatever else is imported may load native code, which an older Node crashes in.
import './require-node';
import { verdictOn } from './cli/exit-codes';
import { runProgram } from './cli/program';

// What this program makes (databases, backups, keys) is for its user only, also in a directory that
// others can read.
process.umask(0o077);

// Who reads only the first lines has what they wanted: the command goes on, and ends as it would
// have.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

runProgram(process.argv.slice(2)).catch((error: unknown) => {
  const { message, code } = verdictOn(error);
  if (message !== null) process.stderr.write(`holdfast: ${message}\n`);
  process.exit(code);
});
