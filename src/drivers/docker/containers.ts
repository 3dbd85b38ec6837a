import type Docker from 'dockerode';
import type { ContainerInfo, ContainerInspectInfo } from 'dockerode';
import type { Call, Target } from '../driver';
import { DriverError } from '../driver';
import { LABEL, containerName, containerSpec } from './container-spec';
import { asking, engineStatus, isPortTaken, lookingFor } from './engine';
import type { DockerSettings } from './settings';

/** Time for removing what a call made that failed or was stopped, in ms. */
const DISCARD_TIME = 10_000;
const PORT_TRIES = 8;

/** The containers of one installation. Everything is addressed by container id, never by a name. */
export class Containers {
  constructor(
    readonly docker: Docker,
    private readonly settings: DockerSettings,
    private readonly installation: string,
    private readonly fraction: () => number,
  ) {}

  /** Ours, running or not, that bear these labels as well. */
  labelled(labels: Record<string, string>, signal: AbortSignal): Promise<ContainerInfo[]> {
    const wanted = Object.entries({ [LABEL.installation]: this.installation, ...labels });
    const label = wanted.map(([name, value]) => `${name}=${value}`);
    return asking('list containers', signal, () =>
      this.docker.listContainers({ all: true, filters: { label }, abortSignal: signal }),
    );
  }

  /** What the engine knows of a container; null if there is none. */
  inspect(id: string, signal: AbortSignal): Promise<ContainerInspectInfo | null> {
    return lookingFor('inspect a container', signal, () =>
      this.docker.getContainer(id).inspect({ abortSignal: signal }),
    );
  }

  /** The id of an image; null where its name points nowhere (any more). */
  async imageId(image: string, signal: AbortSignal): Promise<string | null> {
    const found = await lookingFor('inspect an image', signal, () =>
      this.docker.getImage(image).inspect(),
    );
    return found && found.Id;
  }

  /** Ends everything that runs in a container and starts it again; its files stay. */
  async restart(id: string, signal: AbortSignal): Promise<void> {
    await asking('restart a container', signal, () =>
      this.docker.getContainer(id).restart({ t: 0, abortSignal: signal }),
    );
  }

  /** Is it one of ours? Only such are ever removed. */
  owns(found: ContainerInspectInfo): boolean {
    return found.Config.Labels[LABEL.installation] === this.installation;
  }

  /** Removes a container of ours by force, with its anonymous volumes. Already gone is no error. */
  async remove(id: string, signal: AbortSignal): Promise<void> {
    const found = await this.inspect(id, signal);
    if (!found || !this.owns(found)) return;
    const container = this.docker.getContainer(found.Id);
    const options = { force: true, v: true, abortSignal: signal };
    await lookingFor('remove a container', signal, async () => {
      try {
        await container.remove(options);
      } catch (error) {
        // Somebody else is removing it. It counts as gone only when it is.
        if (engineStatus(error) !== 409) throw error;
        await container.wait({ condition: 'removed', abortSignal: signal });
      }
    });
  }

  /** Removes what earlier tries of this operation made; throws where a later one has been here. */
  async removeEarlier(target: Target, call: Call): Promise<void> {
    const mine = await this.labelled(
      { [LABEL.resource]: target.resourceId, [LABEL.operation]: call.operationId },
      call.signal,
    );
    if (mine.some((each) => attemptOf(each.Labels) > call.attempt))
      throw new DriverError('resource', 'A later attempt has been here.');
    for (const each of mine) await this.remove(each.Id, call.signal);
  }

  /** Makes and starts the thing's container on a free port; gives its id. */
  async start(target: Target, call: Call): Promise<string> {
    for (const port of await this.portsToTry(call.signal)) {
      const id = await this.create(target, call, port);
      try {
        await asking('start a container', call.signal, () =>
          this.docker.getContainer(id).start({ abortSignal: call.signal }),
        );
        return id;
      } catch (error) {
        if (!isPortTaken(error)) throw error;
        await this.remove(id, call.signal);
      }
    }
    throw new DriverError('backend', 'No port is free to publish SSH on.');
  }

  /**
   * Best effort: removes what this very try made, also if the engine's answer to its making was
   * lost.
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
      // Its labels stay: the next attempt or the sweep of orphans removes it.
    }
  }

  private async create(target: Target, call: Call, port: number | null): Promise<string> {
    const spec = containerSpec(this.settings, this.installation, target, call, port);
    const options = { ...spec, abortSignal: call.signal };
    try {
      const container = await asking('make a container', call.signal, () =>
        this.docker.createContainer(options),
      );
      return container.id;
    } catch (error) {
      // A missing image or a limit that the engine refuses is the pool's fault: no resource is to
      // blame.
      const status = error instanceof Error ? engineStatus(error.cause) : undefined;
      if (status === 404 || status === 400)
        throw new DriverError('backend', (error as Error).message, { cause: error });
      throw error;
    }
  }

  /**
   * Without a range the engine chooses (null); otherwise some of it that nobody uses now, from a
   * random one on.
   */
  private async portsToTry(signal: AbortSignal): Promise<(number | null)[]> {
    const range = this.settings.portRange;
    if (!range) return [null];
    const all = await asking('list containers', signal, () =>
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
