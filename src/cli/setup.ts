import type { Command } from 'commander';
import { setup as setupBody } from '../api/people';
import { readConfig } from '../config';
import { DomainError } from '../domain/errors';
import { give } from './alone';
import { Refusal } from './exit-codes';
import { passwordInput } from './password-input';
import { withServices } from './with-services';

interface SetupOptions {
  name: string;
  email: string;
}

const person = setupBody.omit({ setupToken: true });

/** `holdfast setup`: creates the first admin, even while a server is running. */
export function addSetup(program: Command): void {
  program
    .command('setup')
    .requiredOption('--name <name>', 'The name of the first admin.')
    .requiredOption('--email <address>', 'Their e-mail address, used to sign in.')
    .description(
      'Create the first admin. The password is read from ADMIN_PASSWORD, or else as one line ' +
        'from stdin. Prints a token with every scope.',
    )
    .action(setup);
}

async function setup({ name, email }: SetupOptions): Promise<void> {
  const input = person.safeParse({ name, email, password: await passwordInput('the first admin') });
  if (!input.success)
    throw new Refusal(
      'usage',
      `${input.error.issues[0]!.path.join('.')}: ${input.error.issues[0]!.message}`,
    );
  const made = withServices(readConfig(), 'setup', ({ users }) => users.makeFirstAdmin(input.data));
  give(
    await made.catch((error: unknown) => {
      throw error instanceof DomainError && error.code === 'already_set_up'
        ? new Refusal('exists', error.message)
        : error;
    }),
  );
}
