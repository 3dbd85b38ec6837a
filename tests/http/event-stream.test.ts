import { Listener, MOST_BEHIND, type Told } from '../../src/service/events/listener';
import type { FoundEvent } from '../../src/store/reads';
import { somebody } from '../helpers/engine';
import { Reader, type Seen } from '../helpers/event-reader';
import { problem, TestServer, type Caller } from '../helpers/server';

const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 3 }]';

let server: TestServer;
let admin: Caller;
let ann: Caller;

beforeEach(async () => {
  server = await TestServer.start({ pools: POOLS });
  admin = await server.admin();
  ann = await server.user('ann');
});

const read = (token: string, query = '', headers: object = {}) =>
  Reader.open(server.url, token, query, headers);

const tokenOf = (caller: Caller) =>
  (caller as unknown as { headers: { Authorization: string } }).headers.Authorization;

async function newToken(caller: Caller, body: object = {}): Promise<{ id: string; token: string }> {
  const made = await caller.post('/v1/tokens').send({ name: 'stream', ...body });
  expect(made.status).toBe(201);
  return made.body as { id: string; token: string };
}

const borrow = async (caller: Caller) =>
  (
    await caller
      .post('/v1/reservations')
      .send({ items: [{ pool: 'lab' }] })
      .expect(201)
  ).body.id as string;

const isLoan = ({ type }: Seen) => type === 'reservation.active';

test('a stream has the events to come, in order, within filters and rights', async () => {
  const all = await read(tokenOf(admin));
  const loans = await read(tokenOf(admin), 'type=reservation.active');
  const own = await read(tokenOf(ann));
  const bob = await server.user('bob');
  await borrow(bob);
  await borrow(ann);
  for (const reader of [all, loans])
    await reader.until(() => reader.events.filter(isLoan).length === 2);
  await own.until(() => own.events.some(isLoan));
  const seqs = all.events.map(({ seq }) => seq);
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  expect(loans.events.map(({ user }) => user)).toEqual([bob.userId, ann.userId]);
  expect(new Set(own.events.map(({ user }) => user))).toEqual(new Set([ann.userId]));
});

test('Last-Event-ID goes on where a connection was cut, over many pages', async () => {
  const first = await read(tokenOf(admin));
  await borrow(ann);
  await first.until(() => first.events.some(isLoan));
  first.close();
  const last = first.events[0]!.seq;
  const { store } = server.test.engine;
  const change = { do: 'append', event: { type: 'pool.changed', data: { fields: 'x' } } } as const;
  await store.transact({ load: 'classes', classIds: [] }, () => ({
    changes: Array(1_200).fill(change),
    value: null,
  }));
  const next = await read(tokenOf(admin), '', { 'Last-Event-ID': String(last) });
  await next.until(() => next.events.length >= first.events.length - 1 + 1_200);
  await borrow(ann);
  await next.until(() => next.events.filter(isLoan).length === 2);
  const { found } = await store.read.events({}, { after: last, limit: 5_000, order: 'asc' });
  expect(next.events.map(({ seq }) => seq)).toEqual(
    found.map(({ seq }) => seq).slice(0, next.events.length),
  );
});

test('events of another process are neither missed nor told twice', async () => {
  const reader = await read(tokenOf(admin), 'type=reservation.active,reservation.ended');
  const other = await server.test.another();
  const ids: string[] = [];
  for (let loan = 0; loan < 20; loan += 1) {
    const [here, there] = await Promise.all([
      server.test.reserve(somebody('here'), { pool: 'lab' }),
      other.reserve(somebody('there'), { pool: 'lab' }),
    ]);
    await Promise.all([
      server.test.release(somebody('here'), here.id),
      other.release(somebody('there'), there.id),
    ]);
    ids.push(here.id, there.id);
    await server.test.settle();
  }
  await reader.until(() => reader.events.length >= 80);
  const seqs = reader.events.map(({ seq }) => seq);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  expect(reader.events).toHaveLength(2 * ids.length);
});

test('any number of listeners costs one query for an event', async () => {
  const readers = await Promise.all(Array.from({ length: 30 }, () => read(tokenOf(admin))));
  const query = jest.spyOn(server.test.engine.store.read, 'events');
  await borrow(ann);
  for (const reader of readers) await reader.until(() => reader.events.some(isLoan));
  // One for the commit, and perhaps one for a hint that came during it.
  expect(query.mock.calls.length).toBeLessThan(6);
  query.mockRestore();
});

test('a quiet stream has a beat', async () => {
  server.services.feed.timing.beat = 10;
  const reader = await read(tokenOf(admin), 'type=pool.deleted');
  await reader.until(() => reader.text.endsWith(': beat\n\n: beat\n\n'));
});

test.each<[string, (token: { id: string }) => Promise<unknown>]>([
  ['is revoked', ({ id }) => ann.delete(`/v1/tokens/${id}`).expect(204)],
  ['has a user who is deleted', () => admin.delete(`/v1/users/${ann.userId}`).expect(204)],
])('a stream ends when its token %s', async (_how, end) => {
  const made = await newToken(ann, { scopes: ['read'] });
  const reader = await read(`Bearer ${made.token}`, 'type=pool.deleted');
  await end(made);
  await reader.untilEnded();
  expect(reader.text).toMatch(/: the credential has ended\n\n$/);
  expect(reader.events).toEqual([]);
});

test('a stream ends when its token expires, before anything else is told', async () => {
  const made = await newToken(ann, { scopes: ['read'], expiresInSeconds: 60 });
  const reader = await read(`Bearer ${made.token}`, 'type=reservation.active');
  server.test.clock.advance(60_000);
  await borrow(ann);
  await reader.untilEnded();
  expect(reader.events).toEqual([]);
});

test('a stream ends when the server stops', async () => {
  const reader = await read(tokenOf(admin));
  server.services.waiting.stop();
  await reader.untilEnded();
});

test('a Last-Event-ID that is no number is refused', async () => {
  const { body } = await admin
    .get('/v1/events')
    .set({ Accept: 'text/event-stream', 'Last-Event-ID': 'x' })
    .expect(400);
  expect(body).toMatchObject(problem(400, 'invalid', 'Last-Event-ID'));
});

describe('a listener that does not read', () => {
  const event = (seq: number) =>
    ({ seq, at: 0, type: 'pool.changed', actorKind: null, userId: null }) as FoundEvent;

  async function behind(events: number): Promise<{ told: Told[][]; lost: Promise<void> }> {
    let lose!: () => void;
    const lost = new Promise<void>((resolve) => (lose = resolve));
    const listener = new Listener({}, 'ann', { beat: 60_000, farewell: 1 }, lose);
    for (let seq = 1; seq <= events; seq += 1) listener.offer([event(seq)]);
    const told: Told[][] = [];
    for await (const batch of listener.told(new AbortController().signal)) {
      told.push(batch);
      if (told.flat().length === events) break;
    }
    return { told, lost };
  }

  test('keeps what waits for it, up to a bound', async () => {
    const { told } = await behind(MOST_BEHIND);
    expect(told.flat()).toEqual(Array.from({ length: MOST_BEHIND }, (_, at) => event(at + 1)));
  });

  test('is told so beyond that, and nothing else; and is cut off if it does not read that', async () => {
    const { told, lost } = await behind(MOST_BEHIND + 1);
    expect(told).toEqual([['slow']]);
    await lost;
  });
});
