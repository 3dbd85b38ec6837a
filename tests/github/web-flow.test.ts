import { account, address } from '../helpers/github';
import { Browser } from '../helpers/browser';
import { problem, TestServer } from '../helpers/server';
import { begin, comeBack, signedIn, signIn, world, type World } from './support';

const ANN = account(1, 'ann');

let here: World;
beforeEach(async () => {
  here = await world();
  await here.server.user('ann');
});

describe('the web flow', () => {
  test(
    'sends the browser to GitHub with state, challenge, the smallest scopes, and a ' +
      'cookie for the way back',
    async () => {
      const { location, setCookie } = await begin(here);
      const { searchParams } = new URL(location);
      expect(searchParams.get('scope')).toBe('user:email read:public_key');
      expect(searchParams.get('state')).toMatch(/^[\w-]{43}$/);
      expect(setCookie).toMatch(
        /^holdfast_github=[\w.-]+; Max-Age=600; Path=\/v1\/auth\/github; HttpOnly; SameSite=Lax$/,
      );
      expect(setCookie).not.toContain(searchParams.get('state'));
    },
  );

  test(
    'asks for organisations only if some are listed, and for a secure cookie if users ' +
      'come by https',
    async () => {
      const secure = await world(
        ['lab'],
        {},
        { callback: 'https://holdfast.test/base/v1/auth/github/callback' },
      );
      const { location, setCookie } = await begin(secure);
      expect(new URL(location).searchParams.get('scope')).toBe(
        'user:email read:public_key read:org',
      );
      expect(setCookie).toMatch(
        /Max-Age=600; Path=\/base\/v1\/auth\/github; HttpOnly; Secure; SameSite=Lax$/,
      );
    },
  );

  test('ends with the user, a token for 30 days that may borrow, and the cookie removed', async () => {
    const { status, body, headers } = await signIn(here, ANN);
    expect({ status, user: body.user }).toMatchObject({
      status: 200,
      user: { name: 'ann', email: 'ann@example.org', role: 'user' },
    });
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^holdfast_github=; Max-Age=0; Path=\/v1\/auth\/github; HttpOnly; SameSite=Lax$/,
      ),
    ]);
    const ann = here.server.bearer(body.token as string);
    const { body: me } = await ann.get('/v1/me');
    expect(me).toMatchObject({
      id: body.user.id,
      scopes: ['read', 'reserve', 'self'],
      maxPriority: 0,
    });
    const { body: tokens } = await ann.get('/v1/tokens');
    expect(tokens.items.find((token: { name: string }) => token.name === 'github')).toMatchObject({
      expiresAt: '2026-01-31T00:00:00.000Z',
    });
    here.server.test.clock.advance(30 * 24 * 3_600_000);
    expect((await ann.get('/v1/me')).status).toBe(401);
  });

  describe('for the page of this server', () => {
    const begun = async (in_: World) => {
      const { headers } = await in_.server.anybody.get('/v1/auth/github?to=page').redirects(0);
      const [cookie] = headers['set-cookie'] as unknown as string[];
      const back = in_.github.browse(headers.location!, ANN);
      return comeBack(in_, back, cookie!.split(';')[0]!).redirects(0);
    };

    test('ends there, in a session with the rights of the token, which nobody sees', async () => {
      const { status, headers, text } = await begun(here);
      expect({ status, location: headers.location, text }).toEqual({
        status: 303,
        location: '/',
        text: '',
      });
      const [done, set] = headers['set-cookie'] as unknown as string[];
      expect(done).toMatch(/^holdfast_github=; Max-Age=0;/);
      expect(set).toMatch(
        /^holdfast_session=hfs_[\w-]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/,
      );
      const mine = new Browser(here.server.url, set!.split(';')[0]!);
      const { body } = await mine.get('/v1/me').expect(200);
      expect(body).toMatchObject({ name: 'ann', scopes: ['read', 'reserve', 'self'] });
      const { body: tokens } = await mine.get('/v1/tokens');
      const token = tokens.items.find(({ name }: { name: string }) => name === 'github');
      expect(body.apiTokenId).toBe(token.id);
      await mine.delete(`/v1/tokens/${token.id}`).expect(204);
      expect((await mine.get('/v1/me')).status).toBe(401);
    });

    test('ends below PUBLIC_URL, with a cookie for https', async () => {
      const below = await world([], { publicUrl: 'https://holdfast.test/base' });
      await below.server.user('ann');
      const { headers } = await begun(below);
      expect(headers.location).toBe('/base/');
      expect((headers['set-cookie'] as unknown as string[])[1]).toMatch(
        /^__Host-holdfast_session=.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      );
    });
  });

  test('sends the request id along with every call, and stores no access token', async () => {
    const { location, cookie } = await begin(here);
    await comeBack(here, here.github.browse(location, ANN), cookie)
      .set('X-Request-ID', 'trace-7')
      .expect(200);
    expect(here.github.asked).toEqual(
      ['/login/oauth/access_token', '/api/v3/user', '/api/v3/user/emails', '/api/v3/user/keys'].map(
        (path, index) => ({ method: index === 0 ? 'POST' : 'GET', path, requestId: 'trace-7' }),
      ),
    );
    const metadata = JSON.stringify(await here.server.test.engine.store.read.eventsAfter(0, 1000));
    expect(metadata + JSON.stringify(here.server.logged)).not.toContain('gho_');
  });

  test.each([
    ['without a cookie', (cookie: string) => cookie.slice(0, 0)],
    ['with a cookie that was changed', (cookie: string) => `${cookie.slice(0, -2)}AA`],
    ['with an empty cookie', () => 'holdfast_github='],
  ])('is refused %s, and GitHub is not asked', async (_how, changed) => {
    const { location, cookie } = await begin(here);
    const { status, body } = await comeBack(
      here,
      here.github.browse(location, ANN),
      changed(cookie),
    );
    expect({ status, body }).toEqual({ status: 400, body: problem(400, 'invalid', 'state') });
    expect(here.github.asked).toEqual([]);
  });

  test('is refused if the state belongs to another browser', async () => {
    const [mine, theirs] = [await begin(here), await begin(here)];
    const back = here.github.browse(theirs.location, ANN);
    expect((await comeBack(here, back, mine.cookie)).body).toEqual(
      problem(400, 'invalid', 'state'),
    );
    back.searchParams.delete('state');
    expect((await comeBack(here, back, theirs.cookie)).body).toEqual(
      problem(400, 'invalid', 'state'),
    );
    expect(here.github.asked).toEqual([]);
  });

  test('is refused if the browser took longer than ten minutes', async () => {
    const { location, cookie } = await begin(here);
    const back = here.github.browse(location, ANN);
    here.server.test.clock.advance(600_000);
    expect((await comeBack(here, back, cookie)).body).toEqual(problem(400, 'invalid', 'state'));
  });

  test('accepts a code once, and only with the verifier of the browser that began', async () => {
    const [one, two] = [await begin(here), await begin(here)];
    const back = here.github.browse(one.location, ANN);
    await comeBack(here, back, one.cookie).expect(200);
    expect((await comeBack(here, back, one.cookie)).body).toEqual(problem(400, 'invalid', 'code'));
    const stolen = here.github.browse(one.location, ANN);
    stolen.searchParams.set('state', new URL(two.location).searchParams.get('state')!);
    expect((await comeBack(here, stolen, two.cookie)).body).toEqual(
      problem(400, 'invalid', 'code'),
    );
  });

  test('is refused without a code, and when the user declines', async () => {
    const { location, cookie } = await begin(here);
    const back = here.github.browse(location, 'declines');
    expect((await comeBack(here, back, cookie)).body).toMatchObject({
      ...problem(403, 'forbidden'),
      detail: expect.stringContaining('declined'),
    });
    back.searchParams.delete('error');
    expect((await comeBack(here, back, cookie)).body).toEqual(problem(400, 'invalid', 'code'));
  });
});

