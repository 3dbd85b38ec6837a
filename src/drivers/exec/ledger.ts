import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { statOf } from '../../proc/stat';
import { openDatabase } from '../../sqlite/open';
import type { Processes } from './processes';

const FILE = 'exec.db';
const BUSY_TIMEOUT = 5_000;
/** Length of the timestamp of a UUIDv7 (RFC 9562, 5.7) as text: its first two groups. */
const TIME_LENGTH = 13;
const GENERATION_DIGITS = 12;

/** A turn is forgotten after 30 days without a call: no call is late by that much. */
const TABLES = `
  CREATE TABLE IF NOT EXISTS turns (
    installation TEXT NOT NULL,
    resource TEXT NOT NULL,
    turn TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    taken INTEGER NOT NULL DEFAULT (unixepoch()),
    PRIMARY KEY (installation, resource)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS processes (
    marker TEXT NOT NULL PRIMARY KEY,
    installation TEXT NOT NULL,
    resource TEXT NOT NULL,
    changes INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    start TEXT,
    owner INTEGER NOT NULL,
    owner_start TEXT
  ) WITHOUT ROWID;
  DELETE FROM turns WHERE taken < unixepoch() - 30 * 86400;
`;

/** A call as the ledger knows it: whose turn it is. */
export interface Turn {
  resource: string;
  /** False for a call that only reads, which needs no turn. */
  changes: boolean;
  generation: number;
  operationId: string;
  attempt: number;
}

interface ProcessRow {
  marker: string;
  resource: string;
  changes: number;
  pid: number;
  start: string | null;
  owner: number;
  owner_start: string | null;
}

/**
 * Records whose turn each resource is, and which processes run for it. All threads and processes of a
 * data directory share this record, and it outlives them: a call that comes late is refused, and
 * processes that a killed server left behind are found.
 */
export class Ledger {
  private constructor(
    private readonly database: Database.Database,
    private readonly installation: string,
  ) {}

  /** Opens `<dataDir>/exec.db`, and creates it if it is missing. Errors: SqliteError. */
  static open(dataDir: string, installation: string): Ledger {
    mkdirSync(dataDir, { recursive: true });
    const database = openDatabase(join(dataDir, FILE), { timeoutMs: BUSY_TIMEOUT });
    database.exec(TABLES);
    return new Ledger(database, installation);
  }

  /**
   * Takes the turn on a resource. Returns the processes that have to end before the call may begin:
   * those of earlier calls that change the resource, and all whose server is gone. null if a later
   * call has taken the turn.
   */
  take(turn: Turn): Processes[] | null {
    return this.atOnce(() => {
      if (turn.changes && !this.advance(turn)) return null;
      return this.all()
        .filter((row) => isOver(row, turn))
        .map(({ marker, pid, start }) => ({
          marker,
          pid: start !== null && startOf(pid) === start ? pid : null,
        }));
    });
  }

  /** Records a started process, unless a later call has taken the turn: returns false then. */
  started({ resource, changes, ...turn }: Turn, marker: string, pid: number): boolean {
    return this.atOnce(() => {
      if (changes && !this.advance({ resource, changes, ...turn })) return false;
      this.database
        .prepare('INSERT INTO processes VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
        .run(
          ...[marker, this.installation, resource, Number(changes), pid, startOf(pid)],
          ...[process.pid, startOf(process.pid)],
        );
      return true;
    });
  }

  /** Forgets a call whose processes have ended. */
  ended(marker: string): void {
    this.database.prepare('DELETE FROM processes WHERE marker = ?').run(marker);
  }

  close(): void {
    this.database.close();
  }

  /** Makes this the latest turn, unless there is a later one: returns false then. */
  private advance(turn: Turn): boolean {
    const { changes } = this.database
      .prepare(
        `INSERT INTO turns (installation, resource, turn, attempt) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET turn = excluded.turn, attempt = excluded.attempt,
           taken = excluded.taken
         WHERE (excluded.turn, excluded.attempt) >= (turns.turn, turns.attempt)`,
      )
      .run(this.installation, turn.resource, orderOf(turn), turn.attempt);
    return changes === 1;
  }

  private all(): ProcessRow[] {
    return this.database
      .prepare<[string], ProcessRow>('SELECT * FROM processes WHERE installation = ?')
      .all(this.installation);
  }

  private atOnce<T>(work: () => T): T {
    return this.database.transaction(work).immediate();
  }
}

/**
 * The order of operations, compared as text: by the time at which each was recorded, within a
 * millisecond by the generation (ids of several processes are not ordered there), then by id.
 */
function orderOf({ generation, operationId }: Turn): string {
  const time = operationId.slice(0, TIME_LENGTH);
  return `${time}.${String(generation).padStart(GENERATION_DIGITS, '0')}.${operationId}`;
}

function isOver(row: ProcessRow, { resource, changes }: Turn): boolean {
  const isEarlier = changes && row.changes === 1 && row.resource === resource;
  return isEarlier || !isAlive(row.owner, row.owner_start);
}

/** With the pid, it names a process for good; null if there is none, or no /proc. */
function startOf(pid: number): string | null {
  return statOf(pid)?.start ?? null;
}

function isAlive(pid: number, start: string | null): boolean {
  if (start !== null) return startOf(pid) === start;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
