import type { CredentialSecret } from '../driver';
import { connect, fingerprintOf, isRefusal, type Endpoint, type Login } from './connection';
import { OfferedKey } from './offered-key';

export type { Endpoint, HostKeyRule, Login } from './connection';

/** Pause between two tries to reach SSH, in ms. */
const RETRY_EVERY = 10;

/** The login that a credential stands for; null if it has neither password nor private key. */
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
  const { password, privateKey, publicKey, username } = login;
  const offered =
    password === undefined && privateKey === undefined && publicKey !== undefined
      ? new OfferedKey(publicKey)
      : null;
  const shown = offered ? { username, authHandler: offered.handler(username) } : login;
  return connect<LoginAnswer>(endpoint, shown, signal, (client, { settle, hostKey }) => {
    const say = (answer: LoginAnswer['answer']) =>
      settle({ answer, hostKey: fingerprintOf(hostKey()) });
    if (offered) offered.whenWanted = () => say('accepted');
    client.on('ready', () => say('accepted'));
    client.on('error', (error) => {
      if (isRefusal(error)) say('refused');
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
  const login = { username: 'nobody' };
  return connect<string>(endpoint, login, signal, (client, { settle, hostKey }) => {
    client.on('handshake', () => settle(fingerprintOf(hostKey())));
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
