import { createHash } from 'node:crypto';
import { Client } from 'ssh2';
import { DriverError } from '../driver';

export interface Endpoint {
  host: string;
  port: number;
}

export interface Login {
  username: string;
  password?: string;
  privateKey?: string;
}

/** How long one handshake may take, in ms, where no deadline comes earlier. */
const HANDSHAKE_TIME = 15_000;
const REFUSAL = 'All configured authentication methods failed';

/**
 * Really logs in. `refused` only if the server itself turned this login down; a time-out, a reset
 * or a server that hangs up in between throws a DriverError, because it proves nothing.
 */
export function tryLogin(
  endpoint: Endpoint,
  login: Login,
  signal: AbortSignal,
): Promise<'accepted' | 'refused'> {
  return connect<'accepted' | 'refused'>(endpoint, login, signal, (client, settle) => {
    client.on('ready', () => settle('accepted'));
    client.on('error', (error) => {
      if (error.level === 'client-authentication' && error.message === REFUSAL) settle('refused');
    });
  });
}

/** Shakes hands without logging in; gives the server's key as OpenSSH prints it (`SHA256:…`). */
export function readHostKey(endpoint: Endpoint, signal: AbortSignal): Promise<string> {
  return connect<string>(endpoint, { username: 'nobody' }, signal, (client, settle, hostKey) => {
    client.on('handshake', () => settle(hostKey()));
  });
}

type Settle<T> = (value: T) => void;
type Listen<T> = (client: Client, settle: Settle<T>, hostKey: () => string) => void;

function connect<T>(
  endpoint: Endpoint,
  login: Login,
  signal: AbortSignal,
  listen: Listen<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const client = new Client();
    let fingerprint = '';
    const over = () => {
      signal.removeEventListener('abort', stop);
      client.destroy();
    };
    const fail = (why: string, cause?: unknown) => {
      reject(
        new DriverError('resource', `SSH at ${endpoint.host}:${endpoint.port} ${why}.`, { cause }),
      );
      over();
    };
    const stop = () => fail('did not answer before the deadline');
    const settle = (value: T) => {
      resolve(value);
      over();
    };
    listen(client, settle, () => fingerprint);
    // A listener above may have settled it: then this changes nothing any more.
    client.on('error', (error: Error) => fail('gave no answer', error));
    client.on('close', () => fail('hung up'));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    const hostVerifier = (key: Buffer) => {
      fingerprint = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
      return true;
    };
    try {
      client.connect({ ...endpoint, ...login, hostVerifier, readyTimeout: HANDSHAKE_TIME });
    } catch (error) {
      fail('cannot be tried with this login', error);
    }
  });
}
