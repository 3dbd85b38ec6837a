import { isAbsolute, join, resolve } from 'node:path';
import type { NightlySettings } from './backup/nightly';
import { ConfigError, type Problem } from './config-error';
import type { MetricsAt } from './config-fields';
import { contradictionsIn } from './contradictions';
import { parsedParts, valueOf } from './pools-file/partial';
import type { Caps } from './domain/queue/caps';
import type { SessionTimes } from './domain/people/session';
import type { KeptFor } from './service/installation/housekeeping';
import {
  CONFIG_DEFAULTS,
  configSchema,
  DRIVER_VARIABLES,
  PATH_VARIABLES,
  type Settings,
} from './config-schema';
import {
  placeOf,
  readEnvironment,
  workingDirectory,
  type Env,
  type EnvSource,
} from './environment';

/** How the names of variables begin that hold secrets of drivers. */
const DRIVER_SECRET = 'DRIVER_SECRET_';

/**
 * The settings of a server; all paths are absolute. Holds secrets: never log it whole.
 */
export interface Config {
  host: string;
  /** 0: any free port. */
  port: number;
  dataDir: string;
  /** The directory into which the executable unpacks code that has to be a file. */
  cacheDir: string;
  poolsFile: string | undefined;
  /** 32 bytes, base64 or hex. */
  masterKey: string | undefined;
  masterKeyFile: string | undefined;
  setupToken: string | undefined;
  legacyApi: 'guarded' | 'open' | 'off';
  /** Addresses and CIDRs that may call the legacy routes in open mode. */
  legacyOpenCidrs: string[];
  logLevel: Settings['LOG_LEVEL'];
  /** The variables that the drivers of this build read, by name, and all `DRIVER_SECRET_…`. */
  driverVariables: Readonly<Record<string, string | undefined>>;
  /** For Express's `trust proxy`: a number of hops, addresses, or false for none. */
  trustProxy: number | string[] | false;
  /** Without a trailing slash. */
  publicUrl: string | undefined;
  bcryptCost: number;
  logFormat: Settings['LOG_FORMAT'];
  /** Where the metrics are served; `api`: on the API's port, to those who may read them. */
  metrics: MetricsAt;
  /** May agents call by the Model Context Protocol? */
  mcp: boolean;
  /** The nightly backup; undefined if none is made. */
  backup: NightlySettings | undefined;
  /** The age recipient (`age1…`) of all backups, including those made by hand. */
  backupEncryptTo: string | undefined;
  /** Gives the main thread a processor of its own. */
  bindThreads: boolean;
  /** Free disk, in bytes, below which the service reports that it is not ready. */
  minFreeDisk: number;
  /** The largest request body, in bytes. */
  maxBody: number;
  /** Calls per minute, 0 for no limit. `login` counts failed attempts with a password. */
  rates: { token: number; address: number; login: number };
  /** The most connections, and from one address; undefined: as the limit on open files allows. */
  connections: { most: number | undefined; perAddress: number | undefined };
  caps: Caps;
  /** How long ended records are kept. */
  keptFor: KeptFor;
  /** Addresses, CIDRs and hosts that webhooks may have though they are not public. */
  webhookAllow: string[];
  /** How long sessions of browsers last. */
  sessions: SessionTimes;
  /** Sign-in with GitHub; undefined if it is not offered. */
  github: GithubConfig | undefined;
}

/** An OAuth app of GitHub, or of a GitHub Enterprise Server at `url`. */
export interface GithubConfig {
  /** Without a trailing slash. */
  url: string;
  clientId: string;
  clientSecret: string;
  /** Organisations whose members may sign in without an invitation. */
  orgs: string[];
}

/**
 * The checked configuration. Errors: ConfigError that names every invalid variable, with its line if
 * it is in `.env`.
 */
export function readConfig(env: Env = process.env, source: EnvSource = workingDirectory()): Config {
  const { settings, problems } = readSettings(env, source);
  if (problems.length > 0) throw new ConfigError(problems);
  const environment = readEnvironment(env, source);
  const all = { ...settings, ...readPaths(environment, source) };
  const config = asConfig(all, all.CACHE_DIR ?? defaultCacheDir(environment, all.DATA_DIR));
  const driverVariables = { ...config.driverVariables, ...driverSecrets(environment) };
  return { ...config, driverVariables };
}

/**
 * The variables as far as they are right, with a problem for each wrong one, and for those that
 * contradict each other. Reading a wrong one ends the check that does (see `ifRight`).
 */
export function readSettings(
  env: Env = process.env,
  source: EnvSource = workingDirectory(),
): { settings: Settings; problems: Problem[] } {
  const problems: Problem[] = [];
  const note = (field: string, message: string, setBy = field) =>
    problems.push({ ...placeOf(setBy, source, env), field, message });
  const environment = readEnvironment(env, source);
  const read = parsedParts(configSchema, withDefaults(environment), [], ([name], message) =>
    note(String(name), message),
  );
  const settings = valueOf(read);
  for (const { field, beside, message } of contradictionsIn(settings))
    note(field, message, environment[field] ? field : beside);
  return { settings, problems };
}

/** The settings that are paths; absolute, and undefined if they are not set. */
export type Paths = Pick<Settings, (typeof PATH_VARIABLES)[number]>;

/** The paths of an environment, which can be read whatever else is wrong with it. */
export function readPaths(environment: Env, source: EnvSource = workingDirectory()): Paths {
  const given = withDefaults(environment);
  return Object.fromEntries(
    PATH_VARIABLES.map((name) => [
      name,
      given[name] ? resolve(source.cwd, given[name]) : undefined,
    ]),
  ) as Paths;
}

/**
 * Our variables, each with its default if it is absent or empty. Everything else in the environment
 * is ignored.
 */
function withDefaults(env: Env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(CONFIG_DEFAULTS).map(([name, value]) => [name, env[name]?.trim() || value]),
  );
}

/**
 * Follows the XDG base directory specification, which ignores relative paths. A user without a home
 * gets a folder beside the data.
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
    metrics: settings.METRICS,
    mcp: settings.MCP === 'true',
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
    connections: {
      most: settings.MAX_CONNECTIONS,
      perAddress: settings.MAX_CONNECTIONS_PER_ADDRESS,
    },
    caps: {
      active: limitOf(settings.MAX_ACTIVE_PER_USER),
      queued: limitOf(settings.MAX_QUEUED_PER_USER),
      queue: limitOf(settings.MAX_QUEUE_LENGTH),
    },
    keptFor: {
      reservations: settings.KEEP_RESERVATIONS,
      events: settings.KEEP_EVENTS,
      operations: settings.KEEP_OPERATIONS,
      idempotency: settings.KEEP_IDEMPOTENCY_KEYS,
    },
    webhookAllow: settings.WEBHOOK_ALLOW,
    sessions: { lasts: settings.SESSION_LASTS, idle: settings.SESSION_IDLE },
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

/** The secrets of drivers, which their settings name as `${DRIVER_SECRET_…}`. */
function driverSecrets(environment: Env): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => name.startsWith(DRIVER_SECRET)),
  );
}

/** Null, for no limit, if the cap is 0. */
function limitOf(cap: number): number | null {
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
