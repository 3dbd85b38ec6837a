import type { Capabilities } from '../../domain/operation';
import type { AccessWish } from '../../domain/reservation';
import type { Call, CredentialSecret, Driver, DriverSurroundings, Found, Made, Thing, Verdict } from '../driver';
import { DriverError } from '../driver';
import { SimulatedCloud } from './cloud';
import { pause, passConditions } from './passage';
import { accessFor, nextCredential, uuid } from './secrets';
import { IMPORTED, secretOf } from './logins';
import type { SimulatedCall, SimulatedSettings } from './settings';
import { simulatedCapabilities } from './settings';
import type { Taken, ThingRow } from './things';
import { detailsOf, foundOf } from './things';

/** Lends things of the simulated cloud. Keeps nothing in memory: every thread and process sees the same. */
export class SimulatedDriver implements Driver {
  readonly capabilities: Capabilities;
  private readonly cloud: SimulatedCloud;

  constructor(
    private readonly settings: SimulatedSettings,
    private readonly surroundings: DriverSurroundings,
  ) {
    this.capabilities = simulatedCapabilities(settings);
    this.cloud = SimulatedCloud.open(surroundings.dataDir);
  }

  /** Makes the thing, or adopts it: an imported account is taken to have existed outside, see `accepts`. */
  provision(thing: Thing, call: Call): Promise<Made> {
    return this.changing('provision', thing.pool, call, () => {
      const { installation } = this.surroundings;
      const mine = this.cloud.things.ofResource(thing.resourceId, installation).filter((row) => row.operation_id === call.operationId);
      if (mine.some((row) => row.attempt > call.attempt)) throw superseded();
      for (const row of mine) this.cloud.things.remove(row.handle);
      const handle = uuid(this.surroundings.random);
      this.cloud.things.add({
        handle,
        installation,
        pool: thing.pool,
        resource_id: thing.resourceId,
        operation_id: call.operationId,
        attempt: call.attempt,
        name: thing.name,
        kind: thing.kind,
        type: thing.type,
        host: `${thing.name}.simulated.invalid`,
        generation: thing.generation,
        last_operation: call.operationId,
      });
      return { handle, details: detailsOf(this.cloud.things.get(handle)!) };
    });
  }

  verify(thing: Thing, credential: CredentialSecret | null, call: Call): Promise<Verdict> {
    return this.looking('verify', thing.pool, call, async () => {
      const row = this.find(thing);
      if (!row) return { ok: false, reason: 'The thing does not exist.' };
      if (row.power_state === 'failed') return { ok: false, reason: 'The thing has failed.' };
      if (credential && !(await this.accepts(row, credential))) return { ok: false, reason: 'The credential is refused.' };
      return { ok: true, details: detailsOf(row) };
    });
  }

  /** Keeps the handle; ends what was opened for the holder, and what an earlier try issued. */
  clean(thing: Thing, credential: CredentialSecret | null, call: Call): Promise<Made> {
    return this.changing('clean', thing.pool, call, () => {
      const row = this.take(thing, call);
      const { handle } = row;
      if (row.power_state === 'failed') throw new DriverError('resource', 'The thing has failed.');
      if (credential) this.demandAccepted(row, credential);
      if (call.attempt > 1) this.replaceOwn(handle, call);
      this.cloud.logins.endAll(handle, 'access');
      this.cloud.things.cleaned(handle);
      return { handle, details: detailsOf({ ...row, power_state: 'running' }) };
    });
  }

  /** The first one of a thing is made without a current one. */
  issueCredential(thing: Thing, current: CredentialSecret | null, call: Call): Promise<CredentialSecret> {
    return this.changing('issueCredential', thing.pool, call, () => {
      const row = this.take(thing, call);
      const { handle } = row;
      if (current && secretOf(current) !== undefined) this.demandAccepted(row, current);
      const issued = nextCredential(thing, current, this.surroundings.random);
      this.replaceOwn(handle, call);
      if (current === null) this.cloud.logins.endIssued(handle, null);
      this.cloud.logins.add(handle, issued, { credentialId: call.operationId, attempt: call.attempt, purpose: 'standing' });
      return issued;
    });
  }

  async retireCredential(thing: Thing, old: CredentialSecret, current: CredentialSecret, call: Call): Promise<void> {
    await this.changing('retireCredential', thing.pool, call, () => {
      const row = this.take(thing, call);
      const keep = this.demandAccepted(row, current);
      const login = this.cloud.logins.find(row.handle, old);
      if (login && login.id === keep) throw new DriverError('resource', 'The credential to retire is the current one.');
      if (login) this.cloud.logins.end(login);
      this.cloud.logins.endIssued(row.handle, keep);
    });
  }

  checkCredential(thing: Thing, credential: CredentialSecret, call: Call): Promise<'accepted' | 'refused'> {
    return this.looking('checkCredential', thing.pool, call, async () => {
      const answer = thing.handle === null ? undefined : this.cloud.logins.knock(thing.handle, credential);
      if (!answer) throw missing();
      const accepted = answer.seen ? answer.opens : await this.register(thing.handle!, credential);
      return accepted ? 'accepted' : 'refused';
    });
  }

