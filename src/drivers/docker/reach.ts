import type { ContainerInspectInfo } from 'dockerode';
import type { Call, Details, DriverEnv } from '../driver';
import { DriverError } from '../driver';
import type { Endpoint } from '../ssh-login/ssh';
import { hostKeyWithin } from '../ssh-login/ssh';
import type { Containers } from './containers';
import { engineHost } from './engine';
import type { DockerSettings } from './settings';

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
      const hostKey = await hostKeyWithin(LOOK_EVERY, endpoint, signal);
      if (hostKey !== null) return { ...endpoint, hostKey };
    }
  }
}
