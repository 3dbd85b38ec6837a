import { randomUUID } from 'node:crypto';
import type { Response } from 'supertest';
import {
  describeServer,
  examplePools,
  expectRefused,
  INTRUSIONS,
  LegacyServer,
} from '../helpers/legacy';
import type { Caller } from '../helpers/server';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string;
const ERROR = { error: expect.stringMatching(/.+/) as string };
const DAY = 24 * 3_600_000;
const pools = examplePools('free');

function post(
  caller: Caller,
  path: string,
  body: object | string,
  requestId: string = randomUUID(),
) {
  return caller
    .post(path)
    .set('X-Request-ID', requestId)
    .set('Content-Type', 'application/json')
    .send(body);
}

async function account(caller: Caller, username: string): Promise<string> {
  const { status, body } = await post(caller, '/account', { username });
  expect({ status, body }).toEqual({ status: 201, body: { id: UUID, username } });
  return (body as { id: string }).id;
}

const seen = ({ status, text, headers }: Response) => ({
  status,
  text,
  requestId: headers['x-request-id'] as string,
});

/** The document from top to bottom, in its order and with its bodies. */
async function walkThrough(caller: Caller): Promise<void> {
  const requestId = 'dad9de9d-0fbc-400a-9f1f-2d9d1d9af686';
  const made = await post(caller, '/account', { username: 'bobmarley' }, requestId);
  expect({ status: made.status, body: made.body as unknown }).toEqual({
    status: 201,
    body: { id: UUID, username: 'bobmarley' },
  });
  expect(made.headers['x-request-id']).toBe(requestId);
  expect(seen(await post(caller, '/account', { username: 'bobmarley' }, requestId))).toEqual(
    seen(made),
  );
  const { id: accountId } = made.body as { id: string };
  await caller.get(`/accounts/${accountId}`).expect(200, { id: accountId, username: 'bobmarley' });
  await caller
    .get('/accounts?username=bobmarley')
    .expect(200, { id: accountId, username: 'bobmarley' });
  const linked = await post(caller, '/github-identifiers', { accountId, githubId: 11368271 });
  expect({ status: linked.status, body: linked.body as unknown }).toEqual({
    status: 201,
    body: { id: UUID, accountId, githubId: '11368271' },
  });
  await caller.get('/github-identifiers?githubId=11368271').expect(200, linked.body as object);
  const email = await post(caller, '/emails', { accountId, email: 'bobmarley420@example.com' });
  expect({ status: email.status, body: email.body as unknown }).toEqual({
    status: 201,
    body: { id: UUID, accountId, email: 'bobmarley420@example.com' },
  });
  await caller
    .get(`/emails?accountId=${accountId}`)
    .expect(200, { results: [email.body as object] });
}

/** Requests with something wrong. */
const WRONG: [string, string, object | string, number][] = [
  ['no username', '/account', {}, 400],
  ['a username that is none', '/account', { username: 'bob marley' }, 400],
  ['a username that is a number', '/account', { username: 7 }, 400],
  ["one of Holdfast's own names", '/account', { username: 'system-vms' }, 409],
  ['a taken username', '/account', { username: 'taken' }, 409],
  ['no JSON', '/account', '{', 400],
  ['a list', '/account', [], 400],
  [
    'an account that there is not',
    '/emails',
    { accountId: 'fa496c42-6100-4838-9774-6683b3688cd2', email: 'a@example.com' },
    404,
  ],
  ['no account', '/emails', { email: 'a@example.com' }, 400],
  ['no address', '/emails', { accountId: 'x' }, 400],
  ['an address that is none', '/emails', { accountId: 'x', email: 'nobody' }, 400],
  [
    'GitHub, an account that there is not',
    '/github-identifiers',
    { accountId: 'fa496c42-6100-4838-9774-6683b3688cd2', githubId: 5 },
    404,
  ],
  ...[-1, 0, 1.5, '012', 'x', '', null, true, 2 ** 53, [5]].map(
    (githubId): (typeof WRONG)[number] => [
      `a GitHub account of ${JSON.stringify(githubId)}`,
      '/github-identifiers',
      { accountId: 'x', githubId },
      400,
    ],
  ),
];

