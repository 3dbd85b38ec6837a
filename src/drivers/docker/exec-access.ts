import { join } from 'node:path';
import type { ContainerInspectInfo } from 'dockerode';
import type { AccessWish } from '../../domain/loans/reservation';
import type { Call, CredentialSecret, Details, DriverEnv, Target } from '../driver';
import { DriverError } from '../driver';
import { controlName, grantFor, orderOf } from '../ssh-login/grants';
import { SupersededError } from '../ssh-login/logins';
import type { Access } from './access';
import type { Containers } from './containers';
import { ExecEndpoint, type ExecLogin } from './exec-endpoint';
import { ExecGrants, GRANTS_FILE } from './exec-grants';
import { hashOf } from './exec-password';
import type { DockerSettings } from './settings';

const PASSWORD_BYTES = 18;
/** Nothing answers in these containers; one whose main process lives this long (ms) has started. */
const SETTLE = 300;

/**
 * Holders run commands by `docker exec`, through a proxy that lets each of them into their own
 * container. Nothing in the container knows of it.
 */
export class ExecAccess implements Access {
  private opened: ExecGrants | undefined;
  private readonly endpoint: ExecEndpoint;

  constructor(
    private readonly containers: Containers,
    settings: DockerSettings,
    private readonly env: DriverEnv,
  ) {
    this.endpoint = new ExecEndpoint(settings);
  }

  async ready(id: string, call: Call): Promise<Details> {
    await new Promise((resolve) => setTimeout(resolve, SETTLE));
    const found = await this.containers.inspect(id, call.signal);
    // The engine starts what has ended again.
    if (!found?.State.Running || found.RestartCount > 0)
      throw new DriverError('resource', "The container's main process has ended.");
    return this.endpoint.details(id);
  }

  async readyAndProven(id: string, target: Target, call: Call): Promise<Details> {
    await this.ready(id, call);
    return this.proveIn(id, target, call);
  }

  prove({ Id }: ContainerInspectInfo, target: Target, call: Call): Promise<Details> {
    return this.proveIn(Id, target, call);
  }

  async check(
    { Id }: ContainerInspectInfo,
    { username, password }: CredentialSecret,
    call: Call,
  ): Promise<'accepted' | 'refused'> {
    if (username === undefined || password === undefined)
      throw new DriverError('resource', 'The credential has no password.');
    return this.endpoint.answerTo(Id, { username, password }, call.signal);
  }

  async open(
    { Id }: ContainerInspectInfo,
    wish: AccessWish,
    target: Target,
    call: Call,
  ): Promise<CredentialSecret> {
    const { username, password } = grantFor(wish, call, this.env.random);
    if (password === undefined)
      throw new DriverError('resource', 'A container is opened by password only.');
    const login = { username, password };
    await this.grant(Id, login, target, call);
    await this.requireAnswer('accepted', Id, login, call);
    return this.endpoint.credential(Id, login);
  }

  async close(
    found: ContainerInspectInfo,
    access: CredentialSecret | null,
    target: Target,
    call: Call,
  ): Promise<void> {
    this.revoke(found.Id, null, target, call);
    // It ends every command in it, and the connections with them.
    if (found.State.Running) await this.containers.restart(found.Id, call.signal);
    const { username, password } = access ?? {};
    if (username !== undefined && password !== undefined)
      await this.requireAnswer('refused', found.Id, { username, password }, call);
    await this.proveIn(found.Id, target, call);
  }

  async sweep(pool: string, present: () => Promise<ReadonlySet<string>>): Promise<void> {
    // Known before the look: a container is there before anybody is let in.
    const known = this.grants.containersOf(pool);
    if (known.length === 0) return;
    const there = await present();
    for (const id of known) if (!there.has(id)) this.grants.forget(id);
  }

  end(): void {
    this.opened?.close();
  }

  private get grants(): ExecGrants {
    try {
      return (this.opened ??= ExecGrants.open(join(this.env.dataDir, GRANTS_FILE)));
    } catch (error) {
      throw new DriverError('backend', `${GRANTS_FILE} cannot be opened.`, { cause: error });
    }
  }

  /** A login of our own is let in, and refused once it is revoked. */
  private async proveIn(id: string, target: Target, call: Call): Promise<Details> {
    const password = this.env.random.secret(PASSWORD_BYTES);
    const login = { username: controlName(call), password };
    try {
      await this.grant(id, login, target, call);
      await this.requireAnswer('accepted', id, login, call);
    } finally {
      this.revoke(id, login.username, target, call);
    }
    await this.requireAnswer('refused', id, login, call);
    return this.endpoint.details(id);
  }

  private async requireAnswer(
    wanted: 'accepted' | 'refused',
    id: string,
    login: ExecLogin,
    call: Call,
  ): Promise<void> {
    const answer = await this.endpoint.answerTo(id, login, call.signal);
    if (answer === wanted) return;
    const why =
      wanted === 'accepted'
        ? 'refuses a login that was just granted'
        : 'still accepts a login that was revoked';
    throw new DriverError('resource', `The proxy ${why}.`);
  }

  private async grant(
    id: string,
    { username, password }: ExecLogin,
    target: Target,
    call: Call,
  ): Promise<void> {
    const hash = await hashOf(password);
    if (call.signal.aborted)
      throw new DriverError('backend', 'The login was not opened before the deadline.');
    if (!this.grants.grant(turnOf(id, target, call), username, hash)) throw new SupersededError();
  }

  private revoke(id: string, username: string | null, target: Target, call: Call): void {
    if (!this.grants.revoke(turnOf(id, target, call), username)) throw new SupersededError();
  }
}

function turnOf(container: string, target: Target, call: Call) {
  const { attempt } = call;
  return { container, pool: target.pool, order: orderOf(target, call), attempt };
}
