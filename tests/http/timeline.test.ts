import { fitted, inXml, widthOf, xml } from '../../src/http/v1/picture-text';
import type { Caller } from '../helpers/server';
import { problem, TestServer } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 3,
      lease: { default: 1h, maximum: 2h, openEnded: true } }
  - { name: open, kind: vm, driver: simulated, size: 2, shareHolders: true }
  - { name: ill, kind: account, driver: simulated, size: 1,
      cleaning: { retries: 1, backoff: 10s, quarantineRetry: 20m } }
  - { name: none, kind: token, driver: simulated, size: 0 }
`;
const HOUR = 3_600_000;
const HOSTILE = `<script>alert('x')</script>"&]]>`;

let server: TestServer;
let admin: Caller;
let ann: Caller;
let bob: Caller;

beforeEach(async () => {
  server = await TestServer.start({ pools: POOLS });
  admin = await server.admin();
  ann = await server.user('ann');
  bob = await server.user('bob');
});

interface Span {
  kind: string;
  from: string;
  to: string | null;
  holder: unknown;
  reservationId: string | null;
  mine: boolean;
}
interface Answer {
  lanes: { resource: { name: string }; spans: Span[] }[];
  leftOut: number;
  queue: object[];
}

const reserve = async (caller: Caller, pool = 'lab', count = 1, more: object = {}) =>
  (await caller.post('/v1/reservations').send({ items: [{ pool, count }], ...more })).body as {
    id: string;
    resources: { name: string }[];
  };
const timeline = async (caller: Caller, pool = 'lab', query = '') =>
  (await caller.get(`/v1/pools/${pool}/timeline${query}`).expect(200)).body as Answer;
const picture = async (caller: Caller, pool = 'lab', query = '') => {
  const { body } = await caller.get(`/v1/pools/${pool}/timeline.svg${query}`).expect(200);
  return String(body as Buffer);
};
const laneOf = ({ lanes }: Answer, name: string) =>
  lanes.find(({ resource }) => resource.name === name)!.spans;

test('a text is read no further than there is room for it', () => {
  const read: number[] = [];
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
  const segment = graphemes.segment.bind(graphemes);
  jest.spyOn(Intl.Segmenter.prototype, 'segment').mockImplementation((text) => {
    const all = segment(text);
    function* counted() {
      for (const each of all) {
        read.push(each.index);
        yield each;
      }
    }
    return { [Symbol.iterator]: counted } as unknown as Intl.Segments;
  });
  const name = 'a long name '.repeat(1_000);
  expect(fitted(name, 100)).toBe('a long name …');
  expect(read.length).toBeLessThan(20);
  expect(fitted(name, 3)).toBe('');
  expect(read.length).toBeLessThan(20);
  jest.restoreAllMocks();
});

