import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { MOST_SESSIONS } from '../../src/domain/people/user';
import { whenDone } from '../helpers/cleanups';
import { Browser } from '../helpers/browser';
import { PASSWORD, problem, TestServer, type Caller } from '../helpers/server';

const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 3 }]';
const OTHER = 'another long password';
const HOUR = 3_600_000;
const ANN = 'ann@example.org';

let server: TestServer;
let admin: Caller;
let ann: Caller;

beforeEach(async () => {
  server = await TestServer.start({ pools: POOLS });
  admin = await server.admin();
  ann = await server.user('ann');
});

const inPerson = (password = PASSWORD) => server.basic(ANN, password);
const browser = (by: Caller = inPerson()) => Browser.signIn(server.url, by);
const statusOf = async (of: Browser) => (await of.get('/v1/me')).status;

async function tokenOf(scopes: string[], set: object = {}) {
  const { body } = await inPerson()
    .post('/v1/tokens')
    .send({ name: 't', scopes, ...set })
    .expect(201);
  const secret = body.token as string;
  return { id: body.id as string, secret, caller: server.bearer(secret) };
}

describe('a session', () => {
  test('has the rights of the user, by password', async () => {
    const mine = await browser();
    const { body } = await mine.get('/v1/me').expect(200);
    expect(body).toMatchObject({
      id: ann.userId,
      scopes: ['read', 'reserve', 'self'],
      apiTokenId: null,
    });
    await mine
      .post('/v1/reservations')
      .send({ items: [{ pool: 'lab' }] })
      .expect(201);
    expect((await mine.get('/v1/users')).status).toBe(403);
    const own = await browser(server.basic('ada@example.org', PASSWORD));
    expect((await own.get('/v1/users')).status).toBe(200);
  });

  test('tells its user to who does not know whether there is one; nobody is no error', async () => {
    const nobody = { status: 200, body: { user: null } };
    const whose = async (of: Browser | Caller) => {
      const { status, body } = await of.get('/v1/session');
      return { status, body };
    };
    expect(await whose(server.anybody)).toEqual(nobody);
    // A token is no session.
    expect(await whose(ann)).toEqual(nobody);
    const mine = await browser();
    expect((await whose(mine)).body.user).toMatchObject({ id: ann.userId, name: 'ann' });
    await mine.delete('/v1/session').expect(204);
    expect(await whose(mine)).toEqual(nobody);
    const other = await browser();
    await admin.delete(`/v1/users/${ann.userId}`).expect(204);
    expect(await whose(other)).toEqual(nobody);
  });

  test('has those of the token that made it, and no more', async () => {
    const { id, caller } = await tokenOf(['read']);
    const mine = await browser(caller);
    expect((await mine.get('/v1/me')).body).toMatchObject({ scopes: ['read'], apiTokenId: id });
    const wanted = mine.post('/v1/reservations').send({ items: [{ pool: 'lab' }] });
    expect((await wanted).body).toEqual(problem(403, 'forbidden'));
    expect((await mine.get('/v1/tokens')).body).toEqual(problem(403, 'forbidden'));
  });

  test('makes no token that outlives or exceeds the one that made it', async () => {
    const { id, caller } = await tokenOf(['read', 'self'], { expiresInSeconds: 3600 });
    const mine = await browser(caller);
    const asked = { name: 'more', scopes: ['reserve'] };
    expect((await mine.post('/v1/tokens').send(asked)).body).toEqual(
      problem(403, 'forbidden', 'scopes'),
    );
    const { body: made } = await mine.post('/v1/tokens').send({ name: 'x', scopes: ['read'] });
    expect(Date.parse(made.expiresAt as string)).toBe(server.test.clock.at + HOUR);
    await inPerson().delete(`/v1/tokens/${id}`).expect(204);
    expect((await server.bearer(made.token as string).get('/v1/me')).status).toBe(401);
  });

  test('makes no other session, and does not change the password', async () => {
    const mine = await browser();
    expect((await mine.post('/v1/session')).body).toEqual(problem(403, 'forbidden'));
    const change = () => mine.patch(`/v1/users/${ann.userId}`).send({ password: OTHER });
    expect((await change()).body).toEqual(problem(403, 'forbidden', 'password'));
    const basic = Buffer.from(`${ANN}:${PASSWORD}`).toString('base64');
    await change().set('Authorization', `Basic ${basic}`).expect(200);
  });

  test('of an admin sets the passwords of others, but not its own', async () => {
    const own = await browser(server.basic('ada@example.org', PASSWORD));
    const change = (id: string) => own.patch(`/v1/users/${id}`).send({ password: OTHER });
    const ada = (await own.get('/v1/me')).body as { id: string };
    expect((await change(ada.id)).body).toEqual(problem(403, 'forbidden', 'password'));
    await change(ann.userId).expect(200);
    expect((await inPerson(OTHER).get('/v1/me')).status).toBe(200);
    expect(await statusOf(own)).toBe(200);
  });

  test('has the role that its user has now', async () => {
    const mine = await browser();
    const grant = (role: string) =>
      admin.patch(`/v1/users/${ann.userId}`).send({ role }).expect(200);
    const stream = await follow(mine);
    await grant('admin');
    expect((await mine.get('/v1/users')).status).toBe(200);
    await admin.post('/v1/users').send({ name: 'other', email: 'other@example.org' }).expect(201);
    await grant('user');
    expect((await mine.get('/v1/users')).status).toBe(403);
    await stream.until('"user"');
    // A stream keeps the rights with which it began, at most.
    expect(stream.text()).not.toContain('other');
  });

  test('is told to its user, who sees where it is from', async () => {
    const mine = await browser();
    const { body } = await mine.get('/v1/events?order=desc').expect(200);
    const found = (body.items as { type: string }[]).find(({ type }) => type === 'session.created');
    expect(found).toMatchObject({ actor: { kind: 'user' }, address: '127.0.0.1' });
    const [one] = (await mine.get('/v1/me/sessions')).body.items as object[];
    expect(one).toMatchObject({
      current: true,
      apiTokenId: null,
      address: '127.0.0.1',
      userAgent: 'Mozilla/5.0 (test)',
    });
  });

  test('keeps nothing from which its secret could be learnt', async () => {
    const mine = await browser();
    const { read } = server.test.engine.store;
    const rows = JSON.stringify([
      await read.sessionsOf(ann.userId),
      await read.eventsAfter(0, 1_000),
      (await mine.get('/v1/me/sessions')).body,
      server.logged,
    ]);
    expect(mine.secret).toMatch(/^hfs_[\w-]{43}$/);
    expect(rows).not.toContain(mine.secret);
  });

  test('is no token, and a token is no session', async () => {
    const mine = await browser();
    expect((await server.bearer(mine.secret).get('/v1/me')).status).toBe(401);
    const { secret } = await tokenOf(['read']);
    expect(await statusOf(new Browser(server.url, `holdfast_session=${secret}`))).toBe(401);
  });
});

