import type { Caller } from '../helpers/server';
import { problem, TestServer } from '../helpers/server';

let server: TestServer;
let admin: Caller;

beforeAll(async () => {
  server = await TestServer.start({
    pools: 'pools: [{ name: lab, kind: account, driver: simulated, size: 1 }]',
  });
  admin = await server.admin();
});

const send = (body: unknown) => admin.post('/v1/reservations').send(body as object);

describe('a problem names the field', () => {
  test.each([
    ['items', {}],
    ['items', { items: [] }],
    ['items[0]', { items: [{ count: 1 }] }],
    ['items[0].count', { items: [{ pool: 'lab', count: 0 }] }],
    ['items[1].count', { items: [{ pool: 'lab' }, { pool: 'lab', count: '2' }] }],
    ['items[0].kind', { items: [{ kind: 'castle' }] }],
    ['items[0].labels.zone', { items: [{ kind: 'vm', labels: { zone: 1 } }] }],
    ['durationSeconds', { items: [{ pool: 'lab' }], durationSeconds: 0.5 }],
    ['priority', { items: [{ pool: 'lab' }], priority: 101 }],
    ['access.username', { items: [{ pool: 'lab' }], access: { username: 'Root!' } }],
    [
      'access',
      {
        items: [{ pool: 'lab' }],
        access: {
          password: 'long enough',
          publicKey:
            'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH',
        },
      },
    ],
    ['access.password', { items: [{ pool: 'lab' }], access: { password: '7 chars' } }],
    ['access.publicKey', { items: [{ pool: 'lab' }], access: { publicKey: 'ssh-ed25519 AAAA' } }],
    ['note', { items: [{ pool: 'lab' }], note: 'x'.repeat(1001) }],
    ['body', []],
    ['body', 'text'],
  ])('%s', async (field, body) => {
    const {
      status,
      body: answer,
      type,
    } = await admin
      .post('/v1/reservations')
      .set('Content-Type', 'application/json')
      .send(JSON.stringify(body));
    expect({ status, type }).toEqual({ status: 400, type: 'application/problem+json' });
    expect(answer).toEqual(problem(400, 'invalid', field));
  });

  test.each([
    ['post', '/v1/reservations', 'items[0].labels', '{"items":[{"kind":"vm","labels":{@}}]}'],
    ['post', '/v1/reservations', '', '{"items":[{"pool":"lab"}],@}'],
    ['patch', '/v1/pools/lab', 'labels', '{"labels":{@}}'],
    ['patch', '/v1/pools/lab', 'settings', '{"settings":{@}}'],
  ] as const)('%s %s refuses __proto__ in %p', async (method, path, within, text) => {
    const answer = await admin[method](path)
      .set('Content-Type', 'application/json')
      .send(text.replace('@', '"__proto__":"a"'));
    const field = `${within === '' ? '' : `${within}.`}__proto__`;
    expect(answer.body).toEqual(problem(400, 'invalid', field));
  });

  test('an unknown field is a problem, at any depth', async () => {
    expect((await send({ items: [{ pool: 'lab' }], durationMinutes: 3 })).body).toEqual(
      problem(400, 'invalid', 'durationMinutes'),
    );
    expect((await send({ items: [{ pool: 'lab', amount: 3 }] })).body).toEqual(
      problem(400, 'invalid', 'items[0].amount'),
    );
  });

  test('a mistyped field is reported together with the missing one', async () => {
    const { body } = await send({ item: [{ pool: 'lab' }] });
    expect(body).toEqual({
      ...problem(400, 'invalid', 'item'),
      detail: 'item: there is no such field, and items is missing',
    });
    const tokens = await admin.post('/v1/tokens').send({ nmae: 'x', scopes: ['read'] });
    expect(tokens.body).toEqual({
      ...problem(400, 'invalid', 'nmae'),
      detail: 'nmae: there is no such field, and name is missing',
    });
    const deeper = await admin
      .post('/v1/pools')
      .send({ name: 'p', kind: 'vm', driver: 'simulated', types: [{ nam: 'small', share: 1 }] });
    expect(deeper.body).toEqual({
      ...problem(400, 'invalid', 'types[0].nam'),
      detail: 'types[0].nam: there is no such field, and types[0].name is missing',
    });
    // Errors elsewhere do not matter here.
    expect((await send({ items: [{ pool: 'lab', count: 'x', amount: 3 }] })).body).toEqual(
      problem(400, 'invalid', 'items[0].count'),
    );
    expect((await send({})).body).toEqual({
      ...problem(400, 'invalid', 'items'),
      detail: 'items: is missing',
    });
  });

  test('a body is refused that is nested too deeply, and the field is named', async () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    const pool = (levels: number) =>
      admin
        .post('/v1/pools')
        .set('Content-Type', 'application/json')
        .set('Idempotency-Key', 'deep')
        .send(
          `{"name":"deep","kind":"vm","driver":"simulated","size":0,"settings":{"x":${nested(levels)}}}`,
        );
    for (const levels of [31, 40_000]) {
      const { status, body } = await pool(levels);
      expect({ status, body: body as unknown }).toEqual({
        status: 400,
        body: {
          ...problem(400, 'invalid', 'settings.x[0]'),
          detail: 'settings.x[0]: is nested more than 32 levels deep',
        },
      });
    }
    // The driver has no such setting, but the depth is all right.
    expect((await pool(30)).body).toEqual(problem(400, 'invalid', 'settings.x'));
  });

  test('a pool of more types than a request can look through is refused', async () => {
    const types = (count: number) =>
      admin.post('/v1/pools').send({
        name: `of-${count}`,
        kind: 'vm',
        driver: 'simulated',
        size: 0,
        types: Array.from({ length: count }, (_, index) => ({ name: `t${index}` })),
      });
    expect((await types(3_000)).body).toEqual(problem(400, 'invalid', 'types'));
    expect((await types(100)).status).toBe(201);
  });

  test('text that cannot be stored as it is is refused, at any depth', async () => {
    const json = (text: string) =>
      admin.post('/v1/reservations').set('Content-Type', 'application/json').send(text);
    for (const odd of ['a\\u0000b', '\\ud800', 'a\\udc00', '\\ud800\\ud800']) {
      expect((await json(`{"items":[{"pool":"lab"}],"note":"${odd}"}`)).body).toEqual(
        problem(400, 'invalid', 'note'),
      );
      expect((await json(`{"items":[{"pool":"lab","labels":{"zone":"${odd}"}}]}`)).body).toEqual(
        problem(400, 'invalid', 'items[0].labels.zone'),
      );
      expect((await json(`{"items":[{"pool":"lab","labels":{"${odd}":"x"}}]}`)).body).toEqual(
        problem(400, 'invalid', 'items[0].labels'),
      );
    }
    expect((await admin.get('/v1/resources?type=a%00b')).body).toEqual(
      problem(400, 'invalid', 'type'),
    );
    expect((await admin.get('/v1/pools/a%00b')).body).toEqual(problem(400, 'invalid', 'name'));
    // A pair is a letter like any other.
    expect(
      (await json('{"items":[{"pool":"lab"}],"note":"\\ud83d\\ude00 \\u202eabc"}')).body,
    ).toMatchObject({ note: '\u{1f600} \u202eabc' });
  });

  test('an unknown or repeated query parameter is refused', async () => {
    expect((await admin.get('/v1/pools?limit=many')).body).toEqual({
      ...problem(400, 'invalid', 'limit'),
      detail: 'limit: must be a whole number from 1 to 1000',
    });
    expect((await admin.get('/v1/pools?page=2')).body).toEqual(problem(400, 'invalid', 'page'));
    expect((await admin.get('/v1/resources?limit=0')).body).toEqual(
      problem(400, 'invalid', 'limit'),
    );
    expect((await admin.get('/v1/resources?kind=vm&kind=vm')).body).toEqual(
      problem(400, 'invalid', 'kind'),
    );
    expect((await admin.get('/v1/resources?label=zone')).body).toEqual(
      problem(400, 'invalid', 'label'),
    );
    expect((await admin.get('/v1/reservations?cursor=nonsense')).body).toEqual(
      problem(400, 'invalid', 'cursor'),
    );
    expect(
      (await admin.post('/v1/reservations?wait=61').send({ items: [{ pool: 'lab' }] })).body,
    ).toEqual(problem(400, 'invalid', 'wait'));
    expect((await admin.get('/v1/me?verbose=1')).body).toEqual(problem(400, 'invalid', 'verbose'));
  });
});

