import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '../config-error';
import type { DriverFactory } from '../drivers/driver';
import { parsePoolsFile, type PoolsFile } from './parse';
import type { Env } from './spec';
import { reasonOf, textOf } from '../text-file';

/**
 * Reads the pools file (YAML or JSON) at `path` and checks it against the known drivers. Errors:
 * ConfigError with a line for each problem, which names the file, the line and the field.
 */
export function loadPoolsFile(
  path: string,
  drivers: ReadonlyMap<string, DriverFactory>,
  env: Env,
): PoolsFile {
  return parsePoolsFile(read(path), { file: path, drivers, env, directory: dirname(path) });
}

function read(path: string): string {
  try {
    return textOf(readFileSync(path));
  } catch (error) {
    throw new ConfigError(`The pools file ${path} cannot be read (${reasonOf(error)}).`);
  }
}
