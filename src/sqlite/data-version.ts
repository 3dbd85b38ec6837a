import type Database from 'better-sqlite3';

/**
 * Tells what has been read before whether it still holds: no other connection has written since.
 * SQLite is asked (`PRAGMA data_version`, which costs two locks) once for all that is done without
 * going back to the event loop, and again in each transaction: what a call asks for is never older
 * than the call.
 */
export class DataVersion {
  private readonly version: () => number;
  private last: number | null = null;

  constructor(connection: Database.Database) {
    const version = connection.prepare<[], number>('PRAGMA data_version').pluck();
    this.version = () => version.get()!;
  }

  /** A number that is another one once anybody else has written. */
  epoch(): number {
    if (this.last !== null) return this.last;
    // Ticks come when there are no promises left to go on with.
    queueMicrotask(() => process.nextTick(this.ask));
    return (this.last = this.version());
  }

  /** Asks anew from here on: a transaction has begun. */
  readonly ask = (): void => {
    this.last = null;
  };
}
