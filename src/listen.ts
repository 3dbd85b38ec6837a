import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from './config';
import { ConfigError, type Problem } from './config-error';

/** The reason why the configured address cannot be used, by the system's error code. */
const UNUSABLE: Record<string, Problem> = {
  EADDRINUSE: { field: 'PORT', message: 'another program already listens there.' },
  EACCES: { field: 'PORT', message: 'this user may not listen on it.' },
  EADDRNOTAVAIL: { field: 'HOST', message: 'this machine has no such address.' },
  ENOTFOUND: { field: 'HOST', message: 'this name cannot be resolved.' },
};

/** The configured address cannot be used. */
export class AddressError extends ConfigError {
  constructor(
    /** The system's error code. */
    readonly code: string,
    problem: Problem,
  ) {
    super([problem]);
    this.name = 'AddressError';
  }
}

/** Begins to listen; returns the URL. Errors: AddressError, or the system's error. */
export function listen(
  server: Server,
  { host, port }: Pick<Config, 'host' | 'port'>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(addressError(error, `${host}:${port}`)),
    );
    server.listen(port, host, () => {
      const { address, port: bound, family } = server.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`);
    });
  });
}

function addressError(error: NodeJS.ErrnoException, address: string): Error {
  const { code = '' } = error;
  const reason = UNUSABLE[code];
  if (reason === undefined) return error;
  return new AddressError(code, { ...reason, message: `${reason.message} (${address})` });
}
