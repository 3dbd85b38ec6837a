import Database from 'better-sqlite3';
import { DamagedError } from '../src/sqlite/backup';
import { asStorageError, namingPath, StorageError } from '../src/storage-error';

/** Trouble with a file is one line that names it. */

const PATH = '/data/holdfast.db';
const sqlite = (code: string) => new Database.SqliteError('words of SQLite', code);

test.each([
  ['SQLITE_FULL', 'cannot be written: the disk is full', 'storage'],
  ['SQLITE_IOERR', 'cannot be read or written: the disk is full or fails', 'storage'],
  ['SQLITE_IOERR_WRITE', 'cannot be read or written: the disk is full or fails', 'storage'],
  ['SQLITE_READONLY', 'cannot be written: it, or its directory, is read-only', 'storage'],
  ['SQLITE_CANTOPEN', 'cannot be opened: this user may not, or the disk is full', 'storage'],
  ['SQLITE_PERM', 'cannot be opened: this user may not', 'storage'],
  ['SQLITE_BUSY', 'is locked by another program', 'inUse'],
])('%s: %s', (code, reason, exit) => {
  const cause = sqlite(code);
  const told = asStorageError(cause, PATH);
  expect(told).toBeInstanceOf(StorageError);
  expect(told).toMatchObject({ message: `${PATH} ${reason}.`, exit, cause });
  expect(asStorageError(new Error('wrapped', { cause }), PATH)).toMatchObject({ exit });
});

test.each(['SQLITE_NOTADB', 'SQLITE_CORRUPT'])('%s is damage', (code) => {
  expect(asStorageError(sqlite(code), PATH)).toBeInstanceOf(DamagedError);
});

test('an error of the file system names its own file', () => {
  const error = Object.assign(new Error('x'), { code: 'EACCES', path: '/key', syscall: 'open' });
  expect(asStorageError(error, PATH)).toMatchObject({
    message: '/key cannot be used (EACCES).',
    exit: 'storage',
  });
});

test('any other error stays as it is, and so does one that is told already', () => {
  for (const error of [
    sqlite('SQLITE_CONSTRAINT'),
    new Error('odd'),
    Object.assign(new Error('odd'), { code: 'ODD', path: '/x' }),
    Object.assign(new Error('odd'), { code: 'ENOENT', syscall: 'open' }),
    new StorageError('told', 'inUse', { cause: sqlite('SQLITE_FULL') }),
    new DamagedError(PATH, 'told'),
    'odd',
  ])
    expect(asStorageError(error, PATH)).toBe(error);
});

test('work is done, or its error told', () => {
  expect(namingPath(PATH, () => 'done')).toBe('done');
  const fail = () => {
    throw sqlite('SQLITE_FULL');
  };
  expect(() => namingPath(PATH, fail)).toThrow(`${PATH} cannot be written: the disk is full.`);
});
