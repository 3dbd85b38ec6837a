import type Docker from 'dockerode';
import type { NetworkInspectInfo } from 'dockerode';
import { DriverError } from '../driver';
import { LABEL, networkName } from './container-spec';
import { callEngine, callUnlessMissing } from './engine';
import type { DockerSettings } from './settings';

/** The option of a bridge network that lets its containers reach one another, or not. */
export const REACH_OPTION = 'com.docker.network.bridge.enable_icc';

/** The option that names its interface on the engine's machine, in 15 characters at most. */
export const BRIDGE_OPTION = 'com.docker.network.bridge.name';
/** How often, and in which intervals (ms), to look for a network that another worker makes. */
const LOOKS = 40;
const LOOK_EVERY = 50;

/**
 * The network that the containers of an installation share, on which none reaches another. The
 * engine keeps networks apart, so none reaches those of other installations either.
 */
export class SeparatingNetwork {
  private isReady = false;

  constructor(
    private readonly docker: Docker,
    private readonly settings: DockerSettings,
    private readonly installation: string,
  ) {}

  /**
   * Makes the network, unless the settings name one, and checks once that it keeps its containers
   * apart. Errors: DriverError `backend` if it does not, or cannot be made.
   */
  async ready(signal: AbortSignal): Promise<void> {
    if (this.isReady) return;
    const name = networkName(this.settings, this.installation);
    let found = await this.find(name, signal);
    if (!found && this.settings.network === undefined) found = await this.make(name, signal);
    if (!found) throw new DriverError('backend', `The engine has no network ${name}.`);
    if (!keepsApart(found))
      throw new DriverError(
        'backend',
        `On the network ${name} containers could reach one another. Leave the setting network ` +
          `out, or name a bridge network made with the option ${REACH_OPTION}=false.`,
      );
    this.isReady = true;
  }

  /** Looks again before the next container: the network may have been removed. */
  forget(): void {
    this.isReady = false;
  }

  private find(name: string, signal: AbortSignal): Promise<NetworkInspectInfo | null> {
    return callUnlessMissing('inspect a network', signal, async () => {
      const found: unknown = await this.docker.getNetwork(name).inspect();
      return found as NetworkInspectInfo;
    });
  }

  /**
   * Makes the network, or waits until another worker has. Engines take a name twice if two ask at
   * once, but never the name of a bridge.
   */
  private async make(name: string, signal: AbortSignal): Promise<NetworkInspectInfo | null> {
    const options = networkSpec(name, this.installation);
    const failure = await callEngine('make a network', signal, () =>
      this.docker.createNetwork({ ...options, abortSignal: signal }),
    ).then(
      () => null,
      (error: Error) => new DriverError('backend', error.message, { cause: error }),
    );
    for (let tries = 0; tries < LOOKS; tries += 1) {
      const found = await this.find(name, signal);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
    if (failure) throw failure;
    return null;
  }
}

/** The network to create, whose bridge has a name of its own. */
export function networkSpec(name: string, installation: string) {
  return {
    Name: name,
    CheckDuplicate: true,
    Driver: 'bridge',
    Options: { [REACH_OPTION]: 'false', [BRIDGE_OPTION]: name.replace(/^holdfast/, 'hf') },
    Labels: { [LABEL.installation]: installation },
  };
}

function keepsApart({ Driver, Options }: NetworkInspectInfo): boolean {
  return Driver === 'bridge' && Options?.[REACH_OPTION] === 'false';
}
