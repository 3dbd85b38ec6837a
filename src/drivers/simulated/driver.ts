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
import type { Level } from '../../domain/returns/level';
import { evidenceOf } from './showing';
import { DriverError } from '../driver';
import { SimulatedCloud } from './cloud';
import { pause, passConditions } from './passage';
import { accessFor, nextCredential, uuid } from './secrets';
import { isIssued, loginOf, secretOf } from './logins';
import {
  asDriverError,
  matchOrRegister,
  missing,
  replaceOwn,
  requireAccepted,
  requireTime,
  superseded,
  takeTurn,
} from './rules';
import type { SimulatedCall, SimulatedSettings } from './settings';
import { simulatedCapabilities } from './settings';
import { addLogin, detailsOf, foundOf, type ThingState } from './things';

/** Lends things of the simulated cloud, which all threads and processes share. */
export class SimulatedDriver implements Driver {
  readonly capabilities: Capabilities;
  private readonly cloud: SimulatedCloud;

  constructor(
    private readonly settings: SimulatedSettings,
    private readonly env: DriverEnv,
  ) {
    this.capabilities = { ...simulatedCapabilities(settings) };
    this.cloud = SimulatedCloud.open(env.dataDir);
  }

  /**
   * Makes the thing, or adopts it: an imported account is assumed to have existed outside, see
   * `matchOrRegister`.
   */
  provision(target: Target, call: Call): Promise<ProvisionResult> {
    return this.changing('provision', target.pool, call, () => {
      const { installation } = this.env;
      const mine = this.cloud.things
        .ofResource(target.resourceId, installation)
        .filter((row) => row.operation_id === call.operationId);
      if (mine.some((row) => row.attempt > call.attempt)) throw superseded();
      for (const row of mine) this.cloud.things.remove(row.handle);
      const handle = uuid(this.env.random);
      this.cloud.things.add({
        handle,
        installation,
        pool: target.pool,
        resource_id: target.resourceId,
        operation_id: call.operationId,
        attempt: call.attempt,
        name: target.name,
        kind: target.kind,
        type: target.type,
        host: `${target.name}.simulated.invalid`,
        generation: target.generation,
        last_operation: call.operationId,
      });
      return { handle, details: detailsOf(this.cloud.things.get(handle)!) };
    });
  }

  verify(target: Target, credential: CredentialSecret | null, call: Call): Promise<HealthCheck> {
    return this.looking('verify', target.pool, call, async () => {
      const state = this.find(target);
      if (!state) return { ok: false, reason: 'The thing does not exist.' };
      if (state.power_state === 'failed') return { ok: false, reason: 'The thing has failed.' };
      if (credential && !(await this.accepts(state, credential)))
        return { ok: false, reason: 'The credential is refused.' };
      return { ok: true, details: detailsOf(state) };
    });
  }

  /** Keeps the handle; removes the holder's access and credentials of an earlier attempt. */
  clean(target: Target, credential: CredentialSecret | null, call: Call): Promise<ProvisionResult> {
    return this.altering('clean', target, call, (state) => {
      if (state.power_state === 'failed')
        throw new DriverError('resource', 'The thing has failed.');
      if (credential) requireAccepted(state, credential);
      if (call.attempt > 1) replaceOwn(state, call);
      state.logins = state.logins.filter(({ purpose }) => purpose !== 'access');
      state.cleanings += 1;
      this.show('R4', state, call);
      state.power_state = 'running';
      return { handle: state.handle, details: detailsOf(state) };
    });
  }

  /** Without a current credential it makes the thing's first, and revokes all issued before. */
  issueCredential(
    target: Target,
    current: CredentialSecret | null,
    call: Call,
  ): Promise<CredentialSecret> {
    return this.altering('issueCredential', target, call, (state) => {
      if (current && secretOf(current) !== undefined) requireAccepted(state, current);
      const issued = nextCredential(target, current, this.env.random);
      replaceOwn(state, call);
      if (current === null) state.logins = state.logins.filter((login) => !isIssued(login));
      addLogin(state, issued, {
        credentialId: call.operationId,
        attempt: call.attempt,
        purpose: 'standing',
      });
      return issued;
    });
  }

  async retireCredential(
    target: Target,
    old: CredentialSecret,
    current: CredentialSecret,
    call: Call,
  ): Promise<void> {
    await this.altering('retireCredential', target, call, (state) => {
      const kept = requireAccepted(state, current);
      const ended = loginOf(state.logins, old);
      if (ended === kept)
        throw new DriverError('resource', 'The credential to retire is the current one.');
      state.logins = state.logins.filter(
        (login) => login === kept || (login !== ended && !isIssued(login)),
      );
      this.show('R3', state, call);
    });
  }

  checkCredential(
    target: Target,
    credential: CredentialSecret,
    call: Call,
  ): Promise<'accepted' | 'refused'> {
    return this.looking('checkCredential', target.pool, call, async () => {
      const state = this.find(target);
      if (!state) throw missing();
      return (await this.accepts(state, credential)) ? 'accepted' : 'refused';
    });
  }

