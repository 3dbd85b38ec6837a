import type { Command } from 'commander';
import { setup as setupBody } from '../api/people';
import { boot } from '../boot';
import { readConfig } from '../config';
import { DomainError } from '../domain/errors';
import { give, tell } from './alone';
import { Refusal } from './exit-codes';
import { passwordInput } from './password-input';

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
  const input = password.safeParse(await passwordInput(login));
  if (!input.success) throw new Refusal('usage', `password: ${input.error.issues[0]!.message}`);
  const { services, presence } = await boot(readConfig(), tell);
  try {
    give({ userId: await services.users.resetPassword(login, input.data) });
  } catch (error) {
    throw error instanceof DomainError && error.code === 'not_found'
      ? new Refusal('missing', error.message)
      : error;
  } finally {
    await services.drivers.close();
    await services.engine.store.close();
    presence.leave();
  }
}
