import { setup as setupBody } from '../../api/people';
import { readConfig } from '../../config';
import { DomainError } from '../../domain/errors';
import { give } from '../alone';
import { Refusal } from '../exit-codes';
import { passwordInput } from './password-input';
import { withServices } from './with-services';

interface SetupOptions {
  name: string;
  email: string;
}

const SIGN_IN = 'Sign in as one: `holdfast login --user ADDRESS`.';
const person = setupBody.omit({ setupToken: true });

/** Makes the first admin, and prints a token. Errors: Refusal, and those of `boot`. */
export async function setup({ name, email }: SetupOptions): Promise<void> {
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
        ? new Refusal('exists', `This server has an admin already. ${SIGN_IN}`)
        : error;
    }),
  );
}
