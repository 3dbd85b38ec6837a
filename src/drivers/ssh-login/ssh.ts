import { createHash } from 'node:crypto';
import { connect as openSocket } from 'node:net';
import { Client } from 'ssh2';
import type { CredentialSecret } from '../driver';
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

/** Pause between two tries to reach SSH, in ms. */
const RETRY_EVERY = 10;
/** The longest handshake, in ms; the deadline of a call may be earlier. */
const HANDSHAKE_TIME = 15_000;
const REFUSAL = 'All configured authentication methods failed';

/** The login that a credential stands for; null if it has neither password nor key. */
export function loginOf({ username, password, privateKey }: CredentialSecret): Login | null {
  if (username === undefined || (password === undefined && privateKey === undefined)) return null;
  return {
    username,
    ...(password !== undefined && { password }),
    ...(privateKey !== undefined && { privateKey }),
  };
}

/** A server's answer about a login, and its key as OpenSSH prints it (`SHA256:…`). */
export interface LoginAnswer {
  answer: 'accepted' | 'refused';
  hostKey: string;
}

/**
 * Tries a real login. Returns `refused` only if the server itself refused this login. Errors:
 * DriverError for a time-out, a reset or a lost connection, which prove nothing.
 */
export function askForLogin(
  endpoint: Endpoint,
  login: Login,
  signal: AbortSignal,
): Promise<LoginAnswer> {
  return connect<LoginAnswer>(endpoint, login, signal, (client, settle, hostKey) => {
    const say = (answer: LoginAnswer['answer']) => settle({ answer, hostKey: hostKey() });
    client.on('ready', () => say('accepted'));
    client.on('error', (error) => {
      if (error.level === 'client-authentication' && error.message === REFUSAL) say('refused');
    });
  });
}

/** The answer of `askForLogin` alone. Errors: as there. */
export async function tryLogin(
  endpoint: Endpoint,
  login: Login,
  signal: AbortSignal,
): Promise<'accepted' | 'refused'> {
  return (await askForLogin(endpoint, login, signal)).answer;
}

/** The server's key as OpenSSH prints it (`SHA256:…`), from a handshake without a login. */
export function readHostKey(endpoint: Endpoint, signal: AbortSignal): Promise<string> {
  return connect<string>(endpoint, { username: 'nobody' }, signal, (client, settle, hostKey) => {
    client.on('handshake', () => settle(hostKey()));
  });
}

/**
 * The server's key once it answers, asked for again and again for `ms` at most; null if it does
 * not. Errors: its own, once `signal` aborts.
 */
export async function hostKeyWithin(
  ms: number,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<string | null> {
  const until = performance.now() + ms;
  do {
    try {
      return await readHostKey(endpoint, signal);
    } catch (error) {
      if (signal.aborted) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_EVERY));
  } while (performance.now() < until);
  return null;
}

/** The fingerprint of a public key, as OpenSSH prints it (`SHA256:…`). */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/**
 * Logs in at a server with this host key (`SHA256:…`), and runs a command with `input` on stdin.
 * Returns its exit status; its output is discarded. Errors: DriverError, also for another key.
 */
export function runOverSsh(
  { endpoint, login, hostKey }: { endpoint: Endpoint; login: Login; hostKey: string },
  command: string,
  input: string,
  signal: AbortSignal,
): Promise<number> {
  const listen: Listen<number> = (client, settle) =>
    client.on('ready', () =>
      client.exec(command, (error, stream) => {
        if (error) return void client.emit('error', error);
        stream.once('close', (status: unknown) => settle(typeof status === 'number' ? status : -1));
        stream.resume().stderr.resume();
        stream.end(input);
      }),
    );
  return connect<number>(endpoint, login, signal, listen, hostKey);
}

type Settle<T> = (value: T) => void;
type Listen<T> = (client: Client, settle: Settle<T>, hostKey: () => string) => unknown;

function connect<T>(
  endpoint: Endpoint,
  login: Login,
  signal: AbortSignal,
  listen: Listen<T>,
  expectedKey?: string,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const client = new Client();
    // A packet leaves in several writes; without this, each waits 40 ms for the one before.
    const sock = openSocket({ ...endpoint, noDelay: true });
    let fingerprint = '';
    const over = () => {
      signal.removeEventListener('abort', stop);
      client.destroy();
      sock.destroy();
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
    // A listener above may have settled the promise; then these change nothing.
    client.on('error', (error: Error) => fail('gave no answer', error));
    client.on('close', () => fail('hung up'));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    const hostVerifier = (key: Buffer) => {
      fingerprint = fingerprintOf(key);
      return expectedKey === undefined || fingerprint === expectedKey;
    };
    try {
      client.connect({ sock, ...login, hostVerifier, readyTimeout: HANDSHAKE_TIME });
    } catch (error) {
      fail('cannot be tried with this login', error);
    }
  });
}
