import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store';
import { makeDatabase } from '../helpers/database';
import { temporaryDirectory, TestClock } from '../helpers/engine';
import { apply, makePool } from './rows';

/** More than one call needs, and far fewer than there are. */
const FEW = 20;

test('a store prepares a statement when it is first used, and once', async () => {
  const file = join(temporaryDirectory(), 'holdfast.db');
  makeDatabase(file);
  const prepare = jest.spyOn(Database.prototype, 'prepare');
  const during = async (work: () => Promise<unknown>) => {
    const before = prepare.mock.calls.length;
    await work();
    return prepare.mock.calls.length - before;
  };
  const store = openSqliteStore(file, { clock: new TestClock() });
  await apply(store, ...makePool({ size: 1 }));
  const first = await during(() => store.read.resource('r1'));
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(FEW);
  expect(await during(() => store.read.resource('r1'))).toBe(0);
  await store.close();
  prepare.mockRestore();
});
