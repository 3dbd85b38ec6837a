import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { Refusal } from '../exit-codes';
import type { Login } from './ssh-login';

const run = promisify(execFile);
/** Seconds for each try of ssh-keyscan. */
const PATIENCE = '10';

/** The fingerprint of a host key (algorithm and base64), as OpenSSH shows it. */
export function fingerprintOf(key: string): string {
  const blob = Buffer.from(key.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/**
 * The host key of a login, as OpenSSH writes it. The API may tell only its fingerprint: then the host
 * is asked for its keys, and the one that fits is taken; ssh is bound to that one. Errors: Refusal
 * `denied` if the host shows no such key, `unreachable` if it does not answer, `missing` without
 * ssh-keyscan.
 */
export async function hostKeyOf({ host, port, hostKey }: Login): Promise<string> {
  if (!hostKey.startsWith('SHA256:')) return hostKey;
  const keys = await shownKeys(host, port);
  const key = keys.find((each) => fingerprintOf(each) === hostKey);
  if (key !== undefined) return key;
  if (keys.length === 0) throw new Refusal('unreachable', `No SSH server answers at ${host}.`);
  throw new Refusal(
    'denied',
    `The host key of ${host} is not ${hostKey}, which the server told: it is another host.`,
  );
}

async function shownKeys(host: string, port: number): Promise<string[]> {
  const words = ['-T', PATIENCE, '-p', String(port), '--', host];
  const { stdout } = await run('ssh-keyscan', words).catch(
    ({ code, stdout: shown = '' }: { code?: unknown; stdout?: string }) => {
      if (code === 'ENOENT') throw new Refusal('missing', 'There is no ssh-keyscan here.');
      return { stdout: shown };
    },
  );
  const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.split(' ').slice(1, 3).join(' '));
}