describeServer('the identities API in open mode', { mode: 'open', pools }, (server) => {
  test('answers as its document says, from top to bottom', () => walkThrough(server().anybody));

  test('fifty identical requests at once make one account and fifty identical answers', async () => {
    const before = (await server().test.engine.store.read.users({ after: null, limit: 1000 }))
      .length;
    const requestId = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        post(server().anybody, '/account', { username: 'fifty' }, requestId),
      ),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(seen(answer)))).size).toBe(1);
    expect(answers[0]!.status).toBe(201);
    expect(await server().test.engine.store.read.users({ after: null, limit: 1000 })).toHaveLength(
      before + 1,
    );
  });

  test('of fifty who want one name one gets it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => post(server().anybody, '/account', { username: 'wanted' })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
  });

  test('the same request in other JSON is the same request', async () => {
    const id = await account(server().anybody, 'forms');
    const requestId = randomUUID();
    const first = await post(
      server().anybody,
      '/github-identifiers',
      `{"accountId":"${id}","githubId":77000}`,
      requestId,
    );
    expect(first.status).toBe(201);
    for (const text of [
      `{ "githubId" : 7.7e4,\n "accountId": "${id}" }`,
      `{"githubId":77000.0,"accountId":"${id}"}`,
    ]) {
      expect(seen(await post(server().anybody, '/github-identifiers', text, requestId))).toEqual(
        seen(first),
      );
    }
    const upper = await post(
      server().anybody,
      '/github-identifiers',
      `{"accountId":"${id}","githubId":77000}`,
      requestId.toUpperCase(),
    );
    expect({ status: upper.status, text: upper.text }).toEqual({ status: 201, text: first.text });
  });

  test('the same id with another body is refused', async () => {
    const requestId = randomUUID();
    expect((await post(server().anybody, '/account', { username: 'one' }, requestId)).status).toBe(
      201,
    );
    expect(
      (
        await expectRefused(
          server(),
          post(server().anybody, '/account', { username: 'two' }, requestId),
          422,
        )
      ).body,
    ).toEqual({ error: 'This X-Request-ID was used for another request.' });
  });

  test('a failure is not remembered', async () => {
    const requestId = randomUUID();
    const [accountId, other] = [
      await account(server().anybody, 'first'),
      await account(server().anybody, 'second'),
    ];
    expect(
      (await post(server().anybody, '/github-identifiers', { accountId, githubId: 31 })).status,
    ).toBe(201);
    expect(
      (
        await expectRefused(
          server(),
          post(
            server().anybody,
            '/github-identifiers',
            { accountId: other, githubId: 31 },
            requestId,
          ),
          409,
        )
      ).body,
    ).toEqual(ERROR);
    expect(
      (
        await post(
          server().anybody,
          '/github-identifiers',
          { accountId: other, githubId: 32 },
          requestId,
        )
      ).status,
    ).toBe(201);
  });

  test('an answer is remembered for a day, through a change of what it is about', async () => {
    const requestId = randomUUID();
    const first = await post(server().anybody, '/account', { username: 'renamed' }, requestId);
    const admin = await server().admin();
    await admin
      .patch(`/v1/users/${(first.body as { id: string }).id}`)
      .send({ username: 'otherwise' })
      .expect(200);
    expect(
      seen(await post(server().anybody, '/account', { username: 'renamed' }, requestId)),
    ).toEqual(seen(first));
    server().test.clock.advance(DAY);
    expect(
      (await post(server().anybody, '/account', { username: 'renamed' }, requestId)).body,
    ).not.toEqual(first.body);
  });

  test('an account is a user without a password, and never an admin', async () => {
    const id = await account(server().anybody, 'humble');
    const user = (await server().test.engine.store.read.userById(id))!;
    expect(user).toMatchObject({ role: 'user', origin: 'identities', passwordHash: null });
    await (await server().admin()).patch(`/v1/users/${id}`).send({ role: 'admin' }).expect(409);
  });

  test('the same address of one account is one, and of two accounts two', async () => {
    const [accountId, other] = [
      await account(server().anybody, 'marley'),
      await account(server().anybody, 'dylan'),
    ];
    const first = await post(server().anybody, '/emails', { accountId, email: 'Bob@example.com' });
    expect(
      (await post(server().anybody, '/emails', { accountId, email: 'bob@example.com' })).body,
    ).toEqual(first.body);
    expect(
      (await post(server().anybody, '/emails', { accountId: other, email: 'bob@example.com' }))
        .status,
    ).toBe(201);
    await server()
      .anybody.get(`/emails?accountId=${accountId}`)
      .expect(200, { results: [first.body as object] });
  });

  test('an account has 100 addresses at most, and those that it has may be sent again', async () => {
    const accountId = await account(server().anybody, 'hoarder');
    const add = (n: number) =>
      post(server().anybody, '/emails', { accountId, email: `hoarder${n}@example.com` });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => add(n)));
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    const { body } = await expectRefused(server(), add(100), 409);
    expect(body).toEqual({ error: 'An account has 100 addresses at most.' });
    expect((await add(7)).body).toEqual(answers[7]!.body);
    const { results } = (await server().anybody.get(`/emails?accountId=${accountId}`)).body as {
      results: object[];
    };
    expect(results).toHaveLength(100);
  });

  test.each(INTRUSIONS)('does not answer to %s', async (_what, headers) => {
    expect(
      (
        await expectRefused(
          server(),
          post(server().anybody, '/account', { username: 'intruder' }).set(headers),
          403,
        )
      ).body,
    ).toEqual(ERROR);
    await expectRefused(
      server(),
      server().anybody.get('/accounts?username=taken').set(headers),
      403,
    );
  });
});

