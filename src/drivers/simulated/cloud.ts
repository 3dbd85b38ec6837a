import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type Database from 'better-sqlite3';
import type { FaultScope } from '../driver';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import { DataVersion } from '../../sqlite/data-version';
import { Conditions } from './conditions';
import { loginOf, OUTSIDE, type Login, type LoginOrigin } from './logins';
import { makeTables } from './schema';
import type { SimulatedCall } from './settings';
import { addLogin, Things, type PowerState, type ThingRow, type ThingState } from './things';

const FILE = 'simulated.db';
const SETUP_TIMEOUT = 5_000;
const FROM_OUTSIDE: LoginOrigin = { credentialId: OUTSIDE, attempt: 0, purpose: 'standing' };

export interface FaultOptions {
  scope?: FaultScope;
  /** The call takes effect before it fails, as if its answer were lost. */
  answerLost?: boolean;
}

export interface SimulatedLogin {
  credentialId: string;
  username: string;
  purpose: 'standing' | 'access';
}

/**
 * The clouds open in this thread, by file: the drivers of all pools share one connection and one
 * queue of writes.
 */
const open = new Map<string, { cloud: SimulatedCloud; users: number }>();

/**
 * The cloud behind the `simulated` driver: one SQLite file that all threads and processes of a data
 * directory share and that outlives them. Tests and operators inspect it, and make it misbehave,
 * through this class.
 */
export class SimulatedCloud {
  readonly things: Things;
  readonly conditions: Conditions;
  private readonly group: GroupCommit<void>;

  private constructor(
    private readonly file: string,
    private readonly connection: Database.Database,
  ) {
    const dataVersion = new DataVersion(connection);
    this.group = new GroupCommit(connection, {
      onBegin: () => dataVersion.ask(),
      onUndo: () => this.things.forget(),
    });
    this.things = new Things(connection, dataVersion);
    this.conditions = new Conditions(connection, dataVersion);
  }

  /**
   * Opens `<dataDir>/simulated.db`, and creates it if it is missing. Each `open` needs its own
   * `close`.
   */
  static open(dataDir: string): SimulatedCloud {
    const file = resolve(join(dataDir, FILE));
    const entry = open.get(file) ?? { cloud: SimulatedCloud.connect(dataDir, file), users: 0 };
    entry.users += 1;
    open.set(file, entry);
    return entry.cloud;
  }

  private static connect(dataDir: string, file: string): SimulatedCloud {
    mkdirSync(dataDir, { recursive: true });
    const connection = openDatabase(file, { timeoutMs: SETUP_TIMEOUT });
    makeTables(connection);
    // A real cloud is elsewhere and costs this machine no disk time. The file has to survive our
    // processes, but no power cut.
    connection.pragma('synchronous = NORMAL');
    connection.pragma('busy_timeout = 0');
    return new SimulatedCloud(file, connection);
  }

  /** Ends one `open`; the last one waits for queued writes and closes the file. */
  async close(): Promise<void> {
    const entry = open.get(this.file);
    if (entry?.cloud !== this || --entry.users > 0) return;
    open.delete(this.file);
    await this.group.idle();
    this.connection.close();
  }

  /**
   * Runs `work` in a transaction shared with other queued writes; returns its result once
   * committed.
   */
  write<T>(work: () => T): Promise<T> {
    return this.group.run(work);
  }

  /**
   * Makes the next `times` calls of this kind fail, in `pool` or (`'*'`) anywhere; 0 cancels that.
   */
  async failNext(
    pool: string,
    call: SimulatedCall | '*',
    times: number,
    options: FaultOptions = {},
  ): Promise<void> {
    const { scope = 'resource', answerLost = false } = options;
    await this.write(() =>
      this.conditions.setFault({
        pool,
        call,
        remaining: times,
        scope,
        answer_lost: Number(answerLost),
      }),
    );
  }

  /** Makes all calls for `pool` (or `'*'`) fail from now on, or work again. */
  async setBackendDown(pool: string, down: boolean): Promise<void> {
    await this.write(() => this.conditions.setDown(pool, down));
  }

  /**
   * Sets the latency of calls for `pool` (or `'*'`), in ms; null restores that of its settings.
   */
  async setLatency(pool: string, latencyMs: number | null): Promise<void> {
    await this.write(() => this.conditions.setLatency(pool, latencyMs));
  }

  /** Changes the power state from outside. A `failed` thing no longer verifies. */
  async setPowerState(handle: string, state: PowerState): Promise<void> {
    await this.write(() => this.things.change(handle, (thing) => (thing.power_state = state)));
  }

  /** Replaces a user's password from outside; the old one no longer works. */
  changePassword(handle: string, username: string, password: string): Promise<void> {
    return this.write(() =>
      this.things.change(handle, (target) => {
        forget(target, username);
        addLogin(target, { username, password }, FROM_OUTSIDE);
      }),
    );
  }

  /** Adds a password to a user from outside. */
  addPassword(handle: string, username: string, password: string): Promise<void> {
    return this.write(() =>
      this.things.change(handle, (target) =>
        addLogin(target, { username, password }, FROM_OUTSIDE),
      ),
    );
  }

  /** Removes, from outside, all logins of this user, or of everybody if no name is given. */
  forgetPassword(handle: string, username?: string): Promise<void> {
    return this.write(() => this.things.change(handle, (target) => forget(target, username)));
  }

  /** Removes the thing from outside. */
  async vanish(handle: string): Promise<void> {
    await this.write(() => this.things.remove(handle));
  }

  /** The thing with this handle, if it exists. */
  target(handle: string): ThingRow | undefined {
    return this.things.get(handle);
  }

  /** All things, or those of one pool. Reads everything, so it is for tests and people only. */
  list(pool?: string): ThingRow[] {
    return this.connection
      .prepare<[string | null, string | null], ThingRow>(
        'SELECT * FROM things WHERE ? IS NULL OR pool = ? ORDER BY handle',
      )
      .all(pool ?? null, pool ?? null);
  }

  /** The working logins of a thing, without their secrets, oldest first. */
  loginsOf(handle: string): SimulatedLogin[] {
    return this.workingLogins(handle).map(({ credentialId, username, purpose }) => ({
      credentialId,
      username,
      purpose,
    }));
  }

  /**
   * Does the thing accept this login? `secret` is a password, a token (username undefined) or a
   * public key.
   */
  tryLogin(handle: string, username: string | undefined, secret: string): boolean {
    return loginOf(this.workingLogins(handle), { username, password: secret }) !== undefined;
  }

  private workingLogins(handle: string): readonly Login[] {
    return this.things.state(handle)?.logins ?? [];
  }
}

function forget(target: ThingState, username: string | undefined): void {
  target.logins = target.logins.filter(
    (login) => username !== undefined && login.username !== username,
  );
}
