import { request } from 'undici';
import type { CredentialSecret, Details } from '../driver';
import { DriverError } from '../driver';
import type { DockerSettings } from './settings';

export interface ExecLogin {
  username: string;
  password: string;
}

/** The proxy through which holders run commands, for us and for them. */
export class ExecEndpoint {
  private readonly url: URL;
  private readonly host: string;

  constructor({ execProxy, advertiseHost }: DockerSettings) {
    // The settings ask for it where access is by exec.
    this.url = new URL(execProxy!);
    this.host = advertiseHost ?? this.url.hostname.replace(/^\[(.*)\]$/, '$1');
  }

  /** The details for the holder. */
  details(container: string): Details {
    return { ...this.address(container), powerState: 'running' };
  }

  /** Everything that a client of Docker's needs; `authorization` is the header that it sends. */
  credential(container: string, { username, password }: ExecLogin): CredentialSecret {
    const authorization = basic({ username, password });
    return { username, password, authorization, ...this.address(container) };
  }

  /**
   * Tries to look at a container by this login. Returns `refused` only if the proxy says so. Errors:
   * DriverError `backend` if it says anything else, or nothing.
   */
  async answerTo(
    container: string,
    login: ExecLogin,
    signal: AbortSignal,
  ): Promise<'accepted' | 'refused'> {
    const { status, id } = await this.look(container, login, signal);
    if (status === 401) return 'refused';
    if (status === 200 && id === container) return 'accepted';
    throw new DriverError('backend', `The proxy at ${this.url.host} answers ${status}.`);
  }

  private async look(container: string, login: ExecLogin, signal: AbortSignal) {
    try {
      const url = new URL(`/containers/${container}/json`, this.url);
      const headers = { authorization: basic(login) };
      const { statusCode: status, body } = await request(url, { headers, signal });
      const described = (await body.json().catch(() => null)) as { Id?: unknown } | null;
      return { status, id: described?.Id };
    } catch (error) {
      const why = signal.aborted ? ' before the deadline' : '';
      throw new DriverError('backend', `The proxy at ${this.url.host} does not answer${why}.`, {
        cause: error,
      });
    }
  }

  private address(container: string) {
    const isTls = this.url.protocol === 'https:';
    const port = Number(this.url.port || (isTls ? 443 : 80));
    const host = this.host.includes(':') ? `[${this.host}]` : this.host;
    return { host: this.host, port, container, dockerHost: `tcp://${host}:${port}` };
  }
}

function basic({ username, password }: ExecLogin): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
