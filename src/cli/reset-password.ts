import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { setup as setupBody } from '../api/people';
import { readConfig } from '../config';
import { DataDirectory } from '../data-directory';
import { DomainError } from '../domain/errors';
import { give } from './alone';
import { Refusal } from './exit-codes';
import { passwordInput } from './password-input';
import { withServices } from './with-services';

const { password } = setupBody.shape;

/** `holdfast reset-password`: for an admin who lost every way in, even while a server is running. */
export function addResetPassword(program: Command): void {
  program
    .command('reset-password')
    .argument('<user>', 'The e-mail address or username of the user.')
    .description(
      'Set the password of a user, such as an admin who lost theirs. It is read from ' +
        'ADMIN_PASSWORD, or else as one line from stdin. Ends all tokens of the user.',
    )
    .action(resetPassword);
}

async function resetPassword(login: string): Promise<void> {
  const config = readConfig();
  if (!existsSync(new DataDirectory(config.dataDir).database))
    throw new Refusal('missing', `There is no database in ${config.dataDir}.`);
  const input = password.safeParse(await passwordInput(login));
  if (!input.success) throw new Refusal('usage', `password: ${input.error.issues[0]!.message}`);
  const reset = withServices(config, 'reset-password', ({ users }) =>
    users.resetPassword(login, input.data),
  );
  const userId = await reset.catch((error: unknown) => {
    throw error instanceof DomainError && error.code === 'not_found'
      ? new Refusal('missing', error.message)
      : error;
  });
  give({ userId });
}
