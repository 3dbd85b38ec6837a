import { existsSync } from 'node:fs';
import { setup as setupBody } from '../../api/people';
import { readConfig } from '../../config';
import { DataDirectory } from '../../data-directory';
import { DomainError } from '../../domain/errors';
import { give } from '../alone';
import { Refusal } from '../exit-codes';
import { passwordInput } from './password-input';
import { withServices } from './with-services';

const { password } = setupBody.shape;

/** Sets the password of a user. Errors: Refusal, and those of `boot`. */
export async function resetPassword(login: string): Promise<void> {
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