  openAccess(target: Target, wish: AccessWish, call: Call): Promise<CredentialSecret> {
    return this.altering('openAccess', target, call, (state) => {
      const access = accessFor(wish, this.env.random);
      replaceOwn(state, call);
      const origin = {
        credentialId: call.operationId,
        attempt: call.attempt,
        purpose: 'access' as const,
      };
      const { username, password, publicKey } = access;
      addLogin(state, { username, password }, origin);
      for (const key of [publicKey, ...(wish.authorizedKeys ?? [])])
        addLogin(state, { username, publicKey: key }, origin);
      return { ...access, ...detailsOf(state) };
    });
  }

  /** Does nothing if the thing is gone. */
  async closeAccess(target: Target, _access: CredentialSecret | null, call: Call): Promise<void> {
    await this.changing('closeAccess', target.pool, call, () => {
      if (!this.find(target)) return;
      const state = this.take(target, call);
      state.logins = state.logins.filter(({ purpose }) => purpose !== 'access');
      this.show('R3', state, call);
      this.cloud.things.save(state);
    });
  }

  async destroy(target: Target, call: Call): Promise<void> {
    await this.changing('destroy', target.pool, call, () => {
      const rows = this.cloud.things.ofResource(target.resourceId, this.env.installation);
      for (const row of rows) this.cloud.things.remove(row.handle);
    });
  }

  async *list(pool: string, call: Call): AsyncGenerator<DiscoveredResource[]> {
    await this.looking('list', pool, call, async () => undefined);
    for (let after = ''; ;) {
      const page = await asDriverError(async () =>
        this.cloud.things.after(this.env.installation, pool, after),
      );
      if (page.length === 0) return;
      after = page.at(-1)!.handle;
      yield page.map(foundOf);
      await pause(0, call.signal);
    }
  }

  async remove(found: DiscoveredResource, call: Call): Promise<void> {
    const pool = this.cloud.things.get(found.handle)?.pool ?? '';
    await this.changing('remove', pool, call, () => {
      if (this.cloud.things.get(found.handle)?.installation === this.env.installation)
        this.cloud.things.remove(found.handle);
    });
  }

  close(): Promise<void> {
    return this.cloud.close();
  }

  /**
   * Runs a call that may change something: after latency and faults, `work` is one transaction.
   */
  private changing<T>(name: SimulatedCall, pool: string, call: Call, work: () => T): Promise<T> {
    return this.looking(name, pool, call, () =>
      this.cloud.write(() => {
        requireTime(call);
        return work();
      }),
    );
  }

  private looking<T>(
    name: SimulatedCall,
    pool: string,
    call: Call,
    work: () => Promise<T>,
  ): Promise<T> {
    return asDriverError(async () => {
      const fault = await passConditions(this.cloud, this.settings, this.env.random, {
        name,
        pool,
        signal: call.signal,
      });
      const result = await work();
      if (fault) throw fault;
      return result;
    });
  }

  /**
   * Runs a call that changes one thing: saves its state as `work` leaves it, unless that throws.
   */
  private altering<T>(
    name: SimulatedCall,
    target: Target,
    call: Call,
    work: (state: ThingState) => T,
  ): Promise<T> {
    return this.changing(name, target.pool, call, () => {
      const state = this.take(target, call);
      const result = work(state);
      this.cloud.things.save(state);
      return result;
    });
  }

  /** Shows what this call would show of a real thing: that of a new thing only when it is cleaned. */
  private show(most: Level, { handle, cleanings }: ThingState, call: Call): void {
    const { proves = 'R0' } = this.capabilities;
    const isOfThisCall = (proves === 'R4') === (most === 'R4');
    if (!isOfThisCall) return;
    const now = (this.env.now ?? Date.now)();
    call.show(evidenceOf(proves, `${handle}, cleaning ${cleanings}`, now, call.derived));
  }

  private find(target: Target): ThingState | undefined {
    return target.handle === null ? undefined : this.cloud.things.state(target.handle);
  }

  /** The thing, for a call that changes it. Errors: DriverError if it is gone or the call is late. */
  private take(target: Target, call: Call): ThingState {
    const state = this.find(target);
    if (!state) throw missing();
    return takeTurn(state, target, call);
  }

  private async accepts(state: ThingState, credential: CredentialSecret): Promise<boolean> {
    return state.login_seen === 0
      ? this.register(state.handle, credential)
      : loginOf(state.logins, credential) !== undefined;
  }

  private register(handle: string, credential: CredentialSecret): Promise<boolean> {
    return this.cloud.write(() => {
      const state = this.cloud.things.state(handle);
      if (!state) throw missing();
      const login = matchOrRegister(state, credential);
      this.cloud.things.save(state);
      return login !== undefined;
    });
  }
}
