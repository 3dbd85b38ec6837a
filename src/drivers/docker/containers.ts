import type Docker from 'dockerode';
import type { ContainerInfo, ContainerInspectInfo } from 'dockerode';
import type { Call, Target } from '../driver';
import { DriverError } from '../driver';
import { LABEL, containerName, containerSpec, shapeOf } from './container-spec';
import { callEngine, callUnlessMissing, engineStatus, isDiskRefused, isPortTaken } from './engine';
import type { Images } from './images';
import { SeparatingNetwork } from './network';
import type { DockerSettings } from './settings';

/** Time to clean up after a call that failed or was stopped, in ms. */
const DISCARD_TIME = 10_000;
const PORT_TRIES = 8;

/** The containers of one installation, addressed by container id and never by name. */
export class Containers {
  private readonly network: SeparatingNetwork;

  constructor(
    readonly docker: Docker,
    private readonly settings: DockerSettings,
    private readonly installation: string,
    private readonly fraction: () => number,
    private readonly images: Images,
  ) {
    this.network = new SeparatingNetwork(docker, settings, installation);
  }

  /** Our containers, running or not, that have these labels too. */
  labelled(labels: Record<string, string>, signal: AbortSignal): Promise<ContainerInfo[]> {
    const wanted = Object.entries({ [LABEL.installation]: this.installation, ...labels });
    const label = wanted.map(([name, value]) => `${name}=${value}`);
    return callEngine('list containers', signal, () =>
      this.docker.listContainers({ all: true, filters: { label }, abortSignal: signal }),
    );
  }

  /** The engine's description of a container; null if it does not exist. */
  inspect(id: string, signal: AbortSignal): Promise<ContainerInspectInfo | null> {
    return callUnlessMissing('inspect a container', signal, () =>
      this.docker.getContainer(id).inspect({ abortSignal: signal }),
    );
  }

  /** Restarts a container: its processes end, its files stay. */
  async restart(id: string, signal: AbortSignal): Promise<void> {
    await callEngine('restart a container', signal, () =>
      this.docker.getContainer(id).restart({ t: 0, abortSignal: signal }),
    );
  }

  /** Is it one of ours? No other is ever removed. */
  owns(found: ContainerInspectInfo): boolean {
    return found.Config.Labels[LABEL.installation] === this.installation;
  }

  /** Removes one of our containers by force, with its anonymous volumes. No error if it is gone. */
  async remove(id: string, signal: AbortSignal): Promise<void> {
    const found = await this.inspect(id, signal);
    if (found && this.owns(found)) await this.removeFound(found.Id, signal);
  }

  /** Removes a container that is known to be ours, by its id. No error if it is gone. */
  async removeFound(id: string, signal: AbortSignal): Promise<void> {
    const container = this.docker.getContainer(id);
    const options = { force: true, v: true, abortSignal: signal };
    await callUnlessMissing('remove a container', signal, async () => {
      try {
        await container.remove(options);
      } catch (error) {
        // Another call is removing it: wait, because it must be gone when this one ends.
        if (engineStatus(error) !== 409) throw error;
        await container.wait({ condition: 'removed', abortSignal: signal });
      }
    });
  }

  /** Removes the containers of earlier attempts. Errors: DriverError if a later one has run. */
  async removeEarlier(target: Target, call: Call): Promise<void> {
    const mine = await this.labelled(
      { [LABEL.resource]: target.resourceId, [LABEL.operation]: call.operationId },
      call.signal,
    );
    if (mine.some((each) => attemptOf(each.Labels) > call.attempt))
      throw new DriverError('resource', 'A later attempt of this operation has already run.');
    for (const each of mine) await this.remove(each.Id, call.signal);
  }

  /**
   * Creates and starts the resource's container on a free port; returns its id. `makeRoom`, which
   * removes the container that it replaces, begins before the start, or is awaited if that one has
   * the last port.
   */
  async start(
    target: Target,
    call: Call,
    makeRoom: () => Promise<void> = () => Promise.resolve(),
  ): Promise<string> {
    await this.images.ready(shapeOf(this.settings, target.spec).image, call.signal);
    await this.network.ready(call.signal);
    let ports = await this.portsToTry(call.signal);
    if (ports.length === 0) {
      await makeRoom();
      ports = await this.portsToTry(call.signal);
    }
    for (const port of ports) {
      const id = await this.create(target, call, port);
      void makeRoom();
      try {
        await callEngine('start a container', call.signal, () =>
          this.docker.getContainer(id).start({ abortSignal: call.signal }),
        );
        return id;
      } catch (error) {
        this.network.forget();
        if (!isPortTaken(error)) throw error;
        await this.remove(id, call.signal);
      }
    }
    throw new DriverError('backend', 'No port is free to publish SSH on.');
  }

  /**
   * Best effort: removes the container of this attempt, even if the engine's answer to its creation
   * was lost.
   */
  async discard(target: Target, call: Call): Promise<void> {
    const signal = AbortSignal.timeout(DISCARD_TIME);
    try {
      const found = await this.inspect(containerName(this.installation, target, call), signal);
      const labels = found?.Config.Labels ?? {};
      if (
        found &&
        labels[LABEL.operation] === call.operationId &&
        attemptOf(labels) === call.attempt
      )
        await this.remove(found.Id, signal);
    } catch {
      // It keeps its labels: the next attempt or the orphan sweep removes it.
    }
  }

  private async create(target: Target, call: Call, port: number | null): Promise<string> {
    const spec = containerSpec(this.settings, this.installation, target, call, port);
    const options = { ...spec, abortSignal: call.signal };
    try {
      const container = await callEngine('make a container', call.signal, () =>
        this.docker.createContainer(options),
      );
      return container.id;
    } catch (error) {
      // A missing image, or a limit that the engine refuses, is a fault of the pool's settings and is
      // not held against the resource.
      const status = error instanceof Error ? engineStatus(error.cause) : undefined;
      if (isDiskRefused(error))
        throw new DriverError('backend', `${(error as Error).message} (setting disk)`, {
          cause: error,
        });
      if (status === 404 || status === 400)
        throw new DriverError('backend', (error as Error).message, { cause: error });
      throw error;
    }
  }

  /**
   * Up to eight ports of the range that are free now, starting at a random one. Without a range the
   * engine chooses (null).
   */
  private async portsToTry(signal: AbortSignal): Promise<(number | null)[]> {
    const range = this.settings.portRange;
    if (!range) return [null];
    const all = await callEngine('list containers', signal, () =>
      this.docker.listContainers({ abortSignal: signal }),
    );
    const used = new Set(all.flatMap((each) => each.Ports.map((port) => port.PublicPort)));
    const count = range.to - range.from + 1;
    const first = Math.floor(this.fraction() * count);
    const ports = Array.from({ length: count }, (_, n) => range.from + ((first + n) % count));
    return ports.filter((port) => !used.has(port)).slice(0, PORT_TRIES);
  }
}

function attemptOf(labels: Record<string, string>): number {
  return Number(labels[LABEL.attempt] ?? 0);
}
