import { join } from 'node:path';
import Database from 'better-sqlite3';
import { systemAuthor, type Author } from '../../src/domain/author';
import type { Change } from '../../src/domain/change';
import { cutoffsAt } from '../../src/domain/retention';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store';
import type { Store } from '../../src/store/store';
import { whenDone } from '../helpers/cleanups';
import { makeDatabase } from '../helpers/database';
import { temporaryDirectory, TestClock } from '../helpers/engine';

/** The authors of events are rows of their own, one for each day. */

const DAY = 86_400_000;
const NOTHING = { load: 'classes', classIds: [] as number[] } as const;
const EVENT: Change = { do: 'append', event: { type: 'resource.status' } };
const ANN: Author = { ...systemAuthor('ann'), actorKind: 'user', address: '192.0.2.1' };

let file: string;
let store: Store;
let clock: TestClock;

beforeEach(() => {
  file = join(temporaryDirectory(), 'holdfast.db');
  makeDatabase(file);
  clock = new TestClock();
  clock.at = 20_000 * DAY;
  store = openSqliteStore(file, { clock });
  whenDone(() => store.close());
});

/** Appends an event for each call, by an author whose calls are different objects. */
function append(author: Author, calls = 1): Promise<null[]> {
  return Promise.all(
    Array.from({ length: calls }, (_, call) =>
      store.transact(NOTHING, () => ({ changes: [EVENT, EVENT], value: null }), undefined, {
        ...author,
        requestId: `call-${call}`,
      }),
    ),
  );
}

function rows(): string[] {
  const database = new Database(file, { readonly: true });
  const found = database.prepare('select day, name from event_authors order by id').raw().all();
  database.close();
  return found.map((row) => (row as unknown[]).join(' '));
}

async function namesOf(): Promise<(string | null)[]> {
  return (await store.read.eventsAfter(0, 100)).map(({ actorName }) => actorName);
}

test('an author takes one row a day, however many calls there are', async () => {
  await append(ANN, 20);
  clock.advance(DAY - 1);
  await append(ANN, 5);
  expect(rows()).toEqual(['20000 ann']);
  clock.advance(1);
  await append(ANN, 2);
  await append({ ...ANN, actorName: 'Ann B.' });
  expect(rows()).toEqual(['20000 ann', '20001 ann', '20001 Ann B.']);
  const [first] = await store.read.eventsAfter(0, 1);
  expect(first).toMatchObject({ ...ANN, requestId: 'call-0' });
});

test('an author whose first transaction was undone is written with the next', async () => {
  const wrong: Change = { do: 'createResource', resource: {} as never };
  const write = store.transact(
    NOTHING,
    () => ({ changes: [EVENT, wrong], value: null }),
    undefined,
    ANN,
  );
  await expect(write).rejects.toThrow('NOT NULL');
  await append({ ...ANN, actorName: 'bob' });
  await append(ANN);
  expect(await namesOf()).toEqual(['bob', 'bob', 'ann', 'ann']);
});

test('an author is forgotten after the last event of the day, not before', async () => {
  await append(ANN);
  clock.advance(DAY / 2);
  await append(ANN);
  clock.advance(DAY / 2);
  await append(ANN);
  const keptFor = { reservations: DAY, idempotency: DAY, operations: DAY };
  await store.prune(cutoffsAt(clock.at, { ...keptFor, events: DAY / 2 }), 100);
  expect([rows(), await namesOf()]).toEqual([['20000 ann', '20001 ann'], Array(4).fill('ann')]);
  await store.prune(cutoffsAt(clock.at, { ...keptFor, events: 0 }), 100);
  expect([rows(), await namesOf()]).toEqual([['20001 ann'], Array(2).fill('ann')]);
});
