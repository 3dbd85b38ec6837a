import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { schemaState, upgrade } from '../../src/store/sqlite/database';
import { MIGRATIONS, temporaryDirectory } from '../helpers/engine';

interface Journal {
  entries: { tag: string; when: number }[];
}
type Row = Record<string, unknown>;

const journal = JSON.parse(readFileSync(join(MIGRATIONS, 'meta/_journal.json'), 'utf8')) as Journal;

/** The migrations of an earlier release: the first `count` of ours. */
function migrationsUpTo(count: number): string {
  const folder = join(temporaryDirectory(), 'migrations');
  mkdirSync(join(folder, 'meta'), { recursive: true });
  for (const { tag } of journal.entries.slice(0, count)) cpSync(join(MIGRATIONS, `${tag}.sql`), join(folder, `${tag}.sql`));
  writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
  return folder;
}

function tables(db: Database.Database): string[] {
  return db.prepare<[], string>("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' and name not like '\\_\\_%' escape '\\' order by name").pluck().all();
}

/** A row in every table, each value its own; what refers to a row of another table finds it. */
function fill(db: Database.Database): void {
  db.pragma('foreign_keys = OFF');
  for (const table of tables(db)) {
    const references = new Map((db.pragma(`foreign_key_list(${table})`) as { from: string; table: string }[]).map((key) => [key.from, key.table]));
    const columns = db.pragma(`table_info(${table})`) as { name: string; type: string }[];
    const values = columns.map(({ name, type }) => (type.toLowerCase() === 'integer' ? 7 : references.has(name) ? `${references.get(name)}.id` : `${table}.${name}`));
    db.prepare(`insert or ignore into ${table} (${columns.map(({ name }) => `"${name}"`).join()}) values (${columns.map(() => '?').join()})`).run(values);
  }
}

const contents = (db: Database.Database): Record<string, Row[]> => Object.fromEntries(tables(db).map((table) => [table, db.prepare<[], Row>(`select * from "${table}"`).all()]));

describe.each(journal.entries.map(({ tag }, index) => [tag, index + 1]))('an upgrade from %s', (_tag, count) => {
  test('keeps all data, in one file with whole references, and makes a backup where something changes', () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'holdfast.db');
    const backupDir = join(directory, 'backups');
    expect(upgrade(file, migrationsUpTo(count), { backupDir })).toBeNull();
    const old = new Database(file);
    fill(old);
    const before = contents(old);
    expect(Object.values(before).every((rows) => rows.length > 0)).toBe(true);
    old.close();

    const backup = upgrade(file, MIGRATIONS, { backupDir });
    const db = new Database(file);
    expect(schemaState(db, MIGRATIONS)).toEqual({ applied: journal.entries.length, missing: 0 });
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    for (const [table, rows] of Object.entries(before)) expect({ table, rows: contents(db)[table] }).toEqual({ table, rows: rows.map((row) => expect.objectContaining(row)) });
    db.close();
    if (count === journal.entries.length) return expect(backup).toBeNull();
    const kept = new Database(backup!, { readonly: true });
    expect(contents(kept)).toEqual(before);
    kept.close();
    expect(upgrade(file, MIGRATIONS, { backupDir })).toBeNull();
    expect(readdirSync(backupDir)).toHaveLength(1);
  });
});

test('a migration that fails leaves everything as it was', () => {
  const file = join(temporaryDirectory(), 'holdfast.db');
  upgrade(file, migrationsUpTo(1));
  const broken = migrationsUpTo(journal.entries.length);
  writeFileSync(join(broken, `${journal.entries.at(-1)!.tag}.sql`), 'CREATE TABLE half (a);--> statement-breakpoint\nSELECT nonsense;');
  const db = new Database(file);
  const before = tables(db);
  expect(() => upgrade(file, broken)).toThrow();
  expect(tables(db)).toEqual(before);
  expect(schemaState(db, MIGRATIONS).applied).toBe(1);
  db.close();
});

test('a database of a newer release is refused, and one that others serve is not changed', () => {
  const file = join(temporaryDirectory(), 'holdfast.db');
  upgrade(file, MIGRATIONS);
  expect(() => upgrade(file, migrationsUpTo(1))).toThrow(/newer version/);
  const older = join(temporaryDirectory(), 'holdfast.db');
  upgrade(older, migrationsUpTo(1));
  expect(() => upgrade(older, MIGRATIONS, { alone: false })).toThrow(/stop them first/);
});
