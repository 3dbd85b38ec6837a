import { DomainError } from '../../src/domain/errors';
import {
  isAdmin,
  rightsAs,
  SCOPES,
  type Principal,
  type Scope,
} from '../../src/domain/people/user';
import type { Route, RouteAccess } from '../../src/http/route';
import { somebody } from '../helpers/engine';
import type { Caller } from '../helpers/server';
import { FakeGithub } from '../helpers/github';
import { PASSWORD, problem, TestServer } from '../helpers/server';
import { ACCESS } from '../soak/helpers/access-rows';

/** The calls of v1 by what they need, told here and not by their routes. */
const NEEDED: Record<RouteAccess, string[]> = {
  public: [
    'get /v1/auth/github',
    'get /v1/auth/github/callback',
    'get /v1/session',
    'post /v1/auth/github/device',
    'post /v1/auth/github/device/token',
    'post /v1/setup',
  ],
  read: [
    'delete /v1/session',
    'get /v1/events',
    'get /v1/history',
    'get /v1/me',
    'get /v1/overview',
    'get /v1/pools',
    'get /v1/pools/{name}',
    'get /v1/pools/{name}/history',
    'get /v1/pools/{name}/holders',
    'get /v1/pools/{name}/queue',
    'get /v1/pools/{name}/timeline',
    'get /v1/pools/{name}/timeline.svg',
    'get /v1/reservations',
    'get /v1/reservations/{id}',
    'get /v1/reservations/{id}/before',
    'get /v1/resources',
    'get /v1/resources/{id}',
    'get /v1/stats',
    'post /v1/session',
  ],
  reserve: [
    'delete /v1/reservations/{id}',
    'patch /v1/reservations/{id}',
    'post /v1/reservations',
    'post /v1/reservations/{id}/heartbeat',
    'post /v1/resources/{id}/keep-alive',
  ],
  self: [
    'delete /v1/me/sessions/{id}',
    'delete /v1/tokens/{id}',
    'delete /v1/webhooks/{id}',
    'get /v1/me/sessions',
    'get /v1/tokens',
    'get /v1/users/{id}',
    'get /v1/webhooks',
    'get /v1/webhooks/{id}',
    'get /v1/webhooks/{id}/deliveries',
    'patch /v1/users/{id}',
    'patch /v1/webhooks/{id}',
    'post /v1/tokens',
    'post /v1/webhooks',
    'post /v1/webhooks/{id}/replay',
    'post /v1/webhooks/{id}/secret',
    'post /v1/webhooks/{id}/test',
  ],
  admin: [
    'delete /v1/pools/{name}',
    'delete /v1/resources/{id}',
    'delete /v1/users/{id}',
    'get /v1/audit/verify',
    'get /v1/resources/{id}/loans',
    'get /v1/resources/{id}/returns',
    'get /v1/returns',
    'get /v1/users',
    'patch /v1/pools/{name}',
    'patch /v1/resources/{id}',
    'post /v1/pools',
    'post /v1/resources',
    'post /v1/resources/{id}/clean',
    'post /v1/resources/{id}/credential',
    'post /v1/resources/{id}/unquarantine',
    'post /v1/users',
  ],
  'identity:write': [],
  metrics: [],
  secrets: [],
};

let server: TestServer;
let admin: Caller;
let reader: Caller;
let nobody: Caller;

beforeAll(async () => {
  server = await TestServer.start({
    pools: 'pools: [{ name: lab, kind: account, driver: simulated, size: 1 }]',
    mcpIdle: 60_000,
  });
  admin = await server.admin();
  reader = await server.user('reader', ['read']);
  nobody = await server.user('nobody', ['self']);
});

function call(caller: Caller, { method, path }: Route) {
  return caller[method](path.replace(/\{\w+\}/g, 'x'));
}

const guarded = () => server.routes.filter(({ access }) => access !== 'public');
const named = ({ method, path }: Route) => `${method} ${path}`;

/** The routes that answer such a caller with anything but this status. */
async function exceptions(routes: Route[], caller: Caller, status: number): Promise<string[]> {
  const answers = await Promise.all(
    routes.map(async (route) => ({ route, status: (await call(caller, route)).status })),
  );
  return answers.filter((answer) => answer.status !== status).map(({ route }) => named(route));
}

