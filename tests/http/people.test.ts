import { userByUsername } from '../../src/service/people/by-username';
import { ADMIN_SCOPES, SCOPES } from '../../src/domain/people/user';
import type { Caller } from '../helpers/server';
import { PASSWORD, problem, SETUP_TOKEN, TestServer } from '../helpers/server';

const ADA = { name: 'Ada', email: 'Ada@example.org', password: PASSWORD };
const AT = '2026-01-01T00:00:00.000Z';
const id = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;

describe('POST /v1/setup', () => {
  test('makes the first admin once, with a token that has every scope but secrets', async () => {
    const server = await TestServer.start();
    const wrong = await server.anybody.post('/v1/setup').send({ ...ADA, setupToken: 'hf_guess' });
    expect({ status: wrong.status, body: wrong.body }).toEqual({
      status: 401,
      body: problem(401, 'unauthenticated', 'setupToken'),
    });
    const { status, body } = await server.anybody
      .post('/v1/setup')
      .send({ ...ADA, setupToken: SETUP_TOKEN });
    expect(status).toBe(201);
    expect(body).toEqual({
      user: {
        id,
        number: 1,
        name: 'Ada',
        email: 'ada@example.org',
        username: null,
        role: 'admin',
        createdAt: AT,
      },
      token: expect.stringMatching(/^hf_\w{49}$/),
    });
    const me = await server.bearer(body.token as string).get('/v1/me');
    expect(me.body).toEqual({
      ...body.user,
      scopes: ADMIN_SCOPES,
      maxPriority: 100,
      apiTokenId: id,
      emails: [],
      sshKeys: [],
    });
    const again = await server.anybody
      .post('/v1/setup')
      .send({ ...ADA, email: 'eve@example.org', setupToken: SETUP_TOKEN });
    expect({ status: again.status, body: again.body }).toEqual({
      status: 409,
      body: problem(409, 'already_set_up'),
    });
  });

  test('makes one admin if many try at once', async () => {
    const server = await TestServer.start();
    const tries = [1, 2, 3, 4].map((n) =>
      server.anybody
        .post('/v1/setup')
        .send({ ...ADA, email: `ada${n}@example.org`, setupToken: SETUP_TOKEN }),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 409, 409, 409]);
  });

  test('takes the setup token in the body only, never in the address', async () => {
    const server = await TestServer.start();
    const calls = [
      server.anybody.post(`/v1/setup?setupToken=${SETUP_TOKEN}`).send(ADA),
      server.anybody
        .post(`/v1/setup?setupToken=${SETUP_TOKEN}`)
        .send({ ...ADA, setupToken: SETUP_TOKEN }),
    ];
    for (const call of calls) expect((await call).status).toBe(400);
    await server.anybody
      .post('/v1/setup')
      .send({ ...ADA, setupToken: SETUP_TOKEN })
      .expect(201);
  });

  test('refuses a short password', async () => {
    const server = await TestServer.start();
    const { body } = await server.anybody
      .post('/v1/setup')
      .send({ ...ADA, password: 'short', setupToken: SETUP_TOKEN });
    expect(body).toEqual(problem(400, 'invalid', 'password'));
  });
});

