import { join } from 'node:path';
import Database from 'better-sqlite3';
import { upgrade } from '../../src/store/sqlite/database';
import { makeDatabase, MIGRATIONS } from './database';
import { temporaryDirectory } from './engine';

/** Its schema, its pragmas in the file, and every row that the migrations leave. */
function contentsOf(file: string): unknown {
  const database = new Database(file, { readonly: true });
  const tables = database
    .prepare<[], { name: string; type: string; sql: string | null }>(
      'SELECT type, name, sql FROM sqlite_schema ORDER BY type, name',
    )
    .all();
  const rows = tables
    .filter(({ type }) => type === 'table')
    .map(({ name }) => [name, database.prepare(`SELECT * FROM "${name}"`).all()]);
  const found = { tables, rows, mode: database.pragma('journal_mode', { simple: true }) };
  database.close();
  return found;
}

test('an empty database of a test is just what all migrations make', () => {
  const directory = temporaryDirectory();
  const [made, migrated] = [join(directory, 'made.db'), join(directory, 'migrated.db')];
  makeDatabase(made);
  upgrade(migrated, MIGRATIONS);
  expect(contentsOf(made)).toEqual(contentsOf(migrated));
  expect(process.env.TEST_DATABASE).toBeDefined();
  expect(() => makeDatabase(made)).toThrow('EEXIST');
});