test('a call of v1 needs what this table says', async () => {
  const { routes } = await TestServer.start({
    github: (await FakeGithub.start(server.test.clock)).setup(),
  });
  for (const [need, calls] of Object.entries(NEEDED)) {
    const found = routes.filter(({ access, path }) => access === need && path.startsWith('/v1/'));
    expect(found.map(named).sort()).toEqual(calls);
  }
});

test('tests/soak/access.test.ts tries every route of the table with every kind of caller', async () => {
  const github = (await FakeGithub.start(server.test.clock)).setup();
  const whole = await TestServer.start({ legacy: { mode: 'guarded' }, github });
  expect(whole.routes.map(named).sort()).toEqual(Object.keys(ACCESS).sort());
});

test('only these answer without a credential', () => {
  const open = server.routes.filter(({ access }) => access === 'public').map(named);
  expect(open.sort()).toEqual([
    'get /',
    'get /livez',
    'get /openapi.json',
    'get /readyz',
    'get /v1/session',
    'get /version',
    'post /v1/setup',
  ]);
});

test('every other route answers 401 without a credential, or with a wrong one', async () => {
  expect(guarded().length).toBeGreaterThan(25);
  expect(await exceptions(guarded(), server.anybody, 401)).toEqual([]);
  expect(await exceptions(guarded(), server.bearer('hf_wrong'), 401)).toEqual([]);
  expect(
    await exceptions(guarded(), server.basic('ada@example.org', 'wrong password'), 401),
  ).toEqual([]);
});

test('every route answers 403 to a token without its scope', async () => {
  const without = (scope: string) => guarded().filter(({ access }) => access !== scope);
  expect(await exceptions(without('read'), reader, 403)).toEqual([]);
  expect(await exceptions(without('self'), nobody, 403)).toEqual([]);
});

test('admin routes answer 403 to a user with a password, and to an admin with a lesser token', async () => {
  const routes = server.routes.filter(({ access }) => access === 'admin');
  expect(routes.length).toBeGreaterThan(8);
  expect(await exceptions(routes, server.basic('reader@example.org', PASSWORD), 403)).toEqual([]);
  const { body } = await admin
    .post('/v1/tokens')
    .send({ name: 'lesser', scopes: ['read', 'reserve', 'self'] });
  expect(await exceptions(routes, server.bearer(body.token as string), 403)).toEqual([]);
});

test.each<[string, Pick<Principal, 'role' | 'scopes'>, number]>([
  ['an admin with the scope', { role: 'admin', scopes: ['admin'] }, 200],
  ['an admin without the scope', { role: 'admin', scopes: ['read', 'reserve'] }, 403],
  ['the scope without the role', { role: 'user', scopes: ['admin'] }, 403],
  ['every scope without the role', { role: 'user', scopes: SCOPES }, 403],
])('an admin route takes both the role and the scope: %s', async (_who, rights, status) => {
  const principal = { ...somebody(), ...rights };
  jest.spyOn(server.services.authentication, 'identify').mockResolvedValueOnce(principal);
  expect((await reader.get('/v1/users')).status).toBe(status);
  expect(isAdmin(principal)).toBe(status === 200);
});

describe('/metrics', () => {
  const metrics = { contentType: 'text/plain; version=0.0.4', render: async () => 'up 1\n' };

  test('is read with the scope metrics, which allows nothing else, or by an admin', async () => {
    const served = await TestServer.start({ metrics });
    const owner = await served.admin();
    const tokenOf = async (scopes: Scope[]) => {
      const { body } = await owner.post('/v1/tokens').send({ name: 'scraper', scopes });
      return served.bearer(body.token as string);
    };
    const scraper = await tokenOf(['metrics']);
    const { status, text, type } = await scraper.get('/metrics');
    expect({ status, text, type }).toEqual({ status: 200, text: 'up 1\n', type: 'text/plain' });
    expect((await scraper.get('/v1/stats')).status).toBe(403);
    expect((await (await tokenOf(['admin'])).get('/metrics')).status).toBe(200);
    expect((await (await tokenOf(['read', 'self'])).get('/metrics')).status).toBe(403);
    expect((await served.anybody.get('/metrics')).status).toBe(401);
  });

  test('is read by no user, whatever scopes their token claims', async () => {
    const served = await TestServer.start({ metrics });
    const user = await served.user('reader', ['read']);
    const principal = { ...somebody(), role: 'user' as const, scopes: ['admin' as const] };
    jest.spyOn(served.services.authentication, 'identify').mockResolvedValueOnce(principal);
    expect((await user.get('/metrics')).status).toBe(403);
    expect(rightsAs('user', { scopes: ['metrics'], maxPriority: 0 }).scopes).toEqual([]);
  });

  test('does not exist where metrics are off, or have an address of their own', async () => {
    expect((await admin.get('/metrics')).status).toBe(404);
  });
});

