import { join } from 'node:path';
import { assets } from './assets';
import { ConfigError } from './config-error';
import type { Sealer } from './crypto/sealing';
import { makeDirectory } from './durable';
import { asStorageError, namingPath } from './storage-error';
import { joinInstances, type Instances } from './sqlite/instances';
import { openForReading } from './sqlite/open';
import { enter, type Presence } from './sqlite/presence';
import { completeReplacement } from './sqlite/replace';
import { schemaState, upgrade } from './store/sqlite/database';
import { rekey } from './store/sqlite/rekey';
import { openSqliteStore, type SqliteStoreOptions } from './store/sqlite/sqlite-store';
import type { Store } from './store/store';

/** The state of a database, read without changing it. */
export interface DatabaseState {
  /** The number of migrations that it lacks. */
  missing: number;
  /** The id of the master key under which it is sealed; undefined if it has no secrets yet. */
  keyId: string | undefined;
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
    const lock = join(this.path, 'presence.lock');
    const presence = await enter(lock).catch((error: unknown) => {
      throw asStorageError(error, lock);
    });
    if (presence.first) namingPath(this.database, () => completeReplacement(this.database));
    return presence;
  }

  /**
   * Creates or upgrades the database. Gives the file of its backup from before an upgrade, if there
   * was one. `alone`: no other process uses it.
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
    try {
      makeDirectory(this.path);
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException;
      throw new ConfigError(`DATA_DIR: ${this.path} cannot be made or used (${code}).`);
    }
  }

  /** Reads the state of an existing database. */
  inspect(): DatabaseState {
    return namingPath(this.database, () => this.read());
  }

  private read(): DatabaseState {
    const connection = openForReading(this.database);
    try {
      const { missing } = schemaState(connection, assets.migrations());
      const keyId = connection
        .prepare<[], string>("SELECT value FROM metadata WHERE name = 'master_key'")
        .pluck()
        .get();
      return { missing, keyId };
    } finally {
      connection.close();
    }
  }

  /** Seals all secrets of the database under another key; gives their number. */
  rekey(from: Sealer, to: Sealer): number {
    return rekey(this.database, from, to);
  }
}
