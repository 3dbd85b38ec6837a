import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { DataDirectory } from '../../src/data-directory';
import { userNamed } from '../../src/domain/people/usernames';
import { schemaState, upgrade } from '../../src/store/sqlite/database';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store';
import { COUNTERS, miscounted } from '../helpers/counters';
import { MIGRATIONS } from '../helpers/database';
import { temporaryDirectory } from '../helpers/engine';

interface Journal {
  entries: { tag: string; when: number }[];
}
type Row = Record<string, unknown>;

const journal = JSON.parse(readFileSync(join(MIGRATIONS, 'meta/_journal.json'), 'utf8')) as Journal;

/** The migrations of an earlier release: the first `count` of ours. */
function migrationsUpTo(count: number): string {
  const folder = join(temporaryDirectory(), 'migrations');
  mkdirSync(join(folder, 'meta'), { recursive: true });
  for (const { tag } of journal.entries.slice(0, count))
    cpSync(join(MIGRATIONS, `${tag}.sql`), join(folder, `${tag}.sql`));
  writeFileSync(
    join(folder, 'meta/_journal.json'),
    JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }),
  );
  return folder;
}

function tables(db: Database.Database): string[] {
  return db
    .prepare<[], string>(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' " +
        "and name not like '\\_\\_%' escape '\\' order by name",
    )
    .pluck()
    .all();
}

/** The fields of a return record from which columns are worked out. */
const RECORD = JSON.stringify({
  at: 7,
  resourceId: 'r',
  generation: 2,
  poolId: 'p',
  level: 'R1',
});

/**
 * A row of a table, with distinct values where none is given; references find the row that they
 * refer to.
 */
function insert(db: Database.Database, table: string, given: Row = {}): void {
  const references = new Map(
    (db.pragma(`foreign_key_list(${table})`) as { from: string; table: string }[]).map((key) => [
      key.from,
      key.table,
    ]),
  );
  const columns = db.pragma(`table_info(${table})`) as { name: string; type: string }[];
  const values = columns.map(({ name, type }) => {
    if (name in given) return given[name];
    if (table === 'returns' && name === 'record') return RECORD;
    // Counted by a trigger, which reads it.
    if (table === 'reservations' && name === 'items') return '[{"count":2}]';
    return type.toLowerCase() === 'integer'
      ? 7
      : references.has(name)
        ? `${references.get(name)}.id`
        : `${table}.${name}`;
  });
  db.prepare(
    `insert into ${table} (${columns.map(({ name }) => `"${name}"`).join()}) values ` +
      `(${columns.map(() => '?').join()})`,
  ).run(values);
}

/** The names that migration 0010 gives tables and columns, by their former names. */
const RENAMED_TABLES: Record<string, string> = {
  lines: 'resource_classes',
  waits: 'queue_entries',
  line_counts: 'class_counts',
  line_lengths: 'queue_lengths',
  facts: 'metadata',
  job_ticks: 'job_heartbeats',
};
const RENAMED_COLUMNS: Record<string, string> = {
  line_id: 'class_id',
  set_aside_for: 'held_for',
  set_aside_item: 'held_item',
  set_aside: 'held',
};

/** Columns of `users` that migration 0011 moves to a table of their own. */
const MOVED_COLUMNS = ['vm_role', 'vm_number'];

const newColumns = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([column]) => !MOVED_COLUMNS.includes(column))
      .map(([column, value]) => [RENAMED_COLUMNS[column] ?? column, value]),
  );

/** What stands in `vm_users` after the upgrade; a role without a number gets the first one. */
const movedUsers = ({ users, vm_users }: Record<string, Row[]>) =>
  vm_users ??
  users!.map(({ id, vm_role, vm_number }) => ({
    user_id: id,
    number: vm_number ?? 1,
    role: vm_role,
  }));

const isCounter = (table: string) => COUNTERS.includes(RENAMED_TABLES[table] ?? table);

const formerName = (names: Record<string, string>, name: string) =>
  Object.keys(names).find((former) => names[former] === name) ?? name;

/** Inserts a row that is written in today's names, even into a database from before them. */
function insertRenamed(db: Database.Database, table: string, given: Row): void {
  if (tables(db).includes('resource_classes')) return insert(db, table, given);
  const row = Object.entries(given).map(([name, value]) => [
    formerName(RENAMED_COLUMNS, name),
    value,
  ]);
  insert(db, formerName(RENAMED_TABLES, table), Object.fromEntries(row) as Row);
}

