import { readFileSync, statSync } from 'node:fs';
import { utils } from 'ssh2';
import { DriverError, type Target } from '../driver';
import type { Endpoint, Login } from '../ssh-login/connection';
import { keysOf, parseKnownHosts } from '../ssh-login/known-hosts';
import { hostFields, isPath, type SshSettings } from './settings';

/** Rights of everybody but the owner. */
const OTHERS = 0o077;

/**
 * The login of this server on every host. The key's file is read anew each time, so that a new key
 * needs no restart. Errors: DriverError (backend) if it cannot be read, is no key, or is not private.
 */
export function controlLogin({ user, privateKeyFile }: SshSettings): Login {
  const wrong = (why: string) =>
    new DriverError('backend', `The file of the setting privateKeyFile ${why}.`);
  const privateKey = readText(privateKeyFile, wrong);
  if ((statSync(privateKeyFile).mode & OTHERS) !== 0)
    throw wrong('may be used by others; its mode must be 600');
  const key = utils.parseKey(privateKey);
  if (key instanceof Error || !key.isPrivateKey())
    throw wrong('holds no private key without a passphrase');
  return { username: user, privateKey };
}

/**
 * The address of a host, and the keys by which it is known. Errors: DriverError if its fields say
 * none (resource), if no key is known (resource), or if `known_hosts` cannot be read (backend).
 */
export function endpointOf({ fields }: Pick<Target, 'fields'>, settings: SshSettings): Endpoint {
  const parsed = hostFields.safeParse(fields);
  if (!parsed.success)
    throw new DriverError('resource', 'The resource has no fields host and port that are right.');
  const { host, port } = parsed.data;
  const hostKeys = keysOf(parseKnownHosts(knownHostsOf(settings)).hosts, { host, port });
  if (!hostKeys)
    throw new DriverError('resource', `The setting knownHosts has no key of ${host}:${port}.`);
  return { host, port, hostKeys };
}

function knownHostsOf({ knownHosts }: SshSettings): string {
  if (!isPath(knownHosts)) return knownHosts;
  return readText(
    knownHosts.trim(),
    (why) => new DriverError('backend', `The file of the setting knownHosts ${why}.`),
  );
}

function readText(path: string, wrong: (why: string) => DriverError): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw wrong(`cannot be read (${code})`);
  }
}