describe.each(['open', 'guarded'] as const)('the identities API in %s mode', (mode) => {
  let server: LegacyServer;
  let caller: Caller;
  beforeAll(async () => {
    server = await LegacyServer.start({ mode, pools });
    caller = mode === 'open' ? server.anybody : await server.admin();
    await account(caller, 'taken');
  });
  afterAll(() => server.stop());

  test.each(WRONG)('refuses %s (%s), and writes nothing', async (_what, path, body, status) => {
    expect((await expectRefused(server, post(caller, path, body), status)).body).toEqual(ERROR);
  });

  test.each(['/account', '/emails', '/github-identifiers'])(
    'wants a UUID as X-Request-ID for %s',
    async (path) => {
      for (const requestId of [
        '',
        'x',
        '1234',
        'dad9de9d0fbc400a9f1f2d9d1d9af686',
        'dad9de9d-0fbc-400a-9f1f-2d9d1d9af68g',
        '{dad9de9d-0fbc-400a-9f1f-2d9d1d9af686}',
      ]) {
        expect(
          (await expectRefused(server, post(caller, path, { username: 'x' }, requestId), 400)).body,
        ).toEqual(ERROR);
      }
      expect(
        (await expectRefused(server, caller.post(path).send({ username: 'x' }), 400)).body,
      ).toEqual(ERROR);
    },
  );

  test.each([
    ['/accounts/fa496c42-6100-4838-9774-6683b3688cd2', 404],
    ['/accounts?username=nobody', 404],
    ['/accounts', 400],
    ['/github-identifiers?githubId=1', 404],
    ['/github-identifiers?githubId=x', 400],
    ['/github-identifiers', 400],
    ['/emails?accountId=fa496c42-6100-4838-9774-6683b3688cd2', 404],
    ['/emails', 400],
  ])('%s is a %d', async (path, status) => {
    expect((await expectRefused(server, caller.get(path), status)).body).toEqual(ERROR);
  });
});

describeServer('the identities API in guarded mode', { mode: 'guarded', pools }, (server) => {
  test('answers as its document says, with a credential added', async () =>
    walkThrough(await server().admin()));

  test('answers nobody without a credential, and writes nothing', async () => {
    const { anybody } = server();
    const { id } = (await (await server().admin()).get('/accounts?username=bobmarley')).body as {
      id: string;
    };
    for (const path of ['/account', '/emails', '/github-identifiers']) {
      for (const call of [
        post(anybody, path, { username: 'x', accountId: id, email: 'x@example.com', githubId: 9 }),
        anybody.post(`${path}?token=wrong`),
      ]) {
        expect((await expectRefused(server(), call, 401)).body).toEqual(ERROR);
      }
    }
    for (const path of [
      `/accounts/${id}`,
      '/accounts?username=bobmarley',
      '/github-identifiers?githubId=11368271',
      `/emails?accountId=${id}`,
    ]) {
      expect((await expectRefused(server(), anybody.get(path), 401)).body).toEqual(ERROR);
    }
  });

  test("one writes one's own identity, and another's only with identity:write", async () => {
    const user = await server().user('ann');
    const { id: other } = (await user.get('/accounts?username=bobmarley').expect(200)).body as {
      id: string;
    };
    expect(
      (await post(user, '/emails', { accountId: user.userId, email: 'ann@example.com' })).status,
    ).toBe(201);
    expect(
      (await post(user, '/github-identifiers', { accountId: user.userId, githubId: 12 })).status,
    ).toBe(201);
    expect(
      (
        await expectRefused(
          server(),
          post(user, '/emails', { accountId: other, email: 'ann@example.com' }),
          403,
        )
      ).body,
    ).toEqual(ERROR);
    await expectRefused(
      server(),
      post(user, '/github-identifiers', { accountId: other, githubId: 13 }),
      403,
    );
    await expectRefused(server(), post(user, '/account', { username: 'another' }), 403);
    const reader = server().server.bearer(await server().tokenOf(user, ['read', 'reserve']));
    await expectRefused(
      server(),
      post(reader, '/emails', { accountId: user.userId, email: 'reader@example.com' }),
      403,
    );
    const writer = await server().tokenOf(await server().admin(), ['identity:write']);
    expect(
      (
        await post(server().anybody, `/emails?token=${writer}`, {
          accountId: other,
          email: 'ann@example.com',
        })
      ).status,
    ).toBe(201);
    expect(
      (await post(server().server.bearer(writer), '/account', { username: 'another' })).status,
    ).toBe(201);
  });

  test("two callers' request ids are their own", async () => {
    const [ann, bob] = [await server().user('ann2'), await server().user('bob2')];
    const requestId = randomUUID();
    const mine = await post(
      ann,
      '/emails',
      { accountId: ann.userId, email: 'a@example.com' },
      requestId,
    );
    const yours = await post(
      bob,
      '/emails',
      { accountId: bob.userId, email: 'b@example.com' },
      requestId,
    );
    expect([mine.status, yours.status]).toEqual([201, 201]);
  });

  test('an address that is linked here signs nobody in', async () => {
    const user = await server().user('eve');
    expect(
      (await post(user, '/emails', { accountId: user.userId, email: 'linked@example.com' })).status,
    ).toBe(201);
    await server()
      .server.basic('linked@example.com', 'correct horse battery')
      .get('/v1/me')
      .expect(401);
  });
});
