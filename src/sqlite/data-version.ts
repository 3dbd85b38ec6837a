import type Database from 'better-sqlite3';

/**
 * Tells whether cached reads are still valid, that is, whether another connection has written since.
 * SQLite is asked (`PRAGMA data_version`, which costs two locks) once per turn of the event loop and
 * once per transaction, so that an answer is never older than the call that asks.
 */
export class DataVersion {
  private readonly version: () => number;
  private last: number | null = null;

  constructor(connection: Database.Database) {
    const version = connection.prepare<[], number>('PRAGMA data_version').pluck();
    this.version = () => version.get()!;
  }

  /** A number that changes when another connection has written. */
  epoch(): number {
    if (this.last !== null) return this.last;
    // Ticks run once no promise is left to continue.
    queueMicrotask(() => process.nextTick(this.ask));
    return (this.last = this.version());
  }

  /** Makes the next call ask again: a transaction has begun. */
  readonly ask = (): void => {
    this.last = null;
  };
}
