import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { assets } from './assets';
import { ConfigError } from './config-error';
import type { Sealer } from './crypto/sealing';
import { makeDirectory, requireUsable } from './durable';
import { asStorageError, namingPath } from './storage-error';
import { joinInstances, type Instances } from './sqlite/instances';
import { openForReading } from './sqlite/open';
import { enter, type Presence } from './sqlite/presence';
import { completeReplacement, databaseIn } from './sqlite/replace';
import { reasonOf } from './text-file';
import { metadataOf, schemaState, upgrade } from './store/sqlite/database';
import { rekey } from './store/sqlite/rekey';
import { openSqliteStore, type SqliteStoreOptions } from './store/sqlite/sqlite-store';
import { REKEY_MARKER, type Store } from './store/store';

const LOCK = 'presence.lock';

/** The state of a database, read without changing it. */
export interface DatabaseState {
  /** The number of migrations that it lacks. */
  missing: number;
  /** The id of the master key under which it is sealed; undefined if it has no secrets yet. */
  keyId: string | undefined;
  /** Was a change of the master key cut off? */
  isRekeying: boolean;
}

/**
 * A data directory with its database. Start-up and the commands name SQLite only here; backup and
 * restore also do, because they handle database files as such.
 */
export class DataDirectory {
  /** The file of the database. */
  readonly database: string;

  constructor(readonly path: string) {
    this.database = join(path, 'holdfast.db');
  }

  /**
   * Creates the directory if necessary and registers this process; see `enter`. The first process
   * also completes a restore that was interrupted. Errors: ConfigError, StorageError, DamagedError.
   */
  async enter(): Promise<Presence> {
    this.make();
    const lock = join(this.path, LOCK);
    const presence = await enter(lock).catch((error: unknown) => {
      throw asStorageError(error, lock);
    });
    if (presence.first) namingPath(this.database, () => completeReplacement(this.database));
    return presence;
  }

  /**
   * Creates or upgrades the database. Returns the file of its backup from before an upgrade, if
   * there was one. `alone`: no other process uses it.
   */
  upgrade(backupDir: string | undefined, alone: boolean): string | null {
    return namingPath(this.database, () =>
      upgrade(this.database, assets.migrations(), {
        backupDir: backupDir ?? join(this.path, 'backups'),
        alone,
      }),
    );
  }

  /** Opens the store on an upgraded database. */
  openStore(options?: SqliteStoreOptions): Store {
    return namingPath(this.database, () => openSqliteStore(this.database, options));
  }

  /** Registers this process among the servers under a unique name; see `joinInstances`. */
  join(instance: string): Instances {
    const path = join(this.path, 'instances');
    return namingPath(path, () => joinInstances(path, instance));
  }

  /** Makes the directory unless it is there. Errors: ConfigError. */
  make(): void {
    this.orUnusable(() => makeDirectory(this.path));
  }

  /** Checks, without a change, that the directory can be made or used. Errors: ConfigError. */
  check(): void {
    this.orUnusable(() => requireUsable(this.path, [this.database, join(this.path, LOCK)]));
  }

  private orUnusable(work: () => void): void {
    try {
      work();
    } catch (error) {
      const message = `${this.path} cannot be made or used (${reasonOf(error)}).`;
      throw ConfigError.of('DATA_DIR', message);
    }
  }

  /** Reads the state of the database; null if there is none yet. Changes nothing. */
  inspect(): DatabaseState | null {
    const file = databaseIn(this.database);
    return existsSync(file) ? namingPath(this.database, () => this.read(file)) : null;
  }

  private read(file: string): DatabaseState {
    const connection = openForReading(file);
    try {
      const { missing } = schemaState(connection, assets.migrations());
      const metadata = metadataOf(connection);
      return {
        missing,
        keyId: metadata('master_key'),
        isRekeying: metadata(REKEY_MARKER) !== undefined,
      };
    } finally {
      connection.close();
    }
  }

  /** The size of the database's write-ahead log, in bytes; 0 without one. */
  async walSize(): Promise<number> {
    return (await stat(`${this.database}-wal`).catch(() => ({ size: 0 }))).size;
  }

  /** Seals all secrets of the database under another key; returns their number. */
  rekey(from: Sealer, to: Sealer): number {
    return rekey(this.database, from, to);
  }
}