describe('a body', () => {
  const json = (text: string) =>
    admin.post('/v1/reservations').set('Content-Type', 'application/json').send(text);

  test('that is not JSON is 400', async () => {
    expect((await json('{"items": [')).body).toEqual(problem(400, 'invalid', 'body'));
  });

  test('of another type is 415', async () => {
    const form = await admin.post('/v1/reservations').type('form').send('items=1');
    expect(form.body).toEqual(problem(415, 'unsupported_media_type', 'Content-Type'));
    const text = await admin.post('/v1/reservations').type('text').send('{"items":[]}');
    expect(text.status).toBe(415);
    const latin = await admin
      .post('/v1/reservations')
      .set('Content-Type', 'application/json; charset=latin1')
      .send('{}');
    expect(latin.body).toEqual(problem(415, 'unsupported_media_type', 'Content-Type'));
  });

  test('may be +json', async () => {
    const { status } = await admin
      .post('/v1/tokens')
      .set('Content-Type', 'application/vnd.example+json; charset=utf-8')
      .send('{"name":"typed"}');
    expect(status).toBe(201);
  });

  test('of 256 kB is read, and of more is 413', async () => {
    const wrapped = (length: number) =>
      json(JSON.stringify({ items: [{ pool: 'lab' }], note: 'x'.repeat(length) }));
    expect((await wrapped(256 * 1024 - 100)).body).toEqual(problem(400, 'invalid', 'note'));
    expect((await wrapped(256 * 1024)).body).toEqual(problem(413, 'too_large', 'body'));
  });

  test('that is missing is a 400, and so is one where none belongs', async () => {
    expect((await admin.post('/v1/reservations')).body).toEqual(problem(400, 'invalid', 'body'));
    expect((await admin.post('/v1/resources/x/clean').send({ really: true })).body).toEqual(
      problem(400, 'invalid', 'body'),
    );
  });
});

