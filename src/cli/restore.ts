import type { Command } from 'commander';
import { lazily } from './lazily';
import { addExamples } from './examples';

/**
 * `holdfast restore FILE`: replaces the database with a backup, while no server is running.
 */
export function addRestore(program: Command): void {
  const command = program.command('restore');
  addExamples(command, ['restore /backups/holdfast.db'])
    .argument(
      '<file>',
      'A backup made by `holdfast backup`, or a database file restored by Litestream.',
    )
    .option('--identity <file>', 'File with the age identity that opens it, if it is encrypted.')
    .description(
      'Replace the database with a backup. All its loans end, and every resource is cleaned ' +
        'before it is lent again.',
    )
    .action(lazily(async () => (await import('./server/restore.js')).restore));
}
