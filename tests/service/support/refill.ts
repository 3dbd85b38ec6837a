import { join } from 'node:path';
import Database from 'better-sqlite3';

/** Puts the databases of one data directory back to what they are in another, while a store has them open. */
export class Refill {
  private readonly connections: { connection: Database.Database; tables: string[] }[];
  private version = 0;

  constructor(from: string, to: string) {
    this.connections = ['holdfast.db', 'simulated.db'].map((file) => {
      const connection = new Database(join(to, file));
      connection.pragma('foreign_keys = OFF');
      connection.prepare('attach ? as kept').run(join(from, file));
      const tables = connection.prepare<[], string>("select name from main.sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like '\\_\\_%' escape '\\'").pluck().all();
      // Counters come last: triggers count along while the rest is copied.
      return { connection, tables: tables.sort((a, b) => Number(a === 'line_counts') - Number(b === 'line_counts')) };
    });
  }

  /** Versions of pools rise all the same, because stores remember pools by them. */
  now(): void {
    this.version += 1_000;
    for (const { connection, tables } of this.connections) {
      connection.transaction(() => {
        for (const table of tables) connection.exec(`delete from main."${table}"; insert into main."${table}" select * from kept."${table}"`);
        if (tables.includes('pools')) connection.prepare('update main.pools set version = version + ?').run(this.version);
      })();
    }
  }

  close(): void {
    for (const { connection } of this.connections) connection.close();
  }
}
