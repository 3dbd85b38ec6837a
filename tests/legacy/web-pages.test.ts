import type request from 'supertest';
import type { Route } from '../../src/http/route';
import { changes } from '../../src/http/web-pages';
import { expectRefused, LegacyServer, REPORTS } from '../helpers/legacy';
import { PASSWORD, type Caller } from '../helpers/server';

/** As browsers send it over plain HTTP for an image, or somebody who types the address. */
const BY_BROWSER = { 'User-Agent': 'Mozilla/5.0 (X11) Firefox/140.0', 'Accept-Language': 'en' };
const BY_PAGE = { ...BY_BROWSER, Origin: 'http://attacker.example' };

/** A path of the route, with a query that it takes. */
function pathOf({ path }: Route): string {
  if (path === '/reserve') return '/reserve?username=ann&count=7';
  if (path === '/accounts') return '/accounts?username=ann';
  if (path === '/github-identifiers') return '/github-identifiers?githubId=7';
  if (path === '/emails') return '/emails?accountId=fa496c42-6100-4838-9774-6683b3688cd2';
  return path.replace('{uuid}', 'fa496c42-6100-4838-9774-6683b3688cd2').replace(/\{\w+\}/g, '1');
}

/** The route is called without following where it leads. */
function call(caller: Caller, route: Route): request.Test {
  return caller[route.method](pathOf(route)).redirects(0);
}

describe.each(['open', 'guarded'] as const)('in %s mode', (mode) => {
  let server: LegacyServer;
  /** Anybody in open mode; in guarded mode an admin whose browser remembers the password. */
  let caller: Caller;
  let token: Caller;

  beforeAll(async () => {
    server = await LegacyServer.start({ mode });
    token = await server.admin();
    caller = mode === 'open' ? server.anybody : server.server.basic('ada@example.org', PASSWORD);
    await server.until('free containers', async () => {
      const { body } = await token.get('/available');
      return (body as { available: string[] }).available.length === 10;
    });
  });
  afterAll(() => server.stop());

  const all = () => server.server.routes;
  const changing = () => all().filter(changes);

  test('the GETs that change something are known, and no other writes anything', async () => {
    const gets = all().filter(({ method }) => method === 'get');
    expect(gets.filter(changes).map(({ path }) => path)).toEqual([
      '/reserve',
      '/release_all',
      '/truncate_tables',
    ]);
    const { read } = server.test.engine.store;
    const before = await read.lastSeq();
    for (const route of gets.filter((each) => !changes(each))) await call(caller, route);
    const events = await read.eventsAfter(before, 1000);
    expect(events.filter(({ type }) => !REPORTS.includes(type))).toEqual([]);
  });

  test.each([
    ['a page of another site', BY_PAGE],
    ['a page that sends X-Requested-With', { ...BY_PAGE, 'X-Requested-With': 'x' }],
    ['a browser that names no page', BY_BROWSER],
  ])('%s changes nothing through any API', async (_who, headers) => {
    expect(changing().length).toBeGreaterThan(40);
    for (const route of changing()) {
      const { body } = await expectRefused(server, call(caller, route).set(headers), 403);
      const text = JSON.stringify(body);
      expect([route.path, text]).toEqual([
        route.path,
        expect.stringMatching(/other web sites|curl, or send the header X-Requested-With/),
      ]);
    }
  });

  test('a browser reads as before, and from another site in guarded mode only', async () => {
    await caller.get('/available').set(BY_BROWSER).expect(200);
    await caller
      .get('/available')
      .set(BY_PAGE)
      .expect(mode === 'open' ? 403 : 200);
  });

  test('a browser changes things with a header that no page of another site can send', async () => {
    const reserved = await caller
      .get('/reserve?username=ann')
      .set({ ...BY_BROWSER, 'X-Requested-With': 'me' });
    expect(reserved.status).toBe(200);
    await token.get('/release_all').set(BY_BROWSER).expect(200);
    const { host } = new URL(server.server.url);
    await caller
      .get('/release_all')
      .set({ ...BY_BROWSER, Origin: `http://${host}` })
      .expect(200);
  });

  test('a bearer token serves a page of another site in guarded mode and in v1 only', async () => {
    await token
      .get('/release_all')
      .set(BY_PAGE)
      .expect(mode === 'open' ? 403 : 200);
    await token.post('/v1/tokens').set(BY_PAGE).send({ name: 'page' }).expect(201);
  });
});