describe('the cookie', () => {
  const setBy = async (of: TestServer, headers: object = {}) => {
    const { headers: sent } = await of
      .basic('ada@example.org', PASSWORD)
      .post('/v1/session')
      .set(headers as Record<string, string>)
      .expect(201);
    return (sent['set-cookie'] as unknown as string[])[0]!;
  };

  test('is for no script, no other site, and as long as the session', async () => {
    expect(await setBy(server)).toMatch(
      /^holdfast_session=hfs_[\w-]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });

  test.each([
    ['PUBLIC_URL says so', { publicUrl: 'https://holdfast.test/base' }, {}],
    ['a trusted proxy says so', { trustProxy: 1 }, { 'X-Forwarded-Proto': 'https' }],
  ])('is for https alone, and for this host, if %s', async (_who, options, headers) => {
    const secure = await TestServer.start(options);
    await secure.admin();
    expect(await setBy(secure, headers)).toMatch(
      /^__Host-holdfast_session=hfs_[\w-]+; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  test('is not for https because somebody says so who is not trusted', async () => {
    expect(await setBy(server, { 'X-Forwarded-Proto': 'https' })).not.toContain('Secure');
  });

  test('counts under https by its full name only, which no other host can set', async () => {
    const secure = await TestServer.start({ publicUrl: 'https://holdfast.test' });
    await secure.admin();
    const mine = await Browser.signIn(secure.url, secure.basic('ada@example.org', PASSWORD));
    expect(await statusOf(mine)).toBe(200);
    const short = new Browser(secure.url, mine.cookie.replace('__Host-', ''));
    expect(await statusOf(short)).toBe(401);
  });

  test('counts for nothing if it comes twice: a neighbour of this host may have set one', async () => {
    const mine = await browser();
    const twice = new Browser(server.url, `holdfast_session=hfs_theirs; ${mine.cookie}`);
    expect(await statusOf(twice)).toBe(401);
    const [name] = mine.cookie.split('=');
    const after = new Browser(server.url, `${mine.cookie}; x=1; ${name}="hfs_theirs"`);
    expect(await statusOf(after)).toBe(401);
    expect(await statusOf(new Browser(server.url, `x=1; ${mine.cookie}; y=${name}`))).toBe(200);
  });

  test('counts less than Authorization, right or wrong', async () => {
    const mine = await browser();
    const both = (authorization: string) => mine.get('/v1/me').set('Authorization', authorization);
    const ada = Buffer.from(`ada@example.org:${PASSWORD}`).toString('base64');
    expect((await both(`Basic ${ada}`)).body).toMatchObject({ name: 'Ada' });
    expect((await both('Bearer hf_wrong')).status).toBe(401);
    expect((await both('Nonsense')).status).toBe(401);
  });

  const own = { 'Sec-Fetch-Site': 'same-origin' };
  const mark = { 'X-Requested-With': 'holdfast' };
  const json = { 'Content-Type': 'application/json' };
  const origin = () => ({ Origin: server.url });
  test.each<[string, () => Record<string, string>, number, number]>([
    ['says that a page of this server makes it', () => own, 200, 401],
    ['says so, with a mark', () => ({ ...own, ...mark }), 200, 201],
    ['says so, with JSON', () => ({ ...own, ...json }), 200, 201],
    ['says so, with text', () => ({ ...own, 'Content-Type': 'text/plain' }), 200, 401],
    ['names our origin', origin, 200, 401],
    ['names our origin, with JSON', () => ({ ...origin(), ...json }), 200, 201],
    ['says nothing, over plain HTTP', () => ({}), 401, 403],
    ['says nothing, with a mark', () => mark, 200, 201],
    ['says nothing, with JSON', () => json, 401, 403],
    ['was typed', () => ({ 'Sec-Fetch-Site': 'none' }), 401, 403],
    ['was typed, with a mark', () => ({ 'Sec-Fetch-Site': 'none', ...mark }), 401, 401],
    [
      'is from a page of the same site',
      () => ({ 'Sec-Fetch-Site': 'same-site', ...mark }),
      401,
      403,
    ],
    [
      'is from another site',
      () => ({ 'Sec-Fetch-Site': 'cross-site', ...mark, ...json }),
      401,
      403,
    ],
    ['is from another port', () => ({ Origin: 'http://127.0.0.1:1', ...mark, ...json }), 401, 403],
    ['is from a sandbox', () => ({ Origin: 'null', ...mark, ...json }), 401, 403],
    ['has a Referer of ours alone', () => ({ Referer: `${server.url}/` }), 401, 403],
  ])('in a call that %s', async (_what, headers, read, write) => {
    const mine = await browser();
    const bare = new Browser(server.url, mine.cookie, { 'User-Agent': 'Mozilla/5.0 (test)' });
    expect((await bare.get('/v1/me').set(headers())).status).toBe(read);
    const given = headers();
    const call = bare.post('/v1/tokens').set(given);
    const wanted = JSON.stringify({ name: 'x', scopes: ['read'] });
    // The mark alone is enough, but this route reads JSON.
    const hasBody = 'Content-Type' in given || 'X-Requested-With' in given;
    if (hasBody) void call.set({ ...json, ...given }).send(wanted);
    expect((await call).status).toBe(write);
    const made = (await inPerson().get('/v1/tokens')).body.items as { name: string }[];
    expect(made.some(({ name }) => name === 'x')).toBe(write === 201);
  });

  test('a browser is not made to ask for a password over the page that called', async () => {
    const challenge = async (of: Caller | Browser) =>
      (await of.get('/v1/me')).headers['www-authenticate'];
    expect(await challenge(new Browser(server.url, 'holdfast_session=hfs_x'))).toBe('Bearer');
    expect(await challenge(server.anybody)).toContain('Basic');
  });
});

describe('a session ends', () => {
  test('when it is signed out, and the browser forgets it', async () => {
    const [mine, other] = [await browser(), await browser()];
    const { headers } = await mine.delete('/v1/session').expect(204);
    expect(headers['set-cookie']).toEqual([
      'holdfast_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
    ]);
    expect(await Promise.all([mine, other].map(statusOf))).toEqual([401, 200]);
    expect((await inPerson().delete('/v1/session')).body).toEqual(problem(404, 'not_found'));
  });

  test('when its user ends it from elsewhere, and nobody else can', async () => {
    const [mine, other] = [await browser(), await browser()];
    const { items } = (await other.get('/v1/me/sessions')).body as {
      items: { id: string; current: boolean }[];
    };
    const { id } = items.find(({ current }) => !current)!;
    expect((await admin.delete(`/v1/me/sessions/${id}`)).body).toEqual(problem(404, 'not_found'));
    await other.delete(`/v1/me/sessions/${id}`).expect(204);
    expect(await Promise.all([mine, other].map(statusOf))).toEqual([401, 200]);
    expect((await other.get('/v1/me/sessions')).body.items).toHaveLength(1);
  });

  test.each([
    ['changed by the user', () => inPerson().patch(`/v1/users/${ann.userId}`)],
    ['changed by an admin', () => admin.patch(`/v1/users/${ann.userId}`)],
  ])('when the password is %s', async (_who, call) => {
    const mine = [await browser(), await browser((await tokenOf(['read'])).caller)];
    await call().send({ password: OTHER }).expect(200);
    expect(await Promise.all(mine.map(statusOf))).toEqual([401, 401]);
    expect((await inPerson(OTHER).get('/v1/me/sessions')).body.items).toEqual([]);
    expect(await statusOf(await browser(inPerson(OTHER)))).toBe(200);
  });

  test('when its user is deleted', async () => {
    const mine = await browser();
    await admin.delete(`/v1/users/${ann.userId}`).expect(204);
    expect(await statusOf(mine)).toBe(401);
    expect(await server.test.engine.store.read.sessionsOf(ann.userId)).toEqual([]);
  });

  test('with the token that made it, and is not listed then', async () => {
    const { id, caller } = await tokenOf(['read']);
    const mine = await browser(caller);
    await inPerson().delete(`/v1/tokens/${id}`).expect(204);
    expect(await statusOf(mine)).toBe(401);
    expect((await inPerson().get('/v1/me/sessions')).body.items).toEqual([]);
  });

  test('with the time of the token that made it', async () => {
    const { caller } = await tokenOf(['read'], { expiresInSeconds: 3600 });
    const mine = await browser(caller);
    server.test.clock.advance(HOUR - 1);
    expect(await statusOf(mine)).toBe(200);
    server.test.clock.advance(1);
    expect(await statusOf(mine)).toBe(401);
  });

  test('after a while without a call', async () => {
    const mine = await browser();
    server.test.clock.advance(12 * HOUR - 1);
    expect(await statusOf(mine)).toBe(200);
    await noted(server.test.clock.at);
    server.test.clock.advance(12 * HOUR - 1);
    expect(await statusOf(mine)).toBe(200);
    await noted(server.test.clock.at);
    server.test.clock.advance(12 * HOUR);
    expect(await statusOf(mine)).toBe(401);
  });

  test('after its time, however much it is used', async () => {
    const mine = await browser();
    for (let hours = 0; hours < 7 * 24 - 6; hours += 6) {
      server.test.clock.advance(6 * HOUR);
      expect(await statusOf(mine)).toBe(200);
      await noted(server.test.clock.at);
    }
    server.test.clock.advance(6 * HOUR);
    expect(await statusOf(mine)).toBe(401);
  });

  test('of which a credential has too many: the one used longest ago', async () => {
    const first = await browser(ann);
    const second = await browser(ann);
    server.test.clock.advance(HOUR);
    expect(await statusOf(first)).toBe(200);
    await noted(server.test.clock.at);
    for (let made = 2; made <= MOST_SESSIONS; made += 1) await ann.post('/v1/session').expect(201);
    expect(await Promise.all([first, second].map(statusOf))).toEqual([200, 401]);
    expect((await ann.get('/v1/me/sessions')).body.items).toHaveLength(MOST_SESSIONS);
  });

  test('and never for one that another credential of the user begins', async () => {
    const [byPassword, byOther] = [await browser(), await browser(ann)];
    const { caller } = await tokenOf(['read']);
    for (let made = 0; made <= MOST_SESSIONS; made += 1)
      await caller.post('/v1/session').expect(201);
    expect(await Promise.all([byPassword, byOther].map(statusOf))).toEqual([200, 200]);
    const { items } = (await inPerson().get('/v1/me/sessions')).body as { items: unknown[] };
    expect(items).toHaveLength(MOST_SESSIONS + 2);
  });

  test('and its stream of events with it, at once', async () => {
    const [mine, other] = [await browser(), await browser()];
    const [stream, others] = [await follow(mine), await follow(other)];
    await mine.delete('/v1/session').expect(204);
    await stream.ended;
    expect(stream.text()).toContain('the credential has ended');
    await other.delete('/v1/session').expect(204);
    await others.ended;
  });

  test.each([
    ['before', true],
    ['after', false],
  ])('and no other stream of its user, if it follows %s them', async (_when, isFirst) => {
    const mine = await browser();
    const other = await browser();
    const early = isFirst ? await follow(mine) : null;
    const kept = [await follow(other), await follow(inPerson())];
    const stream = early ?? (await follow(mine));
    await mine.delete('/v1/session').expect(204);
    await stream.ended;
    for (const each of kept) {
      await each.until('session.ended');
      // At a beat all would look again.
      expect(each.text()).not.toMatch(/: beat|the credential has ended/);
    }
  });

  /** Waits until the use of a session has been written. */
  async function noted(at: number): Promise<void> {
    const { store } = server.test.engine;
    const isNoted = async () =>
      (await store.read.sessionsOf(ann.userId)).some(({ session }) => session.lastSeenAt === at);
    while (!(await isNoted())) await store.transact({ load: 'session', id: null }, nothing);
  }
});

const nothing = () => ({ changes: [], value: null });

test('a session that is used writes once a minute at most', async () => {
  const mine = await browser();
  const { store } = server.test.engine;
  const start = store.rowsWritten();
  const burst = async () => {
    await Promise.all(Array.from({ length: 5 }, () => mine.get('/v1/me').expect(200)));
    // Commits after whatever the calls have asked for.
    await store.transact({ load: 'session', id: null }, nothing);
    return store.rowsWritten() - start;
  };
  server.test.clock.advance(59_999);
  expect(await burst()).toBe(0);
  server.test.clock.advance(1);
  expect([await burst(), await burst()]).toEqual([1, 1]);
});

test.each([
  ['a wrong password', () => server.basic(ANN, OTHER)],
  ['an unknown user', () => server.basic('nobody@example.org', PASSWORD)],
])('%s is told as what was typed, the same for both', async (_what, by) => {
  const { status, body } = await by().post('/v1/session');
  const detail = 'The e-mail address or password is wrong.';
  expect([status, body]).toMatchObject([401, { code: 'unauthenticated', detail }]);
  const byToken = await server.bearer('hf_wrong').post('/v1/session');
  expect(byToken.body).toMatchObject({
    code: 'unauthenticated',
    detail: 'The credential is missing, wrong, expired or revoked.',
  });
});

test('failed sign-ins are limited like any wrong password', async () => {
  const strict = await TestServer.start({ rates: { token: 0, address: 0, login: 2 } });
  await strict.admin();
  const tried = async (password: string) =>
    (await strict.basic('ada@example.org', password).post('/v1/session')).status;
  expect([await tried('wrong 1'), await tried('wrong 2'), await tried(PASSWORD)]).toEqual([
    401, 401, 429,
  ]);
});

test('the calls of one session are limited like those of one token', async () => {
  const strict = await TestServer.start({ rates: { token: 2, address: 0, login: 0 } });
  await strict.admin();
  const mine = await Browser.signIn(strict.url, strict.basic('ada@example.org', PASSWORD));
  expect([await statusOf(mine), await statusOf(mine), await statusOf(mine)]).toEqual([
    200, 200, 429,
  ]);
});

test('a sign-in takes no Idempotency-Key, because its secret goes out once', async () => {
  const { body } = await inPerson().post('/v1/session').set('Idempotency-Key', 'k');
  expect(body).toEqual(problem(400, 'invalid', 'Idempotency-Key'));
});

/** Follows the events in a session. */
async function follow(of: Pick<Browser, 'headers'>): Promise<{
  text: () => string;
  ended: Promise<void>;
  until: (word: string) => Promise<void>;
}> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { ...of.headers, Accept: 'text/event-stream' };
    http.get(`${server.url}/v1/events`, { headers }, resolve).on('error', reject);
  });
  whenDone(() => void answer.destroy());
  answer.setEncoding('utf8');
  let text = '';
  await new Promise<void>((resolve) =>
    answer.on('data', (piece: string) => {
      text += piece;
      resolve();
    }),
  );
  const ended = new Promise<void>((resolve) => void answer.on('close', () => resolve()));
  const until = async (word: string) => {
    while (!text.includes(word)) await once(answer, 'data');
  };
  return { text: () => text, ended, until };
}
