import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Author } from '../../src/domain/author';
import type { EventType } from '../../src/domain/event';
import type { EventFilter, EventPage } from '../../src/store/reads';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store';
import type { Store } from '../../src/store/store';
import { makeDatabase } from '../helpers/database';
import { temporaryDirectory, TestClock } from '../helpers/engine';

const NOTHING = { load: 'classes', classIds: [] as number[] } as const;
const MANY = 12_000;

let store: Store;
let file: string;
let clock: TestClock;

beforeAll(async () => {
  file = join(temporaryDirectory(), 'holdfast.db');
  makeDatabase(file);
  clock = new TestClock();
  store = openSqliteStore(file, { clock });
  for (let left = MANY; left > 0; left -= 1_000) {
    await append(1_000, 'resource.status', { poolId: 'p1', resourceId: 'r1' });
    clock.advance(10);
  }
});

afterAll(() => store.close());

async function append(count: number, type: EventType, fields: object = {}, author?: Author) {
  const change = { do: 'append', event: { type, ...fields } } as const;
  await store.transact(
    NOTHING,
    () => ({ changes: Array(count).fill(change), value: null }),
    undefined,
    author,
  );
}

/** All pages of a list, and the number of them. */
async function all(filter: EventFilter, order: EventPage['order'], limit = 1_000) {
  const seqs: number[] = [];
  let pages = 0;
  for (let after: number | null = null; pages === 0 || after !== null; pages += 1) {
    const page: Awaited<ReturnType<Store['read']['events']>> = await store.read.events(filter, {
      after,
      limit,
      order,
    });
    seqs.push(...page.found.map(({ seq }) => seq));
    after = page.next;
  }
  return { seqs, pages };
}

test.each(['asc', 'desc'] as const)(
  'a list %s that finds little looks at a window of events for each page',
  async (order) => {
    await append(1, 'resource.created', { poolId: 'p1', resourceId: 'r2' });
    const { seqs, pages } = await all({ resourceId: 'r2' }, order);
    expect(seqs.length).toBeGreaterThan(0);
    expect(pages).toBe(3);
    // Rare ones alone are found at once.
    const types: EventType[] = ['resource.created', 'pool.deleted'];
    expect(await all({ types }, order)).toEqual({ seqs, pages: 1 });
  },
);

test('times are found by halving, whatever was pruned', async () => {
  const start = clock.at - 120;
  const { seqs } = await all({ since: start + 20, until: start + 30 }, 'asc', 700);
  expect(seqs).toEqual(Array.from({ length: 1_000 }, (_, index) => 2_001 + index));
  expect((await all({ since: clock.at + 1 }, 'desc')).seqs).toEqual([]);
  expect((await all({ until: start }, 'desc')).seqs).toEqual([]);
});

/** No index: the events themselves, by their number. */
const BY_NUMBER = /SCAN e$|SEARCH e USING INTEGER PRIMARY KEY/;

test.each<[EventFilter, RegExp]>([
  [{}, BY_NUMBER],
  [{ poolId: 'x' }, BY_NUMBER],
  [{ resourceId: 'x' }, BY_NUMBER],
  [{ userId: 'x' }, BY_NUMBER],
  [{ actorId: 'x' }, BY_NUMBER],
  [{ job: 'expire' }, BY_NUMBER],
  [{ types: ['user.password', 'resource.status'], userId: 'x' }, BY_NUMBER],
  [{ reservationId: 'x' }, /events_by_reservation/],
  [{ types: ['user.password'] }, /rare_events_by_type/],
  [{ types: ['user.password'], userId: 'x' }, /rare_events_by_user/],
  [{ types: ['resource.admin_state'], resourceId: 'x' }, /rare_events_by_resource/],
  [{ types: ['pool.changed', 'pool.deleted'], actorId: 'x' }, /rare_events \(rare=\?/],
  [{ types: ['pool.changed', 'pool.deleted'], poolId: 'x' }, /rare_events \(rare=\?/],
])('%j is read in order from an index, without sorting', async (filter, index) => {
  for (const order of ['asc', 'desc'] as const) {
    const prepare = jest.spyOn(Database.prototype, 'prepare');
    const fresh = openSqliteStore(file, { clock });
    await fresh.read.events(filter, { after: 5, limit: 3, order });
    const statements = prepare.mock.calls
      .map(([sql]) => sql)
      .filter((sql) => sql.includes(':window'));
    prepare.mockRestore();
    await fresh.close();
    const database = new Database(file, { readonly: true });
    expect(statements).toHaveLength(2);
    for (const sql of statements) {
      const given = Object.fromEntries(
        [...sql.matchAll(/:(\w+)/g)].map(([, name]) => [name, null]),
      );
      const plan = (
        database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(given) as { detail: string }[]
      )
        .map(({ detail }) => detail)
        .join('\n');
      expect(plan).toMatch(index);
      expect(plan).not.toMatch(/TEMP B-TREE/);
    }
    database.close();
  }
});
