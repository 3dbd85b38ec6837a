import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store';
import { describeStore, type Opened } from '../contracts/store';
import { describeChanges } from '../contracts/store-changes';
import { describeLists } from '../contracts/store-lists';
import { describeLoads } from '../contracts/store-loads';
import { describeMetrics } from '../contracts/store-metrics';
import { describeOverview } from '../contracts/store-overview';
import { aPool, apply } from './rows';
import { describeStanding } from '../contracts/store-standing';
import { makeDatabase } from '../helpers/database';
import { codeOf, temporaryDirectory, TestClock } from '../helpers/engine';

function fresh(): { file: string; clock: TestClock } {
  const file = join(temporaryDirectory(), 'holdfast.db');
  makeDatabase(file);
  return { file, clock: new TestClock() };
}

function open(): Opened {
  const { file, clock } = fresh();
  return { clock, connect: () => openSqliteStore(file, { clock, watchMs: 1 }) };
}

describeStore('sqlite', open);
describeChanges('sqlite', open);
describeLoads('sqlite', open);
describeLists('sqlite', open);
describeStanding('sqlite', open);
describeMetrics('sqlite', open);
describeOverview('sqlite', open);

it('a write that waits too long for another connection is refused as busy, and never done', async () => {
  const { file, clock } = fresh();
  const store = openSqliteStore(file, { clock, busyDeadlineMs: 20 });
  const other = new Database(file);
  other.exec('BEGIN IMMEDIATE');
  expect(await codeOf(store.setMetadata('a', '1'))).toBe('busy');
  other.exec('ROLLBACK');
  other.close();
  expect(await store.metadata('a')).toBeNull();
  await store.setMetadata('a', '2');
  expect(await store.metadata('a')).toBe('2');
  await store.close();
});

it('a reader of a deleted pool forgets it', async () => {
  const { file, clock } = fresh();
  const store = openSqliteStore(file, { clock });
  await apply(store, { do: 'createPool', pool: aPool({ size: 3 }) });
  expect(await store.read.pools()).toHaveLength(1);
  await apply(store, { do: 'deletePool', id: aPool().id });
  expect(await store.read.pools()).toEqual([]);
  // No two pools share an id; this one shows what is cached.
  await apply(store, { do: 'createPool', pool: aPool({ size: 9 }) });
  expect(await store.read.pool(aPool().name)).toMatchObject({ size: 9 });
  await store.close();
});
