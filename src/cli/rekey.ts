import type { Command } from 'commander';
import { lazily } from './lazily';
import { addExamples } from './examples';

/** `holdfast rekey`: seals all secrets under another master key, while no server is running. */
export function addRekey(program: Command): void {
  const command = program.command('rekey');
  addExamples(command, ['rekey'])
    .description(
      'Seal all secrets under a new master key: NEW_MASTER_KEY, the file ' +
        'NEW_MASTER_KEY_FILE (created if missing), or one created in DATA_DIR. If it is ' +
        'interrupted, run it again.',
    )
    .action(lazily(async () => (await import('./server/rekey.js')).rekey));
}
