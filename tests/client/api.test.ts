import { Holdfast, NotFoundError, ProblemError, type Overview } from '../../src/client';
import { PROBLEM_ERRORS } from '../../src/client/errors';
import { ROUTES } from '../../src/client/routes';
import type { ErrorCode } from '../../src/domain/errors';
import { PROBLEMS } from '../../src/http/problems';
import { takesKey } from '../../src/http/route';
import { v1Routes } from '../../src/http/v1';
import { systemRoutes } from '../../src/http/system';
import { TestServer } from '../helpers/server';

/** Two steps of a sign-in that a browser makes: a redirect to GitHub, and GitHub's redirect back. */
const BROWSER_ONLY = ['get /v1/auth/github', 'get /v1/auth/github/callback'];

const build = { version: '', commit: null, node: '', sqlite: '' };
const served = [
  ...v1Routes({ github: true }),
  ...systemRoutes(build, { fields: async () => ({}), links: {} }).filter(({ path }) =>
    path.startsWith('/v1/'),
  ),
];
const called = Object.values(ROUTES).flatMap((group) => Object.values(group));
const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;

test('the client has a method for every route of v1, once, but for the steps of a browser', () => {
  expect([...called.map(nameOf), ...BROWSER_ONLY].sort()).toEqual(served.map(nameOf).sort());
});

test('each group of routes is a property of the client', () => {
  const groups = Object.entries(new Holdfast({ url: 'http://127.0.0.1:1' })).map(
    ([name, group]) => [name, Object.keys(group as object)] as const,
  );
  for (const [group, routes] of Object.entries(ROUTES))
    expect(Object.fromEntries(groups)[group]).toEqual(expect.arrayContaining(Object.keys(routes)));
});

test.each(served.filter((route) => !BROWSER_ONLY.includes(nameOf(route))))(
  '$method $path is called as it is served',
  (route) => {
    const { shape, keyed } = called.find((each) => nameOf(each) === nameOf(route))!;
    const answer = route.answers[200]?.body;
    const isList = answer !== undefined && 'nextCursor' in ((answer as never)['shape'] ?? {});
    expect(shape).toBe(isList ? 'pages' : route.body ? 'body' : 'plain');
    expect(keyed).toBe(takesKey(route));
  },
);

test('each code of a problem has an error class of its own, named after it', () => {
  expect(Object.keys(PROBLEM_ERRORS).sort()).toEqual(Object.keys(PROBLEMS).sort());
  expect(new Set(Object.values(PROBLEM_ERRORS)).size).toBe(Object.keys(PROBLEMS).length);
  for (const [code, Class] of Object.entries(PROBLEM_ERRORS)) {
    const { status } = PROBLEMS[code as ErrorCode];
    const error = new Class({ code, status, detail: 'So.', requestId: 'r' });
    expect(error).toMatchObject({ code, status, detail: 'So.', name: Class.name });
  }
});

describe('over HTTP', () => {
  let server: TestServer;
  let holdfast: Holdfast;

  beforeAll(async () => {
    server = await TestServer.start();
    const { body } = await (await server.admin()).post('/v1/tokens').send({
      name: 'client',
      scopes: ['read', 'reserve', 'admin', 'self'],
    });
    holdfast = new Holdfast({ url: `${server.url}/`, token: body.token as string });
  });

  test('things are made, shown, changed, listed and deleted', async () => {
    const made = await holdfast.users.create({ name: 'Bea', email: 'bea@example.org' });
    expect(made).toMatchObject({ name: 'Bea', role: 'user' });
    expect(await holdfast.users.get(made.id)).toEqual(made);
    expect(await holdfast.users.update(made.id, { name: 'Bee' })).toMatchObject({ name: 'Bee' });
    const names: string[] = [];
    for await (const { name } of holdfast.users.list({ limit: 1 })) names.push(name);
    expect(names).toEqual(['Ada', 'Bee']);
    expect(await holdfast.users.delete(made.id)).toBeUndefined();
  });

  test('the overview has all pools; headers of your own go with each call', async () => {
    await holdfast.pools.create({ name: 'seen', kind: 'account', driver: 'simulated', size: 0 });
    const { pools }: Overview = await holdfast.overview.get();
    expect(pools).toMatchObject([{ name: 'seen', counts: { total: 0 }, failing: null }]);
    const asked: unknown[] = [];
    const page = new Holdfast({
      url: server.url,
      headers: { 'X-Requested-With': 'a page' },
      fetch: (_url, init) => {
        asked.push(init?.headers);
        return Promise.resolve(Response.json({}));
      },
    });
    await page.me.get();
    expect(asked).toEqual([{ 'X-Requested-With': 'a page' }]);
    await holdfast.pools.delete('seen');
  });

  test('sessions are listed', async () => {
    expect(await holdfast.sessions.list()).toEqual({ items: [] });
  });

  test('a picture is its text', async () => {
    await holdfast.pools.create({ name: 'lab', kind: 'account', driver: 'simulated', size: 0 });
    const picture: string = await holdfast.pools.drawTimeline('lab');
    expect(picture).toMatch(/^<svg .*<\/svg>\s*$/s);
  });

  test('the history is that of a pool, or of all together', async () => {
    const { pool, steps } = await holdfast.pools.history('lab', { days: 1 });
    expect([pool, steps.length]).toEqual(['lab', 24]);
    expect((await holdfast.history.get()).steps).toHaveLength(14);
  });

  test('a refusal is an error of the class of its code, with the field at fault', async () => {
    const missing = holdfast.pools.get('none');
    await expect(missing).rejects.toThrow(NotFoundError);
    await expect(missing).rejects.toMatchObject({ code: 'not_found', status: 404 });
    const wrong = holdfast.users.create({ name: '' });
    await expect(wrong).rejects.toThrow(ProblemError);
    await expect(wrong).rejects.toMatchObject({ name: 'InvalidError', field: 'name' });
  });

  test('a name and a password will do', async () => {
    await holdfast.users.create({ name: 'Cid', email: 'cid@example.org', password: 'grüße, cid' });
    const login = { url: server.url, username: 'cid@example.org', password: 'grüße, cid' };
    expect(await new Holdfast(login).me.get()).toMatchObject({ name: 'Cid', role: 'user' });
  });
});
