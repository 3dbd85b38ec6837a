import { randomUUID } from 'node:crypto';
import {
  describeServer,
  examplePools,
  expectRefused,
  INTRUSIONS,
  LegacyServer,
} from '../helpers/legacy';
import { revokeAll } from '../../src/service/loans/revocation';
import { PASSWORD, type Caller } from '../helpers/server';

const UUID = expect.stringMatching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
) as string;
const INVALID = ['Invalid token id'];
const NONE_FREE = { error: 'No free tokens' };
const MINUTE = 60_000;
const pools = examplePools('tokens');

async function create(caller: Caller): Promise<string> {
  const { status, body } = await caller.post('/api/token_pool/');
  expect({ status, body }).toEqual({ status: 200, body: { token: UUID } });
  return (body as { token: string }).token;
}

async function block(caller: Caller): Promise<string> {
  const { status, body } = await caller.post('/api/block_token/');
  expect({ status, body }).toEqual({ status: 200, body: { blocked_token: UUID } });
  return (body as { blocked_token: string }).blocked_token;
}

async function expectNoneFree(caller: Caller): Promise<void> {
  const { status, body } = await caller.post('/api/block_token/');
  expect({ status, body }).toEqual({ status: 404, body: NONE_FREE });
}

async function expectAnswer(caller: Caller, path: string, response: string): Promise<void> {
  const { status, body } = await caller.post(path);
  expect({ status, body }).toEqual({ status: 200, body: { response } });
}

const keepAlive = (caller: Caller, token: string) =>
  expectAnswer(caller, `/api/keep_alive/${token}`, 'Token refreshed successfully');
const unblock = (caller: Caller, token: string) =>
  expectAnswer(caller, `/api/unblock_token/${token}`, 'Token unblocked successfully');

/** The document from top to bottom, on an empty pool. */
function document(name: string, as: () => Promise<{ admin: Caller; user: Caller }>): void {
  test(name, async () => {
    const { admin, user } = await as();
    // 1. POST /api/token_pool/
    const token = await create(admin);
    // 2. DELETE /api/token_pool/
    const deleted = await admin.delete('/api/token_pool/').send({ token });
    expect({ status: deleted.status, body: deleted.body as unknown }).toEqual({
      status: 200,
      body: { response: 'Token deleted successfully' },
    });
    await expectNoneFree(user);
    // 3. POST api/block_token/
    const made = await create(admin);
    expect(await block(user)).toBe(made);
    // 4. POST /api/keep_alive/<uuid:token_uuid>
    await keepAlive(user, made);
    // What the assignment behind it asks for as well.
    await unblock(user, made);
    expect(await block(user)).toBe(made);
    await admin
      .delete('/api/token_pool/')
      .send({ token_uuid: made })
      .expect(200, { response: 'Token deleted successfully' });
    await expectNoneFree(user);
  });
}

describeServer('the token pool in open mode', { mode: 'open' }, (server) => {
  document('answers as its document says', async () => ({
    admin: server().anybody,
    user: server().anybody,
  }));

  test('answers with and without the trailing slash', async () => {
    const { anybody } = server();
    const { body } = await anybody.post('/api/token_pool').expect(200);
    const { token } = body as { token: string };
    await anybody.post('/api/block_token').expect(200, { blocked_token: token });
    await anybody.post(`/api/keep_alive/${token.toUpperCase()}/`).expect(200);
    await anybody.post(`/api/unblock_token/${token}/`).expect(200);
    await anybody.delete('/api/token_pool').send({ token }).expect(200);
  });

  test('whose block an admin ends before it is answered is not free', async () => {
    const { engine } = server().test;
    const { read } = engine.store;
    await create(server().anybody);
    const holdings = read.holdings.bind(read);
    jest.spyOn(read, 'holdings').mockImplementationOnce(async (id) => {
      await revokeAll(engine, { via: 'tokens' }, 'by Root');
      return holdings(id);
    });
    await expectNoneFree(server().anybody);
  });

  test.each([
    ['an unknown token', () => randomUUID()],
    ['what is no UUID', () => 'x'],
    ['a name of a resource', () => 'tokens-1'],
  ])('refuses %s and writes nothing', async (_name, token) => {
    const { anybody } = server();
    const value = token();
    for (const path of [`/api/keep_alive/${value}`, `/api/unblock_token/${value}`]) {
      expect((await expectRefused(server(), anybody.post(path), 400)).body).toEqual(INVALID);
    }
    expect(
      (
        await expectRefused(
          server(),
          anybody.delete('/api/token_pool/').send({ token: value }),
          400,
        )
      ).body,
    ).toEqual(INVALID);
  });

  test.each([[undefined], [{}], [{ token: 7 }], [{ token_uuid: null }], [[]], ['"text"'], ['{']])(
    'refuses to delete %j and writes nothing',
    async (body) => {
      const call = server()
        .anybody.delete('/api/token_pool/')
        .set('Content-Type', 'application/json');
      expect((await expectRefused(server(), call.send(body), 400)).body).toEqual(INVALID);
    },
  );

  test.each(INTRUSIONS)('refuses %s', async (_name, headers) => {
    const { anybody } = server();
    const calls = [
      anybody.post('/api/token_pool/'),
      anybody.post('/api/block_token/'),
      anybody.post('/api/keep_alive/x'),
      anybody.post('/api/unblock_token/x'),
      anybody.delete('/api/token_pool/').send({ token: 'x' }),
    ];
    for (const call of calls)
      expect((await expectRefused(server(), call.set(headers), 403)).body).toEqual({
        error: expect.any(String),
      });
  });
});

