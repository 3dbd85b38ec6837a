import type { ContainerInspectInfo } from 'dockerode';
import type { Call, Details, DriverEnv } from '../driver';
import { DriverError } from '../driver';
import type { Containers } from './containers';
import { engineHost } from './engine';
import type { DockerSettings } from './settings';
import type { Endpoint } from './ssh';
import { readHostKey } from './ssh';

/** Pause between two tries to reach SSH, in ms. */
const RETRY_EVERY = 50;
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

  /** The details for the holder, with the host key that the SSH server presents. */
  async details(endpoint: Endpoint, signal: AbortSignal): Promise<Details> {
    const hostKey = await readHostKey(endpoint, signal);
    return {
      host: this.settings.advertiseHost ?? endpoint.host,
      port: endpoint.port,
      hostKey,
      powerState: 'running',
    };
  }

  /**
   * Waits for the SSH server of a container that was just started, for `startTimeoutMs` at most.
   * Errors: DriverError if it does not answer.
   */
  async untilSshAnswers(id: string, call: Call): Promise<Details> {
    const signal = AbortSignal.any([
      call.signal,
      AbortSignal.timeout(this.settings.startTimeoutMs),
    ]);
    for (;;) {
      const found = await this.containers.inspect(id, call.signal);
      if (!found?.State.Running)
        throw new DriverError('resource', 'The container ended before SSH answered.');
      try {
        return await this.details(this.endpoint(found), signal);
      } catch (error) {
        if (signal.aborted) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_EVERY));
    }
  }
}
