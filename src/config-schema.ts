import { isIP } from 'node:net';
import { z } from 'zod';
import { decodeMasterKey } from './crypto/master-key';

/** Every variable and what it is if nobody says so; `.env.example` says the same. */
export const CONFIG_DEFAULTS = {
  HOST: '127.0.0.1',
  PORT: '8080',
  DATA_DIR: './data',
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
};

/** The variables that are paths from the working directory. */
export const PATH_VARIABLES = ['DATA_DIR', 'POOLS_FILE', 'MASTER_KEY_FILE'] as const;

/** Proxies that Express knows by name. */
const PROXY_NAMES = ['loopback', 'linklocal', 'uniquelocal'];

// Messages are our own throughout: zod's may quote a value, and a value may be a secret put in the wrong place.
const HOST_SHAPE = /^[A-Za-z0-9:._%-]+$/;
const DOCKER_SHAPE = /^(unix|tcp|http|https|ssh|npipe):\/\/\S+$/;

const optional = z.string().transform((text) => text || undefined);

/** One of the given words. */
function oneOf<const Word extends string>(words: readonly Word[]) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}.` });
}

function wholeNumber(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}.`;
  return z.string().regex(/^\d{1,9}$/, { error, abort: true }).transform(Number).refine((value) => value >= least && value <= most, { error });
}

const masterKey = optional.refine((text) => text === undefined || isMasterKey(text), { error: 'must be 32 bytes, as base64 or as 64 hex digits.' });

const dockerHost = optional.refine((text) => text === undefined || DOCKER_SHAPE.test(text), {
  error: 'must be an address like unix:///var/run/docker.sock or tcp://host:2375.',
});

const cidrs = z
  .string()
  .transform(list)
  .refine((entries) => entries.every(isProxy), { error: 'must be a comma list of addresses or CIDRs.' });

const trustProxy = z
  .string()
  .refine((text) => text === '' || /^\d{1,2}$/.test(text) || list(text).every(isProxy), {
    error: 'must be a number of hops, or a comma list of addresses, CIDRs or loopback; never true, which would believe anybody.',
  })
  .transform((text): number | string[] | false => (text === '' ? false : /^\d+$/.test(text) ? Number(text) : list(text)));

const publicUrl = optional
  .refine((text) => text === undefined || isPublicUrl(text), { error: 'must be an http or https address without user, query or fragment.' })
  .transform((text) => text?.replace(/\/+$/, ''));

/** Takes every variable as text, empty where it is not set, and gives what they mean. */
export const configSchema = z
  .strictObject({
    HOST: z.string().regex(HOST_SHAPE, { error: 'must be an address or a host name.' }),
    PORT: wholeNumber(0, 65_535),
    DATA_DIR: z.string(),
    POOLS_FILE: optional,
    MASTER_KEY: masterKey,
    MASTER_KEY_FILE: optional,
    SETUP_TOKEN: optional,
    LEGACY_API: oneOf(['guarded', 'open', 'off']),
    LEGACY_OPEN_CIDRS: cidrs,
    LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    DOCKER_HOST: dockerHost,
    TRUST_PROXY: trustProxy,
    PUBLIC_URL: publicUrl,
    BCRYPT_COST: wholeNumber(4, 15),
  })
  .refine((settings) => !(settings.MASTER_KEY && settings.MASTER_KEY_FILE), {
    path: ['MASTER_KEY_FILE'],
    error: 'is set beside MASTER_KEY; set one of them.',
  });

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
  return /^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= (family === 4 ? 32 : 128);
}

function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
}
