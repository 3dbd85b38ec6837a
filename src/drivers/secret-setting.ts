import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DriverError } from './driver';

/** A variable that holds a secret; the prefix keeps pools from reading others. */
const SECRET_REFERENCE = /^\$\{(DRIVER_SECRET_[A-Z0-9_]+)\}$/;

/** A setting that names the variable which holds a secret, as `${DRIVER_SECRET_…}`. */
export const secretVariable = z
  .string()
  .regex(SECRET_REFERENCE, { error: 'must be a variable: ${DRIVER_SECRET_…}' });

/** A setting that names the file which holds a secret. */
export const secretPath = z.string().startsWith('/', { error: 'must be an absolute path' });

/**
 * The secret that settings name by a variable or by a file, trimmed; a file is read each time.
 * Errors: DriverError `backend` if there is none; `whose` says in it what the secret belongs to.
 */
export async function readSecret(
  { variable, file }: { variable: string | undefined; file: string | undefined },
  variables: Readonly<Record<string, string | undefined>>,
  whose = '',
): Promise<string> {
  if (file !== undefined) {
    const text = await readFile(file, 'utf8').catch(() => '');
    return required(text, `The secret file ${file}${whose} cannot be read, or is empty.`);
  }
  const [, name = ''] = SECRET_REFERENCE.exec(variable ?? '') ?? [];
  return required(variables[name], `The variable ${name} of the secret${whose} is not set.`);
}

function required(text: string | undefined, message: string): string {
  const secret = text?.trim();
  if (!secret) throw new DriverError('backend', message);
  return secret;
}
