import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { transformSync } from '@swc/core';
import Database from 'better-sqlite3';
import { hasSqliteCode, openDatabase } from '../../src/sqlite/open';

const FULL = 2;
const NORMAL = 1;

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'holdfast-open-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function levelAfterWrites(connection: Database.Database): unknown {
  connection.exec('CREATE TABLE IF NOT EXISTS t (n INTEGER)');
  for (let n = 0; n < 3; n++) connection.prepare('INSERT INTO t VALUES (?)').run(n);
  return connection.pragma('synchronous', { simple: true });
}

/**
 * A worker thread that opens `file` with the real module, writes, and reports the level it ends at.
 */
function levelInWorker(file: string): Promise<unknown> {
  const source = readFileSync(join(__dirname, '../../src/sqlite/open.ts'), 'utf8');
  const { code } = transformSync(source, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  const script = `
    const { parentPort, workerData } = require('node:worker_threads');
    ${code}
    const connection = openDatabase(workerData, { timeoutMs: 1000 });
    connection.exec('CREATE TABLE IF NOT EXISTS t (n INTEGER)');
    connection.prepare('INSERT INTO t VALUES (1)').run();
    const level = connection.pragma('synchronous', { simple: true });
    connection.close();
    parentPort.postMessage(level);`;
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { eval: true, workerData: file });
    worker.once('message', resolve).once('error', reject);
  });
}

test('the plain library falls back to NORMAL after the first write: the reason for this module', () => {
  const plain = new Database(join(dir, 'plain.db'));
  plain.pragma('journal_mode = WAL');
  expect(levelAfterWrites(plain)).toBe(NORMAL);
  plain.close();
});

test('synchronous stays FULL after writes, on the first and on every later connection', () => {
  const file = join(dir, 'a.db');
  const first = openDatabase(file, { timeoutMs: 0 });
  expect(levelAfterWrites(first)).toBe(FULL);
  const second = openDatabase(file, { timeoutMs: 0 });
  expect(levelAfterWrites(second)).toBe(FULL);
  first.close();
  expect(levelAfterWrites(second)).toBe(FULL);
  second.close();
  const third = openDatabase(file, { timeoutMs: 0 });
  expect(levelAfterWrites(third)).toBe(FULL);
  third.close();
});

test('synchronous stays FULL in worker threads that open one new file at once', async () => {
  const file = join(dir, 'b.db');
  await expect(Promise.all([1, 2, 3, 4].map(() => levelInWorker(file)))).resolves.toEqual([
    FULL,
    FULL,
    FULL,
    FULL,
  ]);
});

test('a connection keeps at most 2 MB of pages: every thread has one or two', () => {
  const connection = openDatabase(join(dir, 'a.db'), { timeoutMs: 0 });
  expect(connection.pragma('cache_size', { simple: true })).toBe(-2_000);
  connection.close();
});

test('foreign keys, WAL and the busy timeout are as requested', () => {
  const connection = openDatabase(join(dir, 'c.db'), { timeoutMs: 7 });
  expect(connection.pragma('foreign_keys', { simple: true })).toBe(1);
  expect(connection.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(connection.pragma('busy_timeout', { simple: true })).toBe(7);
  connection.close();
});

test('a file that is no database is an error, and leaves nothing open', () => {
  expect(() => openDatabase(dir, { timeoutMs: 0 })).toThrow();
});

test('a SQLite code is found below wrapping errors, and only whole words match', () => {
  const busy = Object.assign(new Error('locked'), { code: 'SQLITE_BUSY_SNAPSHOT' });
  expect(hasSqliteCode(new Error('wrapped', { cause: busy }), 'SQLITE_BUSY')).toBe(true);
  expect(
    hasSqliteCode(Object.assign(new Error('x'), { code: 'SQLITE_FULLER' }), 'SQLITE_FULL'),
  ).toBe(false);
  expect(hasSqliteCode('SQLITE_BUSY', 'SQLITE_BUSY')).toBe(false);
});

test('a SQLite code is found on an error of another realm, as the native library throws them', () => {
  const foreign = runInNewContext(
    "Object.assign(new Error('locked'), { code: 'SQLITE_BUSY' })",
  ) as Error;
  expect(foreign instanceof Error).toBe(false);
  expect(hasSqliteCode(foreign, 'SQLITE_BUSY')).toBe(true);
});
