import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from './config';
import { ConfigError, type Problem } from './config-error';

/** The variables that set the host and the port of an address. */
type Variables = Record<'host' | 'port', string>;

/** The reason why the configured address cannot be used, by the system's error code. */
const UNUSABLE: Record<string, { part: keyof Variables; message: string }> = {
  EADDRINUSE: { part: 'port', message: 'another program already listens there.' },
  EACCES: { part: 'port', message: 'this user may not listen on it.' },
  EADDRNOTAVAIL: { part: 'host', message: 'this machine has no such address.' },
  ENOTFOUND: { part: 'host', message: 'this name cannot be resolved.' },
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

/**
 * Begins to listen; returns the URL. `variables`: those that set the address. Errors: AddressError,
 * or the system's error.
 */
export function listen(
  server: Server,
  { host, port }: Pick<Config, 'host' | 'port'>,
  variables: Variables = { host: 'HOST', port: 'PORT' },
): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(addressError(error, `${host}:${port}`, variables)),
    );
    server.listen(port, host, () => {
      const { address, port: bound, family } = server.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`);
    });
  });
}

function addressError(error: NodeJS.ErrnoException, address: string, variables: Variables): Error {
  const { code = '' } = error;
  const reason = UNUSABLE[code];
  if (reason === undefined) return error;
  const field = variables[reason.part];
  return new AddressError(code, { field, message: `${reason.message} (${address})` });
}
