import type { Command } from 'commander';
import { lazily } from './lazily';
import { addExamples } from './examples';

/** `holdfast verify [FILE]`: checks the chain of return records. */
export function addVerify(program: Command): void {
  const command = program.command('verify');
  addExamples(command, ['verify', 'verify /backups/holdfast.db'])
    .argument('[file]', 'A backup, or a database. Default: the database of the data directory.')
    .option('--identity <file>', 'File with the age identity that opens it, if it is encrypted.')
    .description(
      'Check that no return record was altered, removed or moved, in the database (even while a ' +
        'server is running) or in a backup. Changes nothing. Exits with 65 if one was.',
    )
    .action(lazily(async () => (await import('./server/verify.js')).verify));
}
