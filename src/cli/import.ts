import type { Command } from 'commander';
import { lazily } from './lazily';
import { addExamples } from './examples';

/** `holdfast import FILE`: imports another system's data; a running server sees it at once. */
export function addImport(program: Command): void {
  const command = program.command('import');
  addExamples(command, ['import data.json'])
    .argument('<file>', 'JSON with users, apiTokens, accounts, vms and tokens. See docs/import.md.')
    .description(
      'Import users, tokens and resources of another system. Entries that exist are left as they are.',
    )
    .action(lazily(async () => (await import('./server/import.js')).runImport));
}
