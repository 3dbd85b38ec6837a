import type { ContainerInspectInfo } from 'dockerode';
import type { Call, Details, DriverEnv } from '../driver';
import { DriverError } from '../driver';
import type { Containers } from './containers';
import { engineHost } from './engine';
import type { DockerSettings } from './settings';
import type { Endpoint } from './ssh';
import { readHostKey } from './ssh';

/** Pause between two tries to reach SSH, in ms. */
const RETRY_EVERY = 10;
/** How long SSH may stay silent until we look whether the container still runs, in ms. */
const LOOK_EVERY = 500;
const ANY_ADDRESS = ['0.0.0.0', '::'];

/** The SSH addresses of containers, for us and for their holders. */
export class Reach {
  private readonly host: string;

  constructor(
    private readonly containers: Containers,
    private readonly settings: DockerSettings,
    { variables }: DriverEnv,
  ) {
    const { publishAddress, socketPath } = settings;
    this.host = ANY_ADDRESS.includes(publishAddress)
      ? engineHost(socketPath, variables.DOCKER_HOST)
      : publishAddress;
  }

  /**
   * The address where SSH is published now; the engine may change the port at a restart. Errors:
   * DriverError if it is not published.
   */
  endpoint(found: ContainerInspectInfo): Endpoint {
    const port = found.NetworkSettings.Ports[`${this.settings.sshPort}/tcp`]?.[0]?.HostPort;
    if (!port) throw new DriverError('resource', 'The container publishes no SSH port.');
    return { host: this.host, port: Number(port) };
  }

  /** The details for the holder; `hostKey` is the key that the SSH server presents. */
  details(endpoint: Endpoint, hostKey: string): Details {
    return {
      host: this.settings.advertiseHost ?? endpoint.host,
      port: endpoint.port,
      hostKey,
      powerState: 'running',
    };
  }

  /**
   * Waits for the SSH server of a container that was just started, for `startTimeoutMs` at most.
   * Returns its address. Errors: DriverError if it does not answer.
   */
  async untilSshAnswers(id: string, call: Call): Promise<Endpoint & { hostKey: string }> {
    const signal = AbortSignal.any([
      call.signal,
      AbortSignal.timeout(this.settings.startTimeoutMs),
    ]);
    for (;;) {
      const found = await this.containers.inspect(id, call.signal);
      if (!found?.State.Running)
        throw new DriverError('resource', 'The container ended before SSH answered.');
      const endpoint = this.endpoint(found);
      const hostKey = await this.tryFor(LOOK_EVERY, endpoint, signal);
      if (hostKey !== null) return { ...endpoint, hostKey };
    }
  }

  /** The host key, if SSH answers within `ms`; else null. Errors: its own, once `signal` aborts. */
  private async tryFor(
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
}
