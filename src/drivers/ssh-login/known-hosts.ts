import { createHmac } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import type { HostKeyRule } from './connection';

/** A line of a `known_hosts` file, as OpenSSH's manual describes it. */
export interface KnownHost {
  marker: 'revoked' | 'cert-authority' | null;
  /** Names with the wildcards `*` and `?`, and with `!` in front of one that is left out. */
  patterns: string[];
  /** `|1|salt|hash` instead of patterns. */
  hashed: { salt: Buffer; hash: Buffer } | null;
  type: string;
  key: Buffer;
}

const HASHED = /^\|1\|([A-Za-z0-9+/]+=*)\|([A-Za-z0-9+/]+=*)$/;
const MARKERS = { '@revoked': 'revoked', '@cert-authority': 'cert-authority' } as const;
/** The port without brackets in `known_hosts`. */
const STANDARD_PORT = 22;
/** A key of type `ssh-rsa` signs in newer ways, too; SHA-1 is left out. */
const ALGORITHMS: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
};

/**
 * Reads the text of a `known_hosts` file. Returns its entries, and the numbers (from 1) of lines
 * that are none.
 */
export function parseKnownHosts(text: string): { hosts: KnownHost[]; wrong: number[] } {
  const hosts: KnownHost[] = [];
  const wrong: number[] = [];
  text.split('\n').forEach((line, index) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return;
    const host = parseLine(trimmed);
    if (host) hosts.push(host);
    else wrong.push(index + 1);
  });
  return { hosts, wrong };
}

function parseLine(line: string): KnownHost | null {
  const words = line.split(/[ \t]+/);
  const marker = words[0]!.startsWith('@') ? MARKERS[words.shift() as keyof typeof MARKERS] : null;
  const [names, type, encoded] = words;
  if (marker === undefined || !names || !type || !encoded) return null;
  const key = Buffer.from(encoded, 'base64');
  // The type stands in the key as well, after its length in four bytes.
  if (key.subarray(4, 4 + type.length).toString() !== type) return null;
  const found = HASHED.exec(names);
  if (!found && names.startsWith('|')) return null;
  const hashed = found && {
    salt: Buffer.from(found[1]!, 'base64'),
    hash: Buffer.from(found[2]!, 'base64'),
  };
  return { marker, patterns: found ? [] : names.split(','), hashed, type, key };
}

/** The name by which `known_hosts` knows a server: `host`, or `[host]:port`. */
export function knownName({ host, port }: { host: string; port: number }): string {
  return port === STANDARD_PORT ? host : `[${host}]:${port}`;
}

/** A line of a `known_hosts` file for this server and key (`type base64`). */
export function knownHostsLine(endpoint: { host: string; port: number }, hostKey: string): string {
  return `${knownName(endpoint)} ${hostKey}`;
}

/**
 * The keys by which a server is known: a rule for its connections, and each key as OpenSSH writes
 * it; null if none is. A revoked key is never accepted. Authorities of certificates are left out.
 */
export function keysOf(
  hosts: readonly KnownHost[],
  endpoint: { host: string; port: number },
): HostKeyRule | null {
  const name = knownName(endpoint);
  const about = hosts.filter((host) => names(host, name));
  const revoked = about.filter(({ marker }) => marker === 'revoked');
  const good = about.filter(
    ({ marker, key }) => marker === null && !revoked.some((other) => other.key.equals(key)),
  );
  const algorithms = [...new Set(good.flatMap(({ type }) => ALGORITHMS[type] ?? []))];
  if (algorithms.length === 0) return null;
  return { algorithms, accepts: (key) => good.some((host) => host.key.equals(key)) };
}

function names({ patterns, hashed }: KnownHost, name: string): boolean {
  if (hashed) return createHmac('sha1', hashed.salt).update(name).digest().equals(hashed.hash);
  const matching = patterns.filter((pattern) => fits(pattern.replace(/^!/, ''), name));
  return matching.length > 0 && !matching.some((pattern) => pattern.startsWith('!'));
}

function fits(pattern: string, name: string): boolean {
  const source = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name.toLowerCase());
}

/** A host key as OpenSSH writes it in one line: `type base64`. */
export function writtenKey(key: Buffer): string {
  const length = key.readUInt32BE(0);
  return `${key.subarray(4, 4 + length).toString()} ${key.toString('base64')}`;
}
