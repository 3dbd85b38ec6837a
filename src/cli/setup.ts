import type { Command } from 'commander';
import { lazily } from './lazily';
import { addExamples } from './examples';

/** `holdfast setup`: creates the first admin, even while a server is running. */
export function addSetup(program: Command): void {
  const command = program.command('setup');
  addExamples(command, ['setup --name Ada --email ada@example.org'])
    .requiredOption('--name <name>', 'The name of the first admin.')
    .requiredOption('--email <address>', 'Their e-mail address, used to sign in.')
    .description(
      'Create the first admin. The password is read from ADMIN_PASSWORD, or else as one line ' +
        'from stdin. Prints a token with every scope but secrets.',
    )
    .action(lazily(async () => (await import('./server/setup.js')).setup));
}
