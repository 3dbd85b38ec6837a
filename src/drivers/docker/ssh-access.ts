import type { ContainerInspectInfo } from 'dockerode';
import type { AccessWish } from '../../domain/loans/reservation';
import type { Call, CredentialSecret, Details, DriverEnv, Target } from '../driver';
import { DriverError } from '../driver';
import { grantFor } from '../ssh-login/grants';
import { type RunIn, Logins, SupersededError } from '../ssh-login/logins';
import { loginOf, tryLogin } from '../ssh-login/ssh';
import type { Access } from './access';
import type { Containers } from './containers';
import { runIn } from './exec';
import { Reach } from './reach';
import type { DockerSettings } from './settings';

/** Holders log in over SSH, which the container serves on a published port. */
export class SshAccess implements Access {
  private readonly logins: Logins<string>;
  private readonly reach: Reach;

  constructor(
    private readonly containers: Containers,
    settings: DockerSettings,
    private readonly env: DriverEnv,
  ) {
    const run: RunIn<string> = (id, ...rest) => runIn(containers.docker, id, ...rest);
    this.logins = new Logins(run, settings, env.random);
    this.reach = new Reach(containers, settings, env);
  }

  async ready(id: string, call: Call): Promise<Details> {
    const endpoint = await this.reach.untilSshAnswers(id, call);
    return this.reach.details(endpoint, endpoint.hostKey);
  }

  async readyAndProven(id: string, target: Target, call: Call): Promise<Details> {
    const { hostKey, ...endpoint } = await this.reach.untilSshAnswers(id, call);
    await this.logins.prove(id, endpoint, target, call, true);
    return this.reach.details(endpoint, hostKey);
  }

  async prove(found: ContainerInspectInfo, target: Target, call: Call): Promise<Details> {
    const endpoint = this.reach.endpoint(found);
    const hostKey = await this.logins.prove(found.Id, endpoint, target, call, false);
    return this.reach.details(endpoint, hostKey);
  }

  async check(
    found: ContainerInspectInfo,
    credential: CredentialSecret,
    call: Call,
  ): Promise<'accepted' | 'refused'> {
    const login = loginOf(credential);
    if (!login) throw new DriverError('resource', 'The credential has neither password nor key.');
    return tryLogin(this.reach.endpoint(found), login, call.signal);
  }

  async open(
    found: ContainerInspectInfo,
    wish: AccessWish,
    target: Target,
    call: Call,
  ): Promise<CredentialSecret> {
    const grant = grantFor(wish, call, this.env.random);
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

  async close(
    found: ContainerInspectInfo,
    access: CredentialSecret | null,
    target: Target,
    call: Call,
  ): Promise<void> {
    await this.revokeAll(found, target, call);
    // A restart may have changed the port.
    const now = await this.containers.inspect(found.Id, call.signal);
    if (!now) throw new DriverError('resource', 'The container does not exist.');
    const endpoint = this.reach.endpoint(now);
    const login = access && loginOf(access);
    if (login) await this.logins.requireRefused(endpoint, login, call);
    await this.logins.control(found.Id, endpoint, target, call);
  }

  async sweep(): Promise<void> {
    // The users of a container are gone with it.
  }

  end(): void {
    // No connection stays open between calls.
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
}
