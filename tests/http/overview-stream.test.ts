import type { OverviewAnswer } from '../../src/api/overview';
import { Inbox } from '../../src/service/events/inbox';
import { somebody } from '../helpers/engine';
import { Browser } from '../helpers/browser';
import { OverviewReader, type Message } from '../helpers/overview-reader';
import { TestServer, type Caller } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 3 }
  - { name: hosts, kind: vm, driver: simulated, size: 1 }
`;
const LIMITS = { most: 1_000, perAddress: 1_000 };

let server: TestServer;
let admin: Caller;
let ann: Caller;

beforeEach(async () => {
  server = await TestServer.start({ pools: POOLS, connections: LIMITS });
  admin = await server.admin();
  ann = await server.user('ann');
});

afterEach(() => jest.restoreAllMocks());

const follow = (caller: Pick<Caller, 'headers'>) => OverviewReader.open(server.url, caller.headers);
const look = async (caller: Caller) =>
  (await caller.get('/v1/overview').expect(200)).body as OverviewAnswer;
const borrow = async (by: Caller = ann, body: object = { items: [{ pool: 'lab' }] }) =>
  (await by.post('/v1/reservations').send(body)).body as { id: string };
const release = (id: string) => ann.delete(`/v1/reservations/${id}`).expect(204);

test('the first message is the whole overview, as its caller sees it', async () => {
  await borrow();
  for (const caller of [ann, admin]) {
    const { asOf: _then, ...all } = (await follow(caller)).all;
    const { asOf: _now, ...seen } = await look(caller);
    expect(all).toEqual(seen);
  }
});

test('a loan tells its pool within a second, and no other pool', async () => {
  const [reader, asAdmin] = [await follow(ann), await follow(admin)];
  const begun = performance.now();
  await borrow();
  const isLent = (each: OverviewReader) =>
    each.pools('lab').some(({ counts }) => counts.allocated === 1);
  await reader.until(() => isLent(reader));
  expect(performance.now() - begun).toBeLessThan(1_000);
  await asAdmin.until(() => isLent(asAdmin));
  expect(asAdmin.pools('lab').at(-1)).toMatchObject({ failing: null, seq: expect.any(Number) });
  expect(reader.pools('lab').at(-1)).not.toHaveProperty('failing');
  expect([...reader.pools('hosts'), ...asAdmin.pools('hosts')]).toEqual([]);
  for (const { id, type, data } of reader.messages.filter((each) => each.type === 'pool'))
    expect([type, (data as { seq: number }).seq]).toEqual(['pool', id]);
});

test('in the end each reader has what the overview has, whatever happened meanwhile', async () => {
  const reader = await follow(admin);
  const other = await server.test.another();
  for (let loan = 0; loan < 5; loan += 1) {
    const here = await borrow();
    const there = await other.reserve(somebody('there'), { pool: 'hosts' });
    await borrow(ann, { items: [{ pool: 'lab', count: 3 }] });
    await admin
      .patch('/v1/pools/lab')
      .send({ labels: { loan: String(loan) } })
      .expect(200);
    await release(here.id);
    await other.release(somebody('there'), there.id);
    await server.test.settle();
  }
  const end = await look(admin);
  const told = () =>
    end.pools.map(({ name }) => reader.pools(name).at(-1)).map((pool) => ({ ...pool, seq: 0 }));
  const sought = JSON.stringify(end.pools.map((pool) => ({ ...pool, seq: 0 })));
  await reader.until(() => JSON.stringify(told()) === sought);
  await reader.until(() => {
    const counts = JSON.stringify(reader.of('counts').at(-1));
    return counts === JSON.stringify(end.reservations);
  });
});

test('a change by another process is told', async () => {
  const reader = await follow(ann);
  const other = await server.test.another();
  await other.reserve(somebody('there'), { pool: 'hosts' });
  await reader.until(() => reader.pools('hosts').some(({ counts }) => counts.allocated === 1));
});

test('a pool is told at most twice a second, however much happens', async () => {
  const reader = await follow(ann);
  const begun = performance.now();
  const times: number[] = [];
  while (reader.pools('lab').length < 4) {
    const before = reader.pools('lab').length;
    const { id } = await borrow();
    await release(id);
    await server.test.settle();
    if (reader.pools('lab').length > before) times.push(performance.now() - begun);
  }
  // Four messages are three pauses apart.
  expect(times.at(-1)! - times[0]!).toBeGreaterThan(1_400 - 100);
});

test('pools that come, go and begin to go are told', async () => {
  const reader = await follow(ann);
  const body = { name: 'new', kind: 'token', driver: 'simulated', size: 0 };
  const { id } = (await admin.post('/v1/pools').send(body).expect(201)).body as { id: string };
  await reader.until(() => reader.pools('new').length > 0);
  await admin.delete('/v1/pools/new').expect(202);
  await reader.until(() => reader.pools('new').some(({ deleting }) => deleting));
  await server.test.settle();
  server.test.clock.advance(600_000);
  await server.test.settle();
  await reader.until(() => reader.of('pool.removed').length > 0);
  expect(reader.of('pool.removed')).toEqual([{ id, name: 'new' }]);
});

describe('a pool that is made again under the same name', () => {
  const body = { name: 'new', kind: 'token', driver: 'simulated', size: 0 };
  const make = async () =>
    ((await admin.post('/v1/pools').send(body).expect(201)).body as { id: string }).id;
  /** Makes the pool and deletes it, seen by a reader; it is gone once the jobs have run. */
  async function leaving(reader: OverviewReader): Promise<string> {
    const id = await make();
    await admin.delete('/v1/pools/new').expect(202);
    await reader.until(() => reader.pools('new').some(({ deleting }) => deleting));
    return id;
  }

  test('is told after the end of the one before, whatever else was just told', async () => {
    const reader = await follow(admin);
    const old = await leaving(reader);
    const seen = reader.of('other').length;
    await admin.post('/v1/tokens').send({ name: 'more', scopes: ['read'] });
    await reader.until(() => reader.of('other').length > seen);
    await server.test.settle();
    const id = await make();
    const isOfNew = ({ type, data }: Message) =>
      type === 'pool.removed' || (type === 'pool' && (data as { id: string }).id === id);
    await reader.until(() => reader.messages.filter(isOfNew).length > 1);
    expect(reader.messages.filter(isOfNew).slice(0, 2)).toMatchObject([
      { type: 'pool.removed', data: { id: old, name: 'new' } },
      { type: 'pool', data: { id, name: 'new' } },
    ]);
  });

  test('is all that a new listener hears of', async () => {
    const first = await follow(ann);
    await leaving(first);
    await server.test.settle();
    const id = await make();
    const second = await follow(ann);
    expect(second.all.pools.find(({ name }) => name === 'new')).toMatchObject({ id });
    await first.until(() => first.of('pool.removed').length > 0);
    await admin.patch('/v1/pools/new').send({ labels: { a: 'b' } });
    await second.until(() => second.pools('new').some(({ labels }) => labels.a === 'b'));
    expect(second.of('pool.removed')).toEqual([]);
  });
});

test('a queue that grows and shrinks is told, with the numbers of reservations', async () => {
  const reader = await follow(ann);
  const lengths = () => reader.pools('hosts').map(({ queue }) => queue.length);
  const body = { items: [{ pool: 'hosts' }] };
  await borrow(ann, body);
  const { id } = await borrow(ann, body);
  await reader.until(() => lengths().at(-1) === 1);
  await reader.until(() => reader.of<{ queued: number }>('counts').at(-1)?.queued === 1);
  await release(id);
  await reader.until(() => lengths().at(-1) === 0);
  await reader.until(() => reader.of<{ queued: number }>('counts').at(-1)?.queued === 0);
});

test('facts without a pool are told to admins, and to others if they are about them', async () => {
  const bob = await server.user('bob');
  const readers = [await follow(admin), await follow(ann), await follow(bob)];
  const typesOf = (reader: OverviewReader) =>
    reader.of<{ types: string[] }>('other').flatMap(({ types }) => types);
  await ann
    .post('/v1/tokens')
    .send({ name: 'more', scopes: ['read'] })
    .expect(201);
  for (const reader of readers.slice(0, 2))
    await reader.until(() => typesOf(reader).includes('token.created'));
  await borrow(bob);
  for (const reader of [readers[0]!, readers[2]!])
    await reader.until(() => typesOf(reader).includes('reservation.active'));
  expect(typesOf(readers[1]!)).toEqual(['token.created']);
  expect(typesOf(readers[2]!)).not.toContain('token.created');
});

test('a stream ends with its session, and with its user', async () => {
  const browser = await Browser.signIn(server.url, ann);
  const [inSession, byToken] = [await follow(browser), await follow(ann)];
  await browser.delete('/v1/session').expect(204);
  await inSession.untilEnded();
  expect(inSession.text).toMatch(/: the credential has ended\n\n$/);
  await admin.delete(`/v1/users/${ann.userId}`).expect(204);
  await byToken.untilEnded();
});

test('a quiet stream has a beat', async () => {
  server.services.overview.timing.beat = 10;
  const reader = await follow(ann);
  await reader.until(() => reader.text.endsWith(': beat\n\n: beat\n\n'));
});

test('a stream takes one of the places for held answers', async () => {
  const small = await TestServer.start({ connections: { most: 8, perAddress: 8 } });
  const caller = await small.admin();
  const places = 3;
  for (let taken = 0; taken < places; taken += 1)
    await OverviewReader.open(small.url, caller.headers);
  const { status } = await caller.get('/v1/overview').set('Accept', 'text/event-stream');
  expect(status).toBe(503);
});

describe('the cost of listeners', () => {
  /** Counts what `work` reads from the store, and the pools that it writes as text. */
  async function costOf(work: () => Promise<void>): Promise<{ reads: number; texts: number }> {
    const { read } = server.test.engine.store;
    const names = Object.keys(read) as (keyof typeof read)[];
    const spies = names.map((name) => jest.spyOn(read, name));
    const stringify = jest.spyOn(JSON, 'stringify');
    await work();
    const reads = spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    const isPool = ([value]: unknown[]) => 'resources' in Object(value) && 'seq' in Object(value);
    const texts = stringify.mock.calls.filter(isPool).length;
    jest.restoreAllMocks();
    return { reads, texts };
  }

  async function costOfLoan(listeners: number): Promise<{ reads: number; texts: number }> {
    const readers = await Promise.all(
      Array.from({ length: listeners }, (_, at) => follow(at % 2 === 0 ? admin : ann)),
    );
    const cost = await costOf(async () => {
      await borrow();
      for (const reader of readers)
        await reader.until(() => reader.pools('lab').some(({ counts }) => counts.allocated > 0));
    });
    for (const reader of readers) await reader.close();
    return cost;
  }

  test('a loan costs as many reads and texts with 200 as with two', async () => {
    const few = await costOfLoan(2);
    const many = await costOfLoan(200);
    // Rounds come by time, so there may be one more or less.
    expect(many.reads).toBeLessThanOrEqual(few.reads + 8);
    expect(many.texts).toBeLessThanOrEqual(few.texts + 4);
    expect(many.texts).toBeGreaterThan(0);
  });

  test('without one, a loan reads nothing for the overview', async () => {
    const reader = await follow(ann);
    await reader.close();
    const groups = jest.spyOn(server.test.engine.store.read, 'eventGroups');
    await borrow();
    // Whoever listens now has had a commit told before.
    const next = await follow(ann);
    expect(next.all.reservations.active).toBe(1);
    expect(groups).toHaveBeenCalledTimes(1);
  });
});

test('a reader that does not read is told so, and cut', async () => {
  let lose!: () => void;
  const lost = new Promise<void>((resolve) => (lose = resolve));
  const timing = { beat: 60_000, farewell: 1 };
  const inbox = new Inbox<{ round: number }>({ behind: 2, atOnce: 10 }, timing, lose);
  for (let round = 0; round < 3; round += 1) inbox.add({ round });
  const told: unknown[] = [];
  for await (const batch of inbox.told(new AbortController().signal)) told.push(batch);
  expect(told).toEqual([['slow']]);
  await lost;
});
