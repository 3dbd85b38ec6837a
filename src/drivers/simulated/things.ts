import type Database from 'better-sqlite3';
import type { DataVersion } from '../../sqlite/data-version';
import type { CredentialSecret, Details, DiscoveredResource } from '../driver';
import { newLogin, type Login, type LoginOrigin } from './logins';

export type PowerState = 'running' | 'stopped' | 'paused' | 'failed';

export interface ThingRow {
  handle: string;
  installation: string;
  pool: string;
  resource_id: string;
  operation_id: string;
  attempt: number;
  name: string;
  kind: string;
  type: string;
  host: string;
  power_state: PowerState;
  cleanings: number;
  login_seen: number;
  generation: number;
  last_operation: string;
  last_attempt: number;
  /** The working logins, as JSON. */
  logins: string;
}

/** The part of a thing that calls read and change. */
export interface ThingState extends Pick<
  ThingRow,
  | 'handle'
  | 'kind'
  | 'host'
  | 'power_state'
  | 'cleanings'
  | 'login_seen'
  | 'generation'
  | 'last_operation'
  | 'last_attempt'
> {
  /** The working logins, oldest first. */
  logins: readonly Login[];
}

export type NewThing = Omit<
  ThingRow,
  'power_state' | 'cleanings' | 'login_seen' | 'last_attempt' | 'logins'
>;

const PAGE = 500;
/** The most things whose state a thread caches. */
const CACHE_SIZE = 20_000;

/**
 * The things of the simulated cloud. Each is a row that includes its logins, so that a call reads
 * one row and writes one.
 */
export class Things {
  private readonly byHandle;
  private readonly byResource;
  private readonly page;
  private readonly insert;
  private readonly delete;
  private readonly stateOf;
  private readonly update;
  /** Cached states, valid for the epoch below. */
  private readonly cache = new Map<string, ThingState>();
  private epoch: number | null = null;

  constructor(
    connection: Database.Database,
    private readonly dataVersion: DataVersion,
  ) {
    this.byHandle = connection.prepare<[string], ThingRow>('SELECT * FROM things WHERE handle = ?');
    this.byResource = connection.prepare<[string, string], ThingRow>(
      'SELECT * FROM things WHERE resource_id = ? AND installation = ?',
    );
    this.page = connection.prepare<[string, string, string], ThingRow>(
      `SELECT * FROM things WHERE installation = ? AND pool = ? AND handle > ?
       ORDER BY handle LIMIT ${PAGE}`,
    );
    this.insert = connection.prepare<NewThing>(
      `INSERT INTO things
         (handle, installation, pool, resource_id, operation_id, attempt, name, kind, type, host,
          generation, last_operation, last_attempt)
       VALUES
         (@handle, @installation, @pool, @resource_id, @operation_id, @attempt, @name, @kind, @type,
          @host, @generation, @last_operation, @attempt)`,
    );
    this.delete = connection.prepare<[string]>('DELETE FROM things WHERE handle = ?');
    this.stateOf = connection.prepare<[string], Omit<ThingState, 'logins'> & { logins: string }>(
      'SELECT handle, kind, host, power_state, cleanings, login_seen, generation, ' +
        'last_operation, last_attempt, logins FROM things WHERE handle = ?',
    );
    this.update = connection.prepare<
      [PowerState, number, number, number, string, number, string, string]
    >(
      `UPDATE things SET power_state = ?, cleanings = ?, login_seen = ?, generation = ?,
         last_operation = ?, last_attempt = ?, logins = ?
       WHERE handle = ?`,
    );
  }

  get(handle: string): ThingRow | undefined {
    return this.byHandle.get(handle);
  }

  /** All things of one resource: one, or more if earlier attempts left orphans. */
  ofResource(resourceId: string, installation: string): ThingRow[] {
    return this.byResource.all(resourceId, installation);
  }

  /**
   * Up to 500 things of a pool that follow `after` in the order of handles; none at the end.
   */
  after(installation: string, pool: string, after: string): ThingRow[] {
    return this.page.all(installation, pool, after);
  }

  add(thing: NewThing): void {
    this.insert.run(thing);
  }

  /** Removes a thing with its logins. No error if it is gone. */
  remove(handle: string): void {
    this.delete.run(handle);
    this.cache.delete(handle);
  }

  /** A copy of a thing's present state; undefined if it does not exist. */
  state(handle: string): ThingState | undefined {
    const epoch = this.dataVersion.epoch();
    if (this.epoch !== epoch || this.cache.size > CACHE_SIZE) this.cache.clear();
    this.epoch = epoch;
    const known = this.cache.get(handle) ?? this.read(handle);
    return known && { ...known };
  }

  private read(handle: string): ThingState | undefined {
    const row = this.stateOf.get(handle);
    if (!row) return undefined;
    const state = { ...row, logins: JSON.parse(row.logins) as Login[] };
    this.cache.set(handle, state);
    return state;
  }

  /**
   * Saves a changed copy of a thing's state. Must run in the transaction in which it was read.
   */
  save(state: ThingState): void {
    const {
      handle,
      power_state,
      cleanings,
      login_seen,
      generation,
      last_operation,
      last_attempt,
      logins,
    } = state;
    this.update.run(
      power_state,
      cleanings,
      login_seen,
      generation,
      last_operation,
      last_attempt,
      JSON.stringify(logins),
      handle,
    );
    this.cache.set(handle, { ...state });
  }

  /** Drops the cache: a transaction was undone, and states read or saved in it are void. */
  forget(): void {
    this.cache.clear();
  }

  /** Changes a thing, unless it is gone. Must run in a transaction. */
  change(handle: string, how: (state: ThingState) => void): void {
    const state = this.state(handle);
    if (!state) return;
    how(state);
    this.save(state);
  }
}

/** Adds a login that works from now on; does nothing for a credential without a secret. */
export function addLogin(
  state: ThingState,
  credential: CredentialSecret,
  origin: LoginOrigin,
): void {
  const login = newLogin(credential, origin);
  if (!login) return;
  state.logins = [...state.logins, login];
  state.login_seen = 1;
}

/** The kinds that are machines. */
const MACHINES: readonly string[] = ['vm', 'container', 'host'];

/** The details of a thing; only machines have an address and a power state. */
export function detailsOf({
  kind,
  host,
  handle,
  power_state,
}: Pick<ThingState, 'kind' | 'host' | 'handle' | 'power_state'>): Details {
  if (!MACHINES.includes(kind)) return {};
  const powerState = power_state === 'failed' ? 'unknown' : power_state;
  return { host, port: 22, hostKey: `SHA256:${handle}`, powerState };
}

/** A thing as `Driver.list` describes it. */
export function foundOf(row: ThingRow): DiscoveredResource {
  return { handle: row.handle, resourceId: row.resource_id, operationId: row.operation_id };
}
