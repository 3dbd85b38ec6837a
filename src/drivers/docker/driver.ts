import type { ContainerInspectInfo } from 'dockerode';
import type { Capabilities } from '../../domain/lifecycle/operation';
import type { AccessWish } from '../../domain/loans/reservation';
import type {
  Call,
  CredentialSecret,
  Driver,
  DriverEnv,
  DiscoveredResource,
  ProvisionResult,
  Target,
  HealthCheck,
} from '../driver';
import { DriverError } from '../driver';
import type { Access } from './access';
import { LABEL, differenceOf, networkName, shapeOf } from './container-spec';
import { Containers } from './containers';
import { connectEngine } from './engine';
import { ExecAccess } from './exec-access';
import { Images } from './images';
import { once } from './once';
import type { DockerSettings } from './settings';
import { dockerCapabilities } from './settings';
import { SshAccess } from './ssh-access';
import { NoStaticCredential } from '../ssh-login/no-static-credential';

/**
 * Lends containers of a Docker engine. Each container serves a single holder: cleaning replaces it.
 */
export class DockerDriver extends NoStaticCredential implements Driver {
  readonly capabilities: Capabilities;
  private readonly images: Images;
  private readonly containers: Containers;
  private readonly access: Access;

  constructor(
    private readonly settings: DockerSettings,
    private readonly env: DriverEnv,
  ) {
    super();
    const { variables, installation, random } = env;
    this.capabilities = dockerCapabilities(settings);
    const docker = connectEngine(settings.socketPath, variables.DOCKER_HOST);
    this.images = new Images(docker, settings, env);
    const fraction = () => random.fraction();
    this.containers = new Containers(docker, settings, installation, fraction, this.images);
    this.access = new (settings.access === 'ssh' ? SshAccess : ExecAccess)(
      this.containers,
      settings,
      env,
    );
  }

  async provision(target: Target, call: Call): Promise<ProvisionResult> {
    await this.containers.removeEarlier(target, call);
    return this.discardingIfFailed(target, call, async () => {
      const handle = await this.containers.start(target, call);
      return { handle, details: await this.access.ready(handle, call) };
    });
  }

  /**
   * A container is sound if it runs, is what would be created today, and admits a login of our own
   * that it refuses after it was revoked.
   */
  async verify(
    target: Target,
    _credential: CredentialSecret | null,
    call: Call,
  ): Promise<HealthCheck> {
    try {
      const found = await this.find(target, call);
      if (!found) return { ok: false, reason: 'The container does not exist.' };
      if (!found.State.Running)
        return { ok: false, reason: `The container is ${found.State.Status}.` };
      const shape = shapeOf(this.settings, target.spec);
      const difference = differenceOf(
        found,
        shape,
        await this.images.id(shape.image, call.signal),
        {
          network: networkName(this.settings, this.env.installation),
          isPublished: this.settings.access === 'ssh',
        },
      );
      if (difference) return { ok: false, reason: difference };
      return { ok: true, details: await this.access.prove(found, target, call) };
    } catch (error) {
      if (error instanceof DriverError && error.scope === 'resource' && !call.signal.aborted)
        return { ok: false, reason: error.message };
      throw error;
    }
  }

  /**
   * Replaces the container, and proves the new one. A late attempt can remove only the old one and
   * its own. The old one is removed while the new one starts, since each takes as long as the
   * other, and it is gone when this call ends, even if the new one cannot be made.
   */
  async clean(
    target: Target,
    _credential: CredentialSecret | null,
    call: Call,
  ): Promise<ProvisionResult> {
    await this.containers.removeEarlier(target, call);
    const old = await this.find(target, call);
    const removeOld = once(async () => {
      if (old) await this.containers.removeFound(old.Id, call.signal);
    });
    return this.discardingIfFailed(target, call, async () => {
      try {
        const made = await this.makeProven(target, call, removeOld);
        await removeOld();
        await this.showGone(target, call);
        return made;
      } finally {
        await removeOld();
      }
    });
  }

  private async showGone({ handle }: Target, call: Call): Promise<void> {
    if (handle !== null && !(await this.containers.inspect(handle, call.signal)))
      call.show({ replaced: { gone: handle } });
  }

  async checkCredential(
    target: Target,
    credential: CredentialSecret,
    call: Call,
  ): Promise<'accepted' | 'refused'> {
    return this.access.check(await this.require(target, call), credential, call);
  }

  async openAccess(target: Target, wish: AccessWish, call: Call): Promise<CredentialSecret> {
    return this.access.open(await this.require(target, call), wish, target, call);
  }

  async closeAccess(target: Target, access: CredentialSecret | null, call: Call): Promise<void> {
    const found = await this.find(target, call);
    if (found) await this.access.close(found, access, target, call);
  }

  async destroy(target: Target, call: Call): Promise<void> {
    const all = await this.containers.labelled(
      { [LABEL.resource]: target.resourceId },
      call.signal,
    );
    for (const each of all) await this.containers.remove(each.Id, call.signal);
  }

  async *list(pool: string, call: Call): AsyncGenerator<DiscoveredResource[]> {
    const look = () => this.containers.labelled({ [LABEL.pool]: pool }, call.signal);
    await this.access.sweep(pool, async () => new Set((await look()).map(({ Id }) => Id)));
    const all = await look();
    yield all.map(({ Id, Labels }) => ({
      handle: Id,
      resourceId: Labels[LABEL.resource] ?? '',
      operationId: Labels[LABEL.operation] ?? '',
    }));
  }

  remove(found: DiscoveredResource, call: Call): Promise<void> {
    return this.containers.remove(found.handle, call.signal);
  }

  async close(): Promise<void> {
    this.images.close();
    this.access.end();
  }

  private async makeProven(
    target: Target,
    call: Call,
    removeOld: () => Promise<void>,
  ): Promise<ProvisionResult> {
    const handle = await this.containers.start(target, call, removeOld);
    return { handle, details: await this.access.readyAndProven(handle, target, call) };
  }

  private async discardingIfFailed<T>(
    target: Target,
    call: Call,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.containers.discard(target, call);
      throw error;
    }
  }

  private async find(target: Target, call: Call): Promise<ContainerInspectInfo | null> {
    if (target.handle === null) return null;
    const found = await this.containers.inspect(target.handle, call.signal);
    return found && this.containers.owns(found) ? found : null;
  }

  private async require(target: Target, call: Call): Promise<ContainerInspectInfo> {
    const found = await this.find(target, call);
    if (!found) throw new DriverError('resource', 'The container does not exist.');
    return found;
  }
}
