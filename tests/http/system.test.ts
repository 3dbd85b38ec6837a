import Database from 'better-sqlite3';
import { join } from 'node:path';
import { JOB_NAMES } from '../../src/service/jobs/jobs';
import { watchHealth } from '../../src/service/installation/health';
import { BUILD, TestServer } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 2 }
  - { name: boxes, kind: container, driver: simulated, size: 3 }
`;

test('GET / says where to go', async () => {
  const server = await TestServer.start();
  expect((await server.anybody.get('/')).body.links.setup).toBe('/v1/setup');
  await server.admin();
  const { status, body } = await server.anybody.get('/');
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      name: 'Holdfast',
      version: '1.2.3',
      links: { openapi: '/openapi.json', docs: '/docs', stats: '/v1/stats', health: '/readyz' },
    },
  });
});

test('GET /version says which build this is', async () => {
  const server = await TestServer.start();
  expect((await server.anybody.get('/version')).body).toEqual(BUILD);
});

describe('GET /readyz', () => {
  test('is 503 until every job has reported, and again when one falls silent', async () => {
    const server = await TestServer.start();
    const silent = (names: readonly string[]) => ({
      status: 'failing',
      failing: names.map((name) => `the job ${name} has sent no heartbeat for 30 s`),
    });
    expect(await server.anybody.get('/readyz')).toMatchObject({
      status: 503,
      body: silent(JOB_NAMES),
    });
    for (const name of JOB_NAMES) await server.test.engine.store.beat(name);
    expect(await server.anybody.get('/readyz')).toMatchObject({
      status: 200,
      body: { status: 'ok', failing: [] },
    });
    server.test.clock.advance(30_001);
    for (const name of JOB_NAMES.slice(1)) await server.test.engine.store.beat(name);
    expect(await server.anybody.get('/readyz')).toMatchObject({
      status: 503,
      body: silent(JOB_NAMES.slice(0, 1)),
    });
  });

  test('warns of a missing backup, which does not make the service unready', async () => {
    const server = await TestServer.start();
    const { engine } = server.test;
    for (const name of JOB_NAMES) await engine.store.beat(name);
    server.services.health = watchHealth(engine, { backups: (now) => `missing at ${now}` });
    const warnings = [`missing at ${server.test.clock.now()}`];
    expect(await server.anybody.get('/readyz')).toMatchObject({
      status: 200,
      body: { status: 'ok', failing: [], warnings },
    });
  });

  test('is 503 while the database cannot be written, and writes are told to try again', async () => {
    const server = await TestServer.start({ busyDeadlineMs: 50 });
    const admin = await server.admin();
    const other = new Database(join(server.test.dataDir, 'holdfast.db'));
    other.exec('BEGIN IMMEDIATE');
    expect(await server.anybody.get('/readyz')).toMatchObject({
      status: 503,
      body: { failing: ['the database cannot be written'] },
    });
    const { status, headers, body } = await admin.post('/v1/tokens').send({ name: 'later' });
    expect({ status, after: headers['retry-after'], code: body.code }).toEqual({
      status: 503,
      after: '1',
      code: 'busy',
    });
    expect((await server.anybody.get('/livez')).status).toBe(200);
    other.close();
    expect((await admin.post('/v1/tokens').send({ name: 'later' })).status).toBe(201);
  });
});

test('GET /v1/stats counts resources by state, and reservations', async () => {
  const server = await TestServer.start({ pools: POOLS });
  const ann = await server.user('ann');
  for (const count of [2, 1])
    await ann.post('/v1/reservations').send({ items: [{ pool: 'lab', count }] });
  const { body } = await ann.get('/v1/stats');
  const none = {
    held: 0,
    spare: 0,
    provisioning: 0,
    dirty: 0,
    cleaning: 0,
    quarantined: 0,
    destroying: 0,
    maintenance: 0,
    draining: 0,
  };
  expect(body).toEqual({
    resources: { ...none, total: 5, available: 3, allocated: 2 },
    pools: [
      { name: 'lab', kind: 'account', counts: { ...none, total: 2, available: 0, allocated: 2 } },
      {
        name: 'boxes',
        kind: 'container',
        counts: { ...none, total: 3, available: 3, allocated: 0 },
      },
    ],
    reservations: { queued: 1, preparing: 0, active: 1 },
  });
});

test('every call of v1 may be invalid, and every key may have been used, according to it', async () => {
  const server = await TestServer.start();
  const { paths } = (await server.anybody.get('/openapi.json')).body as {
    paths: Record<
      string,
      Record<string, { parameters?: { name: string }[]; responses: Record<string, object> }>
    >;
  };
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    path.startsWith('/v1/')
      ? Object.entries(methods).map(([method, call]) => ({ name: `${method} ${path}`, ...call }))
      : [],
  );
  expect(calls.filter(({ responses }) => !('400' in responses)).map(({ name }) => name)).toEqual(
    [],
  );
  const keyed = calls.filter(({ parameters = [] }) =>
    parameters.some(({ name }) => name === 'Idempotency-Key'),
  );
  expect(keyed.filter(({ responses }) => !('422' in responses)).map(({ name }) => name)).toEqual(
    [],
  );
  expect((await server.anybody.get('/livez?deep=1')).status).toBe(400);
});

test('a public call says that it may answer 401 if, and only if, it looks at a credential', async () => {
  const server = await TestServer.start();
  const { paths } = (await server.anybody.get('/openapi.json')).body as {
    paths: Record<string, Record<string, { responses: Record<string, object> }>>;
  };
  const open = server.routes.filter(({ access }) => access === 'public');
  const seen = await Promise.all(
    open.map(async ({ method, path }) => {
      const { status } = await server.bearer('hf_wrong')[method](path);
      return { path, looks: status === 401 };
    }),
  );
  expect(seen.map(({ looks }) => looks)).toEqual(expect.arrayContaining([true, false]));
  const documented = open.map(({ method, path }) => ({
    path,
    looks: '401' in paths[path]![method]!.responses,
  }));
  expect(documented).toEqual(seen);
});

test('a status that is answered in two ways is documented with both', async () => {
  const server = await TestServer.start();
  const { paths } = (await server.anybody.get('/openapi.json')).body as {
    paths: Record<
      string,
      Record<string, { responses: Record<string, { description: string; content: object }> }>
    >;
  };
  const { description, content } = paths['/readyz']!.get!.responses['503']!;
  expect(Object.keys(content).sort()).toEqual(['application/json', 'application/problem+json']);
  expect(description).toMatch(/^The service cannot work; the body says why\. Problem: busy\.$/);
});

test('a body that is too long, or in an unknown encoding, is refused as documented by any call', async () => {
  const server = await TestServer.start({ maxBody: 1_000 });
  const admin = await server.admin();
  await admin
    .get('/v1/pools')
    .type('json')
    .send(`"${'x'.repeat(1_000)}"`)
    .expect(413);
  await admin
    .get('/livez')
    .type('json')
    .send(`"${'x'.repeat(1_000)}"`)
    .expect(413);
  const encoding = { 'Content-Type': 'application/json', 'Content-Encoding': 'compress' };
  await admin.delete('/v1/pools/lab').set(encoding).send('{}').expect(415);
});

test('every body is documented with an example that its route accepts', async () => {
  const { routes } = await TestServer.start();
  const bad = routes.filter(({ body }) => {
    const example = body?.meta()?.example;
    return body && (example === undefined || !body.safeParse(example).success);
  });
  expect(bad.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});
