import { join } from 'node:path';
import Database from 'better-sqlite3';
import { nothing, type Change } from '../../src/domain/change';
import { DomainError } from '../../src/domain/errors';
import { ChangeWatch } from '../../src/store/sqlite/change-watch';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store';
import type { Store } from '../../src/store/store';
import { whenDone } from '../helpers/cleanups';
import { makeDatabase } from '../helpers/database';
import { temporaryDirectory, TestClock } from '../helpers/engine';
import { aPool, apply, aResource, makePool } from './rows';

/** A transaction that is undone leaves nothing, not even in memory, and says why. */

function open(): Store {
  const file = join(temporaryDirectory(), 'holdfast.db');
  makeDatabase(file);
  const store = openSqliteStore(file, { clock: new TestClock() });
  whenDone(() => store.close());
  return store;
}

const resize = (size: number): Change => ({ do: 'setPool', id: 'p1', set: { size, version: 2 } });

/** A write that fails after it has written: the second row has the id of the first. */
function writeTwice(store: Store): Promise<void> {
  const resource = aResource('r1');
  return apply(
    store,
    { do: 'createResource', resource },
    { do: 'createResource', resource: { ...resource, name: 'another' } },
  );
}

it('a pool that was read in an undone batch is not remembered', async () => {
  const store = open();
  await apply(store, ...makePool({ size: 1 }));
  const seen: number[] = [];
  let runs = 0;
  // Decides otherwise when its batch is run again, as it would if somebody else had written.
  const first = store.transact({ load: 'classes', classIds: [1] }, () => {
    runs += 1;
    return { changes: [resize(runs === 1 ? 5 : 9)], value: null };
  });
  const second = store.transact({ load: 'sizing', poolId: 'p1' }, (sizing) => {
    seen.push(sizing!.pool.size);
    return { changes: [], value: null };
  });
  await Promise.all([first, second, expect(writeTwice(store)).rejects.toThrow('UNIQUE')]);
  expect([runs, seen]).toEqual([2, [5, 9]]);
  expect(await store.read.pool('pool')).toMatchObject({ size: 9 });
});

describe.each(['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_READONLY', 'SQLITE_CANTOPEN'])(
  'a disk that fails with %s',
  (code) => {
    const fault = new Database.SqliteError('at /srv/holdfast.db', code);

    it('is told as such: nothing was changed, try again; the cause is for the log', async () => {
      const store = open();
      const failing = store.transact({ load: 'classes', classIds: [] }, () => {
        throw fault;
      });
      const error = await failing.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(DomainError);
      expect(error).toMatchObject({
        code: 'busy',
        message: 'The database is not usable at the moment; nothing was changed.',
        cause: fault,
      });
      await apply(store, { do: 'createPool', pool: aPool() });
      expect(await store.read.pools()).toHaveLength(1);
    });

    it('fails everything of its batch if the transaction is in doubt', async () => {
      const store = open();
      const made = apply(store, { do: 'createPool', pool: aPool() });
      const failing = store.transact({ load: 'classes', classIds: [] }, () => {
        throw fault;
      });
      const codes = [made, failing].map((each) =>
        each.then(
          () => 'none',
          (error: DomainError) => error.code,
        ),
      );
      const inDoubt = code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE';
      expect(await Promise.all(codes)).toEqual([inDoubt ? 'busy' : 'none', 'busy']);
      expect(await store.read.pools()).toHaveLength(inDoubt ? 0 : 1);
    });
  },
);

it('any other error is that of its write alone, as it is', async () => {
  const store = open();
  const odd = new Error('odd');
  const made = apply(store, { do: 'createPool', pool: aPool() });
  const failing = store.transact({ load: 'classes', classIds: [] }, () => {
    throw odd;
  });
  await expect(failing).rejects.toBe(odd);
  await made;
  expect(await store.read.pools()).toHaveLength(1);
});

describe('while the database cannot be read', () => {
  it('the time is told from memory, and no timer ends the process', async () => {
    const file = join(temporaryDirectory(), 'holdfast.db');
    makeDatabase(file);
    const clock = new TestClock();
    const store = openSqliteStore(file, { clock, watchMs: 1 });
    whenDone(() => store.close());
    await apply(store, { do: 'append', event: { type: 'user.changed', userId: 'u1' } });
    const outside = new Database(file);
    outside.exec('ALTER TABLE events RENAME TO events_away');
    expect(store.now()).toBe(clock.at);
    await expect(
      store.transact({ load: 'classes', classIds: [] }, () => nothing(1)),
    ).rejects.toThrow('no such table');
    outside.exec('ALTER TABLE events_away RENAME TO events');
    outside.close();
    await expect(store.transact({ load: 'classes', classIds: [] }, () => nothing(1))).resolves.toBe(
      1,
    );
  });

  it('listeners are told later', async () => {
    let [version, isBroken] = [1, false];
    let missed = () => {};
    const looked = new Promise<void>((resolve) => (missed = resolve));
    const get = (sql: string) => () => {
      if (!sql.includes('data_version')) return 0;
      if (isBroken) {
        missed();
        throw new Error('disk I/O error');
      }
      return version;
    };
    const prepare = (sql: string) => ({ pluck: () => ({ get: get(sql) }) });
    const connection = { name: 'made up', prepare } as unknown as Database.Database;
    const watch = new ChangeWatch(connection, 1, null);
    whenDone(() => watch.close());
    const told = new Promise<void>((resolve) => watch.add(resolve));
    isBroken = true;
    version = 2;
    await looked;
    isBroken = false;
    await told;
  });
});