/**
 * A row in every table except the counters, which follow by themselves, and more rows of what is
 * counted.
 */
function fill(db: Database.Database): void {
  db.pragma('foreign_keys = OFF');
  for (const table of tables(db)) if (!isCounter(table)) insert(db, table);
  for (const status of ['available', 'available', 'allocated', 'destroyed']) {
    const id = `r${db.prepare<[], number>('select count(*) from resources').pluck().get()!}`;
    insertRenamed(db, 'resources', { id, name: id, class_id: 1, status, held_for: null });
  }
  const reservations = {
    a: ['ann', 'queued'],
    b: ['ann', 'queued'],
    c: ['bob', 'queued'],
    d: ['ann', 'preparing'],
    e: ['bob', 'active'],
    f: ['bob', 'ended'],
  };
  for (const [id, [user_id, status]] of Object.entries(reservations))
    insert(db, 'reservations', { id, user_id, status, ended_at: status === 'ended' ? 7 : null });
  insertRenamed(db, 'queue_entries', {
    reservation_id: 'a',
    item: 0,
    class_id: 1,
    resource_id: null,
    missing: 1,
  });
  insertRenamed(db, 'queue_entries', {
    reservation_id: 'a',
    item: 1,
    class_id: 2,
    resource_id: null,
    missing: 0,
  });
  insertRenamed(db, 'queue_entries', {
    reservation_id: 'b',
    item: 0,
    class_id: 1,
    resource_id: null,
    missing: 2,
  });
  insertRenamed(db, 'queue_entries', {
    reservation_id: 'c',
    item: 0,
    class_id: 2,
    resource_id: 'r1',
    missing: 1,
  });
}

/** Rows of all tables but the counters. */
const contents = (db: Database.Database): Record<string, Row[]> =>
  Object.fromEntries(
    tables(db)
      .filter((table) => !isCounter(table))
      .map((table) => [table, db.prepare<[], Row>(`select * from "${table}"`).all()]),
  );

/** The counters of the classes and users that were filled in. */
const counted = (db: Database.Database) => ({
  classes: db.prepare('select class_id, count from queue_lengths where count > 0').raw().all(),
  users: db
    .prepare(
      "select user_id, status, count from user_counts where user_id in ('ann', 'bob') order by 1, 2",
    )
    .raw()
    .all(),
});

describe.each(journal.entries.map(({ tag }, index) => [tag, index + 1]))(
  'an upgrade from %s',
  (_tag, count) => {
    test('keeps all data in one file with whole references, and makes a backup if something changes', () => {
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
      expect(schemaState(db, MIGRATIONS)).toEqual({
        applied: journal.entries.length,
        missing: 0,
      });
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(db.pragma('foreign_key_check')).toEqual([]);
      for (const [table, rows] of Object.entries(before))
        expect({ table, rows: contents(db)[RENAMED_TABLES[table] ?? table] }).toEqual({
          table,
          rows: rows.map((row) => expect.objectContaining(newColumns(row))),
        });
      expect(contents(db).vm_users).toEqual(movedUsers(before));
      expect(counted(db)).toEqual({
        classes: [
          [1, 2],
          [2, 1],
          [7, 1],
        ],
        users: [
          ['ann', 'preparing', 1],
          ['ann', 'queued', 2],
          ['bob', 'active', 1],
          ['bob', 'queued', 1],
        ],
      });
      expect(miscounted(db)).toEqual([]);
      db.prepare("delete from reservations where id in ('a', 'e')").run();
      expect(counted(db)).toEqual({
        classes: [
          [1, 1],
          [2, 1],
          [7, 1],
        ],
        users: [
          ['ann', 'preparing', 1],
          ['ann', 'queued', 1],
          ['bob', 'queued', 1],
        ],
      });
      db.close();
      if (count === journal.entries.length) return expect(backup).toBeNull();
      const kept = new Database(backup!, { readonly: true });
      expect(contents(kept)).toEqual(before);
      kept.close();
      expect(upgrade(file, MIGRATIONS, { backupDir })).toBeNull();
      expect(readdirSync(backupDir)).toHaveLength(1);
    });
  },
);