describe('GET /v1/pools/{name}/timeline', () => {
  test('an admin reads who had what, who has it until when, and who waits', async () => {
    const { id: over, resources } = await reserve(ann);
    const { name } = resources[0]!;
    server.test.clock.advance(HOUR / 2);
    await ann.delete(`/v1/reservations/${over}`).expect(204);
    await server.test.settle();
    const running = await reserve(bob, 'lab', 3);
    await reserve(ann);
    const found = await timeline(admin);
    expect(found.lanes).toHaveLength(3);
    const lent = laneOf(found, name).filter(({ kind }) => kind === 'lease');
    expect(lent).toEqual([
      {
        kind: 'lease',
        from: '2026-01-01T00:00:00.000Z',
        to: '2026-01-01T00:30:00.000Z',
        holder: { userId: ann.userId, name: 'ann' },
        reservationId: over,
        mine: false,
      },
      expect.objectContaining({
        to: new Date(server.test.clock.at + HOUR).toISOString(),
        holder: { userId: bob.userId, name: 'bob' },
        reservationId: running.id,
      }),
    ]);
    expect(found.queue).toMatchObject([{ position: 1, user: { name: 'ann' } }]);
    expect(found).toMatchObject({ pool: 'lab', leftOut: 0, moreQueued: false });
  });

  test('others read names only where the pool shares them, and their own', async () => {
    await reserve(ann);
    await reserve(ann, 'open');
    const spans = async (pool: string) =>
      (await timeline(bob, pool)).lanes.flatMap((lane) =>
        lane.spans.filter(({ kind }) => kind === 'lease'),
      );
    const hidden = { holder: null, reservationId: null, mine: false };
    expect(await spans('lab')).toEqual([expect.objectContaining(hidden)]);
    expect(await spans('open')).toEqual([
      expect.objectContaining({ ...hidden, holder: { userId: ann.userId, name: 'ann' } }),
    ]);
    expect(await picture(bob)).not.toContain('ann');
    expect(await picture(bob, 'open')).toContain('lent to \u2068ann\u2069');
    expect(await picture(ann)).toContain('class="mine"');
  });

  test('a lease whose time is over is over, whether or not a job has noticed', async () => {
    const { resources } = await reserve(ann, 'lab', 1);
    server.test.clock.advance(2 * HOUR);
    const found = laneOf(await timeline(admin), resources[0]!.name);
    expect(found).toMatchObject([{ to: '2026-01-01T01:00:00.000Z' }]);
  });

  test('shows maintenance that was, and that is', async () => {
    const set = (adminState: string, more: object = {}) =>
      admin
        .patch('/v1/resources/lab-1')
        .send({ adminState, reason: 'fan', ...more })
        .expect(200);
    await set('maintenance');
    server.test.clock.advance(HOUR);
    await set('in_service');
    server.test.clock.advance(HOUR);
    await set('maintenance', { until: '2026-01-01T05:00:00Z' });
    const spans = laneOf(await timeline(admin), 'lab-1');
    expect(spans.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['maintenance', '2026-01-01T00:00:00.000Z', '2026-01-01T01:00:00.000Z'],
      ['maintenance', '2026-01-01T02:00:00.000Z', '2026-01-01T05:00:00.000Z'],
    ]);
  });

  test('shows a quarantine from its beginning to its end, also if it is tried in between', async () => {
    const { cloud, clock } = server.test;
    const { id, resources } = await reserve(ann, 'ill');
    const { name } = resources[0]!;
    await cloud.failNext('ill', 'clean', 100);
    await ann.delete(`/v1/reservations/${id}`).expect(204);
    await server.test.settle();
    const times = async (query = '') =>
      laneOf(await timeline(admin, 'ill', query), name)
        .filter(({ kind }) => kind !== 'lease')
        .map(({ kind, from, to }) => [kind, from, to]);
    for (let tries = 0; tries < 4; tries += 1) {
      clock.advance(HOUR / 2);
      await server.test.settle();
    }
    const [began, failed] = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:30:00.000Z'];
    expect(await times()).toEqual([
      ['cleaning', began, failed],
      ['quarantine', failed, null],
    ]);
    await cloud.failNext('ill', 'clean', 0);
    clock.advance(HOUR);
    await server.test.settle();
    const over = ['quarantine', failed, '2026-01-01T03:00:00.000Z'];
    expect(await times()).toEqual([['cleaning', began, failed], over]);
    const past = '?since=2026-01-01T00:40:00Z&until=2026-01-01T01:00:00Z';
    expect(await times(past)).toEqual([over]);
  });

  test('shows maintenance that ends after the window', async () => {
    const set = (adminState: string) =>
      admin.patch('/v1/resources/lab-1').send({ adminState, reason: 'fan' }).expect(200);
    await set('maintenance');
    server.test.clock.advance(2 * HOUR);
    await set('in_service');
    const past = '?since=2026-01-01T00:30:00Z&until=2026-01-01T01:00:00Z';
    expect(laneOf(await timeline(admin, 'lab', past), 'lab-1')).toMatchObject([
      { from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T02:00:00.000Z' },
    ]);
  });

  test('shows the window that is asked for, and says how many resources are left out', async () => {
    await reserve(ann, 'lab', 3);
    const found = await timeline(admin, 'lab', '?limit=2');
    expect([found.lanes.length, found.leftOut]).toEqual([2, 1]);
    expect(await picture(admin, 'lab', '?limit=2')).toContain(
      'Not shown: 1 more of its resources.',
    );
    const later = await timeline(admin, 'lab', '?since=2026-01-02T00:00:00Z');
    expect(later).toMatchObject({ until: '2026-01-03T00:00:00.000Z' });
    expect(later.lanes.flatMap(({ spans }) => spans)).toEqual([]);
    const longest = '?since=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00Z';
    expect((await timeline(admin, 'lab', longest)).lanes).toHaveLength(3);
  });

  test.each([
    ['ends before it begins', '?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z'],
    ['is longer than 31 days', '?since=2026-01-01T00:00:00Z&until=2026-02-01T00:00:01Z'],
  ])('refuses a window that %s', async (_what, query) => {
    for (const path of ['timeline', 'timeline.svg'])
      expect((await ann.get(`/v1/pools/lab/${path}${query}`)).body).toEqual(
        problem(400, 'invalid', 'until'),
      );
    expect((await ann.get('/v1/pools/nope/timeline')).body).toEqual(problem(404, 'not_found'));
  });

  test('costs as many queries for a hundred resources as for one', async () => {
    const pool = { name: 'many', kind: 'token', driver: 'simulated', settings: { rotates: false } };
    await admin
      .post('/v1/pools')
      .send({ ...pool, size: 100 })
      .expect(201);
    await server.test.settle();
    await reserve(ann, 'many', 40);
    await reserve(bob, 'many', 40);
    // The first call also looks up what is remembered afterwards.
    expect((await timeline(admin, 'many')).lanes).toHaveLength(100);
    const all = await statementsOf(() => timeline(admin, 'many'));
    const alone = await statementsOf(() => timeline(admin, 'many', '?limit=1'));
    expect(all).toEqual(alone);
    expect(all.length).toBeLessThan(20);
  });
});

