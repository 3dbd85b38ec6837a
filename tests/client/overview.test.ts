import { Holdfast, type OverviewNews } from '../../src/client';
import { TestServer } from '../helpers/server';

let server: TestServer;
let token: string;

beforeEach(async () => {
  server = await TestServer.start({
    pools: 'pools: [{ name: lab, kind: account, driver: simulated, size: 2 }]',
  });
  const body = { name: 'page', scopes: ['read', 'reserve'] };
  token = (await (await server.admin()).post('/v1/tokens').send(body)).body.token as string;
});

const client = (options: object = {}) => new Holdfast({ url: server.url, token, ...options });

/** Reads until one is found; the rest can be read on. */
async function next<T extends OverviewNews['type']>(
  news: AsyncGenerator<OverviewNews>,
  type: T,
): Promise<OverviewNews & { type: T }> {
  for (;;) {
    const { value } = (await news.next()) as { value: OverviewNews };
    if (value.type === type) return value as OverviewNews & { type: T };
  }
}

test('the overview is followed: all of it first, then pools and numbers that change', async () => {
  const news = client().overview.follow();
  const first = (await news.next()).value as OverviewNews & { type: 'overview' };
  expect(first).toMatchObject({ type: 'overview', data: { pools: [{ name: 'lab' }] } });
  await using loan = await client().borrow({ items: [{ pool: 'lab' }] });
  const { data: pool } = await next(news, 'pool');
  expect(pool.counts).toMatchObject({ allocated: 1 });
  expect(pool.resources!.find(({ id }) => id === loan.resources[0]!.id)).toMatchObject({
    state: 'allocated',
  });
  await news.return();
});

test('numbers of reservations, and facts without a pool, are news', async () => {
  const news = client().overview.follow();
  await next(news, 'overview');
  const loan = await client().borrow({ items: [{ pool: 'lab' }] });
  expect((await next(news, 'counts')).data).toMatchObject({ active: 1 });
  expect((await next(news, 'other')).data.types).toContain('reservation.active');
  await loan.release();
  await news.return();
});

test('a stream that breaks is said to be lost, once, and begins anew with all pools', async () => {
  const cut: AbortController[] = [];
  let refusals = 0;
  const breaking = client({
    retryFor: 0,
    random: () => 0,
    fetch: (url: string, init: RequestInit) => {
      if (refusals > 0) {
        refusals -= 1;
        return Promise.reject(new TypeError('fetch failed'));
      }
      const end = new AbortController();
      cut.push(end);
      return fetch(url, { ...init, signal: AbortSignal.any([init.signal!, end.signal]) });
    },
  });
  const news = breaking.overview.follow();
  await next(news, 'overview');
  refusals = 2;
  cut[0]!.abort(new TypeError('cut'));
  expect((await news.next()).value).toEqual({ type: 'lost' });
  expect((await news.next()).value).toMatchObject({ type: 'overview' });
  expect(refusals).toBe(0);
  await news.return();
});

test('a refusal ends it, and so does the signal', async () => {
  const refused = new Holdfast({ url: server.url, token: 'hf_wrong' }).overview.follow();
  await expect(refused.next()).rejects.toMatchObject({ status: 401 });
  const end = new AbortController();
  const news = client().overview.follow({ signal: end.signal });
  await next(news, 'overview');
  const pending = next(news, 'pool.removed');
  end.abort(new Error('enough'));
  await expect(pending).rejects.toThrow('enough');
});
