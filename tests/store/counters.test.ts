import { join } from 'node:path';
import fc from 'fast-check';
import type Database from 'better-sqlite3';
import { openDatabase } from '../../src/sqlite/open';
import { miscounted, RECOUNTS } from '../helpers/counters';
import { makeDatabase } from '../helpers/database';
import { temporaryDirectory } from '../helpers/engine';
import { SEED } from '../helpers/seed';

/**
 * Triggers keep the counters right for every writer, even a person with a shell. FC_SEED repeats a
 * run.
 */

function emptyDatabase(): Database.Database {
  const file = join(temporaryDirectory(), 'holdfast.db');
  makeDatabase(file);
  return openDatabase(file, { timeoutMs: 0 });
}

type Write = (db: Database.Database) => void;
const write =
  (sql: string, ...values: (string | number | null)[]): Write =>
  (db) =>
    void db.prepare(sql).run(...values);
const reservation = (id: string, userId: string, status: string) =>
  write(
    `insert or ignore into reservations
       (id, user_id, status, items, priority, prepare, on_release, via, requested_at, overtaken)
     values (?, ?, ?, '[{"count":2},{"count":3}]', 0, 0, 'clean', 'v1', 0, 0)`,
    id,
    userId,
    status,
  );
const wait = (
  reservationId: string,
  item: number,
  classId: number,
  resourceId: string | null,
  missing: number,
) =>
  write(
    'insert or ignore into queue_entries select id, ?, ?, ?, 2, ?, 0, 0, 0 from reservations where id = ?',
    item,
    classId,
    resourceId,
    missing,
    reservationId,
  );
const resource = (id: string, classId: number, status: string) =>
  write(
    `insert or ignore into resources
       (id, pool_id, class_id, name, number, kind, type, status, admin_state, generation, failures,
        rank, created_at, changed_at)
     values (?, 'p', ?, ?, 1, 'vm', 't', ?, 'in_service', 0, 0, 0, 0, 0)`,
    id,
    classId,
    id,
    status,
  );

const id = fc.constantFrom('a', 'b', 'c', 'd');
const user = fc.constantFrom('ann', 'bob');
const status = fc.constantFrom('queued', 'preparing', 'active', 'ended');
const resourceClass = fc.integer({ min: 1, max: 2 });
const missing = fc.integer({ min: 0, max: 2 });
const named = fc.constantFrom(null, null, 'r1');
const item = fc.integer({ min: 0, max: 1 });
const resourceStatus = fc.constantFrom('available', 'allocated', 'destroyed');

const writes: fc.Arbitrary<Write>[] = [
  fc.tuple(id, user, status).map(([key, who, is]) => reservation(key, who, is)),
  fc
    .tuple(id, status)
    .map(([key, is]) => write('update reservations set status = ? where id = ?', is, key)),
  fc
    .tuple(id, user)
    .map(([key, who]) => write('update reservations set user_id = ? where id = ?', who, key)),
  fc
    .tuple(user, status)
    .map(([who, is]) => write('update reservations set user_id = ?, status = ?', who, is)),
  id.map((key) => write('delete from reservations where id = ?', key)),
  fc.tuple(id, item, resourceClass, named, missing).map(([key, ...rest]) => wait(key, ...rest)),
  fc
    .tuple(id, item, missing)
    .map(([key, which, lacks]) =>
      write(
        'update queue_entries set missing = ? where reservation_id = ? and item = ?',
        lacks,
        key,
        which,
      ),
    ),
  fc
    .tuple(id, named)
    .map(([key, resource]) =>
      write('update queue_entries set resource_id = ? where reservation_id = ?', resource, key),
    ),
  resourceClass.map((to) => write('update or ignore queue_entries set class_id = ?', to)),
  id.map((key) => write('delete from queue_entries where reservation_id = ?', key)),
  fc.tuple(id, resourceClass, resourceStatus).map(([key, of, is]) => resource(key, of, is)),
  fc
    .tuple(id, resourceStatus, named)
    .map(([key, is, aside]) =>
      write('update resources set status = ?, held_for = ? where id = ?', is, aside, key),
    ),
  id.map((key) => write('delete from resources where id = ?', key)),
];

it(`equal a recount after every write (FC_SEED=${SEED})`, () => {
  const db = emptyDatabase();
  const property = fc.property(
    fc.array(fc.oneof(...writes), { minLength: 30, maxLength: 60, size: 'max' }),
    (sequence) => {
      for (const table of ['queue_entries', 'reservations', 'resources'])
        db.exec(`delete from ${table}`);
      for (const each of sequence) {
        each(db);
        expect(miscounted(db)).toEqual([]);
      }
    },
  );
  fc.assert(property, { seed: SEED, numRuns: 100 });
  db.close();
});

it('queue entries that go with their reservation leave the counts of their classes', () => {
  const db = emptyDatabase();
  reservation('a', 'ann', 'queued')(db);
  wait('a', 0, 1, null, 1)(db);
  expect(db.prepare('select count from queue_lengths').pluck().all()).toEqual([1]);
  write("delete from reservations where id = 'a'")(db);
  expect(db.prepare('select count from queue_lengths').pluck().all()).toEqual([0]);
  expect(db.prepare('select * from user_counts').all()).toEqual([]);
  db.close();
});

it('a recount finds a wrong counter, and a missing one', () => {
  const db = emptyDatabase();
  reservation('a', 'ann', 'queued')(db);
  wait('a', 0, 1, null, 1)(db);
  resource('r', 1, 'available')(db);
  reservation('b', 'ann', 'ended')(db);
  for (const [table, recount] of Object.entries(RECOUNTS)) {
    write(`update ${table} set count = 2`)(db);
    expect(miscounted(db)).toEqual([
      expect.objectContaining({ table, count: 2 }),
      expect.objectContaining({ table, count: 1 }),
    ]);
    write(`delete from ${table}`)(db);
    expect(miscounted(db)).toEqual([expect.objectContaining({ table, count: 1 })]);
    write(`insert into ${table} select * from (${recount})`)(db);
  }
  db.close();
});