/** The statements that SQLite was asked meanwhile, but for those that look for changes. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const database = jest.requireActual<{ default: unknown }>('better-sqlite3');
  const make = database as unknown as new (path: string) => {
    prepare(sql: string): object;
    close(): void;
  };
  const opened = new make(':memory:');
  const prototype = Object.getPrototypeOf(opened.prepare('select 1')) as {
    all(): unknown;
    get(): unknown;
  };
  opened.close();
  const spies = (['all', 'get'] as const).map((name) => jest.spyOn(prototype, name));
  await work();
  const asked = spies.flatMap(({ mock }) => mock.contexts as unknown as { source: string }[]);
  spies.forEach((spy) => spy.mockRestore());
  return asked
    .map(({ source }) => source)
    .filter((source) => !/^pragma/i.test(source))
    .sort();
}

describe('GET /v1/pools/{name}/timeline.svg', () => {
  test('is a picture that runs nothing and loads nothing', async () => {
    await reserve(ann);
    const { headers } = await ann.get('/v1/pools/lab/timeline.svg').expect(200);
    expect(headers).toMatchObject({
      'content-type': 'image/svg+xml; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
    const svg = await picture(ann);
    expect(svg).toContain(
      '<title>Pool \u2068lab\u2069: 2025-12-31 18:00 to 2026-01-01 18:00, UTC</title>',
    );
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script|href|url\(/);
  });

  test('escapes every text', async () => {
    const { body } = await admin
      .post('/v1/users')
      .send({ name: HOSTILE, email: 'e@example.org', password: 'long enough' });
    const eve = server.basic('e@example.org', 'long enough');
    await reserve(eve, 'open', 2);
    await reserve(eve, 'open');
    const svg = await picture(bob, 'open');
    expect(body.name).toBe(HOSTILE);
    expect(svg).not.toContain('<script');
    expect(svg.split('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;').length).toBeGreaterThan(3);
  });

  test('of a pool without resources says so', async () => {
    expect(await picture(ann, 'none')).toContain('This pool has no resources.');
  });
});

describe('texts of a picture', () => {
  test.each([
    ['a control character', 'a\u0000b\u001b', 'a\ufffdb\ufffd'],
    ['half a character', 'a\ud800', 'a\ufffd'],
    ['what turns text around', 'a\u202eb', 'a\ufffdb'],
    ['marks of XML', `<a b="c" d='e'>&`, '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;'],
  ])('lose %s', (_what, given, shown) => {
    expect(xml(given)).toBe(shown);
  });

  test('keep to themselves, so that none turns around what stands beside it', async () => {
    expect(inXml`1. ${'\u05d3<'}: ${2}`).toBe('1. \u2068\u05d3&lt;\u2069: \u20682\u2069');
  });

  test('are cut to their room between whole letters, wide ones included', () => {
    for (const text of [
      'a name that is rather long',
      '\u540d'.repeat(30),
      'e\u0301'.repeat(40),
      '\u{1f600}'.repeat(20),
    ]) {
      const cut = fitted(text, 100);
      expect(widthOf(cut)).toBeLessThanOrEqual(100);
      expect(text.startsWith(cut.slice(0, -1))).toBe(true);
      expect(cut.endsWith('\u2026')).toBe(true);
      expect(cut.isWellFormed()).toBe(true);
    }
    expect([fitted('ab', 100), fitted('abc', 10), fitted('', 5)]).toEqual(['ab', '', '']);
  });
});
