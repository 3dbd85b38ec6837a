import { z } from 'zod';
import {
  ageRecipient,
  cidrs,
  driverField,
  githubOrgs,
  hostsAndNetworks,
  HOST_SHAPE,
  masterKey,
  metrics,
  oneOf,
  optional,
  optionalNumber,
  publicUrl,
  retention,
  timeOfDay,
  trustProxy,
  webAddress,
  wholeNumber,
} from './config-fields';
import { DRIVERS } from './drivers';

const TEN_YEARS = 3_650 * 86_400_000;
const LONGEST_SESSION = 90 * 86_400_000;

const driverFields = Object.fromEntries(
  [...DRIVERS.values()].flatMap(({ variables = {} }) =>
    Object.entries(variables).map(([name, check]) => [name, driverField(check)]),
  ),
);

/** The names of the variables that drivers read. */
export const DRIVER_VARIABLES = Object.keys(driverFields);

/** Every variable with its default; `.env.example` says the same. */
export const CONFIG_DEFAULTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(DRIVER_VARIABLES.map((name) => [name, ''])),
  HOST: '127.0.0.1',
  PORT: '8080',
  DATA_DIR: './data',
  CACHE_DIR: '',
  POOLS_FILE: '',
  MASTER_KEY: '',
  MASTER_KEY_FILE: '',
  SETUP_TOKEN: '',
  LEGACY_API: 'guarded',
  LEGACY_OPEN_CIDRS: '127.0.0.0/8,::1/128',
  LOG_LEVEL: 'info',
  TRUST_PROXY: '',
  PUBLIC_URL: '',
  BCRYPT_COST: '12',
  LOG_FORMAT: 'json',
  METRICS: 'off',
  MCP: 'true',
  BACKUP_DIR: '',
  BACKUP_AT: '02:30',
  BACKUP_KEEP: '7',
  BACKUP_ENCRYPT_TO: '',
  BIND_THREADS: 'false',
  MIN_FREE_DISK_MB: '256',
  MAX_BODY_KB: '256',
  RATE_LIMIT_TOKEN: '6000',
  RATE_LIMIT_ADDRESS: '12000',
  RATE_LIMIT_LOGIN: '20',
  MAX_CONNECTIONS: '',
  MAX_CONNECTIONS_PER_ADDRESS: '',
  MAX_ACTIVE_PER_USER: '1000',
  MAX_QUEUED_PER_USER: '1000',
  MAX_QUEUE_LENGTH: '10000',
  KEEP_RESERVATIONS: '90d',
  KEEP_EVENTS: '30d',
  KEEP_OPERATIONS: '7d',
  KEEP_IDEMPOTENCY_KEYS: '1d',
  SESSION_LASTS: '7d',
  SESSION_IDLE: '12h',
  WEBHOOK_ALLOW: '',
  GITHUB_URL: 'https://github.com',
  GITHUB_CLIENT_ID: '',
  GITHUB_CLIENT_SECRET: '',
  GITHUB_ORGS: '',
};

/** The variables that are paths from the working directory. */
export const PATH_VARIABLES = [
  'DATA_DIR',
  'CACHE_DIR',
  'POOLS_FILE',
  'MASTER_KEY_FILE',
  'BACKUP_DIR',
] as const;

/**
 * Parses every variable from its text, which is empty if it is not set. Variables that contradict
 * each other are in contradictions.ts.
 */
export const configSchema = z.strictObject({
  ...(driverFields as object),
  HOST: z.string().regex(HOST_SHAPE, { error: 'must be an address or a host name.' }),
  PORT: wholeNumber(0, 65_535),
  DATA_DIR: z.string(),
  CACHE_DIR: optional,
  POOLS_FILE: optional,
  MASTER_KEY: masterKey,
  MASTER_KEY_FILE: optional,
  SETUP_TOKEN: optional.refine((text) => text === undefined || text.length >= 16, {
    error: 'must be at least 16 characters long: whoever has it becomes admin.',
  }),
  LEGACY_API: oneOf(['guarded', 'open', 'off']),
  LEGACY_OPEN_CIDRS: cidrs,
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  TRUST_PROXY: trustProxy,
  PUBLIC_URL: publicUrl,
  BCRYPT_COST: wholeNumber(4, 15),
  LOG_FORMAT: oneOf(['json', 'pretty']),
  METRICS: metrics,
  MCP: oneOf(['true', 'false']),
  BACKUP_DIR: optional,
  BACKUP_AT: timeOfDay,
  BACKUP_KEEP: wholeNumber(1, 3_650),
  BACKUP_ENCRYPT_TO: ageRecipient,
  BIND_THREADS: oneOf(['true', 'false']),
  MIN_FREE_DISK_MB: wholeNumber(0, 1_000_000),
  MAX_BODY_KB: wholeNumber(1, 100_000),
  RATE_LIMIT_TOKEN: wholeNumber(0, 100_000_000),
  RATE_LIMIT_ADDRESS: wholeNumber(0, 100_000_000),
  RATE_LIMIT_LOGIN: wholeNumber(0, 1_000_000),
  MAX_CONNECTIONS: optionalNumber(20, 1_000_000),
  MAX_CONNECTIONS_PER_ADDRESS: optionalNumber(5, 1_000_000),
  MAX_ACTIVE_PER_USER: wholeNumber(0, 1_000_000),
  MAX_QUEUED_PER_USER: wholeNumber(0, 1_000_000),
  MAX_QUEUE_LENGTH: wholeNumber(0, 1_000_000),
  KEEP_RESERVATIONS: retention(TEN_YEARS, '3650d'),
  KEEP_EVENTS: retention(TEN_YEARS, '3650d'),
  KEEP_OPERATIONS: retention(TEN_YEARS, '3650d'),
  KEEP_IDEMPOTENCY_KEYS: retention(TEN_YEARS, '3650d'),
  SESSION_LASTS: retention(LONGEST_SESSION, '90d'),
  SESSION_IDLE: retention(LONGEST_SESSION, '90d'),
  WEBHOOK_ALLOW: hostsAndNetworks,
  GITHUB_URL: webAddress.transform((text) => text.replace(/\/+$/, '')),
  GITHUB_CLIENT_ID: optional,
  GITHUB_CLIENT_SECRET: optional,
  GITHUB_ORGS: githubOrgs,
});

export type Settings = z.output<typeof configSchema>;
