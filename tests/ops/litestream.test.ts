import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { connect, upgrade } from '../../src/store/sqlite/database';
import { MIGRATIONS } from '../helpers/database';
import { somebody, TestEngine } from '../helpers/engine';
import { Replicator } from './support/replicator';

const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 4 }]';
const ROUNDS = 8;
/** More pages than SQLite lets the log have before it checkpoints by itself. */
const MANY_PAGES = 1_500;
const PAGE = 4_096;

let test: TestEngine;
let file: string;
let replicator: Replicator;

beforeEach(async () => {
  test = await TestEngine.start({ pools: POOLS });
  file = join(test.dataDir, 'holdfast.db');
  replicator = new Replicator(file);
});

afterEach(() => replicator.end());

/**
 * The numbers that SQLite gives a log each time it starts over
 * (https://sqlite.org/fileformat2.html#walformat).
 */
function salts(): string {
  const log = fs.openSync(`${file}-wal`, 'r');
  const header = Buffer.alloc(32);
  fs.readSync(log, header, 0, 32, 0);
  fs.closeSync(log);
  return header.toString('hex', 16, 24);
}

/** Different bytes each time: SQLite does not rewrite equal ones. */
async function writePages(count: number): Promise<void> {
  const each = 50;
  for (let page = 0; page < count; page += each)
    await test.engine.store.setMetadata(
      `blob ${page % 200}`,
      randomBytes((each * PAGE) / 2).toString('hex'),
    );
}

/**
 * Again if the engine kept it waiting for more than its second, as Litestream would a second later.
 */
async function persistently(step: Parameters<Replicator['does']>[0]): Promise<void> {
  for (;;) {
    const outcome = await replicator.does(step);
    if (outcome === null || outcome.busy === 0) return;
    expect(outcome.error ?? 'SQLITE_BUSY').toBe('SQLITE_BUSY');
  }
}

async function borrowAndReturn(): Promise<string> {
  const { id, status } = await test.reserve(somebody(), { pool: 'lab' });
  expect(status).toBe('active');
  await test.release(somebody(), id);
  await test.settle();
  return id;
}

it('the database is as Litestream needs it, and as docs/backup.md says', () => {
  const db = connect(file);
  const pragma = (name: string) => db.$client.pragma(name, { simple: true });
  expect([
    pragma('journal_mode'),
    pragma('synchronous'),
    pragma('wal_autocheckpoint'),
    pragma('locking_mode'),
  ]).toEqual(['wal', 2, 1_000, 'normal']);
  db.$client.close();
});

it('its checkpoints and locks beside a loaded engine fail no write and lose none', async () => {
  await replicator.does('hold');
  const done: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const loans = Promise.all([1, 2, 3].map(async () => done.push(await borrowAndReturn())));
    await persistently('lock');
    const during = borrowAndReturn();
    await persistently('unlock');
    const before = salts();
    await persistently(round % 2 === 0 ? 'checkpoint RESTART' : 'checkpoint TRUNCATE');
    expect(salts()).not.toBe(before);
    done.push(await during);
    await loans;
  }
  expect(done).toHaveLength(4 * ROUNDS);
  for (const id of done)
    expect(await test.engine.store.read.reservation(id)).toMatchObject({
      status: 'ended',
      endReason: 'released',
    });
  const connection = new Database(file, { readonly: true });
  expect(connection.pragma('integrity_check', { simple: true })).toBe('ok');
  connection.close();
});

it('while it reads, the log grows and does not start over; afterwards it does', async () => {
  await borrowAndReturn();
  await replicator.does('hold');
  const held = salts();
  await writePages(2 * MANY_PAGES);
  const grown = fs.statSync(`${file}-wal`).size;
  expect(grown).toBeGreaterThan(2 * MANY_PAGES * PAGE);
  expect(salts()).toBe(held);
  await replicator.does('release');
  await writePages(MANY_PAGES);
  expect(salts()).not.toBe(held);
  // A write or two go to its end first.
  expect(fs.statSync(`${file}-wal`).size).toBeLessThan(grown + (MANY_PAGES * PAGE) / 3);
});

it('a start ignores its tables', async () => {
  await replicator.does('hold');
  await test.stop();
  expect(upgrade(file, MIGRATIONS, { backupDir: join(test.dataDir, 'backups') })).toBeNull();
  const again = await test.another();
  expect((await again.reserve(somebody(), { pool: 'lab' })).status).toBe('active');
});
