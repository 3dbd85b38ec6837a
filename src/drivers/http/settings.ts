import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import type { Capabilities } from '../../domain/lifecycle/operation';
import { LEVELS } from '../../domain/returns/level';
import { capabilitiesOf, mismatches } from '../message-capabilities';
import { CALL_NAMES } from '../messages';
import { secretPath, secretVariable } from '../secret-setting';

const url = z.string().refine(isPlainUrl, {
  error: 'must be an http(s) address without user, query and fragment',
});

const range = z.string().refine((text) => ipaddr.isValid(text) || ipaddr.isValidCIDR(text), {
  error: 'must be an IP address, or a range like 10.0.0.0/8',
});

export const httpSettings = z
  .strictObject({
    /** The service; the name of the call is appended to its path. */
    url,
    /** The calls that the service answers. The capabilities follow from them. */
    calls: z.array(z.enum(CALL_NAMES)).min(1),
    /** The variable that holds the secret of the signatures, as `${DRIVER_SECRET_…}`. */
    secret: secretVariable.optional(),
    /** The file that holds it instead. It is read for each call. */
    secretFile: secretPath.optional(),
    /** Addresses that are not public, and may be connected to. */
    allow: z.array(range).default([]),
    /** The address may begin with http://, which everyone on the way can read. */
    plainHttp: z.boolean().default(false),
    accessByKey: z.boolean().default(false),
    replaces: z.boolean().default(false),
    leavesNothing: z.boolean().default(false),
    /** The level of a return that the answers show. */
    proves: z.enum(LEVELS).optional(),
    /** The most that an answer may have, in KiB. */
    answerKb: z.int().min(1).max(65_536).default(1_024),
  })
  .superRefine((settings, context) => {
    const report = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    for (const { at, message } of mismatches(new Set(settings.calls), settings))
      if (at in settings) report(at, message);
      else report('calls', `${at} ${message}`);
    if ((settings.secret === undefined) === (settings.secretFile === undefined))
      report('secret', 'is needed, or secretFile, and not both');
    if (settings.url.startsWith('http:') && !settings.plainHttp)
      report('url', 'must begin with https://, unless plainHttp is true');
  });
export type HttpSettings = z.output<typeof httpSettings>;

/** An admin sets the limit only: the rest decides who reads what holders are given. */
export const HTTP_FILE_ONLY: readonly (keyof HttpSettings)[] = [
  'url',
  'calls',
  'secret',
  'secretFile',
  'allow',
  'plainHttp',
  'accessByKey',
  'replaces',
  'leavesNothing',
  'proves',
];

/** The capabilities that follow from the calls. */
export function httpCapabilities(settings: HttpSettings): Capabilities {
  return capabilitiesOf(new Set(settings.calls), settings);
}

function isPlainUrl(text: string): boolean {
  const parsed = URL.canParse(text) ? new URL(text) : null;
  return (
    parsed !== null &&
    ['http:', 'https:'].includes(parsed.protocol) &&
    /^https?:\/\//.test(text) &&
    [parsed.username, parsed.password, parsed.search, parsed.hash].every((part) => part === '')
  );
}