describe('users', () => {
  let server: TestServer;
  let admin: Caller;

  beforeEach(async () => {
    server = await TestServer.start();
    admin = await server.admin();
  });

  test('are added, shown, changed and disabled by an admin', async () => {
    const made = await admin
      .post('/v1/users')
      .send({ name: 'Bob', email: 'BOB@example.org', username: 'bob' });
    expect({ status: made.status, at: made.headers.location, tag: made.headers.etag }).toEqual({
      status: 201,
      at: `/v1/users/${made.body.id}`,
      tag: '"1"',
    });
    expect(made.body).toEqual({
      id,
      number: 2,
      name: 'Bob',
      email: 'bob@example.org',
      username: 'bob',
      role: 'user',
      createdAt: AT,
    });
    const changed = await admin
      .patch(`/v1/users/${made.body.id}`)
      .send({ name: 'Robert', role: 'admin' });
    expect({ body: changed.body, tag: changed.headers.etag }).toEqual({
      body: { ...made.body, name: 'Robert', role: 'admin' },
      tag: '"2"',
    });
    expect((await admin.get(`/v1/users/${made.body.id}`)).body).toEqual(changed.body);
    expect((await admin.delete(`/v1/users/${made.body.id}`)).status).toBe(204);
    expect((await admin.get(`/v1/users/${made.body.id}`)).body).toEqual(problem(404, 'not_found'));
  });

  test('have a unique e-mail address and username', async () => {
    await admin
      .post('/v1/users')
      .send({ name: 'Bob', email: 'bob@example.org', username: 'bob' })
      .expect(201);
    expect(
      (await admin.post('/v1/users').send({ name: 'Bob', email: 'Bob@Example.org' })).body,
    ).toMatchObject(problem(409, 'conflict'));
    expect(
      (await admin.post('/v1/users').send({ name: 'Bob', username: 'bob' })).body,
    ).toMatchObject(problem(409, 'conflict'));
  });

  test('are one user however the case of a username is written, and keep their spelling', async () => {
    const { body: ann } = await admin.post('/v1/users').send({ name: 'Ann', username: 'Ann' });
    expect(ann.username).toBe('Ann');
    const path = `/v1/users/${ann.id}`;
    expect(
      (await admin.post('/v1/users').send({ name: 'Other', username: 'aNN' })).body,
    ).toMatchObject(problem(409, 'conflict'));
    const { body: bob } = await admin.post('/v1/users').send({ name: 'Bob', username: 'bob' });
    expect((await admin.patch(`/v1/users/${bob.id}`).send({ username: 'ann' })).body).toMatchObject(
      problem(409, 'conflict'),
    );
    expect((await admin.patch(path).send({ username: 'ANN' })).body.username).toBe('ANN');
    const found = await userByUsername(server.test.engine, 'anN');
    expect(found).toMatchObject({ id: ann.id, username: 'ANN' });
  });

  test('see and change themselves, and cannot tell whether others exist', async () => {
    const bob = await server.user('bob');
    const { body: me } = await bob.get('/v1/me');
    expect((await bob.patch(`/v1/users/${me.id}`).send({ name: 'Bobby' })).body).toMatchObject({
      name: 'Bobby',
    });
    const { body: ada } = await admin.get('/v1/me');
    expect((await bob.get(`/v1/users/${ada.id}`)).body).toEqual(problem(404, 'not_found'));
    expect((await bob.patch(`/v1/users/${ada.id}`).send({ name: 'Eve' })).body).toEqual(
      problem(404, 'not_found'),
    );
  });

  test('cannot give themselves a role', async () => {
    const bob = await server.user('bob');
    const { body: me } = await bob.get('/v1/me');
    expect((await bob.patch(`/v1/users/${me.id}`).send({ role: 'admin' })).body).toEqual(
      problem(403, 'forbidden', 'role'),
    );
  });

  test('sign in with the new password after a change, and no longer with the old one', async () => {
    const bob = await server.user('bob');
    const { body: me } = await bob.get('/v1/me');
    await bob.patch(`/v1/users/${me.id}`).send({ password: 'another long one' }).expect(200);
    expect((await server.basic('bob@example.org', PASSWORD).get('/v1/me')).status).toBe(401);
    expect((await server.basic('bob@example.org', 'another long one').get('/v1/me')).status).toBe(
      200,
    );
  });

  test(
    'cannot set a password with a token that expires, or that can do less than they ' +
      'signed in by password',
    async () => {
      const bob = await server.user('bob');
      const path = `/v1/users/${bob.userId}`;
      const lesser = [
        { scopes: ['self'] },
        { scopes: ['read', 'self'] },
        { scopes: ['read', 'reserve', 'self'], expiresInSeconds: 60 },
      ];
      for (const token of lesser) {
        const { body } = await bob.post('/v1/tokens').send({ name: 'lesser', ...token });
        const caller = server.bearer(body.token as string);
        expect((await caller.patch(path).send({ password: 'mine from now on' })).body).toEqual(
          problem(403, 'forbidden', 'password'),
        );
        expect((await caller.patch(path).send({ name: 'Bobby' })).status).toBe(200);
      }
      expect(
        (
          await server
            .basic('bob@example.org', PASSWORD)
            .patch(path)
            .send({ password: 'mine from now on' })
        ).status,
      ).toBe(200);
      expect((await admin.patch(path).send({ password: 'given by an admin' })).status).toBe(200);
    },
  );

  test('who are disabled can do nothing, by token or by password', async () => {
    const bob = await server.user('bob');
    const { body: me } = await bob.get('/v1/me');
    await admin.delete(`/v1/users/${me.id}`).expect(204);
    expect([
      (await bob.get('/v1/me')).status,
      (await server.basic('bob@example.org', PASSWORD).get('/v1/me')).status,
    ]).toEqual([401, 401]);
    const tokens = await server.services.engine.store.read.tokensOf(me.id as string, {
      after: null,
      limit: 10,
    });
    expect(tokens.map(({ revokedAt }) => revokedAt)).toEqual([server.test.clock.at]);
  });

  test('always include an admin', async () => {
    const { body: me } = await admin.get('/v1/me');
    const kept = (await admin.delete(`/v1/users/${me.id}`)).body;
    expect(kept).toMatchObject(problem(409, 'conflict'));
    expect(kept).not.toHaveProperty('field');
    expect((await admin.patch(`/v1/users/${me.id}`).send({ role: 'user' })).body).toMatchObject(
      problem(409, 'conflict'),
    );
  });

  test('are changed only in the state that was seen, if If-Match says so', async () => {
    const bob = await server.user('bob');
    const { body: me } = await bob.get('/v1/me');
    const path = `/v1/users/${me.id}`;
    const { headers } = await bob.get(path);
    await bob.patch(path).set('If-Match', headers.etag!).send({ name: 'Bobby' }).expect(200);
    expect(
      (await bob.patch(path).set('If-Match', headers.etag!).send({ name: 'Rob' })).body,
    ).toEqual(problem(412, 'precondition_failed', 'If-Match'));
    await bob.patch(path).set('If-Match', '*').send({ name: 'Rob' }).expect(200);
    expect((await bob.patch(path).set('If-Match', 'W/"3"').send({ name: 'Bob' })).body).toEqual(
      problem(412, 'precondition_failed', 'If-Match'),
    );
  });
});