test('of draining resources, only those that their pool cannot replace have made it smaller', () => {
  const file = join(temporaryDirectory(), 'holdfast.db');
  upgrade(file, migrationsUpTo(9));
  const db = new Database(file);
  db.pragma('foreign_keys = OFF');
  const pools = {
    replacing: ['managed', true],
    fixed: ['managed', false],
    manual: ['manual', false],
  } as const;
  for (const [id, [sizing, provisions]] of Object.entries(pools)) {
    insert(db, 'pools', { id, name: id, sizing, capabilities: JSON.stringify({ provisions }) });
    for (const state of ['draining', 'in_service'])
      insert(db, 'resources', {
        id: `${id} ${state}`,
        name: `${id} ${state}`,
        pool_id: id,
        admin_state: state,
        destroyed_at: null,
      });
  }
  db.close();
  upgrade(file, MIGRATIONS);
  const upgraded = new Database(file);
  expect(upgraded.prepare('select id from resources where shrinks').pluck().all()).toEqual([
    'fixed draining',
  ]);
  upgraded.close();
});

test('users of the VM reservation API keep their numbers and roles, and trust in their address ends', () => {
  const file = join(temporaryDirectory(), 'holdfast.db');
  upgrade(file, migrationsUpTo(11));
  const db = new Database(file);
  const users: [id: string, role: string | null, number: number | null, disabledAt?: number][] = [
    ['ann', 'admin', 3],
    ['bob', 'user', null],
    ['gone', 'user', 5, 7],
    ['eve', null, null],
    ['dan', 'user', null],
  ];
  for (const [index, [id, vm_role, vm_number, disabled_at = null]] of users.entries()) {
    const names = { email: `${id}@example.org`, username: id };
    insert(db, 'users', { id, number: index + 1, ...names, vm_role, vm_number, disabled_at });
  }
  db.close();
  upgrade(file, MIGRATIONS);
  const upgraded = new Database(file);
  const rows = (text: string) => upgraded.prepare(text).raw().all();
  expect(rows('select user_id, number, role from vm_users order by number')).toEqual([
    ['ann', 3, 'admin'],
    ['gone', 5, 'user'],
    ['bob', 6, 'user'],
    ['dan', 7, 'user'],
  ]);
  expect(rows('select id from users where not email_self_declared')).toEqual([['eve']]);
  upgraded.close();
});

test('deleted users, whose reservations a crash may have left, are to lose them', () => {
  const file = join(temporaryDirectory(), 'holdfast.db');
  upgrade(file, migrationsUpTo(12));
  const db = new Database(file);
  insert(db, 'users', { id: 'gone', number: 1, email: 'a', username: 'a', disabled_at: 5 });
  insert(db, 'users', { id: 'ann', number: 2, email: 'b', username: 'b', disabled_at: null });
  db.close();
  upgrade(file, MIGRATIONS);
  const upgraded = new Database(file);
  expect(upgraded.prepare('select id, leaving_since from users').raw().all()).toEqual([
    ['gone', 5],
    ['ann', null],
  ]);
  upgraded.close();
});

test('two usernames that differ in case only stay, and pools know whether they are simulated', async () => {
  const file = join(temporaryDirectory(), 'holdfast.db');
  upgrade(file, migrationsUpTo(13));
  const db = new Database(file);
  insert(db, 'users', { id: 'u1', number: 1, email: 'a', username: 'Ann' });
  insert(db, 'users', { id: 'u2', number: 2, email: 'b', username: 'ann' });
  const able = { capabilities: '{"rotates":true}' };
  insert(db, 'pools', { id: 'p1', name: 'free', driver: 'simulated', ...able });
  insert(db, 'pools', { id: 'p2', name: 'boxes', driver: 'docker', ...able });
  db.close();
  upgrade(file, MIGRATIONS);
  const upgraded = new Database(file);
  const capabilities = 'select simulate, capabilities from pools order by id';
  expect(upgraded.prepare(capabilities).raw().all()).toEqual([
    [0, '{"rotates":true,"simulates":true,"replaces":false,"proves":"R1"}'],
    [0, '{"rotates":true,"simulates":false,"replaces":true,"proves":"R4"}'],
  ]);
  upgraded.close();
  const store = openSqliteStore(file);
  const idOf = async (name: string) => userNamed(await store.read.usersByName(name), name)?.id;
  expect([await idOf('Ann'), await idOf('ann'), await idOf('ANN')]).toEqual([
    'u1',
    'u2',
    undefined,
  ]);
  await store.close();
});