  openAccess(thing: Thing, wish: AccessWish, call: Call): Promise<CredentialSecret> {
    return this.changing('openAccess', thing.pool, call, () => {
      const row = this.take(thing, call);
      const access = accessFor(wish, this.surroundings.random);
      this.replaceOwn(row.handle, call);
      const origin = { credentialId: call.operationId, attempt: call.attempt, purpose: 'access' as const };
      const { username, password, publicKey } = access;
      this.cloud.logins.add(row.handle, { username, password }, origin);
      for (const key of [publicKey, ...(wish.authorizedKeys ?? [])]) this.cloud.logins.add(row.handle, { username, publicKey: key }, origin);
      return { ...access, ...detailsOf(row) };
    });
  }

  async closeAccess(thing: Thing, _access: CredentialSecret | null, call: Call): Promise<void> {
    await this.changing('closeAccess', thing.pool, call, () => {
      if (!this.find(thing)) return;
      this.cloud.logins.endAll(this.take(thing, call).handle, 'access');
    });
  }

  async destroy(thing: Thing, call: Call): Promise<void> {
    await this.changing('destroy', thing.pool, call, () => {
      const rows = this.cloud.things.ofResource(thing.resourceId, this.surroundings.installation);
      for (const row of rows) this.cloud.things.remove(row.handle);
    });
  }

  async *list(pool: string, call: Call): AsyncGenerator<Found[]> {
    await this.looking('list', pool, call, async () => undefined);
    for (let after = ''; ; ) {
      const page = await faithfully(async () => this.cloud.things.after(this.surroundings.installation, pool, after));
      if (page.length === 0) return;
      after = page.at(-1)!.handle;
      yield page.map(foundOf);
      await pause(0, call.signal);
    }
  }

  async remove(found: Found, call: Call): Promise<void> {
    const pool = this.cloud.things.get(found.handle)?.pool ?? '';
    await this.changing('remove', pool, call, () => {
      if (this.cloud.things.get(found.handle)?.installation === this.surroundings.installation) this.cloud.things.remove(found.handle);
    });
  }

  close(): Promise<void> {
    return this.cloud.close();
  }

  /** A call that may change something: after latency and faults, its work is one short transaction. */
  private changing<T>(name: SimulatedCall, pool: string, call: Call, work: () => T): Promise<T> {
    return this.looking(name, pool, call, () =>
      this.cloud.write(() => {
        demandTime(call);
        return work();
      }),
    );
  }

  private looking<T>(name: SimulatedCall, pool: string, call: Call, work: () => Promise<T>): Promise<T> {
    return faithfully(async () => {
      const fault = await passConditions(this.cloud, this.settings, this.surroundings.random, { name, pool, signal: call.signal });
      const result = await work();
      if (fault) throw fault;
      return result;
    });
  }

  private find(thing: Thing): ThingRow | undefined {
    return thing.handle === null ? undefined : this.cloud.things.get(thing.handle);
  }

  /** The thing, for a call that changes it. A call that comes late loses. */
  private take(thing: Thing, call: Call): Taken {
    const taken = thing.handle === null ? undefined : this.cloud.things.take(thing.handle, thing, call);
    if (!taken) throw this.find(thing) ? superseded() : missing();
    return taken;
  }

  /** Removes what earlier tries of this operation made; loses where a later one has been here. */
  private replaceOwn(handle: string, call: Call): void {
    const mine = this.cloud.logins.of(handle).filter((row) => row.credential_id === call.operationId);
    if (mine.some((row) => row.attempt > call.attempt)) throw superseded();
    for (const row of mine) this.cloud.logins.end(row);
  }

  private async accepts({ handle, login_seen }: ThingRow, credential: CredentialSecret): Promise<boolean> {
    return login_seen === 0 ? this.register(handle, credential) : this.cloud.logins.find(handle, credential) !== undefined;
  }

  private register(handle: string, credential: CredentialSecret): Promise<boolean> {
    return this.cloud.write(() => {
      const row = this.cloud.things.get(handle);
      if (!row) throw missing();
      return this.matchOrRegister(row, credential) !== undefined;
    });
  }

  private demandAccepted(row: Taken, credential: CredentialSecret): number {
    const id = this.matchOrRegister(row, credential);
    if (id === undefined) throw new DriverError('resource', 'The current credential is refused.');
    return id;
  }

  /**
   * The rule for imported things: they existed outside before we heard of them, so the first credential that is
   * ever shown for a thing is registered as the one it has had all along. From then on only registered ones work.
   */
  private matchOrRegister({ handle, login_seen }: Taken, credential: CredentialSecret): number | undefined {
    if (login_seen === 0) {
      this.cloud.logins.add(handle, credential, { credentialId: IMPORTED, attempt: 0, purpose: 'standing' });
    }
    return this.cloud.logins.find(handle, credential)?.id;
  }
}

/** Whatever fails fails with a DriverError. */
async function faithfully<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DriverError) throw error;
    throw new DriverError('backend', 'The file of the simulated cloud cannot be used.', { cause: error });
  }
}

function demandTime(call: Call): void {
  if (call.signal.aborted) throw new DriverError('backend', 'The call was stopped at its deadline.');
}

function missing(): DriverError {
  return new DriverError('resource', 'The thing does not exist.');
}

function superseded(): DriverError {
  return new DriverError('resource', 'A newer call has been here; this one came too late and changed nothing.');
}
