import type { ContainerInspectInfo } from 'dockerode';
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
import { grantFor } from '../ssh-login/grants';
import { type RunIn, Logins, SupersededError } from '../ssh-login/logins';
import { loginOf, tryLogin } from '../ssh-login/ssh';
import { LABEL, differenceOf, networkName, shapeOf } from './container-spec';
import { Containers } from './containers';
import { connectEngine } from './engine';
import { runIn } from './exec';
import { once } from './once';
import { Reach } from './reach';
import type { DockerSettings } from './settings';
import { DOCKER_CAPABILITIES } from './settings';

/**
 * Lends containers of a Docker engine. Each container serves a single holder: cleaning replaces it.
 */
export class DockerDriver implements Driver {
  readonly capabilities = DOCKER_CAPABILITIES;
  private readonly containers: Containers;
  private readonly logins: Logins<string>;
  private readonly reach: Reach;

  constructor(
    private readonly settings: DockerSettings,
    private readonly env: DriverEnv,
  ) {
    const { variables, installation, random } = env;
    const docker = connectEngine(settings.socketPath, variables.DOCKER_HOST);
    this.containers = new Containers(docker, settings, installation, () => random.fraction());
    const run: RunIn<string> = (id, ...rest) => runIn(docker, id, ...rest);
    this.logins = new Logins(run, settings, random);
    this.reach = new Reach(this.containers, settings, env);
  }

  async provision(target: Target, call: Call): Promise<ProvisionResult> {
    await this.containers.removeEarlier(target, call);
    return this.discardingIfFailed(target, call, async () => {
      const handle = await this.containers.start(target, call);
      const endpoint = await this.reach.untilSshAnswers(handle, call);
      return { handle, details: this.reach.details(endpoint, endpoint.hostKey) };
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
        await this.containers.imageId(shape.image, call.signal),
        networkName(this.settings, this.env.installation),
      );
      if (difference) return { ok: false, reason: difference };
      const endpoint = this.reach.endpoint(found);
      const hostKey = await this.logins.prove(found.Id, endpoint, target, call, false);
      return { ok: true, details: this.reach.details(endpoint, hostKey) };
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

  issueCredential(): Promise<CredentialSecret> {
    return Promise.reject(new DriverError('resource', 'Containers have no static credential.'));
  }

  retireCredential(): Promise<void> {
    return Promise.reject(new DriverError('resource', 'Containers have no static credential.'));
  }

  async checkCredential(
    target: Target,
    credential: CredentialSecret,
    call: Call,
  ): Promise<'accepted' | 'refused'> {
    const login = loginOf(credential);
    if (!login) throw new DriverError('resource', 'The credential has neither password nor key.');
    return tryLogin(this.reach.endpoint(await this.require(target, call)), login, call.signal);
  }

  async openAccess(target: Target, wish: AccessWish, call: Call): Promise<CredentialSecret> {
    const grant = grantFor(wish, call, this.env.random);
    const found = await this.require(target, call);
    const endpoint = this.reach.endpoint(found);
    await this.logins.grant(found.Id, grant, target, call);
    const { username, password } = grant;
    // A holder with a key keeps the private half, so the proof is that another key is let in.
    const proven =
      password === undefined
        ? await this.logins.control(found.Id, endpoint, target, call, 'key')
        : await this.logins.requireAccepted(endpoint, { username, password }, call);
    const { host, port, hostKey } = this.reach.details(endpoint, proven);
    return { username, ...(password !== undefined && { password }), host, port, hostKey };
  }

  async closeAccess(target: Target, access: CredentialSecret | null, call: Call): Promise<void> {
    const found = await this.find(target, call);
    if (!found) return;
    await this.revokeAll(found, target, call);
    const endpoint = this.reach.endpoint(await this.require(target, call));
    const login = access && loginOf(access);
    if (login) await this.logins.requireRefused(endpoint, login, call);
    await this.logins.control(found.Id, endpoint, target, call);
  }

  async destroy(target: Target, call: Call): Promise<void> {
    const all = await this.containers.labelled(
      { [LABEL.resource]: target.resourceId },
      call.signal,
    );
    for (const each of all) await this.containers.remove(each.Id, call.signal);
  }

  async *list(pool: string, call: Call): AsyncGenerator<DiscoveredResource[]> {
    const all = await this.containers.labelled({ [LABEL.pool]: pool }, call.signal);
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
    // No connection stays open between calls.
  }

  private async makeProven(
    target: Target,
    call: Call,
    removeOld: () => Promise<void>,
  ): Promise<ProvisionResult> {
    const handle = await this.containers.start(target, call, removeOld);
    const { hostKey, ...endpoint } = await this.reach.untilSshAnswers(handle, call);
    await this.logins.prove(handle, endpoint, target, call, true);
    return { handle, details: this.reach.details(endpoint, hostKey) };
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

  /**
   * A holder who uses up all processes keeps the revoke command from running. Restarting the
   * container ends those processes, so that it can run.
   */
  private async revokeAll(found: ContainerInspectInfo, target: Target, call: Call): Promise<void> {
    const failed = (error: unknown) => {
      if (error instanceof SupersededError) throw error;
      return false;
    };
    const revoked =
      found.State.Running &&
      (await this.logins.revoke(found.Id, null, target, call).then(() => true, failed));
    if (revoked) return;
    await this.containers.restart(found.Id, call.signal);
    await this.reach.untilSshAnswers(found.Id, call);
    await this.logins.revoke(found.Id, null, target, call);
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
