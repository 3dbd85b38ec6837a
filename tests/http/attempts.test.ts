import bcrypt from 'bcrypt';
import { RefusedAttempts } from '../../src/http/attempts';
import { PASSWORD, problem, TestServer } from '../helpers/server';

const EMAIL = 'ada@example.org';

/** bcrypt's comparisons; of its overloads, the one that gives a promise. */
const compared = jest.spyOn(bcrypt, 'compare') as unknown as jest.SpyInstance<
  Promise<boolean>,
  [string, string]
>;
afterEach(() => void compared.mockClear());

async function start(login: number, legacy?: 'guarded' | 'open') {
  const server = await TestServer.start({
    rates: { token: 0, address: 0, login },
    ...(legacy ? { legacy: { mode: legacy, openCidrs: ['127.0.0.1'], hosts: ['127.0.0.1'] } } : {}),
  });
  await server.admin();
  return server;
}

/** How many of these answers have each status. */
async function statuses(calls: PromiseLike<{ status: number }>[]): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const { status } of await Promise.all(calls)) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

test('right passwords under way do not count, however many', async () => {
  const server = await start(2);
  const calls = many(30, () => server.basic(EMAIL, PASSWORD).get('/v1/me'));
  expect(await statuses(calls)).toEqual({ 200: 30 });
});

test('a right password without the right does not count', async () => {
  const server = await start(2, 'guarded');
  await server.user('bob');
  const bob = server.basic('bob@example.org', PASSWORD);
  const calls = many(5, () => bob.post('/maintenance').send({ vmid: 1 }));
  expect(await statuses(calls)).toEqual({ 401: 5 });
  expect((await bob.get('/v1/me')).status).toBe(200);
});

test('wrong passwords that arrive together are tried no more often than one after the other', async () => {
  const server = await start(3);
  const calls = many(40, (index) => server.basic(EMAIL, `guess ${index}`).get('/v1/me'));
  expect((await statuses(calls))[429]).toBeGreaterThan(30);
  // Two are compared at once, so one more may have begun before the third was refused.
  expect(compared.mock.calls.length).toBeLessThanOrEqual(4);
});

test('a guess at an imported token counts, and one at a token of Holdfast does not', async () => {
  const server = await start(2);
  const guess = (token: string) => server.bearer(token).get('/v1/me');
  expect(await statuses(many(5, (index) => guess(`hf_guess${index}`)))).toEqual({ 401: 5 });
  expect([(await guess('a')).status, (await guess('b')).status]).toEqual([401, 401]);
  expect((await guess('c')).body).toEqual(problem(429, 'rate_limited'));
  expect((await (await server.admin()).get('/v1/me')).status).toBe(200);
});

/** Calls that need no credential, and look at one that is shown. */
const OPEN_READS = [
  '/vmdetails/types/all',
  '/vmpoolsize',
  '/create_resource_pool/basicstats',
  '/truncate_tables',
];
/** The same in v1, and in open mode. */
const PUBLIC = ['/', '/version', '/openapi.json', '/openapi-legacy.json'];
/** The inventory, which needs one. */
const INVENTORY = ['/available', '/vmdetails', '/vmdetails/id/1', '/maintenance'];

const READS = [...OPEN_READS, ...INVENTORY];

test.each(READS)('a wrong password is refused and counted by GET %s', async (path) => {
  const server = await start(2, 'guarded');
  const wrong = () => server.basic(EMAIL, 'guess').get(path);
  const unreadable = server.anybody.get(path).set('Authorization', 'Basic');
  expect((await unreadable).status).toBe(401);
  expect([(await wrong()).status, (await wrong()).status, (await wrong()).status]).toEqual([
    401, 401, 429,
  ]);
  expect((await server.basic(EMAIL, PASSWORD).get(path)).status).toBe(429);
  expect((await server.anybody.get(path)).status === 401).toBe(INVENTORY.includes(path));
});

