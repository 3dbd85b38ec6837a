import { readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { NightlySettings } from './backup/nightly';
import { ConfigError } from './config-error';
import type { Caps } from './domain/queue/caps';
import type { KeptFor } from './service/installation/housekeeping';
import {
  CONFIG_DEFAULTS,
  configSchema,
  DRIVER_VARIABLES,
  PATH_VARIABLES,
  type Settings,
} from './config-schema';

/** Environment variables, as a process gets them. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * What the server is told at start-up; all paths are absolute. Holds secrets: never log it whole.
 */
export interface Config {
  host: string;
  /** 0: any free port. */
  port: number;
  dataDir: string;
  /** Where the executable unpacks what has to be a file. */
  cacheDir: string;
  poolsFile: string | undefined;
  /** 32 bytes, base64 or hex. */
  masterKey: string | undefined;
  masterKeyFile: string | undefined;
  setupToken: string | undefined;
  legacyApi: 'guarded' | 'open' | 'off';
  /** Who may call the legacy routes in open mode: addresses and CIDRs. */
  legacyOpenCidrs: string[];
  logLevel: Settings['LOG_LEVEL'];
  /** The variables that the drivers of this build read, by name. */
  driverVariables: Readonly<Record<string, string | undefined>>;
  /** For Express's `trust proxy`: hops, addresses, or nobody. */
  trustProxy: number | string[] | false;
  /** Without a slash at the end. */
  publicUrl: string | undefined;
  bcryptCost: number;
  logFormat: Settings['LOG_FORMAT'];
  /** The nightly backup; undefined: none is made. */
  backup: NightlySettings | undefined;
  /** To whom backups are encrypted (`age1…`), those made by hand too. */
  backupEncryptTo: string | undefined;
  /** The thread that answers gets a processor of its own. */
  bindThreads: boolean;
  /** Below so many bytes of free disk the service says that it is not ready. */
  minFreeDisk: number;
  /** Longest body of a request, in bytes. */
  maxBody: number;
  /** Calls a minute; 0: as many as they like. `login`: failed ones that tried a password. */
  rates: { token: number; address: number; login: number };
  caps: Caps;
  /** How long what has ended is kept. */
  keptFor: KeptFor;
  /** Where people sign in with GitHub; without it they do not. */
  github: GithubConfig | undefined;
}

/** An OAuth app of GitHub, or of a GitHub Enterprise Server at `url`. */
export interface GithubConfig {
  /** Without a slash at the end. */
  url: string;
  clientId: string;
  clientSecret: string;
  /** Organisations whose members may come without an invitation. */
  orgs: string[];
}

/** Where variables are read beside the environment; a test gives its own. */
export interface EnvSurroundings {
  cwd: string;
  /** The text of the file, or undefined where there is none. */
  readEnvFile(path: string): string | undefined;
}

/**
 * The environment over `.env` in the working directory: what is set for real wins, also where it is
 * set to nothing. Only here is process.env read; the pools file takes its `${NAME}` from the
 * answer. Throws a ConfigError.
 */
export function readEnvironment(
  env: Env = process.env,
  surroundings: EnvSurroundings = here(),
): Env {
  const text = surroundings.readEnvFile(resolve(surroundings.cwd, '.env'));
  return text === undefined ? env : { ...parseEnv(text), ...env };
}

/** The checked configuration. Throws a ConfigError that names the first variable that is wrong. */
export function readConfig(env: Env = process.env, surroundings: EnvSurroundings = here()): Config {
  const environment = readEnvironment(env, surroundings);
  const result = configSchema.safeParse(written(environment));
  if (!result.success) throw new ConfigError(firstProblem(result.error.issues[0]));
  const settings = { ...result.data };
  for (const name of PATH_VARIABLES) {
    const path = settings[name];
    if (path) settings[name] = resolve(surroundings.cwd, path);
  }
  return asConfig(settings, settings.CACHE_DIR ?? defaultCacheDir(environment, settings.DATA_DIR));
}

/**
 * Our variables with a default for each that is absent or empty; the rest of the environment is
 * none of our business.
 */
function written(env: Env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(CONFIG_DEFAULTS).map(([name, value]) => [name, env[name]?.trim() || value]),
  );
}

