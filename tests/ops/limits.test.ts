import { somebody, TestEngine, codeOf } from '../helpers/engine';
import { problem, TestServer } from '../helpers/server';

const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 2 }]';
const ann = somebody('ann');
const bob = somebody('bob');

describe('caps', () => {
  const start = async (
    caps: { active?: number; queued?: number; queue?: number },
    pools = POOLS,
  ) => {
    const test = await TestEngine.start({ pools });
    test.engine.caps = { active: null, queued: null, queue: null, ...caps };
    return test;
  };
  const ask = (test: TestEngine, who = ann) => codeOf(test.reserve(who, { pool: 'lab' }));

  test('on what one user holds at once', async () => {
    const test = await start({ active: 1 });
    const first = await test.reserve(ann, { pool: 'lab' });
    expect([await ask(test), await ask(test, bob)]).toEqual(['too_many_active', 'none']);
    await test.release(ann, first.id);
    await test.settle();
    expect(await ask(test)).toBe('none');
  });

  test('on the resources of all their reservations, however few those are', async () => {
    // One more than is asked for at first, because what has to queue is not bounded by this cap.
    const test = await start({ active: 1 }, POOLS.replace('size: 2', 'size: 3'));
    expect(await codeOf(test.reserve(ann, { pool: 'lab', count: 2 }))).toBe('too_many_active');
    test.engine.caps = { active: 2, queued: null, queue: null };
    expect(await codeOf(test.reserve(ann, { pool: 'lab', count: 2 }))).toBe('none');
    // One reservation by now, of two resources.
    expect(await ask(test)).toBe('too_many_active');
  });

  test('on what one user has queued, which do not bind many people under one name', async () => {
    const test = await start({ queued: 1 });
    await test.reserve(bob, { pool: 'lab', count: 2 });
    expect([
      await ask(test),
      await ask(test),
      await ask(test, bob),
      await ask(test, { ...ann, shared: true }),
    ]).toEqual(['none', 'too_many_queued', 'none', 'none']);
  });

  test('on the length of a queue', async () => {
    const test = await start({ queue: 2 });
    await test.reserve(bob, { pool: 'lab', count: 2 });
    expect([await ask(test), await ask(test, bob), await ask(test)]).toEqual([
      'none',
      'none',
      'queue_full',
    ]);
  });

  test('a retry of a granted request is no second request', async () => {
    const test = await start({ active: 1 });
    const server = await TestServer.start({ pools: POOLS });
    server.test.engine.caps = test.engine.caps;
    const user = await server.user('ann');
    const post = (key: string) =>
      user
        .post('/v1/reservations')
        .set('Idempotency-Key', key)
        .send({ items: [{ pool: 'lab' }] });
    expect([(await post('a')).status, (await post('a')).status]).toEqual([201, 201]);
    const refused = await post('b');
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
    expect(refused.body).toEqual(problem(429, 'too_many_active'));
  });
});

describe('rates', () => {
  test('of one credential, shown in every answer', async () => {
    const server = await TestServer.start({ rates: { token: 2, address: 0, login: 0 } });
    const caller = server.bearer('hf_nobody');
    const first = await caller.get('/version');
    expect(first.headers['ratelimit-policy']).toBe(
      '"credential"; q=2; w=60; pk=:' +
        (/pk=:(.*)$/.exec(first.headers['ratelimit-policy']!) ?? [])[1],
    );
    await caller.get('/version');
    const third = await caller.get('/version');
    expect(third.body).toEqual(problem(429, 'rate_limited'));
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
    expect((await server.anybody.get('/version')).status).toBe(200);
    expect((await (await server.admin()).get('/version')).status).toBe(200);
  });

  test('of one address; probes are always answered', async () => {
    const server = await TestServer.start({ rates: { token: 0, address: 1, login: 0 } });
    expect([
      (await server.anybody.get('/version')).status,
      (await server.anybody.get('/version')).status,
      (await server.anybody.get('/livez')).status,
    ]).toEqual([200, 429, 200]);
  });

  test('of failed sign-ins, whichever way the password comes; successful ones do not count', async () => {
    const server = await TestServer.start({ rates: { token: 0, address: 0, login: 2 } });
    await server.admin();
    const good = server.basic('ada@example.org', 'correct horse battery');
    for (let time = 0; time < 4; time += 1) expect((await good.get('/v1/me')).status).toBe(200);
    expect((await server.basic('ada@example.org', 'guess').get('/v1/me')).status).toBe(401);
    expect(
      (
        await server.anybody.post('/v1/setup').send({
          setupToken: 'guess',
          name: 'Eve',
          email: 'eve@example.org',
          password: 'long enough, surely',
        })
      ).status,
    ).toBe(401);
    expect((await server.basic('ada@example.org', 'guess').get('/v1/me')).body).toEqual(
      problem(429, 'rate_limited'),
    );
    expect((await good.get('/v1/me')).status).toBe(429);
    expect((await (await server.admin()).get('/v1/me')).status).toBe(200);
  });
});

test('a body that is too long is refused', async () => {
  const server = await TestServer.start({ maxBody: 1024 });
  const admin = await server.admin();
  const { status, body } = await admin.post('/v1/users').send({ name: 'x'.repeat(2000) });
  expect({ status, body }).toEqual({ status: 413, body: problem(413, 'too_large', 'body') });
});

describe('what one user may keep', () => {
  test('a thousand working tokens, and the last thousand that ended', async () => {
    const test = await TestServer.start();
    const { services: engine } = test;
    const made = await test.user('ann');
    const who = { ...somebody('x'), userId: made.userId, role: 'user' as const };
    const context = { requestId: null, idempotencyKey: null };
    const make = (expiresIn?: number) =>
      engine.users.createToken(
        who,
        { name: 'n', scopes: ['read'], ...(expiresIn === undefined ? {} : { expiresIn }) },
        context,
      );
    const count = async () =>
      (await engine.engine.store.read.tokensOf(made.userId, { after: null, limit: 5_000 })).length;
    // With the one that the test calls with, a thousand.
    await Promise.all(Array.from({ length: 999 }, () => make(1_000)));
    expect(await codeOf(make())).toBe('conflict');
    test.test.clock.advance(2_000);
    await Promise.all(Array.from({ length: 998 }, () => make(1_000)));
    expect(await count()).toBe(1_998);
    test.test.clock.advance(2_000);
    // A hundred at a time are forgotten, which is more than are made.
    await make();
    expect(await count()).toBe(1_899);
  });
});
