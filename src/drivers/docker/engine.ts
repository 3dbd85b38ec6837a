import Docker from 'dockerode';
import { DriverError } from '../driver';
import { engineAddress } from './address';

const DEFAULT_SOCKET = '/var/run/docker.sock';
/** Messages of the engine about trouble of its own, rather than with one container. */
const ENGINE_TROUBLE = /no space left|cannot allocate memory|too many open files|containerd/i;
const DISK_REFUSED = /storage[- ]opt/i;
const PORT_TAKEN = /port is already allocated|address already in use/i;

/**
 * A client for the engine at a socket, or at the `unix://`, `tcp://` or `http(s)://` address in
 * DOCKER_HOST. Opens nothing yet. Errors: DriverError for another kind of address.
 */
export function connectEngine(
  socketPath: string | undefined,
  dockerHost: string | undefined,
): Docker {
  if (socketPath !== undefined || !dockerHost)
    return new Docker({ socketPath: socketPath ?? DEFAULT_SOCKET });
  const address = engineAddress(dockerHost);
  if (!address)
    throw new DriverError(
      'backend',
      'DOCKER_HOST must be a unix://, tcp:// or http(s):// address.',
    );
  return new Docker(address);
}

/** The host on which the engine publishes ports, as seen from here. */
export function engineHost(socketPath: string | undefined, dockerHost: string | undefined): string {
  const address = socketPath === undefined && dockerHost ? engineAddress(dockerHost) : null;
  return address && 'host' in address ? address.host : '127.0.0.1';
}

/** The HTTP status of the engine's answer; undefined if it gave none. */
export function engineStatus(error: unknown): number | undefined {
  const status =
    error instanceof Error ? (error as { statusCode?: unknown }).statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** Did a container fail to start because its published port is taken? */
export function isPortTaken(error: unknown): boolean {
  return error instanceof Error && PORT_TAKEN.test(error.message);
}

/** Did the engine refuse to limit the disk of a container? Few of its storage drivers can. */
export function isDiskRefused(error: unknown): boolean {
  return error instanceof Error && DISK_REFUSED.test(error.message);
}

/**
 * Turns any error of an engine call into a DriverError; `doing` completes "The engine could not …".
 */
export function engineFault(error: unknown, doing: string): DriverError {
  if (error instanceof DriverError) return error;
  const status = engineStatus(error);
  if (status === undefined) {
    const code = (error as { code?: unknown } | null)?.code;
    return new DriverError(
      'backend',
      `The Docker engine did not answer${typeof code === 'string' ? ` (${code})` : ''}.`,
      { cause: error },
    );
  }
  const message = (error as Error).message.trim();
  const isBackend =
    (status > 500 && status < 600) || (status === 500 && ENGINE_TROUBLE.test(message));
  return new DriverError(
    isBackend ? 'backend' : 'resource',
    `The engine could not ${doing}: ${message}`,
    { cause: error },
  );
}

/**
 * Runs one or more engine calls. Every failure is a DriverError, and so is the abort of `signal`:
 * some requests of the client library cannot be aborted, so this stops waiting for them.
 */
export async function callEngine<T>(
  doing: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () =>
      reject(new DriverError('backend', `The engine could not ${doing} before the deadline.`));
  });
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([stopped, signal.aborted ? stopped : work()]);
  } catch (error) {
    throw engineFault(error, doing);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The same for an object that may be missing: null if the engine answers 404. */
export function callUnlessMissing<T>(
  doing: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T | null> {
  return callEngine(doing, signal, async () => {
    try {
      return await work();
    } catch (error) {
      if (engineStatus(error) === 404) return null;
      throw error;
    }
  });
}
