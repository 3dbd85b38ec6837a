import { createHash } from 'node:crypto';
import { connect as openSocket } from 'node:net';
import { Client, type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2';
import { DriverError } from '../driver';

/** The longest handshake, in ms; the deadline of a call may be earlier. */
const HANDSHAKE_TIME = 15_000;
const REFUSAL = 'All configured authentication methods failed';

export interface Endpoint {
  host: string;
  port: number;
  /** The host keys that it may have; any without. */
  hostKeys?: HostKeyRule;
}

/** The host keys by which a server is known. */
export interface HostKeyRule {
  accepts(key: Buffer): boolean;
  /** The algorithms to ask for, so that the server shows a key that can be known; by default all. */
  algorithms?: readonly ServerHostKeyAlgorithm[];
}

export interface Login {
  username: string;
  password?: string;
  privateKey?: string;
  /** Without a password and a private key: would the holder of this key be let in? */
  publicKey?: string;
}

/** The fingerprint of a public key, as OpenSSH prints it (`SHA256:…`). */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The server's own answer that it does not let this login in. */
export function isRefusal(error: Error & { level?: string }): boolean {
  return error.level === 'client-authentication' && error.message === REFUSAL;
}

/** The ways for a listener to end its connection. */
export interface Connection<T> {
  /** Ends the connection with this result. */
  settle: (value: T) => void;
  /** Ends the connection with this error. */
  reject: (error: Error) => void;
  /** The key that the server has shown. */
  hostKey: () => Buffer;
}
type Listen<T> = (client: Client, connection: Connection<T>) => unknown;

/** An endpoint in a message. */
export function nameOf({ host, port }: Endpoint): string {
  return `SSH at ${host}:${port}`;
}

/**
 * Connects, and lets `listen` decide when the connection ends and with which result. Errors:
 * DriverError if it ends otherwise.
 */
export function connect<T>(
  endpoint: Endpoint,
  login: Login & Pick<ConnectConfig, 'authHandler'>,
  signal: AbortSignal,
  listen: Listen<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const client = new Client();
    const { host, port, hostKeys } = endpoint;
    // A packet leaves in several writes; without this, each waits 40 ms for the one before.
    const sock = openSocket({ host, port, noDelay: true });
    let shown: Buffer = Buffer.alloc(0);
    let isKnown = true;
    const over = () => {
      signal.removeEventListener('abort', stop);
      client.destroy();
      sock.destroy();
    };
    const end = (error: Error) => {
      reject(error);
      over();
    };
    const fail = (why: string, cause?: unknown) =>
      end(new DriverError('resource', `${nameOf(endpoint)} ${why}.`, { cause }));
    const stop = () => fail('did not answer before the deadline');
    const settle = (value: T) => {
      resolve(value);
      over();
    };
    listen(client, { settle, reject: end, hostKey: () => shown });
    // A listener above may have settled the promise; then these change nothing.
    client.on('error', (error: Error) =>
      fail(isKnown ? 'gave no answer' : 'has another host key than the known ones', error),
    );
    client.on('close', () => fail('hung up'));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    const hostVerifier = (key: Buffer) => {
      shown = key;
      return (isKnown = hostKeys?.accepts(key) ?? true);
    };
    const algorithms = hostKeys?.algorithms && { serverHostKey: [...hostKeys.algorithms] };
    try {
      client.connect({
        sock,
        ...login,
        hostVerifier,
        readyTimeout: HANDSHAKE_TIME,
        ...(algorithms && { algorithms }),
      });
    } catch (error) {
      fail('cannot be tried with this login', error);
    }
  });
}
