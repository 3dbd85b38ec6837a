import type { Command } from 'commander';
import { lazily } from './lazily';
import { addExamples } from './examples';

/** `holdfast backup FILE`: copies the database as it is now, even while a server runs. */
export function addBackup(program: Command): void {
  const command = program.command('backup');
  addExamples(command, ['backup /backups/holdfast.db --force'])
    .argument('<file>', 'The backup to write. It does not contain the key that opens its secrets.')
    .option(
      '--encrypt-to <recipient>',
      'Encrypt it to this age recipient (age1…). Default: that of BACKUP_ENCRYPT_TO.',
    )
    .option('--force', 'Replace the file if it exists.')
    .description('Back up the database, even while a server is running. See docs/backup.md.')
    .action(lazily(async () => (await import('./server/backup.js')).backup));
}
