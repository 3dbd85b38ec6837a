import type { Capabilities } from '../../domain/operation';
import type { AccessWish } from '../../domain/reservation';
import type {
  Call,
  CredentialSecret,
  Driver,
  DriverSurroundings,
  Found,
  Made,
  Thing,
  Verdict,
} from '../driver';
import { DriverError } from '../driver';
import { SimulatedCloud } from './cloud';
import { pause, passConditions } from './passage';
import { accessFor, nextCredential, uuid } from './secrets';
import { IMPORTED, isIssued, loginOf, secretOf, type Login } from './logins';
import type { SimulatedCall, SimulatedSettings } from './settings';
import { simulatedCapabilities } from './settings';
import { addLogin, detailsOf, foundOf, type ThingState } from './things';

/** Lends things of the simulated cloud, which every thread and process sees alike. */
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

  /**
   * Makes the thing, or adopts it: an imported account is taken to have existed outside, see
   * `matchOrRegister`.
   */
  provision(thing: Thing, call: Call): Promise<Made> {
    return this.changing('provision', thing.pool, call, () => {
      const { installation } = this.surroundings;
      const mine = this.cloud.things
        .ofResource(thing.resourceId, installation)
        .filter((row) => row.operation_id === call.operationId);
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
      const state = this.find(thing);
      if (!state) return { ok: false, reason: 'The thing does not exist.' };
      if (state.power_state === 'failed') return { ok: false, reason: 'The thing has failed.' };
      if (credential && !(await this.accepts(state, credential)))
        return { ok: false, reason: 'The credential is refused.' };
      return { ok: true, details: detailsOf(state) };
    });
  }

  /** Keeps the handle; ends what was opened for the holder, and what an earlier try issued. */
  clean(thing: Thing, credential: CredentialSecret | null, call: Call): Promise<Made> {
    return this.altering('clean', thing, call, (state) => {
      if (state.power_state === 'failed')
        throw new DriverError('resource', 'The thing has failed.');
      if (credential) demandAccepted(state, credential);
      if (call.attempt > 1) replaceOwn(state, call);
      state.logins = state.logins.filter(({ purpose }) => purpose !== 'access');
      state.cleanings += 1;
      state.power_state = 'running';
      return { handle: state.handle, details: detailsOf(state) };
    });
  }

  /** The first one of a thing is made without a current one. */
  issueCredential(
    thing: Thing,
    current: CredentialSecret | null,
    call: Call,
  ): Promise<CredentialSecret> {
    return this.altering('issueCredential', thing, call, (state) => {
      if (current && secretOf(current) !== undefined) demandAccepted(state, current);
      const issued = nextCredential(thing, current, this.surroundings.random);
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
    thing: Thing,
    old: CredentialSecret,
    current: CredentialSecret,
    call: Call,
  ): Promise<void> {
    await this.altering('retireCredential', thing, call, (state) => {
      const kept = demandAccepted(state, current);
      const ended = loginOf(state.logins, old);
      if (ended === kept)
        throw new DriverError('resource', 'The credential to retire is the current one.');
      state.logins = state.logins.filter(
        (login) => login === kept || (login !== ended && !isIssued(login)),
      );
    });
  }

  checkCredential(
    thing: Thing,
    credential: CredentialSecret,
    call: Call,
  ): Promise<'accepted' | 'refused'> {
    return this.looking('checkCredential', thing.pool, call, async () => {
      const state = this.find(thing);
      if (!state) throw missing();
      return (await this.accepts(state, credential)) ? 'accepted' : 'refused';
    });
  }

  openAccess(thing: Thing, wish: AccessWish, call: Call): Promise<CredentialSecret> {
    return this.altering('openAccess', thing, call, (state) => {
      const access = accessFor(wish, this.surroundings.random);
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

  /** Nothing is open at what is no longer there. */
  async closeAccess(thing: Thing, _access: CredentialSecret | null, call: Call): Promise<void> {
    await this.changing('closeAccess', thing.pool, call, () => {
      if (!this.find(thing)) return;
      const state = this.take(thing, call);
      state.logins = state.logins.filter(({ purpose }) => purpose !== 'access');
      this.cloud.things.save(state);
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
    for (let after = ''; ;) {
      const page = await faithfully(async () =>
        this.cloud.things.after(this.surroundings.installation, pool, after),
      );
      if (page.length === 0) return;
      after = page.at(-1)!.handle;
      yield page.map(foundOf);
      await pause(0, call.signal);
    }
  }

  async remove(found: Found, call: Call): Promise<void> {
    const pool = this.cloud.things.get(found.handle)?.pool ?? '';
    await this.changing('remove', pool, call, () => {
      if (this.cloud.things.get(found.handle)?.installation === this.surroundings.installation)
        this.cloud.things.remove(found.handle);
    });
  }

  close(): Promise<void> {
    return this.cloud.close();
  }

  /**
   * A call that may change something: after latency and faults, its work is one short transaction.
   */
  private changing<T>(name: SimulatedCall, pool: string, call: Call, work: () => T): Promise<T> {
    return this.looking(name, pool, call, () =>
      this.cloud.write(() => {
        demandTime(call);
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
    return faithfully(async () => {
      const fault = await passConditions(this.cloud, this.settings, this.surroundings.random, {
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
   * A call that changes one thing: it becomes as `work` leaves its state; if that throws, nothing
   * has been.
   */
  private altering<T>(
    name: SimulatedCall,
    thing: Thing,
    call: Call,
    work: (state: ThingState) => T,
  ): Promise<T> {
    return this.changing(name, thing.pool, call, () => {
      const state = this.take(thing, call);
      const result = work(state);
      this.cloud.things.save(state);
      return result;
    });
  }

  private find(thing: Thing): ThingState | undefined {
    return thing.handle === null ? undefined : this.cloud.things.state(thing.handle);
  }

  /**
   * The thing, for a call that changes it. A call comes late and loses if it is of an earlier
   * generation, or of an operation that a later one or a later try of its own has followed. Its
   * operation must be older in any case: after a restore from a backup generations count again from
   * below, with newer operations.
   */
  private take(thing: Thing, { operationId, attempt }: Call): ThingState {
    const state = this.find(thing);
    if (!state) throw missing();
    const isOlder =
      operationId < state.last_operation ||
      (operationId === state.last_operation && attempt < state.last_attempt);
    if (thing.generation <= state.generation && isOlder) throw superseded();
    return Object.assign(state, {
      generation: thing.generation,
      last_operation: operationId,
      last_attempt: attempt,
    });
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

/** Removes what earlier tries of this operation made; loses where a later one has been here. */
function replaceOwn(state: ThingState, call: Call): void {
  const isOwn = ({ credentialId }: Login) => credentialId === call.operationId;
  if (state.logins.some((login) => isOwn(login) && login.attempt > call.attempt))
    throw superseded();
  state.logins = state.logins.filter((login) => !isOwn(login));
}

function demandAccepted(state: ThingState, credential: CredentialSecret): Login {
  const login = matchOrRegister(state, credential);
  if (!login) throw new DriverError('resource', 'The current credential is refused.');
  return login;
}

/**
 * The rule for imported things: they existed outside before we heard of them, so the first
 * credential that is ever shown for a thing is registered as the one it has had all along. From
 * then on only registered ones work.
 */
function matchOrRegister(state: ThingState, credential: CredentialSecret): Login | undefined {
  if (state.login_seen === 0)
    addLogin(state, credential, { credentialId: IMPORTED, attempt: 0, purpose: 'standing' });
  return loginOf(state.logins, credential);
}

/** Whatever fails fails with a DriverError. */
async function faithfully<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DriverError) throw error;
    throw new DriverError('backend', 'The file of the simulated cloud cannot be used.', {
      cause: error,
    });
  }
}

function demandTime(call: Call): void {
  if (call.signal.aborted)
    throw new DriverError('backend', 'The call was stopped at its deadline.');
}

function missing(): DriverError {
  return new DriverError('resource', 'The thing does not exist.');
}

function superseded(): DriverError {
  return new DriverError(
    'resource',
    'A newer call has been here; this one came too late and changed nothing.',
  );
}
