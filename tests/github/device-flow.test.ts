import { account } from '../helpers/github';
import { problem } from '../helpers/server';
import { signedIn, world, type World } from './support';

const ANN = account(1, 'ann');

interface Started {
  handle: string;
  userCode: string;
  intervalSeconds: number;
}

let here: World;
beforeEach(async () => {
  here = await world();
  await here.server.user('ann');
});

async function start(): Promise<Started> {
  const { status, body } = await here.server.anybody.post('/v1/auth/github/device');
  expect({ status, body }).toEqual({
    status: 201,
    body: {
      handle: expect.any(String),
      userCode: expect.stringMatching(/^\w{4}-\w{4}$/),
      verificationUri: `${here.github.url}/login/device`,
      intervalSeconds: 5,
      expiresInSeconds: 900,
    },
  });
  return body as Started;
}

const ask = (handle: string) =>
  here.server.anybody.post('/v1/auth/github/device/token').send({ handle });
const wait = (seconds: number) => here.server.test.clock.advance(seconds * 1000);

test('a user without a browser types a code at GitHub, and is signed in', async () => {
  const { handle, userCode } = await start();
  wait(5);
  const pending = await ask(handle);
  expect({ status: pending.status, body: pending.body }).toEqual({
    status: 202,
    body: { status: 'pending', intervalSeconds: 5 },
  });
  here.github.typeIn(userCode, ANN);
  wait(5);
  const { status, body } = await ask(handle);
  expect({ status, user: body.user }).toMatchObject({
    status: 201,
    user: { email: 'ann@example.org' },
  });
  expect((await here.server.bearer(body.token as string).get('/v1/me')).body).toMatchObject({
    scopes: ['read', 'reserve', 'self'],
  });
});

test('a client that asks too often is told to wait longer', async () => {
  const { handle, userCode } = await start();
  expect((await ask(handle)).body).toEqual({ status: 'pending', intervalSeconds: 10 });
  wait(5);
  expect((await ask(handle)).body).toEqual({ status: 'pending', intervalSeconds: 15 });
  here.github.typeIn(userCode, ANN);
  wait(15);
  expect((await ask(handle)).status).toBe(201);
});

test('a user who declines is not signed in', async () => {
  const { handle, userCode } = await start();
  here.github.typeIn(userCode, 'declined');
  wait(5);
  expect((await ask(handle)).body).toMatchObject({
    ...problem(403, 'forbidden'),
    detail: expect.stringContaining('declined'),
  });
});

test('after a quarter of an hour it is too late, and GitHub is not asked', async () => {
  const { handle, userCode } = await start();
  here.github.typeIn(userCode, ANN);
  wait(900);
  const before = here.github.asked.length;
  expect((await ask(handle)).body).toEqual(problem(400, 'invalid', 'handle'));
  expect(here.github.asked).toHaveLength(before);
});

test.each(['expired_token', 'incorrect_device_code'])('GitHub says %s', async (error) => {
  const { handle } = await start();
  here.github.failNext('/login/oauth/access_token', {
    status: 200,
    body: JSON.stringify({ error }),
  });
  expect((await ask(handle)).body).toEqual(problem(400, 'invalid', 'handle'));
});

test('GitHub fails, and the next try works', async () => {
  here.github.failNext('/login/device/code', { status: 500 });
  expect((await here.server.anybody.post('/v1/auth/github/device')).body).toEqual(
    problem(503, 'busy'),
  );
  const { handle, userCode } = await start();
  here.github.typeIn(userCode, ANN);
  here.github.failNext('/login/oauth/access_token', { status: 503 });
  expect((await ask(handle)).body).toEqual(problem(503, 'busy'));
  wait(5);
  expect((await ask(handle)).status).toBe(201);
});

test.each([
  ['fails', { status: 502, body: 'Bad Gateway' }, '5'],
  ['limits us', { status: 429 }, '60'],
  ['limits us for a while', { status: 429, headers: { 'Retry-After': '42' } }, '42'],
  ['limits us less than the interval', { status: 429, headers: { 'Retry-After': '1' } }, '5'],
])(
  'while it is asked for the token, GitHub %s: the next try keeps its interval',
  async (...given) => {
    const [, fault, seconds] = given;
    const { handle } = await start();
    here.github.failNext('/login/oauth/access_token', fault);
    const { headers, body } = await ask(handle);
    expect(body).toEqual(problem(503, 'busy'));
    expect(headers['retry-after']).toBe(seconds);
  },
);

test('the device flow is not enabled in the app, or the app is unknown', async () => {
  for (const error of ['device_flow_disabled', 'Not Found']) {
    here.github.failNext('/login/device/code', {
      status: error === 'Not Found' ? 404 : 400,
      body: JSON.stringify({ error }),
    });
    expect((await here.server.anybody.post('/v1/auth/github/device')).body).toMatchObject({
      ...problem(500, 'internal'),
      detail: expect.stringContaining(error),
    });
  }
  here.server.logged.splice(0);
});

test('a handle is opaque, cannot be forged, and is not a cookie of the web flow', async () => {
  const { handle } = await start();
  expect(Buffer.from(handle.split('.')[2]!, 'base64url').toString()).not.toContain('deviceCode');
  const { headers } = await here.server.anybody.get('/v1/auth/github').redirects(0);
  const [cookie] = headers['set-cookie'] as unknown as string[];
  for (const wrong of ['x', `${handle}A`, cookie!.split(';')[0]!.replace('holdfast_github=', '')]) {
    expect((await ask(wrong)).body).toEqual(problem(400, 'invalid', 'handle'));
  }
  expect((await ask('')).body).toEqual(problem(400, 'invalid', 'handle'));
});

test('both flows know the same user', async () => {
  const { handle, userCode } = await start();
  here.github.typeIn(userCode, ANN);
  wait(5);
  const { body } = await ask(handle);
  expect((await signedIn(here, ANN)).userId).toBe(body.user.id);
});

test('few sign-ins may be begun in a minute, each of which asks GitHub', async () => {
  const limited = await world([], { rates: { token: 0, address: 0, login: 20 } });
  const begin = () => limited.server.anybody.post('/v1/auth/github/device');
  for (let begun = 0; begun < 10; begun += 1) expect((await begin()).status).toBe(201);
  const { status, body, headers } = await begin();
  expect({ status, body: body as unknown }).toEqual({
    status: 429,
    body: problem(429, 'rate_limited'),
  });
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  // Finishing one is a call of its own.
  const finish = await limited.server.anybody
    .post('/v1/auth/github/device/token')
    .send({ handle: 'x' });
  expect(finish.status).toBe(400);
});
