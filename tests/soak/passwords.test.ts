import { temporaryDirectory } from '../helpers/engine';
import type { Reply } from '../helpers/http-client';
import { ServerProcess } from '../helpers/process';
import { say, size, soak } from './helpers/soak';

const LOGINS = size('LOGINS', 200);
const ROUNDS = size('PASSWORD_ROUNDS', 200);
const POOLS =
  'pools: [{ name: p, kind: token, driver: simulated, size: 5, settings: { leavesNothing: ' +
  'true, rotates: false } }]';

const emailOf = (user: number) => `user${user}@example.org`;
/** 100 characters; any two differ only in the last one. */
const passwordOf = (user: number, last = '!') =>
  `${`the long sentence of user ${user} goes on and on, `.repeat(4).slice(0, 99)}${last}`;

soak('passwords', () => {
  let server: ServerProcess;
  let token: string;

  beforeAll(async () => {
    server = await ServerProcess.start({
      dataDir: temporaryDirectory(),
      pools: POOLS,
      env: { BCRYPT_COST: '12' },
    });
    token = await server.setUp();
  });

  afterAll(() => server.stop());

  const login = (user: number, password: string): Promise<Reply> =>
    server.http.get('/v1/me', {
      headers: {
        Authorization: `Basic ${Buffer.from(`${emailOf(user)}:${password}`).toString('base64')}`,
      },
    });

  async function addUser(user: number): Promise<void> {
    const { status } = await server.http.post('/v1/users', {
      token,
      body: { name: `User ${user}`, email: emailOf(user), password: passwordOf(user) },
    });
    expect(status).toBe(201);
  }

  it('of 100 characters are checked to the last one, in every way of signing in', async () => {
    const [right, wrong, cut, longer] = [
      passwordOf(0),
      passwordOf(0, '?'),
      passwordOf(0).slice(0, 99),
      `${passwordOf(0)}!`,
    ];
    expect([right.length, wrong.length, right.slice(0, 99)]).toEqual([
      100,
      100,
      wrong.slice(0, 99),
    ]);
    await addUser(0);
    for (const password of [wrong, cut, longer, right.slice(0, 72)])
      expect((await login(0, password)).status).toBe(401);
    expect((await login(0, right)).status).toBe(200);
    // Even while the right one is cached.
    for (const password of [wrong, cut, longer])
      expect((await login(0, password)).status).toBe(401);
    const first = await server.http.post('/user', {
      token,
      body: { name: 'vm', email: 'vm@example.org', password: right },
    });
    expect(first.status).toBe(201);
    const clear = (password: string) =>
      server.http.post('/checkout_vm', { body: { auth: { userid: 1, password } } });
    expect([
      (await clear(wrong)).status,
      (await clear(cut)).status,
      (await clear(right)).status,
    ]).toEqual([401, 401, 400]);
  });

  it(`are checked for ${LOGINS} at once, half of them wrong, while everything else continues`, async () => {
    const users = Array.from({ length: LOGINS / 2 }, (_, index) => index + 1);
    // Two at a time, as many as are hashed at once.
    for (let index = 0; index < users.length; index += 2)
      await Promise.all(users.slice(index, index + 2).map(addUser));
    const quiet = new Times();
    for (let round = 0; round < ROUNDS; round += 1) await callRoutes(quiet);
    // Everyone comes for the first time: nothing is cached.
    const logins = users.flatMap((user) =>
      [true, false].map((right) =>
        login(user, passwordOf(user, right ? '!' : '?')).then(({ status }) => ({
          user,
          right,
          status,
        })),
      ),
    );
    let pending = true;
    const settled = Promise.all(logins).finally(() => (pending = false));
    const busy = new Times();
    while (pending) await callRoutes(busy);
    const answers = await settled;
    // A temporary refusal is fine too: no wrong password gets in, and no right one is called wrong.
    expect(
      answers.filter(({ status, right }) => ![right ? 200 : 401, 503].includes(status)),
    ).toEqual([]);
    const checked = answers.filter(({ status }) => status !== 503);
    expect(checked.length).toBeGreaterThanOrEqual(100);
    expect(new Set(checked.map(({ status }) => status))).toEqual(new Set([200, 401]));
    for (const { user } of answers.filter(({ right, status }) => right && status === 503))
      expect((await login(user, passwordOf(user))).status).toBe(200);
    for (const route of quiet.routes) {
      const [before, during] = [quiet.p99(route), busy.p99(route)];
      say(
        `passwords: p99 of ${route} ${before.toFixed(1)} ms, with ${LOGINS} logins ` +
          `(${checked.length} checked) ${during.toFixed(1)} ms (${busy.count(route)} calls)`,
      );
      expect(busy.count(route)).toBeGreaterThanOrEqual(100);
      expect(during - before).toBeLessThan(100);
    }
  });

  /** Reads and writes, by v1 and by a legacy API; each timed. */
  async function callRoutes(times: Times): Promise<void> {
    const { http } = server;
    await times.of('GET /livez', 200, () => http.get('/livez'));
    await times.of('GET /v1/pools', 200, () => http.get('/v1/pools', { token }));
    const made = await times.of('POST /v1/reservations', 201, () =>
      http.post('/v1/reservations', { token, body: { items: [{ pool: 'p' }] } }),
    );
    await times.of('GET /v1/reservations/{id}', 200, () =>
      http.get(`/v1/reservations/${made.body.id}`, { token }),
    );
    await times.of('DELETE /v1/reservations/{id}', 204, () =>
      http.delete(`/v1/reservations/${made.body.id}`, { token }),
    );
    await times.of('GET /vmdetails', 200, () => http.get('/vmdetails', { token }));
  }
});

/** How long calls took, route by route, in ms. */
class Times {
  private readonly samples = new Map<string, number[]>();

  async of(route: string, expected: number, call: () => Promise<Reply>): Promise<Reply> {
    const start = performance.now();
    const reply = await call();
    const sample = this.samples.get(route) ?? [];
    this.samples.set(route, sample);
    sample.push(performance.now() - start);
    expect({ route, status: reply.status }).toEqual({ route, status: expected });
    return reply;
  }

  get routes(): string[] {
    return [...this.samples.keys()];
  }

  count(route: string): number {
    return this.samples.get(route)?.length ?? 0;
  }

  p99(route: string): number {
    return [...(this.samples.get(route) ?? [])].sort((a, b) => a - b)[
      Math.floor(this.count(route) * 0.99)
    ]!;
  }
}
