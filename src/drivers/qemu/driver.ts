import type { AccessWish } from '../../domain/loans/reservation';
import type {
  Call,
  CredentialSecret,
  DiscoveredResource,
  Driver,
  DriverEnv,
  HealthCheck,
  ProvisionResult,
  Target,
} from '../driver';
import { DriverError } from '../driver';
import { grantFor } from '../ssh-login/grants';
import { Logins, SupersededError } from '../ssh-login/logins';
import { hostName } from '../ssh-login/names';
import { loginOf, tryLogin } from '../ssh-login/ssh';
import { chooseAccelerator } from './accelerator';
import { GRANT_COMMAND, REVOKE_COMMAND } from './commands';
import { AcceleratorError } from './faults';
import { Guests, type Guest } from './guests';
import { labelOf } from './labels';
import { stateOf } from './monitor';
import { Reach } from './reach';
import { makeSeed } from './seed';
import { QEMU_CAPABILITIES, type QemuSettings } from './settings';
import { isSameShape } from './shape';
import { NoStaticCredential } from '../ssh-login/no-static-credential';

/** How long a guest may take to revoke all logins until it is killed instead, in ms. */
const REVOKE_TIME = 20_000;

/**
 * Lends virtual machines of QEMU on this machine. Each serves a single holder: cleaning replaces it
 * by one with a new overlay of the image, and nothing of the old one is kept.
 */
export class QemuDriver extends NoStaticCredential implements Driver {
  readonly capabilities = QEMU_CAPABILITIES;
  private readonly guests: Guests;
  private readonly reach: Reach;
  private readonly logins: Logins<Guest>;

  constructor(
    private readonly settings: QemuSettings,
    private readonly env: DriverEnv,
    choose = chooseAccelerator,
  ) {
    super();
    const { grantCommand = GRANT_COMMAND, revokeCommand = REVOKE_COMMAND } = settings;
    this.guests = new Guests(settings, env, choose);
    this.reach = new Reach(this.guests, settings);
    this.logins = new Logins(this.reach.runIn, { grantCommand, revokeCommand }, env.random);
  }

  async provision(target: Target, call: Call): Promise<ProvisionResult> {
    await this.guests.removeEarlier(target, call);
    return this.discardingIfFailed(target, call, async () => {
      const { guest, hostKey } = await this.startReady(target, call);
      return { handle: guest.handle, details: this.reach.details(guest, hostKey, target) };
    });
  }

  /**
   * A guest is sound if it runs, is what would be made today, and admits a login of our own that it
   * refuses after it was revoked.
   */
  async verify(
    target: Target,
    _credential: CredentialSecret | null,
    call: Call,
  ): Promise<HealthCheck> {
    try {
      const guest = await this.guests.find(target.handle, call.signal);
      if (!guest) return { ok: false, reason: 'The virtual machine does not exist.' };
      const reason = await this.faultOf(guest, target, call);
      if (reason !== null) return { ok: false, reason };
      const endpoint = this.guests.endpoint(guest);
      const hostKey = await this.logins.prove(guest, endpoint, target, call, false);
      return { ok: true, details: this.reach.details(guest, hostKey, target) };
    } catch (error) {
      if (error instanceof DriverError && error.scope === 'resource' && !call.signal.aborted)
        return { ok: false, reason: error.message };
      throw error;
    }
  }

  /**
   * Replaces the guest, and proves the new one. The old one is killed first, which ends every
   * session in it at once, and it is gone even if no new one can be made. A late attempt can remove
   * only the old one and its own.
   */
  async clean(
    target: Target,
    _credential: CredentialSecret | null,
    call: Call,
  ): Promise<ProvisionResult> {
    await this.guests.removeEarlier(target, call);
    if (target.handle !== null) await this.guests.remove(target.handle, call.signal);
    return this.discardingIfFailed(target, call, async () => {
      const { guest } = await this.startReady(target, call);
      const endpoint = this.guests.endpoint(guest);
      const hostKey = await this.logins.prove(guest, endpoint, target, call, true);
      await this.showGone(target, call);
      return { handle: guest.handle, details: this.reach.details(guest, hostKey, target) };
    });
  }

  private async showGone({ handle }: Target, call: Call): Promise<void> {
    if (handle !== null && !(await this.guests.find(handle, call.signal)))
      call.show({ replaced: { gone: handle } });
  }

  async checkCredential(
    target: Target,
    credential: CredentialSecret,
    call: Call,
  ): Promise<'accepted' | 'refused'> {
    const login = loginOf(credential);
    if (!login) throw new DriverError('resource', 'The credential has neither password nor key.');
    const guest = await this.requireRunning(target, call);
    return tryLogin(this.guests.endpoint(guest), login, call.signal);
  }