test('a credential that cannot be looked up is neither refused nor nobody', async () => {
  const lookUp = jest.spyOn(server.test.engine.store.read, 'tokenByHash');
  lookUp.mockRejectedValueOnce(new DomainError('busy', 'Busy.'));
  expect((await reader.get('/v1/me')).body).toEqual(problem(503, 'busy'));
  lookUp.mockRestore();
});

test('a 401 names both ways to sign in, and does not say what was wrong', async () => {
  const answers = await Promise.all(
    [
      server.bearer('hf_wrong'),
      server.basic('ada@example.org', 'wrong password'),
      server.basic('unknown@example.org', 'wrong password'),
    ].map((caller) => caller.get('/v1/me')),
  );
  for (const { status, headers, body, type } of answers) {
    expect({ status, type, ways: headers['www-authenticate'] }).toEqual({
      status: 401,
      type: 'application/problem+json',
      ways: 'Bearer, Basic realm="holdfast", charset="UTF-8"',
    });
    expect(body).toEqual(problem(401, 'unauthenticated'));
  }
  expect(new Set(answers.map(({ body }) => body.detail)).size).toBe(1);
});

test('Basic ignores the case of the e-mail address, but not of the password', async () => {
  expect((await server.basic('ADA@Example.ORG', PASSWORD).get('/v1/me')).body).toMatchObject({
    email: 'ada@example.org',
    apiTokenId: null,
  });
  expect((await server.basic('ada@example.org', PASSWORD.toUpperCase()).get('/v1/me')).status).toBe(
    401,
  );
});

test('a credential in the query does not count', async () => {
  const { body } = await admin.post('/v1/tokens').send({ name: 'query' });
  expect((await server.anybody.get(`/v1/me?access_token=${body.token}`)).status).toBe(401);
});

test('a token works until it is revoked, and not beyond its expiry', async () => {
  const made = await admin.post('/v1/tokens').send({ name: 'short', expiresInSeconds: 60 });
  const short = server.bearer(made.body.token as string);
  expect((await short.get('/v1/me')).status).toBe(200);
  server.test.clock.advance(59_999);
  expect((await short.get('/v1/me')).status).toBe(200);
  server.test.clock.advance(1);
  expect((await short.get('/v1/me')).status).toBe(401);
  const revoked = await admin.post('/v1/tokens').send({ name: 'revoked' });
  await admin.delete(`/v1/tokens/${revoked.body.id}`).expect(204);
  expect((await server.bearer(revoked.body.token as string).get('/v1/me')).status).toBe(401);
});

test('nobody can make a token that may do more than their own credential', async () => {
  expect((await nobody.post('/v1/tokens').send({ name: 'more', scopes: ['read'] })).body).toEqual(
    problem(403, 'forbidden', 'scopes'),
  );
  expect(
    (
      await server
        .basic('reader@example.org', PASSWORD)
        .post('/v1/tokens')
        .send({ name: 'more', scopes: ['admin'] })
    ).body,
  ).toEqual(problem(403, 'forbidden', 'scopes'));
  expect((await reader.post('/v1/tokens').send({ name: 'more' })).status).toBe(403);
  expect((await nobody.post('/v1/tokens').send({ name: 'urgent', maxPriority: 1 })).body).toEqual(
    problem(403, 'forbidden', 'maxPriority'),
  );
});
