import type Database from 'better-sqlite3';
import type { Call, Details, Found, Thing } from '../driver';

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
}

/** What the driver needs of a thing that it changes. */
export type Taken = Pick<ThingRow, 'handle' | 'kind' | 'host' | 'power_state' | 'login_seen'>;

interface Stamp {
  handle: string;
  generation: number;
  operation: string;
  attempt: number;
}

export type NewThing = Omit<ThingRow, 'power_state' | 'cleanings' | 'login_seen' | 'last_attempt'>;

const PAGE = 500;

/** The things of the simulated cloud, each statement prepared once and served by an index. */
export class Things {
  private readonly byHandle;
  private readonly byResource;
  private readonly page;
  private readonly insert;
  private readonly delete;
  private readonly stamp;
  private readonly countCleaning;
  private readonly power;

  constructor(connection: Database.Database) {
    this.byHandle = connection.prepare<[string], ThingRow>('SELECT * FROM things WHERE handle = ?');
    this.byResource = connection.prepare<[string, string], ThingRow>('SELECT * FROM things WHERE resource_id = ? AND installation = ?');
    this.page = connection.prepare<[string, string, string], ThingRow>(
      `SELECT * FROM things WHERE installation = ? AND pool = ? AND handle > ? ORDER BY handle LIMIT ${PAGE}`,
    );
    this.insert = connection.prepare<NewThing>(
      `INSERT INTO things (handle, installation, pool, resource_id, operation_id, attempt, name, kind, type, host, generation, last_operation, last_attempt)
       VALUES (@handle, @installation, @pool, @resource_id, @operation_id, @attempt, @name, @kind, @type, @host, @generation, @last_operation, @attempt)`,
    );
    this.delete = connection.prepare<[string]>('DELETE FROM things WHERE handle = ?');
    this.stamp = connection.prepare<Stamp, Taken>(
      `UPDATE things SET generation = @generation, last_operation = @operation, last_attempt = @attempt
       WHERE handle = @handle AND NOT (@generation <= generation AND (@operation, @attempt) < (last_operation, last_attempt))
       RETURNING handle, kind, host, power_state, login_seen`,
    );
    this.countCleaning = connection.prepare<[string]>(
      "UPDATE things SET cleanings = cleanings + 1, power_state = 'running' WHERE handle = ?",
    );
    this.power = connection.prepare<[PowerState, string]>('UPDATE things SET power_state = ? WHERE handle = ?');
  }

  get(handle: string): ThingRow | undefined {
    return this.byHandle.get(handle);
  }

  /** Everything that stands for one resource: one thing, or more where tries left orphans. */
  ofResource(resourceId: string, installation: string): ThingRow[] {
    return this.byResource.all(resourceId, installation);
  }

  /** Up to 500 things of a pool that follow `after` in the order of handles; none when the list is at its end. */
  after(installation: string, pool: string, after: string): ThingRow[] {
    return this.page.all(installation, pool, after);
  }

  add(thing: NewThing): void {
    this.insert.run(thing);
  }

  /** Its logins go with it. Already gone is no error. */
  remove(handle: string): void {
    this.delete.run(handle);
  }

  /**
   * The thing, for a call that changes it; undefined where there is none, or the call comes late: of an earlier
   * generation, or of an operation that a later one or a later try of its own has followed. Its operation must be older in
   * any case: after a restore from a backup generations count again from below, with newer operations.
   */
  take(handle: string, { generation }: Thing, { operationId: operation, attempt }: Call): Taken | undefined {
    return this.stamp.get({ handle, generation, operation, attempt });
  }

  /** Counts a cleaning; a thing that was stopped runs again. */
  cleaned(handle: string): void {
    this.countCleaning.run(handle);
  }

  setPower(handle: string, state: PowerState): void {
    this.power.run(state, handle);
  }
}

/** What the outside shows of a thing; only machines have an address and a power state. */
export function detailsOf(row: Omit<Taken, 'login_seen'>): Details {
  if (row.kind !== 'vm' && row.kind !== 'container') return {};
  const powerState = row.power_state === 'failed' ? 'unknown' : row.power_state;
  return { host: row.host, port: 22, hostKey: `SHA256:${row.handle}`, powerState };
}

/** A thing as the driver's port lists it. */
export function foundOf(row: ThingRow): Found {
  return { handle: row.handle, resourceId: row.resource_id, operationId: row.operation_id };
}