  async openAccess(target: Target, wish: AccessWish, call: Call): Promise<CredentialSecret> {
    const grant = grantFor(wish, call, this.env.random);
    const guest = await this.requireRunning(target, call);
    const endpoint = this.guests.endpoint(guest);
    await this.logins.grant(guest, grant, target, call);
    const { username, password } = grant;
    // A holder with a key keeps the private half, so the proof is that another key is let in.
    const proven =
      password === undefined
        ? await this.logins.control(guest, endpoint, target, call, 'key')
        : await this.logins.requireAccepted(endpoint, { username, password }, call);
    const { host, port, hostKey } = this.reach.details(guest, proven, target);
    return { username, ...(password !== undefined && { password }), host, port, hostKey };
  }

  async closeAccess(target: Target, access: CredentialSecret | null, call: Call): Promise<void> {
    const guest = await this.guests.find(target.handle, call.signal);
    if (!guest || !(await this.guests.isRunning(guest.handle))) return;
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(REVOKE_TIME)]);
    try {
      await this.logins.revoke(guest, null, target, { ...call, signal });
    } catch (error) {
      if (error instanceof SupersededError || call.signal.aborted) throw error;
      // A holder may have stopped whatever would obey. No access outlives the guest.
      return this.guests.kill(guest.handle, call.signal);
    }
    const endpoint = this.guests.endpoint(guest);
    const login = access && loginOf(access);
    if (login) await this.logins.requireRefused(endpoint, login, call);
    await this.logins.control(guest, endpoint, target, call);
  }

  async destroy(target: Target, call: Call): Promise<void> {
    const isOfTarget = ({ resourceId }: { resourceId: string }) => resourceId === target.resourceId;
    for (const { handle } of await this.guests.labelled(isOfTarget, call.signal))
      await this.guests.remove(handle, call.signal);
  }

  async *list(pool: string, call: Call): AsyncGenerator<DiscoveredResource[]> {
    yield await this.guests.labelled((label) => label.pool === pool, call.signal);
  }

  remove({ handle }: DiscoveredResource, call: Call): Promise<void> {
    return this.guests.remove(handle, call.signal);
  }

  async close(): Promise<void> {
    // No connection stays open between calls, and guests go on without us.
  }

  /**
   * Starts a guest, and waits until it can be reached. One that KVM turns out not to run is started
   * again without, if the settings leave the choice to us.
   */
  private async startReady(target: Target, call: Call): Promise<{ guest: Guest; hostKey: string }> {
    const guest = await this.start(target, call);
    try {
      return { guest, hostKey: await this.reach.untilReady(guest, target, call) };
    } catch (error) {
      if (!(error instanceof AcceleratorError) || !this.guests.giveUpKvm()) throw error;
    }
    await this.guests.remove(guest.handle, call.signal);
    const emulated = await this.start(target, call);
    return { guest: emulated, hostKey: await this.reach.untilReady(emulated, target, call) };
  }

  private start(target: Target, call: Call): Promise<Guest> {
    const isSeeded = this.settings.login === 'cloud-init';
    return this.guests.start(target, call, async (folder, handle) => {
      if (isSeeded) await makeSeed(folder, handle, hostName(target.name, 'vm'));
    });
  }

  /** Why the guest cannot be lent, as far as it can be seen from outside; null if it can. */
  private async faultOf(guest: Guest, target: Target, call: Call): Promise<string | null> {
    if (labelOf(guest.handle)?.resourceId !== target.resourceId)
      return "The virtual machine is another resource's.";
    if (!(await this.guests.isRunning(guest.handle))) return 'The virtual machine does not run.';
    if (!isSameShape(guest.shape, await this.guests.shapeFor(target)))
      return 'The virtual machine was made with other settings.';
    const state = await stateOf(guest.folder, call.signal);
    return state === 'running' ? null : `The virtual machine is ${state}.`;
  }

  private async discardingIfFailed<T>(
    target: Target,
    call: Call,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.guests.discard(target, call);
      throw error;
    }
  }

  private async requireRunning(target: Target, call: Call): Promise<Guest> {
    const guest = await this.guests.find(target.handle, call.signal);
    if (!guest) throw new DriverError('resource', 'The virtual machine does not exist.');
    if (!(await this.guests.isRunning(guest.handle)))
      throw new DriverError('resource', 'The virtual machine does not run.');
    return guest;
  }
}