describe('API tokens', () => {
  test('show their secret once, and are listed without it', async () => {
    const server = await TestServer.start();
    const bob = await server.user('bob');
    const made = await bob.post('/v1/tokens').send({ name: 'laptop', expiresInSeconds: 3600 });
    const { token, ...shown } = made.body as Record<string, unknown>;
    expect(token).toMatch(/^hf_\w{49}$/);
    expect(shown).toEqual({
      id,
      name: 'laptop',
      userId: id,
      scopes: ['read', 'reserve'],
      maxPriority: 0,
      createdAt: AT,
      expiresAt: '2026-01-01T01:00:00.000Z',
      lastUsedAt: null,
      revokedAt: null,
    });
    const { body } = await bob.get('/v1/tokens');
    expect(body.items).toContainEqual(shown);
    expect(JSON.stringify(body)).not.toContain('hf_');
    const { body: others } = await (await server.user('eve')).get('/v1/tokens');
    expect(others.items.map(({ name }: { name: string }) => name)).toEqual(['test']);
  });

  test('never outlive what made them', async () => {
    const server = await TestServer.start();
    const bob = await server.user('bob');
    const expiry = async (caller: Caller, more: object) =>
      (await caller.post('/v1/tokens').send({ name: 'made', scopes: ['self'], ...more })).body as {
        token: string;
        expiresAt: string | null;
      };
    const short = await expiry(bob, { expiresInSeconds: 60 });
    const maker = server.bearer(short.token);
    expect((await expiry(bob, {})).expiresAt).toBeNull();
    for (const more of [{}, { expiresInSeconds: 61 }, { expiresInSeconds: 3600 }])
      expect((await expiry(maker, more)).expiresAt).toBe('2026-01-01T00:01:00.000Z');
    const made = await expiry(maker, { expiresInSeconds: 30 });
    expect(made.expiresAt).toBe('2026-01-01T00:00:30.000Z');
    const { token } = await expiry(maker, {});
    server.test.clock.advance(60_000);
    expect([
      (await server.bearer(token).get('/v1/tokens')).status,
      (await expiry(bob, {})).expiresAt,
    ]).toEqual([401, null]);
    expect((await maker.post('/v1/tokens').send({ name: 'late' })).status).toBe(401);
  });

  test('can do no more than the role that their user has by then', async () => {
    const server = await TestServer.start();
    const [admin, bob] = [await server.admin(), await server.user('bob')];
    const role = (name: string) =>
      admin.patch(`/v1/users/${bob.userId}`).send({ role: name }).expect(200);
    await role('admin');
    const { body } = await server
      .basic('bob@example.org', PASSWORD)
      .post('/v1/tokens')
      .send({ name: 'all', scopes: [...SCOPES], maxPriority: 100 });
    const token = server.bearer(body.token as string);
    const rights = async () => {
      const { scopes, maxPriority } = (await token.get('/v1/me')).body as Record<string, unknown>;
      return { scopes, maxPriority };
    };
    expect(await rights()).toEqual({ scopes: SCOPES, maxPriority: 100 });
    await role('user');
    expect(await rights()).toEqual({
      scopes: ['read', 'reserve', 'self', 'secrets'],
      maxPriority: 0,
    });
    for (const excess of [
      { scopes: ['identity:write'] },
      { scopes: ['admin'] },
      { maxPriority: 1 },
    ])
      expect((await token.post('/v1/tokens').send({ name: 'more', ...excess })).status).toBe(403);
    expect((await token.get('/v1/users')).status).toBe(403);
    await role('admin');
    expect(await rights()).toEqual({ scopes: SCOPES, maxPriority: 100 });
  });

  test('show an agent secrets only on purpose, and whoever borrows can say so', async () => {
    const server = await TestServer.start();
    const bob = await server.user('bob');
    const mine = async (caller: typeof bob) => (await caller.get('/v1/me')).body.scopes as string[];
    for (const caller of [bob, await server.admin(), server.basic('bob@example.org', PASSWORD)])
      expect(await mine(caller)).not.toContain('secrets');
    const made = await bob
      .post('/v1/tokens')
      .send({ name: 'agent', scopes: ['read', 'reserve', 'secrets'] });
    expect(await mine(server.bearer(made.body.token as string))).toEqual([
      'read',
      'reserve',
      'secrets',
    ]);
  });

  test('can do no more than what made them', async () => {
    const server = await TestServer.start();
    const bob = await server.user('bob');
    const { body } = await bob.post('/v1/tokens').send({ name: 'keeper', scopes: ['self'] });
    const keeper = server.bearer(body.token as string);
    for (const scope of ['read', 'reserve', 'admin', 'identity:write', 'secrets']) {
      expect(
        (await keeper.post('/v1/tokens').send({ name: 'more', scopes: ['self', scope] })).body,
      ).toEqual(problem(403, 'forbidden', 'scopes'));
    }
    expect(
      (await keeper.post('/v1/tokens').send({ name: 'more', scopes: ['self'], maxPriority: 1 }))
        .body,
    ).toEqual(problem(403, 'forbidden', 'maxPriority'));
    expect((await keeper.post('/v1/tokens').send({ name: 'default' })).body).toMatchObject({
      scopes: [],
    });
  });

  test('are revoked by their owner or an admin, and do not exist for others', async () => {
    const server = await TestServer.start();
    const [bob, eve] = [await server.user('bob'), await server.user('eve')];
    const [one, two] = [
      await bob.post('/v1/tokens').send({ name: 'one' }),
      await bob.post('/v1/tokens').send({ name: 'two' }),
    ];
    expect((await eve.delete(`/v1/tokens/${one.body.id}`)).body).toEqual(problem(404, 'not_found'));
    await bob.delete(`/v1/tokens/${one.body.id}`).expect(204);
    await (await server.admin()).delete(`/v1/tokens/${two.body.id}`).expect(204);
    for (const { body } of [one, two])
      expect((await server.bearer(body.token as string).get('/v1/me')).status).toBe(401);
  });
});