function firstProblem(issue: { path: PropertyKey[]; message: string } | undefined): string {
  return issue
    ? `${issue.path.map(String).join('.')}: ${issue.message}`
    : 'The configuration is wrong.';
}

/**
 * By the XDG base directory specification, which ignores relative paths; beside the data for a user
 * without a home.
 */
function defaultCacheDir({ XDG_CACHE_HOME: cache, HOME: home }: Env, dataDir: string): string {
  if (cache && isAbsolute(cache)) return join(cache, 'holdfast');
  return home && isAbsolute(home) ? join(home, '.cache', 'holdfast') : join(dataDir, '.cache');
}

function asConfig(settings: Settings, cacheDir: string): Config {
  return {
    host: settings.HOST,
    port: settings.PORT,
    dataDir: settings.DATA_DIR,
    cacheDir,
    poolsFile: settings.POOLS_FILE,
    masterKey: settings.MASTER_KEY,
    masterKeyFile: settings.MASTER_KEY_FILE,
    setupToken: settings.SETUP_TOKEN,
    legacyApi: settings.LEGACY_API,
    legacyOpenCidrs: settings.LEGACY_OPEN_CIDRS,
    logLevel: settings.LOG_LEVEL,
    driverVariables: driverVariables(settings),
    trustProxy: settings.TRUST_PROXY,
    publicUrl: settings.PUBLIC_URL,
    bcryptCost: settings.BCRYPT_COST,
    logFormat: settings.LOG_FORMAT,
    backup: backupConfig(settings),
    backupEncryptTo: settings.BACKUP_ENCRYPT_TO,
    bindThreads: settings.BIND_THREADS === 'true',
    minFreeDisk: settings.MIN_FREE_DISK_MB * 2 ** 20,
    maxBody: settings.MAX_BODY_KB * 1024,
    rates: {
      token: settings.RATE_LIMIT_TOKEN,
      address: settings.RATE_LIMIT_ADDRESS,
      login: settings.RATE_LIMIT_LOGIN,
    },
    caps: {
      active: orNone(settings.MAX_ACTIVE_PER_USER),
      queued: orNone(settings.MAX_QUEUED_PER_USER),
      queue: orNone(settings.MAX_QUEUE_LENGTH),
    },
    keptFor: {
      reservations: settings.KEEP_RESERVATIONS,
      events: settings.KEEP_EVENTS,
      operations: settings.KEEP_OPERATIONS,
      idempotency: settings.KEEP_IDEMPOTENCY_KEYS,
    },
    github: githubConfig(settings),
  };
}

function backupConfig({
  BACKUP_DIR: directory,
  BACKUP_AT: minute,
  BACKUP_KEEP: keep,
  BACKUP_ENCRYPT_TO: encryptTo,
}: Settings): NightlySettings | undefined {
  return directory === undefined ? undefined : { directory, minute, keep, encryptTo };
}

function driverVariables(settings: Settings): Record<string, string | undefined> {
  const all: Record<string, unknown> = settings;
  return Object.fromEntries(
    DRIVER_VARIABLES.map((name) => [name, all[name] as string | undefined]),
  );
}

/** 0 stands for no bound. */
function orNone(cap: number): number | null {
  return cap === 0 ? null : cap;
}

function githubConfig({
  GITHUB_URL: url,
  GITHUB_CLIENT_ID: clientId,
  GITHUB_CLIENT_SECRET: clientSecret,
  GITHUB_ORGS: orgs,
}: Settings): GithubConfig | undefined {
  return clientId === undefined || clientSecret === undefined
    ? undefined
    : { url, clientId, clientSecret, orgs };
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
