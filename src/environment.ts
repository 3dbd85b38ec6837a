import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError, type Problem } from './config-error';
import { readLines } from './env-file';
import { reasonOf, textOf } from './text-file';

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

/**
 * The environment of a command that calls a server, without `.env`: a stranger's directory must not
 * say where a token is sent.
 */
export function callerEnvironment(): Env {
  return process.env;
}

/** The place of a variable: a line of `.env`, or the environment of the process. */
export type Place = Pick<Problem, 'file' | 'line'>;

/** The place that sets a variable; if none does, the environment, where it can be set. */
export function placeOf(name: string, source: EnvSource, env: Env = process.env): Place {
  const path = resolve(source.cwd, '.env');
  const sets = env[name] === undefined ? readLines(source.readEnvFile(path) ?? '').sets : [];
  const line = sets.findLast((set) => set.name === name)?.line;
  return line === undefined ? { file: 'environment' } : { file: path, line };
}

/** The lines of `.env` that do not do what they seem to. Errors: ConfigError if it cannot be read. */
export function envFileProblems(source: EnvSource = workingDirectory()): Problem[] {
  const file = resolve(source.cwd, '.env');
  const { problems } = readLines(source.readEnvFile(file) ?? '');
  return problems.map((problem) => ({ file, ...problem }));
}

/** The path of `.env`; undefined if there is none. */
export function envFile(source: EnvSource = workingDirectory()): string | undefined {
  const path = resolve(source.cwd, '.env');
  return source.readEnvFile(path) === undefined ? undefined : path;
}

/** The same source, but without `.env` if that cannot be read. */
export function withReadableFile(source: EnvSource): EnvSource {
  try {
    source.readEnvFile(resolve(source.cwd, '.env'));
    return source;
  } catch {
    return { ...source, readEnvFile: () => undefined };
  }
}

/** Reads `.env` in the working directory of the process. */
export function workingDirectory(): EnvSource {
  return { cwd: process.cwd(), readEnvFile };
}

function readEnvFile(path: string): string | undefined {
  try {
    return textOf(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ConfigError([{ file: path, message: `cannot be read (${reasonOf(error)}).` }]);
  }
}
