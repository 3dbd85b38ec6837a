import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError } from './config-error';
import { textOf } from './text-file';

/** A line of `.env` that sets a variable. */
const ENV_NAME = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=/;

/** Environment variables, as a process gets them. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The directory and the `.env` reader behind the configuration; tests bring their own. */
export interface EnvSource {
  cwd: string;
  /** The text of the file, or undefined if it does not exist. */
  readEnvFile(path: string): string | undefined;
}

/**
 * The environment merged over `.env` in the working directory: a variable of the environment wins,
 * even if it is empty. No other code reads process.env; the pools file takes its `${NAME}` from the
 * result. Errors: ConfigError if `.env` cannot be read.
 */
export function readEnvironment(
  env: Env = process.env,
  source: EnvSource = workingDirectory(),
): Env {
  const text = source.readEnvFile(resolve(source.cwd, '.env'));
  return text === undefined ? env : { ...parseEnv(text), ...env };
}

/** The file and the line that set a variable: `/srv/.env:3: `; empty if the environment does. */
export function placeOf(name: string, env: Env, source: EnvSource): string {
  if (env[name] !== undefined) return '';
  const path = resolve(source.cwd, '.env');
  const lines = source.readEnvFile(path)?.split('\n') ?? [];
  const line = lines.findLastIndex((text) => ENV_NAME.exec(text)?.[1] === name) + 1;
  return line === 0 ? '' : `${path}:${line}: `;
}

/** Reads `.env` in the working directory of the process. */
export function workingDirectory(): EnvSource {
  return { cwd: process.cwd(), readEnvFile };
}

function readEnvFile(path: string): string | undefined {
  try {
    return textOf(readFileSync(path));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT') return undefined;
    throw new ConfigError(`${path} cannot be read (${code}).`);
  }
}
