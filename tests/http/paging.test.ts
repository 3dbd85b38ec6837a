import type { Caller } from '../helpers/server';
import { problem, TestServer } from '../helpers/server';

const POOLS = `
pools:
  - { name: a, kind: account, driver: simulated, size: 5 }
  - { name: b, kind: account, driver: simulated, size: 1 }
  - { name: c, kind: account, driver: simulated, size: 1 }
`;

let server: TestServer;
let admin: Caller;

beforeAll(async () => {
  server = await TestServer.start({ pools: POOLS });
  admin = await server.admin();
  for (const name of ['x', 'y', 'z']) {
    await admin.post('/v1/users').send({ name }).expect(201);
    await admin.post('/v1/tokens').send({ name }).expect(201);
    await admin
      .post('/v1/reservations')
      .send({ items: [{ pool: 'a' }] })
      .expect(201);
  }
});

interface Seen {
  ids: string[];
  pages: number;
}

/** Follows Link from page to page. */
async function follow(path: string): Promise<Seen> {
  const seen: Seen = { ids: [], pages: 0 };
  for (let next: string | undefined = path; next !== undefined;) {
    const { status, headers, body } = await admin.get(next);
    expect(status).toBe(200);
    seen.ids.push(...body.items.map(({ id }: { id: string }) => id));
    seen.pages += 1;
    const link = (headers as Record<string, string>).link;
    [, next] = /^<([^>]+)>; rel="next"$/.exec(link ?? '') ?? [];
    expect(body.nextCursor === null).toBe(next === undefined);
    if (next !== undefined)
      expect(new URL(next, server.url).searchParams.get('cursor')).toBe(body.nextCursor);
  }
  return seen;
}

test.each([
  ['/v1/pools', 3],
  ['/v1/resources', 7],
  ['/v1/users', 4],
  ['/v1/tokens', 4],
  ['/v1/reservations', 3],
])(
  '%s: pages of two contain each of the %i once, in the order of a single page',
  async (path, count) => {
    const whole = await follow(path);
    expect([whole.ids.length, whole.pages]).toEqual([count, 1]);
    const paged = await follow(`${path}?limit=2`);
    expect(paged).toEqual({ ids: whole.ids, pages: Math.ceil(count / 2) });
  },
);

test('the link to the next page keeps the filter', async () => {
  const { ids } = await follow('/v1/resources?pool=a&limit=2');
  expect(ids).toHaveLength(5);
});

test('rows added while reading neither repeat nor hide others', async () => {
  const first = await admin.get('/v1/users?limit=2');
  await admin.post('/v1/users').send({ name: 'late' }).expect(201);
  const rest = await follow(`/v1/users?limit=2&cursor=${first.body.nextCursor}`);
  const ids = [...first.body.items.map(({ id }: { id: string }) => id), ...rest.ids];
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(5);
});

test('an invented cursor is a 400', async () => {
  for (const cursor of ['abc', Buffer.from('2:x').toString('base64url'), '%00']) {
    expect((await admin.get(`/v1/users?cursor=${cursor}`)).body).toEqual(
      problem(400, 'invalid', 'cursor'),
    );
  }
});
