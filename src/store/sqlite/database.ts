import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { DomainError } from '../../domain/errors';
import { backUpNow } from '../../sqlite/backup';
import { openDatabase } from '../../sqlite/open';

/** Drizzle over one connection, and the connection itself. */
export type Db = BetterSQLite3Database & { $client: Database.Database };

/**
 * Opens the database. `timeoutMs`: how long a statement may block in SQLite for a lock, and its
 * thread with it; otherwise GroupCommit does the waiting.
 */
export function connect(file: string, timeoutMs = 0): Db {
  return drizzle(openDatabase(file, { timeoutMs }));
}

/** As Drizzle makes and reads it. */
const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS "__drizzle_migrations"
  (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)`;
const NEWEST_MIGRATION = 'SELECT max(created_at) FROM __drizzle_migrations';
const RECORD_MIGRATION = 'INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)';

export interface UpgradeOptions {
  /**
   * The directory for a backup of a database that is not empty, made before it is changed; created
   * if missing.
   */
  backupDir?: string;
  /** False: other processes serve this database with its present schema. */
  alone?: boolean;
}

/**
 * Upgrades the schema, in one transaction for all missing migrations. Returns the path of the
 * backup made before that, or null if none was needed. Errors: DomainError `conflict` if the schema
 * is newer than this program, or other processes still use the older schema.
 */
export function upgrade(
  file: string,
  migrationsFolder: string,
  { backupDir, alone = true }: UpgradeOptions = {},
): string | null {
  const db = connect(file, 5_000);
  try {
    const { applied, missing } = schemaState(db.$client, migrationsFolder);
    if (missing === 0) return null;
    if (!alone && applied > 0)
      throw new DomainError(
        'conflict',
        'The database needs an upgrade, but other processes are serving it; stop them first.',
      );
    const backup =
      applied > 0 && backupDir !== undefined ? copyBefore(db.$client, backupDir, applied) : null;
    // Rebuilding a table drops the old one, which must not cascade to rows that refer to it.
    db.$client.pragma('foreign_keys = OFF');
    migrate(db.$client, migrationsFolder);
    demandWholeReferences(db.$client, backup);
    return backup;
  } finally {
    db.$client.close();
  }
}

/**
 * Runs the missing migrations in one transaction and records them as Drizzle does, whose own function
 * hides the reason of a failure: it rolls back even if SQLite has done so, on a full disk.
 */
function migrate(connection: Database.Database, migrationsFolder: string): void {
  const run = connection.transaction(() => {
    connection.exec(MIGRATIONS_TABLE);
    const newest = connection.prepare<[], number>(NEWEST_MIGRATION).pluck().get() ?? 0;
    const record = connection.prepare(RECORD_MIGRATION);
    for (const { sql, hash, folderMillis } of readMigrationFiles({ migrationsFolder })) {
      if (folderMillis <= newest) continue;
      for (const statement of sql) connection.exec(statement);
      record.run(hash, folderMillis);
    }
  });
  run.immediate();
}

export interface SchemaState {
  /** Migrations that the database has, and those that it lacks. */
  applied: number;
  missing: number;
}

/** The state of a database's schema. Errors: DomainError `conflict` if a newer program made it. */
export function schemaState(connection: Database.Database, migrationsFolder: string): SchemaState {
  const known = readMigrationFiles({ migrationsFolder }).map(({ folderMillis }) => folderMillis);
  const isNew =
    connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = '__drizzle_migrations'").get() ===
    undefined;
  const applied = isNew
    ? []
    : connection
        .prepare<[], number>('SELECT created_at FROM __drizzle_migrations ORDER BY created_at')
        .pluck()
        .all()
        .map(Number);
  const newest = applied.at(-1) ?? 0;
  if (newest > Math.max(...known))
    throw new DomainError(
      'conflict',
      'The database was made by a newer version of Holdfast; run that one, or restore a backup from before.',
    );
  return { applied: applied.length, missing: known.filter((each) => each > newest).length };
}

/** Reads single values of the metadata, whatever the version of the schema; undefined without one. */
export function metadataOf(connection: Database.Database): (name: string) => string | undefined {
  // Before migration 0010 the table was called facts.
  const [table] = connection
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE name IN ('metadata', 'facts')")
    .pluck()
    .all();
  return (name) =>
    table === undefined
      ? undefined
      : connection
          .prepare<[string], string>(`SELECT value FROM ${table} WHERE name = ?`)
          .pluck()
          .get(name);
}

function copyBefore(connection: Database.Database, directory: string, applied: number): string {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  const path = join(directory, `before-upgrade-of-schema-${applied}-${stamp}.db`);
  backUpNow(connection, path);
  return path;
}

function demandWholeReferences(connection: Database.Database, backup: string | null): void {
  const broken = connection.pragma('foreign_key_check') as { table: string }[];
  if (broken.length > 0)
    throw new Error(
      `The upgrade broke references of ${broken[0]!.table}; ` +
        (backup === null ? 'no copy was made before it.' : `a copy from before it is ${backup}.`),
    );
}