describe('a path', () => {
  test('that does not exist is a 404, for any caller', async () => {
    expect((await server.anybody.get('/v1/nothing?secret=1')).body).toEqual({
      ...problem(404, 'not_found'),
      detail: 'There is nothing at /v1/nothing.',
    });
  });

  test('with another method is a 405 that says which methods exist', async () => {
    const { status, headers, body } = await admin.delete('/v1/pools');
    expect({ status, allow: headers.allow, code: body.code }).toEqual({
      status: 405,
      allow: 'POST, GET',
      code: 'method_not_allowed',
    });
  });

  test('that cannot be decoded is 400', async () => {
    expect((await admin.get('/v1/pools/%E0%A4%A')).body).toEqual(
      problem(400, 'invalid', 'request'),
    );
  });

  test('answers OPTIONS with its methods', async () => {
    const answer = await fetch(`${server.url}/v1/pools/lab`, { method: 'OPTIONS' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([204, 'GET, PATCH, DELETE']);
  });
});

describe('X-Request-ID', () => {
  test('returns unchanged in the answer, in the problem, and in the one line of the log', async () => {
    const { headers, body } = await admin
      .get('/v1/pools/none?limit=1')
      .set('X-Request-ID', 'abc-123');
    expect([headers['x-request-id'], body.requestId]).toEqual(['abc-123', 'abc-123']);
    const lines = server.logged.filter(({ requestId }) => requestId === 'abc-123');
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'request',
        requestId: 'abc-123',
        method: 'GET',
        route: '/v1/pools/:name',
        status: 400,
        ms: expect.any(Number),
      },
    ]);
  });

  test('is generated if it is missing or unfit for a log', async () => {
    const made = (await admin.get('/v1/me')).headers['x-request-id'];
    expect(made).toMatch(/^[0-9a-f-]{36}$/);
    for (const unfit of ['with spaces', 'x'.repeat(129), 'ünïcode'])
      expect(
        (await admin.get('/v1/me').set('X-Request-ID', Buffer.from(unfit).toString('latin1')))
          .headers['x-request-id'],
      ).not.toBe(unfit);
  });
});

test.each<[string, unknown]>([
  ['an error', new Error('hunter2 at /srv/secret.ts:7')],
  ['an error with a cause', new TypeError('hunter2', { cause: 'hunter2' })],
  ['an error that names a status', Object.assign(new Error('hunter2'), { status: 502, code: 'X' })],
  ['a text', 'hunter2'],
])(
  'of %s that is thrown inside, an answer tells nothing, and the log all',
  async (_what, thrown) => {
    const pools = jest.spyOn(server.test.engine.store.read, 'pools').mockRejectedValueOnce(thrown);
    const { status, headers, body } = await admin.get('/v1/pools').set('X-Request-ID', 'one');
    pools.mockRestore();
    expect({ status, type: headers['content-type'], body }).toEqual({
      status: 500,
      type: 'application/problem+json; charset=utf-8',
      body: {
        type: 'urn:holdfast:problem:internal',
        title: 'Internal error',
        status: 500,
        code: 'internal',
        detail: 'An internal error occurred; the log has details under the request id.',
        requestId: 'one',
      },
    });
    expect(JSON.stringify(headers)).not.toContain('hunter2');
    const errors = server.logged.splice(0).filter(({ level }) => level === 'error');
    expect(errors).toEqual([
      { level: 'error', message: 'request failed', err: thrown, requestId: 'one' },
    ]);
  },
);

