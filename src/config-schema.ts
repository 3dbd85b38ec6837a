import { isIP } from 'node:net';
import { z } from 'zod';
import { decodeMasterKey } from './crypto/master-key';
import { IDEMPOTENCY_KEPT_FOR } from './domain/idempotency';
import { parseDuration } from './pools-file/duration';

/** Every variable and what it is if nobody says so; `.env.example` says the same. */
export const CONFIG_DEFAULTS = {
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
  DOCKER_HOST: '',
  TRUST_PROXY: '',
  PUBLIC_URL: '',
  BCRYPT_COST: '12',
  LOG_FORMAT: 'json',
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
  MAX_ACTIVE_PER_USER: '1000',
  MAX_QUEUED_PER_USER: '1000',
  MAX_QUEUE_LENGTH: '10000',
  KEEP_RESERVATIONS: '90d',
  KEEP_EVENTS: '30d',
  KEEP_OPERATIONS: '7d',
  KEEP_IDEMPOTENCY_KEYS: '1d',
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

/** Proxies that Express knows by name. */
const PROXY_NAMES = ['loopback', 'linklocal', 'uniquelocal'];

// Messages are our own throughout: zod's may quote a value, and a value may be a secret put in the
// wrong place.
const HOST_SHAPE = /^[A-Za-z0-9:._%-]+$/;
const ORG_SHAPE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const DOCKER_SHAPE = /^(unix|tcp|http|https|ssh|npipe):\/\/\S+$/;

const optional = z.string().transform((text) => text || undefined);

/** One of the given words. */
function oneOf<const Word extends string>(words: readonly Word[]) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}.` });
}

function wholeNumber(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}.`;
  return z
    .string()
    .regex(/^\d{1,9}$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error });
}

const MINUTE = 60_000;
const TEN_YEARS = 3_650 * 86_400_000;

/** How long something is kept, in ms: a minute at least. */
function keeping(most: number, inWords: string) {
  const error = `must be a duration like 30d, 12h or 10m, from 1m to ${inWords}.`;
  return z.string().transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined && ms >= MINUTE && ms <= most) return ms;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
}

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day like 02:30 (UTC).' })
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

const ageRecipient = optional.refine(
  (text) => text === undefined || /^age1[a-z0-9]{10,}$/.test(text),
  { error: 'must be an age recipient, age1….' },
);

const masterKey = optional.refine((text) => text === undefined || isMasterKey(text), {
  error: 'must be 32 bytes, as base64 or as 64 hex digits.',
});

const dockerHost = optional.refine((text) => text === undefined || DOCKER_SHAPE.test(text), {
  error: 'must be an address like unix:///var/run/docker.sock or tcp://host:2375.',
});

const cidrs = z
  .string()
  .transform(list)
  .refine((entries) => entries.every(isProxy), {
    error: 'must be a comma list of addresses or CIDRs.',
  });

const trustProxy = z
  .string()
  .refine((text) => text === '' || /^\d{1,2}$/.test(text) || list(text).every(isProxy), {
    error:
      'must be a number of hops, or a comma list of addresses, CIDRs or loopback; never ' +
      'true, which would believe anybody.',
  })
  .transform((text): number | string[] | false =>
    text === '' ? false : /^\d+$/.test(text) ? Number(text) : list(text),
  );

const ADDRESS_ERROR = 'must be an http or https address without user, query or fragment.';
const webAddress = z.string().refine(isPublicUrl, { error: ADDRESS_ERROR });
const publicUrl = optional
  .refine((text) => text === undefined || isPublicUrl(text), { error: ADDRESS_ERROR })
  .transform((text) => text?.replace(/\/+$/, ''));

const githubOrgs = z
  .string()
  .transform((text) => (text === '' ? [] : list(text)))
  .refine((names) => names.every((name) => ORG_SHAPE.test(name)), {
    error: 'must be a comma list of GitHub organisations by login.',
  });

/** Takes every variable as text, empty where it is not set, and gives what they mean. */
export const configSchema = z
  .strictObject({
    HOST: z.string().regex(HOST_SHAPE, { error: 'must be an address or a host name.' }),
    PORT: wholeNumber(0, 65_535),
    DATA_DIR: z.string(),
    CACHE_DIR: optional,
    POOLS_FILE: optional,
    MASTER_KEY: masterKey,
    MASTER_KEY_FILE: optional,
    SETUP_TOKEN: optional.refine((text) => text === undefined || text.length >= 16, {
      error: 'must be at least 16 characters long: who has it becomes admin.',
    }),
    LEGACY_API: oneOf(['guarded', 'open', 'off']),
    LEGACY_OPEN_CIDRS: cidrs,
    LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    DOCKER_HOST: dockerHost,
    TRUST_PROXY: trustProxy,
    PUBLIC_URL: publicUrl,
    BCRYPT_COST: wholeNumber(4, 15),
    LOG_FORMAT: oneOf(['json', 'pretty']),
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
    MAX_ACTIVE_PER_USER: wholeNumber(0, 1_000_000),
    MAX_QUEUED_PER_USER: wholeNumber(0, 1_000_000),
    MAX_QUEUE_LENGTH: wholeNumber(0, 1_000_000),
    KEEP_RESERVATIONS: keeping(TEN_YEARS, '3650d'),
    KEEP_EVENTS: keeping(TEN_YEARS, '3650d'),
    KEEP_OPERATIONS: keeping(TEN_YEARS, '3650d'),
    KEEP_IDEMPOTENCY_KEYS: keeping(IDEMPOTENCY_KEPT_FOR, '1d'),
    GITHUB_URL: webAddress.transform((text) => text.replace(/\/+$/, '')),
    GITHUB_CLIENT_ID: optional,
    GITHUB_CLIENT_SECRET: optional,
    GITHUB_ORGS: githubOrgs,
  })
  .refine((settings) => !(settings.MASTER_KEY && settings.MASTER_KEY_FILE), {
    path: ['MASTER_KEY_FILE'],
    error: 'is set beside MASTER_KEY; set one of them.',
  })
  .refine((settings) => settings.KEEP_RESERVATIONS >= settings.KEEP_IDEMPOTENCY_KEYS, {
    path: ['KEEP_RESERVATIONS'],
    error:
      'must not be shorter than KEEP_IDEMPOTENCY_KEYS: a repeated request is answered with its reservation.',
  })
  .refine(
    (settings) =>
      (settings.GITHUB_CLIENT_ID === undefined) === (settings.GITHUB_CLIENT_SECRET === undefined),
    {
      path: ['GITHUB_CLIENT_SECRET'],
      error: 'goes with GITHUB_CLIENT_ID; set both or neither.',
    },
  );

export type Settings = z.output<typeof configSchema>;

function isMasterKey(text: string): boolean {
  try {
    return decodeMasterKey(text, 'MASTER_KEY').length > 0;
  } catch {
    return false;
  }
}

function list(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}

/** An address, a CIDR, or a name of Express's; a prefix of 0 is everybody and as bad as `true`. */
function isProxy(text: string): boolean {
  if (PROXY_NAMES.includes(text)) return true;
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return (
    /^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= (family === 4 ? 32 : 128)
  );
}

function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash
  );
}