describeServer('a token', { mode: 'open', pools }, (server) => {
  let anybody: Caller;
  beforeEach(() => (anybody = server().anybody));
  // What is not kept alive goes: every test begins with an empty pool.
  afterEach(() => server().after(5 * MINUTE));

  test('that is blocked is free again 60 seconds later', async () => {
    const token = await create(anybody);
    expect(await block(anybody)).toBe(token);
    await server().after(MINUTE - 1);
    await expectNoneFree(anybody);
    await server().after(1);
    expect(await block(anybody)).toBe(token);
  });

  test('that is kept alive stays blocked for 60 seconds more', async () => {
    const token = await create(anybody);
    await block(anybody);
    for (const _time of [1, 2, 3, 4, 5, 6]) {
      await server().after(MINUTE - 1);
      await keepAlive(anybody, token);
      await expectNoneFree(anybody);
    }
    await server().after(MINUTE);
    expect(await block(anybody)).toBe(token);
  });

  test('that nobody keeps alive is gone after five minutes', async () => {
    const token = await create(anybody);
    await server().after(5 * MINUTE - 1);
    await keepAlive(anybody, token);
    await server().after(5 * MINUTE);
    await expectNoneFree(anybody);
    for (const path of [`/api/keep_alive/${token}`, `/api/unblock_token/${token}`])
      await anybody.post(path).expect(400, INVALID);
    await anybody.delete('/api/token_pool/').send({ token }).expect(400, INVALID);
    await server().until(
      'nothing is left',
      async () => (await server().test.engine.store.read.counts()).length === 0,
    );
  });

  test('lives five minutes from when it was last blocked', async () => {
    const token = await create(anybody);
    await server().after(5 * MINUTE - 1);
    await block(anybody);
    await server().after(5 * MINUTE - 1);
    await keepAlive(anybody, token);
  });

  test('is served in no order that the last one tells', async () => {
    const made: string[] = [];
    for (let count = 0; count < 8; count += 1) made.push(await create(anybody));
    const served: string[] = [];
    for (let count = 0; count < 8; count += 1) served.push(await block(anybody));
    expect([...served].sort()).toEqual([...made].sort());
    expect(served).not.toEqual(made);
    await expectNoneFree(anybody);
  });

  test('goes to one of 50 who ask at once', async () => {
    const made = await Promise.all(Array.from({ length: 10 }, () => create(anybody)));
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => anybody.post('/api/block_token/')),
    );
    const served = answers
      .filter(({ status }) => status === 200)
      .map(({ body }) => (body as { blocked_token: string }).blocked_token);
    expect([...served].sort()).toEqual([...made].sort());
    const refused = answers
      .filter(({ status }) => status !== 200)
      .map(({ status, body }) => ({ status, body: body as unknown }));
    expect(refused).toEqual(Array(40).fill({ status: 404, body: NONE_FREE }));
  });

  test("that is deleted while it is blocked is nobody's at once", async () => {
    const token = await create(anybody);
    await block(anybody);
    await anybody.delete('/api/token_pool/').send({ token }).expect(200);
    await anybody.post(`/api/keep_alive/${token}`).expect(400, INVALID);
    await anybody.delete('/api/token_pool/').send({ token }).expect(400, INVALID);
    await expectNoneFree(anybody);
  });

  test('that v1 lends is taken here, and not to be touched', async () => {
    const token = await create(anybody);
    const admin = await server().admin();
    const { body } = await admin
      .post('/v1/reservations')
      .send({ items: [{ pool: 'tokens' }] })
      .expect(201);
    expect(body).toMatchObject({ endsAt: null, resources: [{ credentials: { token } }] });
    await expectNoneFree(anybody);
    for (const path of [`/api/keep_alive/${token}`, `/api/unblock_token/${token}`])
      expect((await expectRefused(server(), anybody.post(path), 400)).body).toEqual(INVALID);
    const { resources } = body as { resources: { id: string }[] };
    await server().after(MINUTE - 1);
    await admin.post(`/v1/resources/${resources[0]!.id}/keep-alive`).expect(200);
    await server().after(MINUTE - 1);
    await expectNoneFree(anybody);
    await server().after(1);
    expect(await block(anybody)).toBe(token);
  });

  test('that is blocked here is taken in v1', async () => {
    await create(anybody);
    await block(anybody);
    const admin = await server().admin();
    expect((await admin.get('/v1/resources?pool=tokens')).body).toMatchObject({
      items: [{ status: 'allocated', available: false }],
    });
    await admin
      .post('/v1/reservations')
      .send({ items: [{ pool: 'tokens' }], queueTimeoutSeconds: 0 })
      .expect(409);
  });
});

