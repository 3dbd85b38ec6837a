import { utils } from 'ssh2';
import type { AccessWish } from '../../domain/loans/reservation';
import type { Call, RandomSource, Target } from '../driver';
import { DriverError } from '../driver';
import { shortId } from './names';

const LOGIN_NAME = /^[a-z_][a-z0-9_-]{0,31}$/;
const ONE_LINE = /^[^\p{Cc}]{1,256}$/u;
const PASSWORD_BYTES = 18;
/** Length of the timestamp of a UUIDv7 (RFC 9562, 5.7) as text: its first two groups. */
const TIME_LENGTH = 13;
const GENERATION_DIGITS = 12;

/** A login to grant, with a password, a public key, or both, and the holder's other keys. */
export interface Grant {
  username: string;
  password?: string;
  publicKey?: string;
  authorizedKeys?: string[];
}

/**
 * The holder's wish, checked and completed with a name and, if it has no key, a password. The name
 * depends on the operation only, so that a retry uses the same one.
 */
export function grantFor(wish: AccessWish, call: Call, random: RandomSource): Grant {
  const username = wish.username ?? `user-${shortId(call.operationId)}`;
  if (!LOGIN_NAME.test(username) || username === 'root')
    throw new DriverError('resource', 'The wished user name is not a login name.');
  if (wish.password !== undefined && !ONE_LINE.test(wish.password))
    throw new DriverError('resource', 'The wished password is not one line.');
  const publicKey = wish.publicKey?.trim();
  if (publicKey !== undefined && !isPublicKey(publicKey))
    throw new DriverError('resource', 'The wished key is not an SSH public key.');
  const password =
    wish.password ?? (publicKey === undefined ? random.secret(PASSWORD_BYTES) : undefined);
  // One key that no server understands must not keep its holder out.
  const authorizedKeys = (wish.authorizedKeys ?? []).map((key) => key.trim()).filter(isKeyLine);
  return {
    username,
    authorizedKeys,
    ...(password !== undefined && { password }),
    ...(publicKey !== undefined && { publicKey }),
  };
}

/** Name of the short-lived user with which we prove that a server admits and refuses logins. */
export function controlName(call: Call): string {
  return `hf-${shortId(call.operationId)}`;
}

/**
 * The input of the grant command. Secrets are passed on stdin only: an argument could be read in a
 * process list.
 */
export function grantLines(grant: Grant, target: Target, call: Call): string[] {
  return [`user ${grant.username}`, ...secretLines(grant), turnLine(target, call)];
}

/** The lines of that input which say how the user may log in. */
export function secretLines({ password, publicKey, authorizedKeys = [] }: Grant): string[] {
  const keys = new Set(publicKey === undefined ? authorizedKeys : [publicKey, ...authorizedKeys]);
  return [
    ...(password === undefined ? [] : [`password ${password}`]),
    ...[...keys].map((key) => `key ${key}`),
  ];
}

/** The input of the revoke command; null means everybody who was ever granted a login. */
export function revokeLines(username: string | null, target: Target, call: Call): string[] {
  return [username === null ? 'all' : `user ${username}`, turnLine(target, call)];
}

function turnLine(target: Target, call: Call): string {
  return `operation ${orderOf(target, call)} ${call.attempt}`;
}

/**
 * The order by which a place recognises late calls. It is compared as text: by the time at which
 * the operation was recorded, within a millisecond by the generation of the resource (ids of several
 * processes are not ordered there), then by operation id.
 */
export function orderOf({ generation }: Target, { operationId }: Call): string {
  const time = operationId.slice(0, TIME_LENGTH);
  return `${time}.${String(generation).padStart(GENERATION_DIGITS, '0')}.${operationId}`;
}

/** Is it one line, without options in front? Those could run commands. */
function isKeyLine(text: string): boolean {
  return /^(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/=]+( [^\p{Cc}]*)?$/u.test(text);
}

function isPublicKey(text: string): boolean {
  if (!isKeyLine(text)) return false;
  const key = utils.parseKey(text);
  return !(key instanceof Error) && !key.isPrivateKey();
}
