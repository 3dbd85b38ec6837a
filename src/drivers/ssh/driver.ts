import type { AccessWish } from '../../domain/loans/reservation';
import {
  DriverError,
  type Call,
  type CredentialSecret,
  type Details,
  type DiscoveredResource,
  type Driver,
  type DriverEnv,
  type HealthCheck,
  type ProvisionResult,
  type Target,
} from '../driver';
import { tryLogin } from '../ssh-login/ssh';
import { closeOn, openOn } from './access';
import { cleanHost } from './cleaning';
import { onHost, wayTo, type Host, type HostCall } from './host';
import { holderLogin, requireNothing } from './proof';
import { detailsOf, handleFor, inventoryOf } from './taken';
import { SSH_CAPABILITIES, type SshSettings } from './settings';
import { NoStaticCredential } from '../ssh-login/no-static-credential';

/** Lends hosts that exist, by a user for each holder. */
export class SshDriver extends NoStaticCredential implements Driver {
  readonly capabilities = SSH_CAPABILITIES;

  constructor(
    private readonly settings: SshSettings,
    private readonly env: DriverEnv,
  ) {
    super();
  }

  /** Takes the host, and its inventory, against which every later search is compared. */
  async provision(target: Target, call: Call): Promise<ProvisionResult> {
    return this.onHost(target, call, async (host) => {
      const handle = handleFor(target, await host.take());
      return { handle, details: detailsOf(host) };
    });
  }

  /** A host is fine if its check says so, and nothing is on it that was not there at first. */
  async verify(
    target: Target,
    _credential: CredentialSecret | null,
    call: Call,
  ): Promise<HealthCheck> {
    try {
      const details = await this.onHost(target, call, (host) => this.check(host, target));
      return { ok: true, details };
    } catch (error) {
      if (error instanceof DriverError && error.scope === 'resource' && !call.signal.aborted)
        return { ok: false, reason: error.message };
      throw error;
    }
  }

  async clean(
    target: Target,
    _credential: CredentialSecret | null,
    call: Call,
  ): Promise<ProvisionResult> {
    if (target.handle === null) throw new DriverError('resource', 'The host was never taken.');
    return { handle: target.handle, details: await cleanHost(this.hostCall(target, call)) };
  }

  async checkCredential(
    target: Target,
    credential: CredentialSecret,
    call: Call,
  ): Promise<'accepted' | 'refused'> {
    const login = holderLogin(credential);
    if (!login) throw new DriverError('resource', 'The credential has neither password nor key.');
    await this.onHost(target, call, (host) => host.requireTaken());
    return tryLogin(wayTo(target, this.settings).endpoint, login, call.signal);
  }

  openAccess(target: Target, wish: AccessWish, call: Call): Promise<CredentialSecret> {
    return openOn(this.hostCall(target, call), wish);
  }

  closeAccess(target: Target, access: CredentialSecret | null, call: Call): Promise<void> {
    return closeOn(this.hostCall(target, call), access);
  }

  /** The host stays; our users and our records on it go. */
  async destroy(target: Target, call: Call): Promise<void> {
    await this.onHost(target, call, (host) => host.leave());
  }

  /**
   * Nothing: hosts are not made, so no sweep asks for them. Users that a lost call has left carry the
   * resource's mark, and its next call on the host removes them.
   */
  async *list(_pool: string, { signal }: Call): AsyncGenerator<DiscoveredResource[]> {
    if (signal.aborted) throw new DriverError('resource', 'The call was stopped at its deadline.');
  }

  async remove(): Promise<void> {}

  async close(): Promise<void> {
    // No connection stays open between calls.
  }

  private async check(host: Host, target: Target): Promise<Details> {
    const { checkCommand, ignore } = this.settings;
    const before = await inventoryOf(host, target);
    if (checkCommand && (await host.run(checkCommand)) !== 0)
      throw new DriverError('resource', 'The checkCommand of the settings fails.');
    const { left, inventory } = await host.search('looking');
    requireNothing(left, before, inventory, ignore);
    return detailsOf(host);
  }

  private hostCall(target: Target, call: Call): HostCall {
    const { settings, env } = this;
    return { target, call, settings, env, now: env.now ?? Date.now };
  }

  private onHost<T>(target: Target, call: Call, work: (host: Host) => Promise<T>): Promise<T> {
    return onHost(this.hostCall(target, call), work);
  }
}