test.each(['guarded', 'open'] as const)(
  'a wrong setup token is refused and counted by POST /user in %s mode',
  async (mode) => {
    const server = await start(2, mode);
    const user = { name: 'Vic', email: 'vic@example.org', password: 'a password' };
    const guess = (token: string) => server.anybody.post('/user').set('X-Setup-Token', token);
    expect((await guess('x').send(user)).status).toBe(401);
    expect((await server.anybody.post('/user').send({ ...user, setupToken: 'y' })).status).toBe(
      401,
    );
    expect((await guess('hf_setup').send(user)).status).toBe(429);
    expect((await server.basic(EMAIL, PASSWORD).get('/v1/me')).status).toBe(429);
  },
);

test('an unknown number of the VM reservation API counts as a guess', async () => {
  const server = await start(2, 'guarded');
  const guess = (userid: number) =>
    server.anybody.post('/checkout_vm').send({ auth: { userid, password: 'guess' } });
  expect(await statuses([guess(7), guess(8)])).toEqual({ 400: 2 });
  expect((await guess(9)).status).toBe(429);
});

describe('calls with one credential are counted together', () => {
  const start1 = () =>
    TestServer.start({
      rates: { token: 2, address: 0, login: 0 },
      legacy: { mode: 'guarded' },
    });

  test('however a token is spelled, wherever it is shown', async () => {
    const server = await start1();
    const spelled = (header: string) =>
      server.anybody.get('/available').set('Authorization', header);
    expect((await spelled('Bearer hf_x')).status).toBe(401);
    expect((await spelled('bearer   hf_x')).status).toBe(401);
    expect((await spelled('BEARER hf_x')).status).toBe(429);
    expect((await server.anybody.get('/available?token=hf_x')).status).toBe(429);
    expect((await server.anybody.get('/available?token=hf_y')).status).toBe(401);
  });

  test('however a name is spelled, also in a body', async () => {
    const server = await start1();
    const basic = (name: string) => server.basic(name, 'guess').get('/v1/me');
    expect((await basic('ann@example.org')).status).toBe(401);
    expect((await basic('Ann@Example.org')).status).toBe(401);
    expect((await basic('ANN@example.org')).status).toBe(429);
    const auth = (userid: unknown) =>
      server.anybody.post('/checkout_vm').send({ auth: { userid, password: 'guess' } });
    expect((await auth(4)).status).toBe(400);
    expect((await auth('4')).status).toBe(400);
    expect((await auth(4)).status).toBe(429);
  });

  test('a call is counted once', async () => {
    const server = await start1();
    const call = server.bearer('hf_x').post('/checkout_vm').send({ vmid: 1 });
    expect((await call).headers.ratelimit).toMatch(/r=1;/);
  });
});

test.each([
  ...PUBLIC.map((path) => ['guarded', path] as const),
  ['open', '/available'],
  ['open', '/reservations'],
  ['open', '/accounts?username=eve'],
] as const)('in %s mode, a wrong password is refused and counted by GET %s', async (mode, path) => {
  const server = await start(1, mode);
  expect((await server.anybody.get(path)).status).not.toBe(401);
  if (mode === 'guarded')
    expect((await server.anybody.get(path).set('Authorization', 'Bearer ')).status).toBe(200);
  expect((await server.basic(EMAIL, 'guess').get(path)).status).toBe(401);
  expect((await server.basic(EMAIL, 'guess').get(path)).status).toBe(429);
  expect((await server.basic(EMAIL, PASSWORD).get('/livez')).status).toBe(200);
});

test('a hundred thousand places are remembered; the next one replaces the oldest', () => {
  const attempts = new RefusedAttempts(5);
  for (let place = 0; place <= 100_000; place += 1) attempts.from(`place ${place}`).refused();
  expect([0, 1, 100_000].map((place) => attempts.of(`place ${place}`))).toEqual([0, 1, 1]);
});
