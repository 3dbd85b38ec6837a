import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from './config';
import { ConfigError } from './config-error';

/** The reason why the configured address cannot be used, by the system's error code. */
const UNUSABLE: Record<string, string> = {
  EADDRINUSE: 'PORT: another program already listens there.',
  EACCES: 'PORT: this user may not listen on it.',
  EADDRNOTAVAIL: 'HOST: this machine has no such address.',
  ENOTFOUND: 'HOST: this name cannot be resolved.',
};

/** The configured address cannot be used. */
export class AddressError extends ConfigError {
  constructor(
    /** The system's error code. */
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'AddressError';
  }
}

/** Begins to listen; returns the URL. Errors: AddressError, or the system's error. */
export function listen(server: Server, { host, port }: Config): Promise<string> {
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
  return reason === undefined ? error : new AddressError(code, `${reason} (${address})`);
}
