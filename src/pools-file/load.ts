import { readFileSync } from 'node:fs';
import { ConfigError } from '../config-error';
import type { DriverFactory } from '../drivers/driver';
import { parsePoolsFile, type PoolsFile } from './parse';
import type { Env } from './spec';

/**
 * Reads the pools file (YAML or JSON) at `path` and checks it against the known drivers. Errors:
 * ConfigError of one line that names the file and the field.
 */
export function loadPoolsFile(
  path: string,
  drivers: ReadonlyMap<string, DriverFactory>,
  env: Env,
): PoolsFile {
  return parsePoolsFile(textOf(path), { file: path, drivers, env });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(
      `The pools file ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
    );
  }
}
