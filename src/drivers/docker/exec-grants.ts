import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { openDatabase } from '../../sqlite/open';

/** The file below the data directory. */
export const GRANTS_FILE = 'docker-exec.db';
const BUSY_TIMEOUT = 5_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS grants (
    container TEXT NOT NULL,
    username TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (container, username)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS turns (
    container TEXT NOT NULL PRIMARY KEY,
    pool TEXT NOT NULL,
    turn TEXT NOT NULL,
    attempt INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS turns_by_pool ON turns (pool);
`;

/** A call as the record knows it: by whose turn it is. */
export interface Turn {
  container: string;
  pool: string;
  /** Compared as text. */
  order: string;
  attempt: number;
}

/**
 * Records who may run commands in which container. The driver writes it, in any thread; the proxy
 * for holders reads it. It lies outside of the containers, so that no holder can write to it.
 */
export class ExecGrants {
  private constructor(private readonly database: Database.Database) {}

  /** Opens the file, and creates it if it is missing. Errors: SqliteError. */
  static open(file: string): ExecGrants {
    mkdirSync(dirname(file), { recursive: true });
    const database = openDatabase(file, { timeoutMs: BUSY_TIMEOUT });
    database.exec(TABLES);
    return new ExecGrants(database);
  }

  /** Lets a user in, by the hash of a password. Returns false if a later call has been here. */
  grant(turn: Turn, username: string, hash: string): boolean {
    return this.atOnce(() => {
      if (!this.take(turn)) return false;
      this.database
        .prepare('INSERT OR REPLACE INTO grants VALUES (?, ?, ?)')
        .run(turn.container, username, hash);
      return true;
    });
  }

  /**
   * Lets a user in no longer, or with null nobody. Returns false if a later attempt has been here,
   * and for nobody if any later call has.
   */
  revoke(turn: Turn, username: string | null): boolean {
    return this.atOnce(() => {
      if (username === null ? !this.take(turn) : this.isOvertaken(turn)) return false;
      this.database
        .prepare('DELETE FROM grants WHERE container = ? AND username = ifnull(?, username)')
        .run(turn.container, username);
      return true;
    });
  }

  /** The hash of a user's password; null if the user is not let in. */
  hashOf(container: string, username: string): string | null {
    const sql = 'SELECT hash FROM grants WHERE container = ? AND username = ?';
    return this.database.prepare<string[], string>(sql).pluck().get(container, username) ?? null;
  }

  /** The containers of a pool that have, or had, grants. */
  containersOf(pool: string): string[] {
    const sql = 'SELECT container FROM turns WHERE pool = ?';
    return this.database.prepare<[string], string>(sql).pluck().all(pool);
  }

  /** Forgets a container that is gone. */
  forget(container: string): void {
    this.atOnce(() => {
      for (const table of ['grants', 'turns'])
        this.database.prepare(`DELETE FROM ${table} WHERE container = ?`).run(container);
    });
  }

  close(): void {
    this.database.close();
  }

  /** Makes this the latest turn, unless there is a later one: returns false then. */
  private take({ container, pool, order, attempt }: Turn): boolean {
    const { changes } = this.database
      .prepare(
        `INSERT INTO turns (container, pool, turn, attempt) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET turn = excluded.turn, attempt = excluded.attempt
         WHERE (excluded.turn, excluded.attempt) >= (turns.turn, turns.attempt)`,
      )
      .run(container, pool, order, attempt);
    return changes === 1;
  }

  /** Has a later attempt of the same operation been here? */
  private isOvertaken({ container, order, attempt }: Turn): boolean {
    const sql = 'SELECT 1 FROM turns WHERE container = ? AND turn = ? AND attempt > ?';
    return this.database.prepare(sql).get(container, order, attempt) !== undefined;
  }

  private atOnce<T>(work: () => T): T {
    return this.database.transaction(work).immediate();
  }
}