describe('with every job dead', () => {
  test('time acts all the same', async () => {
    const server = await LegacyServer.start({ mode: 'open', pools });
    const { anybody, test } = server;
    const token = await create(anybody);
    await server.stopJobs();
    await block(anybody);
    test.clock.advance(MINUTE - 1);
    await expectNoneFree(anybody);
    test.clock.advance(1);
    await keepAlive(anybody, token);
    expect(await block(anybody)).toBe(token);
    test.clock.advance(5 * MINUTE);
    await expectNoneFree(anybody);
    await anybody.post(`/api/keep_alive/${token}`).expect(400, INVALID);
    await server.stop();
  });

  test('50 who ask at once get each token that is free by now once', async () => {
    const server = await LegacyServer.start({ mode: 'open', pools });
    const made = await Promise.all(Array.from({ length: 10 }, () => create(server.anybody)));
    await server.stopJobs();
    for (const _token of made) await block(server.anybody);
    server.test.clock.advance(MINUTE);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => server.anybody.post('/api/block_token/')),
    );
    const served = answers.flatMap(({ status, body }) =>
      status === 200 ? [(body as { blocked_token: string }).blocked_token] : [],
    );
    expect(served.sort()).toEqual([...made].sort());
    await server.stop();
  });
});

describeServer('the token pool in guarded mode', { mode: 'guarded' }, (server) => {
  document('answers as its document says to who shows a credential', async () => ({
    admin: await server().admin(),
    user: await server().user('ann'),
  }));

  test('takes the credential in the query or in Authorization, and looks for one in the body', async () => {
    const admin = await server().admin();
    const secret = await server().tokenOf(admin, ['read', 'reserve', 'admin']);
    const { body } = await server().anybody.post(`/api/token_pool/?token=${secret}`).expect(200);
    await server()
      .server.basic('ada@example.org', PASSWORD)
      .post('/api/block_token/')
      .expect(200, { blocked_token: (body as { token: string }).token });
    await server()
      .anybody.post('/api/block_token/')
      .send({ auth: { userid: '4711', password: PASSWORD } })
      .expect(401);
    await server()
      .anybody.delete(`/api/token_pool/?token=${secret}`)
      .send(body as object)
      .expect(200);
  });

  test('answers 401 without a credential or to a wrong one, and nothing changes', async () => {
    const token = await create(await server().admin());
    for (const caller of [server().anybody, server().server.bearer('hf_wrong')]) {
      const calls = [
        caller.post('/api/token_pool/'),
        caller.post('/api/block_token/'),
        caller.post(`/api/keep_alive/${token}`),
        caller.post(`/api/unblock_token/${token}`),
        caller.delete('/api/token_pool/').send({ token }),
      ];
      for (const call of calls)
        expect((await expectRefused(server(), call, 401)).body).toEqual({
          error: expect.any(String),
        });
    }
  });

  test('lets only admins change the pool, and only with the scope', async () => {
    const ann = await server().user('eve');
    const lesser = server().server.bearer(await server().tokenOf(await server().admin()));
    for (const caller of [ann, lesser]) {
      for (const call of [
        caller.post('/api/token_pool/'),
        caller.delete('/api/token_pool/').send({ token: 'x' }),
      ]) {
        expect((await expectRefused(server(), call, 403)).body).toEqual({
          error: expect.any(String),
        });
      }
    }
    const reader = await server().user('reader', ['read']);
    await expectRefused(server(), reader.post('/api/block_token/'), 403);
  });

  test("a block is its holder's", async () => {
    const admin = await server().admin();
    const [bob, eve] = [await server().user('bob'), await server().user('mallory')];
    const token = await create(admin);
    while ((await block(bob)) !== token);
    for (const path of [`/api/keep_alive/${token}`, `/api/unblock_token/${token}`])
      expect((await expectRefused(server(), eve.post(path), 400)).body).toEqual(INVALID);
    await keepAlive(bob, token);
    await unblock(bob, token);
  });
});

describeServer('the token pool when off', { mode: 'off', jobs: false }, (server) => {
  test('is not there', async () => {
    const { anybody } = server();
    for (const call of [
      anybody.post('/api/token_pool/'),
      anybody.post('/api/block_token/'),
      anybody.post('/api/keep_alive/x'),
      anybody.post('/api/unblock_token/x'),
      anybody.delete('/api/token_pool/'),
    ])
      await call.expect(404);
  });
});

describeServer(
  'open mode for another network',
  { mode: 'open', openCidrs: ['203.0.113.0/24'], jobs: false, pools },
  (server) => {
    test('does not answer this address', async () => {
      const { anybody } = server();
      for (const call of [
        anybody.post('/api/token_pool/'),
        anybody.post('/api/block_token/'),
        anybody.post('/api/keep_alive/x'),
      ]) {
        expect((await expectRefused(server(), call, 403)).body).toEqual({
          error: 'This API does not answer to your address.',
        });
      }
    });
  },
);
