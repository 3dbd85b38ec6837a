import type { Command } from 'commander';
import { lazily } from './lazily';
import { addExamples } from './examples';

/** `holdfast reset-password`: for an admin who lost every way in, even while a server is running. */
export function addResetPassword(program: Command): void {
  const command = program.command('reset-password');
  addExamples(command, ['reset-password ada@example.org < password.txt'])
    .argument('<user>', 'The e-mail address or username of the user.')
    .description(
      'Set the password of a user, such as an admin who lost theirs. It is read from ' +
        'ADMIN_PASSWORD, or else as one line from stdin. Ends all tokens of the user.',
    )
    .action(lazily(async () => (await import('./server/reset-password.js')).resetPassword));
}
