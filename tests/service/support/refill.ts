import { join } from 'node:path';
import Database from 'better-sqlite3';

/** Whole numbers above this are times: epoch ms since 2001. */
const MOMENTS = 1_000_000_000_000;
/** Triggers write these while the rest is copied, so they come last. */
const COUNTERS = /_(counts|lengths)$/;

interface Kept {
  connection: Database.Database;
  emptied: string;
  copies: Database.Statement<{ later: number }>[];
  tables: string[];
}

/**
 * Resets the databases of one data directory to the state of another, some time later, while a
 * store has them open.
 */
export class Refill {
  private readonly kept: Kept[];
  private version = 0;

  constructor(from: string, to: string) {
    this.kept = ['holdfast.db', 'simulated.db'].map((file) =>
      keep(join(from, file), join(to, file)),
    );
  }

  /**
   * Every time is `later` ms later than before. Versions of pools rise as well, because stores
   * cache pools by them.
   */
  put(later: number): void {
    this.version += 1_000;
    for (const { connection, emptied, copies, tables } of this.kept) {
      connection.transaction(() => {
        connection.exec(emptied);
        for (const copy of copies) copy.run({ later });
        if (tables.includes('pools'))
          connection.prepare('update main.pools set version = version + ?').run(this.version);
      })();
    }
  }

  close(): void {
    for (const { connection } of this.kept) connection.close();
  }
}

function keep(from: string, to: string): Kept {
  const connection = new Database(to);
  connection.pragma('foreign_keys = OFF');
  connection.prepare('attach ? as kept').run(from);
  const found = connection
    .prepare<[], string>(
      "select name from main.sqlite_master where type = 'table' and name not like " +
        "'sqlite_%' and name not like '\\_\\_%' escape '\\'",
    )
    .pluck()
    .all();
  const tables = found.sort((a, b) => Number(COUNTERS.test(a)) - Number(COUNTERS.test(b)));
  const copies = tables.map((table) => {
    const columns = (connection.pragma(`main.table_info("${table}")`) as { name: string }[]).map(
      ({ name }) => `"${name}"`,
    );
    const moved = columns.map(
      (column) =>
        `iif(typeof(${column}) = 'integer' and ${column} > ${MOMENTS}, ${column} + @later, ${column})`,
    );
    const counters = COUNTERS.test(table) ? ' where true on conflict do nothing' : '';
    return connection.prepare<{ later: number }>(
      `insert into main."${table}" (${columns.join()}) select ${moved.join()} from ` +
        `kept."${table}"${counters}`,
    );
  });
  return {
    connection,
    emptied: tables.map((table) => `delete from main."${table}"`).join(';'),
    copies,
    tables,
  };
}
