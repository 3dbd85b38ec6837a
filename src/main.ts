import { verdictOn } from './cli/exit-codes';
import { runProgram } from './cli/program';

// What this program makes (databases, backups, keys) is for its user only, also in a directory that others can read.
process.umask(0o077);

runProgram(process.argv.slice(2)).catch((error: unknown) => {
  const { message, code } = verdictOn(error);
  if (message !== null) process.stderr.write(`holdfast: ${message}\n`);
  process.exit(code);
});
