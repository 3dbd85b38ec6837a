import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error';
import { textOf } from './text-file';

/** Returns the text of an `.env` file; undefined if there is none. Errors: ConfigError. */
export function readEnvFile(path: string): string | undefined {
  try {
    return textOf(readFileSync(path));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT') return undefined;
    throw new ConfigError(`${path} cannot be read (${code}).`);
  }
}
