import { verdictOn } from './cli/exit-codes';
import { createProgram } from './cli/program';

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    const { message, code } = verdictOn(error);
    if (message !== null) process.stderr.write(`holdfast: ${message}\n`);
    process.exit(code);
  });
