import type Database from 'better-sqlite3';

/**
 * Tells what has been read before whether it still holds: no other connection has written since. SQLite is asked
 * (`PRAGMA data_version`) once in a turn of the event loop, and again in each transaction.
 */
export class Others {
  private readonly version: () => number;
  private last: number | null = null;

  constructor(connection: Database.Database) {
    const version = connection.prepare<[], number>('PRAGMA data_version').pluck();
    this.version = () => version.get()!;
  }

  /** A number that is another one once anybody else has written. */
  epoch(): number {
    if (this.last !== null) return this.last;
    setImmediate(() => this.ask());
    return (this.last = this.version());
  }

  /** A transaction has begun: asks anew. */
  ask(): void {
    this.last = null;
  }
}
