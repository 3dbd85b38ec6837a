import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError } from './config-error';
import { CONFIG_DEFAULTS, configSchema, PATH_VARIABLES, type Settings } from './config-schema';

/** Environment variables, as a process gets them. */
export type Env = Readonly<Record<string, string | undefined>>;

/** What the server is told at start-up; all paths are absolute. Holds secrets: never log it whole. */
export interface Config {
  host: string;
  /** 0: any free port. */
  port: number;
  dataDir: string;
  poolsFile: string | undefined;
  /** 32 bytes, base64 or hex. */
  masterKey: string | undefined;
  masterKeyFile: string | undefined;
  setupToken: string | undefined;
  legacyApi: 'guarded' | 'open' | 'off';
  /** Who may call the legacy routes in open mode: addresses and CIDRs. */
  legacyOpenCidrs: string[];
  logLevel: Settings['LOG_LEVEL'];
  dockerHost: string | undefined;
  /** For Express's `trust proxy`: hops, addresses, or nobody. */
  trustProxy: number | string[] | false;
  /** Without a slash at the end. */
  publicUrl: string | undefined;
  bcryptCost: number;
}

/** Where variables are read beside the environment; a test gives its own. */
export interface EnvSurroundings {
  cwd: string;
  /** The text of the file, or undefined where there is none. */
  readEnvFile(path: string): string | undefined;
}

/**
 * The environment over `.env` in the working directory: what is set for real wins, also where it is set to nothing.
 * Only here is process.env read; the pools file takes its `${NAME}` from the answer. Throws a ConfigError.
 */
export function readEnvironment(env: Env = process.env, surroundings: EnvSurroundings = here()): Env {
  const text = surroundings.readEnvFile(resolve(surroundings.cwd, '.env'));
  return text === undefined ? env : { ...parseEnv(text), ...env };
}

/** The checked configuration. Throws a ConfigError that names the first variable that is wrong. */
export function readConfig(env: Env = process.env, surroundings: EnvSurroundings = here()): Config {
  const result = configSchema.safeParse(written(readEnvironment(env, surroundings)));
  if (!result.success) throw new ConfigError(firstProblem(result.error.issues[0]));
  const settings = { ...result.data };
  for (const name of PATH_VARIABLES) {
    const path = settings[name];
    if (path) settings[name] = resolve(surroundings.cwd, path);
  }
  return asConfig(settings);
}

/** Our variables with a default for each that is absent or empty; the rest of the environment is none of our business. */
function written(env: Env): Record<string, string> {
  return Object.fromEntries(Object.entries(CONFIG_DEFAULTS).map(([name, value]) => [name, env[name]?.trim() || value]));
}

function firstProblem(issue: { path: PropertyKey[]; message: string } | undefined): string {
  return issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : 'The configuration is wrong.';
}

function asConfig(settings: Settings): Config {
  return {
    host: settings.HOST,
    port: settings.PORT,
    dataDir: settings.DATA_DIR,
    poolsFile: settings.POOLS_FILE,
    masterKey: settings.MASTER_KEY,
    masterKeyFile: settings.MASTER_KEY_FILE,
    setupToken: settings.SETUP_TOKEN,
    legacyApi: settings.LEGACY_API,
    legacyOpenCidrs: settings.LEGACY_OPEN_CIDRS,
    logLevel: settings.LOG_LEVEL,
    dockerHost: settings.DOCKER_HOST,
    trustProxy: settings.TRUST_PROXY,
    publicUrl: settings.PUBLIC_URL,
    bcryptCost: settings.BCRYPT_COST,
  };
}

function here(): EnvSurroundings {
  return { cwd: process.cwd(), readEnvFile };
}

function readEnvFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT') return undefined;
    throw new ConfigError(`${path} cannot be read (${code}).`);
  }
}