test('pools know what their drivers can show', () => {
  const file = join(temporaryDirectory(), 'holdfast.db');
  upgrade(file, migrationsUpTo(20));
  const db = new Database(file);
  const pools: [name: string, driver: string, capabilities: Row, settings?: Row][] = [
    ['account', 'ibm-cloud', { rotates: true }],
    ['asked', 'http', { rotates: true }, { proves: 'R3' }],
    ['bare', 'simulated', { rotates: false }],
    ['box', 'docker', { replaces: true }],
    ['known', 'docker', { replaces: true, proves: 'R1' }],
    ['login', 'simulated', { opensAccess: true }],
    ['program', 'exec', { rotates: false, opensAccess: true }],
    ['token', 'exec', { rotates: true }],
    ['vm', 'simulated', { opensAccess: true, replaces: true }],
  ];
  for (const [name, driver, capabilities, settings = {}] of pools)
    insert(db, 'pools', {
      ...{ id: name, name, driver },
      capabilities: JSON.stringify(capabilities),
      settings: JSON.stringify(settings),
    });
  db.close();
  upgrade(file, MIGRATIONS);
  const upgraded = new Database(file);
  const levels = "select name, capabilities ->> '$.proves' from pools order by name";
  expect(Object.fromEntries(upgraded.prepare(levels).raw().all() as [string, string][])).toEqual({
    account: 'R3',
    asked: 'R3',
    bare: 'R0',
    box: 'R4',
    known: 'R1',
    login: 'R1',
    program: 'R0',
    token: 'R1',
    vm: 'R4',
  });
  upgraded.close();
});

test('a resource that is on its way back has had a holder who is to be shown to be out', () => {
  const file = join(temporaryDirectory(), 'holdfast.db');
  upgrade(file, migrationsUpTo(20));
  const db = new Database(file);
  const resources: [id: string, status: string, access?: string][] = [
    ['dirty', 'dirty', 'open'],
    ['cleaning', 'cleaning', 'none'],
    ['given-up', 'quarantined', 'opening'],
    ['going', 'destroying', 'open'],
    ['idle', 'available', 'open'],
    ['new', 'dirty'],
  ];
  for (const [id, status, access] of resources) {
    insert(db, 'resources', {
      ...{ id, name: id, status },
      ...{ generation: 2, way_back: null, destroyed_at: null },
    });
    if (access)
      insert(db, 'allocations', {
        ...{ id: `${id}.1`, resource_id: id, reservation_id: `of ${id}` },
        ...{ generation: 1, access, ended_at: 5 },
      });
  }
  db.close();
  upgrade(file, MIGRATIONS);
  const upgraded = new Database(file);
  const ways = upgraded.prepare('select id, way_back from resources').raw().all();
  const of = (id: string, cause: string) =>
    expect.objectContaining({ since: 5, cause, reservationId: `of ${id}`, steps: [], shown: {} });
  expect(
    Object.fromEntries((ways as [string, string][]).map(([id, way]) => [id, JSON.parse(way)])),
  ).toEqual({
    dirty: of('dirty', 'loan'),
    cleaning: of('cleaning', 'loan'),
    'given-up': of('given-up', 'unopened'),
    going: of('going', 'loan'),
    idle: null,
    new: null,
  });
  upgraded.close();
});

test('a migration that fails leaves everything as it was', () => {
  const file = join(temporaryDirectory(), 'holdfast.db');
  upgrade(file, migrationsUpTo(1));
  const broken = migrationsUpTo(journal.entries.length);
  writeFileSync(
    join(broken, `${journal.entries.at(-1)!.tag}.sql`),
    'CREATE TABLE half (a);--> statement-breakpoint\nSELECT nonsense;',
  );
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

test('the state of a database of any version can be read before its upgrade', () => {
  const dataDir = temporaryDirectory();
  upgrade(join(dataDir, 'holdfast.db'), migrationsUpTo(1));
  const db = new Database(join(dataDir, 'holdfast.db'));
  db.prepare("insert into facts (name, value) values ('master_key', 'the-key')").run();
  db.close();
  expect(new DataDirectory(dataDir).inspect()).toEqual({
    missing: journal.entries.length - 1,
    keyId: 'the-key',
    isRekeying: false,
  });
});