test(
  'every answer keeps its content from caches, sniffers and referrers, and does not ' +
    'name its server',
  async () => {
    for (const answer of [
      await admin.get('/v1/me'),
      await admin.get('/v1/nothing'),
      await server.anybody.get('/'),
    ]) {
      expect(answer.headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      expect(answer.headers).not.toHaveProperty('x-powered-by');
    }
  },
);

describe('a request is taken by what it means', () => {
  test.each(['utf8', '"UTF8"', 'UTF-8'])('charset=%s is UTF-8', async (charset) => {
    const { status, body } = await admin
      .patch('/v1/pools/lab')
      .set('Content-Type', `application/json; charset=${charset}`)
      .send('{"labels":{"zone":"\u00e9"}}');
    expect({ status, labels: body.labels }).toEqual({ status: 200, labels: { zone: '\u00e9' } });
  });

  test.each([
    ['W/"1"', 412, 'precondition_failed'],
    ['W/"1", W/"2"', 412, 'precondition_failed'],
    ['W/"1", "999"', 412, 'precondition_failed'],
    ['"999", "998"', 412, 'precondition_failed'],
    ['1', 400, 'invalid'],
    ['"1" "2"', 400, 'invalid'],
    ['"1", *', 400, 'invalid'],
    [',', 400, 'invalid'],
  ])('If-Match: %s is %i', async (tag, status, code) => {
    const answer = await admin.patch('/v1/pools/lab').set('If-Match', tag).send({ labels: {} });
    expect(answer.body).toEqual(problem(status, code, 'If-Match'));
  });

  test.each([
    ['/v1/pools?limit=2000', 'limit: must be a whole number from 1 to 1000'],
    ['/v1/pools?limit=x', 'limit: must be a whole number from 1 to 1000'],
    ['/v1/reservations/x?wait=90', 'wait: must be a whole number from 0 to 60'],
    ['/v1/reservations/x?wait=1.5', 'wait: must be a whole number from 0 to 60'],
  ])('%s names the bounds', async (path, detail) => {
    expect((await admin.get(path)).body).toMatchObject({ status: 400, detail });
  });

  test.each(['"999", TAG', 'TAG,"999"', ', W/"999" ,, TAG,', '"other", TAG', 'TAG, TAG'])(
    'If-Match: %s takes a list',
    async (list) => {
      const { etag } = (await admin.get('/v1/pools/lab')).headers;
      await admin
        .patch('/v1/pools/lab')
        .set('If-Match', list.replaceAll('TAG', etag!))
        .send({ labels: { list: list.length.toString() } })
        .expect(200);
    },
  );

  test('If-Match is read only by calls that can fail for it', async () => {
    await admin.get('/v1/pools/lab').set('If-Match', 'W/"1"').expect(200);
  });

  test('a user is found by e-mail address and name as well as by id', async () => {
    const bob = await server.user('bob');
    const { body: loan } = await bob.post('/v1/reservations').send({ items: [{ pool: 'lab' }] });
    const me = (await bob.get('/v1/me')).body;
    for (const user of [loan.userId, me.email, me.email.toUpperCase(), 'bob']) {
      const { body } = await admin.get(`/v1/reservations?user=${encodeURIComponent(user)}`);
      expect(body.items.map((item: { id: string }) => item.id)).toEqual([loan.id]);
    }
    for (const user of ['no@example.org', 'nobody'])
      expect((await admin.get(`/v1/reservations?user=${user}`)).body).toEqual(
        problem(404, 'not_found', 'user'),
      );
    await server.user('bob2');
    await admin.patch(`/v1/users/${loan.userId}`).send({ name: 'bob2' }).expect(200);
    expect((await admin.get('/v1/reservations?user=bob2')).body).toEqual(
      problem(400, 'invalid', 'user'),
    );
  });
});