describe('a GitHub that misbehaves', () => {
  test.each([
    ['/login/oauth/access_token', { status: 500 }],
    ['/login/oauth/access_token', { status: 200, body: '<html>' }],
    ['/login/oauth/access_token', { status: 0 }],
    ['/api/v3/user', { status: 502, body: 'Bad Gateway' }],
    ['/api/v3/user', { status: 200, body: '{"login": 7}' }],
    ['/api/v3/user', { status: 302, headers: { Location: 'http://127.0.0.1:9/user' } }],
    ['/api/v3/user/emails', { status: 403, headers: { 'X-RateLimit-Remaining': '0' } }],
    ['/api/v3/user/keys', { status: 403, headers: { 'Retry-After': '60' } }],
    ['/api/v3/user/keys', { status: 429 }],
    [
      '/api/v3/user/keys',
      {
        status: 200,
        body: '[]',
        headers: { Link: '<http://127.0.0.1:9/keys?page=2>; rel="next"' },
      },
    ],
  ])('is busy: %s answers %j; the next try can work', async (path, fault) => {
    here.github.failNext(path, fault);
    expect((await signIn(here, ANN)).body).toEqual(problem(503, 'busy'));
    await signedIn(here, ANN);
  });

  test.each(['/api/v3/user', '/api/v3/user/emails', '/api/v3/user/keys'])(
    'reveals less than was asked for: %s',
    async (path) => {
      here.github.failNext(path, { status: 404 });
      expect((await signIn(here, ANN)).body).toMatchObject({
        ...problem(403, 'forbidden'),
        detail: expect.stringContaining(path),
      });
    },
  );

  test.each([{ clientSecret: 'wrong' }, { clientId: 'wrong' }])(
    'does not know this server: %j',
    async (app) => {
      const wrong = await world([], {}, app);
      const { location, cookie } = await begin(wrong);
      const page = new URL(location);
      page.searchParams.set('client_id', 'Iv1.holdfast');
      const { body } = await comeBack(wrong, wrong.github.browse(page.href, ANN), cookie);
      expect(body).toMatchObject({
        ...problem(500, 'internal'),
        detail: expect.stringContaining('incorrect_client_credentials'),
      });
      expect(JSON.stringify(wrong.server.logged.splice(0))).not.toContain('app-secret');
    },
  );

  test('sends lists in pages, and all of them count', async () => {
    here.github.pageSize = 1;
    const emails = [
      address('else@example.org', { primary: false }),
      address('two@example.org', { primary: false }),
      address('ann@example.org'),
    ];
    const keys = [
      'AAAAC3NzaC1lZDI1NTE5AAAAIA',
      'AAAAC3NzaC1lZDI1NTE5AAAAIB',
      'AAAAC3NzaC1lZDI1NTE5AAAAIC',
    ].map((text) => `ssh-ed25519 ${text}`);
    const ann = await signedIn(here, account(1, 'ann', { emails, keys }));
    const { body } = await ann.get('/v1/me');
    expect(body.emails.map(({ email }: { email: string }) => email).sort()).toEqual([
      'ann@example.org',
      'else@example.org',
      'two@example.org',
    ]);
    expect(body.sshKeys.map(({ key }: { key: string }) => key).sort()).toEqual(keys);
  });
});

test('without a client id, the routes do not exist, and nothing else is missing', async () => {
  const server = await TestServer.start();
  for (const answer of [
    await server.anybody.get('/v1/auth/github').redirects(0),
    await server.anybody.get('/v1/auth/github/callback?code=x&state=y'),
    await server.anybody.post('/v1/auth/github/device'),
    await server.anybody.post('/v1/auth/github/device/token').send({ handle: 'x' }),
  ]) {
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 404,
      body: problem(404, 'not_found'),
    });
  }
  const ann = await server.user('ann');
  expect((await ann.get('/v1/me')).body).toMatchObject({
    email: 'ann@example.org',
    emails: [],
    sshKeys: [],
  });
  expect(
    Object.keys((await server.anybody.get('/openapi.json')).body.paths as object).filter((path) =>
      path.includes('github'),
    ),
  ).toEqual([]);
});

test('with one, they are in the API document', async () => {
  const { body } = await here.server.anybody.get('/openapi.json');
  expect(Object.keys(body.paths as object).filter((path) => path.includes('auth/github'))).toEqual([
    '/v1/auth/github',
    '/v1/auth/github/callback',
    '/v1/auth/github/device',
    '/v1/auth/github/device/token',
  ]);
});
