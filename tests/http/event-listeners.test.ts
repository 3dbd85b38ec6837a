import type { ServerResponse } from 'node:http';
import { Browser } from '../helpers/browser';
import { Reader } from '../helpers/event-reader';
import { TestServer, type Caller } from '../helpers/server';
import { turnsOfTheThread } from '../helpers/turns';

const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 3 }]';
const LIMITS = { most: 1_000, perAddress: 1_000 };

let server: TestServer;
let admin: Caller;
let ann: Caller;
const answers: ServerResponse[] = [];

beforeEach(async () => {
  answers.length = 0;
  server = await TestServer.start({
    pools: POOLS,
    connections: LIMITS,
    onRequest: (_request, response) => void answers.push(response),
  });
  admin = await server.admin();
  ann = await server.user('ann');
});

afterEach(() => jest.restoreAllMocks());

const tokenOf = (caller: Caller) =>
  (caller as unknown as { headers: { Authorization: string } }).headers.Authorization;

const read = (caller: Caller, query = '', headers: object = {}) =>
  Reader.open(server.url, tokenOf(caller), query, headers);

async function borrow(): Promise<void> {
  const body = { items: [{ pool: 'lab' }] };
  await ann.post('/v1/reservations').send(body).expect(201);
}

/** Counts what `work` reads from the store, and the texts of events that it writes. */
async function costOf(work: () => Promise<void>): Promise<{ reads: number; texts: number }> {
  const { read } = server.test.engine.store;
  const spies = (Object.keys(read) as (keyof typeof read)[]).map((name) => jest.spyOn(read, name));
  const stringify = jest.spyOn(JSON, 'stringify');
  await work();
  const reads = spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  const texts = stringify.mock.calls.filter(([value]) => 'seq' in Object(value)).length;
  jest.restoreAllMocks();
  return { reads, texts };
}

async function costOfLoan(listeners: number): Promise<{ reads: number; texts: number }> {
  const readers = await Promise.all(
    Array.from({ length: listeners }, (_, at) => read(at % 2 === 0 ? admin : ann)),
  );
  const cost = await costOf(async () => {
    await borrow();
    for (const reader of readers)
      await reader.until(() => reader.events.some(({ type }) => type === 'reservation.active'));
  });
  readers.forEach((reader) => reader.close());
  return cost;
}

test('a loan costs as many reads and texts with 200 listeners as with two', async () => {
  const few = await costOfLoan(2);
  const many = await costOfLoan(200);
  // A hint that comes while the reader reads has it read once more.
  expect(many.reads).toBeLessThanOrEqual(few.reads + 4);
  expect(many.texts).toBeLessThanOrEqual(few.texts + 4);
});

test('each is told what their list of events has, whoever listens beside them', async () => {
  const tokenFor = async (of: Caller, scopes: string[]) =>
    server.bearer(
      (await of.post('/v1/tokens').send({ name: 't', scopes }).expect(201)).body.token as string,
    );
  const session = await Browser.signIn(server.url, ann);
  const callers: Record<string, { get: Caller['get']; headers: Record<string, string> }> = {
    admin,
    'an admin with less': await tokenFor(admin, ['read']),
    ann,
    'ann with less': await tokenFor(ann, ['read']),
    'ann in a session': session,
    bob: await server.user('bob'),
  };
  const readers = await Promise.all(
    Object.values(callers).map(({ headers }) =>
      Reader.open(server.url, '', 'since=1970-01-01T00:00:00Z', headers),
    ),
  );
  await borrow();
  // About ann, by an admin: ann sees it in part.
  const [loan] = (await ann.get('/v1/reservations')).body.items as { id: string }[];
  await admin.delete(`/v1/reservations/${loan!.id}?reason=over`).expect(204);
  await admin.patch(`/v1/users/${ann.userId}`).send({ name: 'Ann' }).expect(200);
  await ann.patch(`/v1/users/${ann.userId}`).send({ name: 'ann' }).expect(200);
  for (const [at, [who, caller]] of Object.entries(callers).entries()) {
    const { items } = (await caller.get('/v1/events?order=asc&limit=500')).body as {
      items: { seq: number }[];
    };
    await readers[at]!.until(() => readers[at]!.events.length >= items.length);
    const told = [...readers[at]!.text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data!);
    expect([who, told.map((data) => JSON.parse(data) as unknown)]).toEqual([who, items]);
  }
});

test('a change of their user has many listeners look at their credential once', async () => {
  const readers = await Promise.all(Array.from({ length: 50 }, () => read(admin)));
  const { reads } = await costOf(async () => {
    const body = { name: 'another', scopes: ['read'] };
    await admin.post('/v1/tokens').send(body).expect(201);
    for (const reader of readers)
      await reader.until(() => reader.events.some(({ type }) => type === 'token.created'));
  });
  expect(reads).toBeLessThan(20);
});

test('listeners who come back soon cost no query for what they missed', async () => {
  const [stays, leaves] = [await read(admin), await read(admin)];
  leaves.close();
  await borrow();
  await stays.until(() => stays.events.some(({ type }) => type === 'reservation.active'));
  const query = jest.spyOn(server.test.engine.store.read, 'events');
  const last = /^id: (\d+)/.exec(leaves.text)![1]!;
  const back = await read(admin, '', { 'Last-Event-ID': last });
  await back.until(() => back.events.length === stays.events.length);
  expect(back.events).toEqual(stays.events);
  expect(query).not.toHaveBeenCalled();
});

test('a stream that is cut before any event goes on where it began', async () => {
  const first = await read(admin, 'type=reservation.active');
  const [, begin] = /^id: (\d+)\n: following\n\n$/.exec(first.text)!;
  first.close();
  await borrow();
  const next = await read(admin, 'type=reservation.active', { 'Last-Event-ID': begin });
  await next.until(() => next.events.length === 1);
});

test('a number ahead of all events, as after a restore, begins a stream now', async () => {
  const reader = await read(admin, '', { 'Last-Event-ID': '999999' });
  await borrow();
  await reader.until(() => reader.events.length > 0);
});

test('a stream hangs no more on its answer than Node takes for sound', async () => {
  await read(admin);
  expect(answers.at(-1)!.listenerCount('close')).toBeLessThanOrEqual(10);
});

test('an export that finds nothing for long leaves the thread to others', async () => {
  const turns = turnsOfTheThread();
  const { read } = server.test.engine.store;
  jest.spyOn(read, 'lastSeq').mockResolvedValue(20 * 5_000);
  const seen: number[] = [];
  jest.spyOn(read, 'events').mockImplementation((_filter, { after }) => {
    seen.push(turns.count);
    return Promise.resolve({ found: [], next: (after ?? 0) + 5_000 });
  });
  await admin.get('/v1/events?type=pool.deleted&order=asc&format=ndjson').expect(200);
  turns.stop();
  expect(seen.length).toBe(20);
  expect(new Set(seen).size).toBe(20);
});
