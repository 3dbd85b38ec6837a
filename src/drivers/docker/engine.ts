import Docker from 'dockerode';
import { DriverError } from '../driver';

const DEFAULT_SOCKET = '/var/run/docker.sock';
/** What the engine says when something is wrong with itself rather than with one container. */
const ENGINE_TROUBLE = /no space left|cannot allocate memory|too many open files|containerd/i;
const PORT_TAKEN = /port is already allocated|address already in use/i;

/**
 * Where the engine is: a socket, or `unix://`, `tcp://` or `http(s)://` in DOCKER_HOST. Nothing is
 * opened yet.
 */
export function connectEngine(
  socketPath: string | undefined,
  dockerHost: string | undefined,
): Docker {
  if (socketPath !== undefined || !dockerHost)
    return new Docker({ socketPath: socketPath ?? DEFAULT_SOCKET });
  const url = parse(dockerHost);
  if (url?.protocol === 'unix:') return new Docker({ socketPath: url.pathname });
  if (!url || !['tcp:', 'http:', 'https:'].includes(url.protocol)) {
    throw new DriverError('backend', 'DOCKER_HOST is neither unix:// nor tcp:// nor http(s)://.');
  }
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  return new Docker({
    protocol,
    host: url.hostname,
    port: Number(url.port || (protocol === 'https' ? 2376 : 2375)),
  });
}

/** The machine on which the engine publishes ports, as seen from here. */
export function engineHost(socketPath: string | undefined, dockerHost: string | undefined): string {
  const url = socketPath === undefined && dockerHost ? parse(dockerHost) : null;
  return url?.hostname ? url.hostname : '127.0.0.1';
}

/** The HTTP status of the engine's answer; undefined where there was none. */
export function engineStatus(error: unknown): number | undefined {
  const status =
    error instanceof Error ? (error as { statusCode?: unknown }).statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** Did a container not start because another took its published port? */
export function isPortTaken(error: unknown): boolean {
  return error instanceof Error && PORT_TAKEN.test(error.message);
}

/**
 * Turns whatever a call of the engine threw into a DriverError; `doing` completes "The engine could
 * not …".
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
 * Runs one or more calls of the engine; every failure is a DriverError, and so is the abort of
 * `signal`: not every request of the client library can be aborted, so that we stop waiting whether
 * it ends or not.
 */
export async function asking<T>(
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

/** The same for a thing that may not be there: null where the engine answers 404. */
export function lookingFor<T>(
  doing: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T | null> {
  return asking(doing, signal, async () => {
    try {
      return await work();
    } catch (error) {
      if (engineStatus(error) === 404) return null;
      throw error;
    }
  });
}

function parse(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}
