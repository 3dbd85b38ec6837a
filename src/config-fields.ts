import { isIP } from 'node:net';
import { z } from 'zod';
import { decodeMasterKey } from './crypto/master-key';
import { parseDuration } from './pools-file/duration';

/** Proxies that Express knows by name. */
const PROXY_NAMES = ['loopback', 'linklocal', 'uniquelocal'];

// Every message is our own: zod's may quote a value, and a value may be a secret in the wrong place.
export const HOST_SHAPE = /^[A-Za-z0-9:._%-]+$/;
const ORG_SHAPE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

export const optional = z.string().transform((text) => text || undefined);

/** One of the given words. */
export function oneOf<const Word extends string>(words: readonly Word[]) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}.` });
}

/** A whole number within bounds. */
export function wholeNumber(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}.`;
  return z
    .string()
    .regex(/^\d{1,9}$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error });
}

/** The same, or undefined if it is not set. */
export function optionalNumber(least: number, most: number) {
  return optional.pipe(wholeNumber(least, most).optional());
}

const MINUTE = 60_000;

/**
 * How long something is kept or lasts, in ms: at least a minute. `longest` spells out `most` for the
 * message.
 */
export function retention(most: number, longest: string) {
  const error = `must be a duration like 30d, 12h or 10m, from 1m to ${longest}.`;
  return z.string().transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined && ms >= MINUTE && ms <= most) return ms;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
}

export const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day like 02:30 (UTC).' })
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

export const ageRecipient = optional.refine(
  (text) => text === undefined || /^age1[a-z0-9]{10,}$/.test(text),
  { error: 'must be an age recipient, age1….' },
);

export const masterKey = optional.refine((text) => text === undefined || isMasterKey(text), {
  error: 'must be 32 bytes, as base64 or as 64 hex digits.',
});

/** Where the metrics are: nowhere, on the API's port, or on an address of their own. */
export type MetricsAt = 'off' | 'api' | { host: string; port: number };

/** The address at which metrics are served if only a port is given. */
const LOOPBACK = '127.0.0.1';

export const metrics = z.string().transform((text, context): MetricsAt => {
  if (text === 'off') return 'off';
  if (text === 'true') return 'api';
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && (host === '' || HOST_SHAPE.test(host)) && Number(port) <= 65_535)
    return { host: host || LOOPBACK, port: Number(port) };
  const message = 'must be off, true, or an address like 127.0.0.1:9464.';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** A variable that a driver checks by itself, if it is set. */
export function driverField(check: z.ZodType<string, string>) {
  return z.string().transform((text, context) => {
    if (text === '') return undefined;
    const { success, data, error } = check.safeParse(text);
    if (success) return data;
    context.addIssue({ code: 'custom', message: error.issues[0]!.message });
    return z.NEVER;
  });
}

export const cidrs = z
  .string()
  .transform(list)
  .refine((entries) => entries.every(isNetwork), {
    error: 'must be addresses or CIDRs, separated by commas.',
  });

const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/;

/** Hosts, addresses and CIDRs; none by default. Hosts are in lower case. */
export const hostsAndNetworks = z
  .string()
  .transform((text) => (text === '' ? [] : list(text.toLowerCase())))
  .refine((entries) => entries.every((entry) => isNetwork(entry) || isHostName(entry)), {
    error: 'must be host names, addresses or CIDRs, separated by commas.',
  });

/** Numbers alone would be an address, perhaps a mistyped one. */
function isHostName(text: string): boolean {
  return HOST_NAME.test(text) && /[a-z]/i.test(text.split('.').at(-1)!);
}

export const trustProxy = z
  .string()
  .refine((text) => text === '' || /^\d{1,2}$/.test(text) || list(text).every(isProxy), {
    error:
      'must be a number of hops, or addresses, CIDRs or loopback, separated by commas; never ' +
      'true, which would trust anybody.',
  })
  .transform((text): number | string[] | false =>
    text === '' ? false : /^\d+$/.test(text) ? Number(text) : list(text),
  );

const ADDRESS_ERROR = 'must be an http or https URL without user, query or fragment.';
export const webAddress = z.string().refine(isPublicUrl, { error: ADDRESS_ERROR });
export const publicUrl = optional
  .refine((text) => text === undefined || isPublicUrl(text), { error: ADDRESS_ERROR })
  .transform((text) => text?.replace(/\/+$/, ''));

export const githubOrgs = z
  .string()
  .transform((text) => (text === '' ? [] : list(text)))
  .refine((names) => names.every((name) => ORG_SHAPE.test(name)), {
    error: 'must be logins of GitHub organisations, separated by commas.',
  });

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

/** An address, a CIDR, or a name that Express knows. */
function isProxy(text: string): boolean {
  return PROXY_NAMES.includes(text) || isNetwork(text);
}

/** An address or a CIDR. A prefix of 0 would be as bad as `true`. */
function isNetwork(text: string): boolean {
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
