import { z } from 'zod';
import type { AccessWish } from '../domain/loans/reservation';
import type { CredentialSecret, DiscoveredResource, Target } from './driver';
import { DriverError } from './driver';

/**
 * The messages of drivers that pass each call on as JSON: to a program (exec) or to a service
 * (http). docs/driver-messages.md describes them for those who write the other side.
 */

/** The calls, by the name that a message bears. */
export const CALL_NAMES = [
  'provision',
  'verify',
  'clean',
  'issueCredential',
  'retireCredential',
  'checkCredential',
  'openAccess',
  'closeAccess',
  'destroy',
  'list',
  'remove',
] as const;
export type CallName = (typeof CALL_NAMES)[number];

/** The calls that change nothing: they may overtake others, and are never late. */
export const READING: readonly CallName[] = ['verify', 'checkCredential', 'list'];

/** One call, as it is sent. A call has only the fields that docs/driver-messages.md lists for it. */
export interface CallRequest {
  operation: CallName;
  operationId: string;
  attempt: number;
  requestId: string | null;
  traceparent: string | null;
  installation: string;
  target?: Target;
  credential?: CredentialSecret | null;
  current?: CredentialSecret | null;
  old?: CredentialSecret;
  wish?: AccessWish;
  access?: CredentialSecret | null;
  found?: DiscoveredResource;
  pool?: string;
  /** The place at which the next piece of a long list begins; null for the first. */
  cursor?: string | null;
}

const MOST_FIELDS = 64;
const LONGEST_DETAIL = 4_096;
const LONGEST_REASON = 1_000;

const line = (most: number) =>
  z.string().regex(new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${most}}$`, 'u'), {
    error: `must be one line of 1 to ${most} characters`,
  });
const value = z.union([z.string(), z.number()], { error: 'must be a text or a number' });
const few = (fields: object) => Object.keys(fields).length <= MOST_FIELDS;
const TOO_MANY = { error: `has over ${MOST_FIELDS} fields` };

const secret = z
  .object({
    username: z.string().optional(),
    password: z.string().optional(),
    privateKey: z.string().optional(),
  })
  .catchall(value)
  .refine((fields) => Object.keys(fields).length > 0, { error: 'is empty' })
  .refine(few, TOO_MANY);

/** Text that every store keeps as it is. */
const detail = z
  .string()
  .max(LONGEST_DETAIL, { error: `must be at most ${LONGEST_DETAIL} characters` })
  .regex(/^[^\0\p{Cs}]*$/u, { error: 'must be text without NUL and halves of characters' });

const details = z
  .object({
    host: line(LONGEST_DETAIL).optional(),
    port: z.int().min(1).max(65_535).optional(),
    hostKey: line(LONGEST_DETAIL).optional(),
    powerState: z.enum(['running', 'stopped', 'paused', 'unknown']).optional(),
  })
  .catchall(
    z.union([detail, z.number()], {
      error: `must be a number, or a text of at most ${LONGEST_DETAIL} characters`,
    }),
  )
  .refine(few, TOO_MANY);

const instant = z.int().min(0);
const times = z.int().min(0).max(1_000_000);
const period = { since: instant, until: instant };

/** Evidence about the last holder: see docs/driver-messages.md. */
const shown = z
  .object({
    refused: z.object({ endpoint: line(1_000), times, accepted: times, ...period }),
    derived: z.object({
      how: z.enum(['none', 'ended', 'refused', 'expired']),
      until: instant.nullable().default(null),
    }),
    searched: z.object({
      passes: times,
      found: times,
      inventory: z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be a SHA-256 in hex' }),
      ...period,
    }),
    replaced: z.object({ gone: line(1_000) }),
  })
  .partial();
const showing = { shown: shown.optional() };

const made = z.object({ ...showing, handle: line(1_000), details: details.default({}) });
const nothing = z.object(showing);
const found = z.object({
  handle: line(1_000),
  resourceId: z.string().max(1_000),
  operationId: z.string().max(1_000),
});

/** The answer to each call. Unknown fields are ignored, so that the other side may be newer. */
export const REPLIES = {
  provision: made,
  clean: made,
  verify: z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), details: details.optional() }),
    z.object({ ok: z.literal(false), reason: z.string().min(1) }),
  ]),
  issueCredential: z.object({ credential: secret }),
  checkCredential: z.object({ accepted: z.boolean() }),
  openAccess: z.object({ access: secret }),
  list: z.object({ found: z.array(found), next: line(1_000).nullish() }),
  retireCredential: nothing,
  closeAccess: nothing,
  destroy: nothing,
  remove: nothing,
} satisfies Record<CallName, z.ZodType>;
export type Replies = { [N in CallName]: z.output<(typeof REPLIES)[N]> };

/** The parts of an answer that a message may name; any other name in it could be a secret. */
const KNOWN = new Set([
  ...['handle', 'details', 'ok', 'reason', 'credential', 'accepted', 'access', 'found', 'next'],
  ...['host', 'port', 'hostKey', 'powerState', 'username', 'password', 'privateKey'],
  ...['resourceId', 'operationId', 'shown', 'refused', 'derived', 'searched', 'replaced'],
  ...['endpoint', 'times', 'since', 'until', 'how', 'passes', 'inventory', 'gone'],
]);

/**
 * Reads the answer to a call. An empty one is `{}`. Errors: DriverError `resource`, which names the
 * field and repeats nothing of the answer.
 */
export function replyOf<N extends CallName>(name: N, bytes: Uint8Array): Replies[N] {
  const result = REPLIES[name].safeParse(jsonOf(name, bytes));
  if (result.success) return result.data as Replies[N];
  const { path, message } = result.error.issues[0]!;
  const field = path.filter((part) => typeof part === 'number' || KNOWN.has(String(part)));
  throw invalid(name, `${field.length > 0 ? field.join('.') : 'the whole of it'}: ${message}`);
}

function jsonOf(name: CallName, bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid(name, 'it is not UTF-8');
  }
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(name, 'it is not one JSON object');
  }
}

function invalid(name: CallName, why: string): DriverError {
  return new DriverError('resource', `The answer to ${name} is not valid: ${why}.`);
}

const SHORTEST_NUMBER = 4;
/** Fields of a credential that its holder or the log may show. */
const PUBLIC = new Set(['username', 'host', 'port', 'hostKey', 'publicKey']);

/** The secrets that a call carries, to keep them out of logs and messages. */
export function secretsIn(request: CallRequest): string[] {
  const { credential, current, old, access, wish } = request;
  return [credential, current, old, access, wish].flatMap((each) => secretsOf(each ?? {}));
}

/** The values of a credential that are secret; a short number is too common to be hidden. */
export function secretsOf(credential: object): string[] {
  return Object.entries(credential)
    .filter(([name, held]) => !PUBLIC.has(name) && ['string', 'number'].includes(typeof held))
    .filter(([, held]) => typeof held === 'string' || String(held).length >= SHORTEST_NUMBER)
    .map(([, held]) => String(held));
}

/** A reason for people: one line, without the secrets of the call, and not too long. */
export function reasonFrom(text: string, hide: (text: string) => string): string {
  return hide(text)
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, LONGEST_REASON);
}
