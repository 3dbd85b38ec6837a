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
  /** The call takes effect and only then fails: its answer got lost. */
  answerLost?: boolean;
}

export interface SimulatedLogin {
  credentialId: string;
  username: string;
  purpose: 'standing' | 'access';
}

/**
 * Clouds open in this thread by file: drivers of many pools share one connection and one queue of
 * writes.
 */
const open = new Map<string, { cloud: SimulatedCloud; users: number }>();

/**
 * The little cloud behind the `simulated` driver: one SQLite file that all threads and processes of
 * a data directory share and that outlives them. Tests and operators look at it and make it
 * misbehave through this class.
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
   * Opens `<dataDir>/simulated.db`, making it where it is missing. Each `open` needs its own
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
    // It stands for what is elsewhere: that must outlive our processes, not the power of this
    // machine, and costs us no disk.
    connection.pragma('synchronous = NORMAL');
    connection.pragma('busy_timeout = 0');
    return new SimulatedCloud(file, connection);
  }

  /** Gives back one `open`; the last one waits for queued writes and closes the file. */
  async close(): Promise<void> {
    const entry = open.get(this.file);
    if (entry?.cloud !== this || --entry.users > 0) return;
    open.delete(this.file);
    await this.group.idle();
    this.connection.close();
  }

  /** Runs `work` in a transaction with what else is queued; resolves when it is durable. */
  write<T>(work: () => T): Promise<T> {
    return this.group.run(work);
  }

  /**
   * The next `times` calls of this kind fail, in `pool` or (`'*'`) anywhere. 0 takes the order
   * back.
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

  /** From now on no call for `pool` (or `'*'`) is answered; or again is. */
  async setBackendDown(pool: string, down: boolean): Promise<void> {
    await this.write(() => this.conditions.setDown(pool, down));
  }

  /**
   * How long calls for `pool` (or `'*'`) take, in ms, instead of what its settings say; null: as
   * they say.
   */
  async setLatency(pool: string, latencyMs: number | null): Promise<void> {
    await this.write(() => this.conditions.setLatency(pool, latencyMs));
  }

  /** Somebody pressed the button. A `failed` thing no longer verifies. */
  async setPowerState(handle: string, state: PowerState): Promise<void> {
    await this.write(() => this.things.change(handle, (target) => (target.power_state = state)));
  }

  /** Somebody outside gave this user another password; the old one no longer works. */
  changePassword(handle: string, username: string, password: string): Promise<void> {
    return this.write(() =>
      this.things.change(handle, (target) => {
        forget(target, username);
        addLogin(target, { username, password }, FROM_OUTSIDE);
      }),
    );
  }

  /** Somebody outside gave this user one password more. */
  addPassword(handle: string, username: string, password: string): Promise<void> {
    return this.write(() =>
      this.things.change(handle, (target) =>
        addLogin(target, { username, password }, FROM_OUTSIDE),
      ),
    );
  }

  /** The thing no longer accepts any login of this user, or (without a name) of anybody. */
  forgetPassword(handle: string, username?: string): Promise<void> {
    return this.write(() => this.things.change(handle, (target) => forget(target, username)));
  }

  /** The thing vanishes behind our back. */
  async vanish(handle: string): Promise<void> {
    await this.write(() => this.things.remove(handle));
  }

  /** The thing with this handle, if it exists. */
  target(handle: string): ThingRow | undefined {
    return this.things.get(handle);
  }

  /** All things, or those of one pool. Reads everything: for tests and people. */
  list(pool?: string): ThingRow[] {
    return this.connection
      .prepare<[string | null, string | null], ThingRow>(
        'SELECT * FROM things WHERE ? IS NULL OR pool = ? ORDER BY handle',
      )
      .all(pool ?? null, pool ?? null);
  }

  /** The logins that work on a thing, without their secrets, oldest first. */
  loginsOf(handle: string): SimulatedLogin[] {
    return this.openingTo(handle).map(({ credentialId, username, purpose }) => ({
      credentialId,
      username,
      purpose,
    }));
  }

  /**
   * Does the thing let this user in? `secret` is a password, a token (username undefined) or a
   * public key.
   */
  tryLogin(handle: string, username: string | undefined, secret: string): boolean {
    return loginOf(this.openingTo(handle), { username, password: secret }) !== undefined;
  }

  private openingTo(handle: string): readonly Login[] {
    return this.things.state(handle)?.logins ?? [];
  }
}

function forget(target: ThingState, username: string | undefined): void {
  target.logins = target.logins.filter(
    (login) => username !== undefined && login.username !== username,
  );
}
