import { isAvailable } from '../../src/domain/lifecycle/resource';
import { Gate } from '../service/support/gated-driver';
import {
  describeServer,
  examplePools,
  expectRefused,
  INTRUSIONS,
  LegacyServer,
} from '../helpers/legacy';
import type { Caller } from '../helpers/server';
import { revokeAll } from '../../src/service/loans/revocation';

const MINUTE = 60_000;
const pools = examplePools('alpine');
const NAMES = Array.from({ length: 10 }, (_one, index) => `alpine-${index + 1}`);
const RELEASED = { status: 'success', message: 'All containers released' };
const NOTHING = { status: 'success', message: 'No containers to release' };

interface Reserved {
  username: string;
  password: string;
  containers: { container: string; host: string; port: number }[];
}

async function ask(caller: Caller, path: string) {
  const { status, body } = await caller.get(path);
  return { status, body: body as unknown };
}

/** How many are taken at this moment. */
async function taken(caller: Caller): Promise<number> {
  const { body } = await caller.get('/available').expect(200);
  return (body as { reserved: string[] }).reserved.length;
}

async function reserve(caller: Caller, query: string): Promise<Reserved> {
  const { status, body } = await caller.get(`/reserve?${query}`);
  expect({ status, body: body as unknown }).toMatchObject({ status: 200 });
  return body as Reserved;
}

/** Do these credentials open the container, as far as the simulated cloud is concerned? */
async function letsIn(
  { test }: LegacyServer,
  name: string,
  username: string,
  password: string,
): Promise<boolean> {
  return test.letsIn(await test.resource(name), { username, password });
}

const untilFree = (server: LegacyServer, count: number) =>
  server.until(`${count} free`, async () => {
    const { store } = server.test.engine;
    const found = await store.read.resources({ kind: 'container' }, { after: null, limit: 100 });
    return found.filter(({ resource }) => isAvailable(resource)).length === count;
  });

/**
 * The document from top to bottom, on a fresh server. `add`: what a client adds to a path in this
 * mode.
 */
function document(
  name: string,
  server: () => LegacyServer,
  as: () => Promise<{ caller: Caller; add: string }>,
): void {
  test(name, async () => {
    const { caller, add } = await as();
    const now = server().test.clock.at;
    await untilFree(server(), 10);
    // The table of endpoints.
    expect(
      await ask(caller, `/reserve?username=alice&password=test&count=2&duration=60${add}`),
    ).toEqual({
      status: 200,
      body: {
        status: 'success',
        username: 'alice',
        password: 'test',
        containers: [
          { container: 'alpine-1', host: 'alpine-1.simulated.invalid', port: 22 },
          { container: 'alpine-2', host: 'alpine-2.simulated.invalid', port: 22 },
        ],
        reserved_until: new Date(now + 60 * MINUTE).toISOString(),
        duration_minutes: 60,
      },
    });
    expect(await letsIn(server(), 'alpine-2', 'alice', 'test')).toBe(true);
    expect(await ask(caller, `/release_all?${add}`)).toEqual({ status: 200, body: RELEASED });
    expect(await letsIn(server(), 'alpine-2', 'alice', 'test')).toBe(false);
    await untilFree(server(), 10);
    // Reserve containers: for 60 minutes by default, and for 5 minutes.
    await reserve(caller, `username=alice&password=test&count=2${add}`);
    expect(
      await ask(caller, `/reserve?username=test&password=test&count=1&duration=5${add}`),
    ).toMatchObject({
      status: 200,
      body: { containers: [{ container: 'alpine-3' }], duration_minutes: 5 },
    });
    // List available containers.
    expect(await ask(caller, `/available?${add}`)).toEqual({
      status: 200,
      body: { available: NAMES.slice(3), reserved: NAMES.slice(0, 3) },
    });
    // List active reservations, a minute and a half later.
    await server().after(1.5 * MINUTE);
    expect(await ask(caller, `/reservations?${add}`)).toEqual({
      status: 200,
      body: {
        reservations: [
          {
            username: 'alice',
            container: 'alpine-1',
            expiration_time: '2026-01-01 01:00:00',
            time_remaining: '58.5 minutes remaining',
          },
          {
            username: 'alice',
            container: 'alpine-2',
            expiration_time: '2026-01-01 01:00:00',
            time_remaining: '58.5 minutes remaining',
          },
          {
            username: 'test',
            container: 'alpine-3',
            expiration_time: '2026-01-01 00:05:00',
            time_remaining: '3.5 minutes remaining',
          },
        ],
      },
    });
    // Release all containers.
    expect(await ask(caller, `/release_all?${add}`)).toEqual({ status: 200, body: RELEASED });
    expect(await ask(caller, `/release_all?${add}`)).toEqual({ status: 200, body: NOTHING });
    await untilFree(server(), 10);
    // Testing the automatic deletion.
    await reserve(caller, `username=test&password=test&count=1&duration=2${add}`);
    expect(await ask(caller, `/reservations?${add}`)).toMatchObject({
      body: {
        reservations: [
          { username: 'test', container: 'alpine-1', time_remaining: '2.0 minutes remaining' },
        ],
      },
    });
    await server().after(2 * MINUTE);
    expect(await ask(caller, `/reservations?${add}`)).toEqual({
      status: 200,
      body: { reservations: [] },
    });
    await untilFree(server(), 10);
    expect(await letsIn(server(), 'alpine-1', 'test', 'test')).toBe(false);
  });
}

describeServer('the container manager in open mode', { mode: 'open' }, (server) => {
  document('answers as its document says', server, async () => ({
    caller: server().anybody,
    add: '',
  }));

  test('gives the documented password to who chooses none', async () => {
    expect(await reserve(server().anybody, 'username=bob')).toMatchObject({
      username: 'bob',
      password: 'test',
      containers: [{ container: 'alpine-1' }],
    });
    expect(await letsIn(server(), 'alpine-1', 'bob', 'test')).toBe(true);
    await server().anybody.get('/release_all').expect(200);
    await untilFree(server(), 10);
  });

  test.each([
    ['', 'username'],
    ['username=', 'username'],
    ['username=Alice', 'username'],
    ['username=root', 'username'],
    ['username=a%20b', 'username'],
    ['username=alice;reboot', 'username'],
    ['username=-rf', 'username'],
    ['username=ann%0aroot', 'username'],
    [`username=${'a'.repeat(33)}`, 'username'],
    ['username=alice&username=bob', 'username'],
    ['username=alice&password=', 'password'],
    ['username=alice&password=a%0auser:root', 'password'],
    [`username=alice&password=${'p'.repeat(129)}`, 'password'],
    ['username=alice&count=0', 'count'],
    ['username=alice&count=-1', 'count'],
    ['username=alice&count=1.5', 'count'],
    ['username=alice&count=two', 'count'],
    ['username=alice&count=', 'count'],
    ['username=alice&count=1e1', 'count'],
    ['username=alice&count=99999999999999999999', 'count'],
    ['username=alice&duration=0', 'duration'],
    ['username=alice&duration=-5', 'duration'],
    ['username=alice&duration=0.5', 'duration'],
    ['username=alice&duration=soon', 'duration'],
    ['username=alice&duration=1441', 'duration: 1440 minutes at most'],
    ['username=alice&duration=9999999', 'duration: 1440 minutes at most'],
  ])('refuses /reserve?%s and writes nothing', async (query, message) => {
    const { body } = await expectRefused(server(), server().anybody.get(`/reserve?${query}`), 400);
    expect(body).toEqual({ error: expect.stringContaining(message) });
  });

  test('refuses where the pool opens no access to anybody', async () => {
    const plain = await LegacyServer.start({
      mode: 'open',
      pools: 'pools: [{ name: alpine, kind: container, driver: simulated, size: 1 }]',
    });
    // The first call makes the user that this API acts as.
    await plain.anybody.get('/available').expect(200);
    const { status, body } = await expectRefused(
      plain,
      plain.anybody.get('/reserve?username=alice'),
      400,
    ).finally(() => plain.stop());
    expect({ status, body: body as unknown }).toEqual({
      status: 400,
      body: { error: 'These containers take no users.' },
    });
  });

  test.each(['/reserve?username=alice', '/release_all'])(
    'does nothing for HEAD %s',
    async (path) => {
      await reserve(server().anybody, 'username=bob');
      const { status } = await fetch(server().server.url + path, { method: 'HEAD' });
      expect({ status, taken: await taken(server().anybody) }).toEqual({ status: 405, taken: 1 });
      await server().anybody.get('/release_all').expect(200, RELEASED);
      await untilFree(server(), 10);
    },
  );

  test('says how many there are where more are asked for, and reserves nothing', async () => {
    const { anybody } = server();
    await reserve(anybody, 'username=alice&count=4');
    for (const count of [7, 10, 11, 1001, 9_999_999]) {
      expect(
        (await expectRefused(server(), anybody.get(`/reserve?username=bob&count=${count}`), 400))
          .body,
      ).toEqual({ error: 'Only 6 containers available' });
    }
    await reserve(anybody, 'username=bob&count=6');
    expect(await ask(anybody, '/reserve?username=eve')).toEqual({
      status: 400,
      body: { error: 'Only 0 containers available' },
    });
    await anybody.get('/release_all').expect(200);
    await untilFree(server(), 10);
  });

  test('gives each container to one of 50 who ask at once', async () => {
    const { anybody } = server();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_one, index) => anybody.get(`/reserve?username=user${index}`)),
    );
    const granted = answers
      .filter(({ status }) => status === 200)
      .flatMap(({ body }) => (body as Reserved).containers.map(({ container }) => container));
    expect(granted.sort()).toEqual([...NAMES].sort());
    const refused = answers
      .filter(({ status }) => status !== 200)
      .map(({ status, body }) => ({ status, body: body as unknown }));
    expect(refused).toEqual(
      Array(40).fill({ status: 400, body: { error: 'Only 0 containers available' } }),
    );
    await anybody.get('/release_all').expect(200);
    await untilFree(server(), 10);
  });

  test('where one container fails, no login is left in any, and all are free again', async () => {
    const { anybody, test } = server();
    await test.cloud.failNext('alpine', 'openAccess', 1);
    const { status, body } = await ask(anybody, '/reserve?username=alice&password=test&count=3');
    expect({ status, body }).toEqual({
      status: 500,
      body: { error: 'Failed to create user', details: 'Access could not be opened.' },
    });
    for (const name of ['alpine-1', 'alpine-2', 'alpine-3'])
      expect(test.cloud.loginsOf((await test.resource(name)).handle!)).toEqual([]);
    expect(await ask(anybody, '/reservations')).toEqual({
      status: 200,
      body: { reservations: [] },
    });
    await untilFree(server(), 10);
  });

  test('where an admin ends it before it is answered, nothing stays reserved', async () => {
    const { anybody, test } = server();
    const { read } = test.engine.store;
    const holdings = read.holdings.bind(read);
    const spied = jest.spyOn(read, 'holdings').mockImplementationOnce(async (id) => {
      await revokeAll(test.engine, { via: 'containers' }, 'by Root');
      return holdings(id);
    });
    expect(await ask(anybody, '/reserve?username=alice')).toEqual({
      status: 500,
      body: { error: 'Failed to create user', details: 'by Root' },
    });
    expect(spied).toHaveBeenCalled();
    await untilFree(server(), 10);
  });

  test('where the back end is away for too long, nothing stays reserved', async () => {
    const { anybody, test } = server();
    await test.cloud.setBackendDown('alpine', true);
    const answer = anybody
      .get('/reserve?username=alice')
      .then(({ status, body }) => ({ status, body: body as unknown }));
    await server().until('it is being prepared', async () => (await taken(anybody)) === 1);
    await server().after(2 * MINUTE);
    await server().until(
      'it has failed',
      async () => (await test.engine.store.read.liveReservations()).preparing === 0,
    );
    await test.cloud.setBackendDown('alpine', false);
    await server().after(10 * MINUTE);
    expect(await answer).toEqual({
      status: 500,
      body: { error: 'Failed to create user', details: 'Access could not be opened in time.' },
    });
    await untilFree(server(), 10);
  });

  test("shows what v1 lends under its holder's name, and does not release it", async () => {
    const admin = await server().admin();
    const { body } = await admin
      .post('/v1/reservations?wait=30')
      .send({ items: [{ pool: 'alpine' }], durationSeconds: 600 })
      .expect(201);
    expect(await ask(server().anybody, '/reservations')).toMatchObject({
      body: {
        reservations: [
          { username: 'Ada', container: 'alpine-1', time_remaining: '10.0 minutes remaining' },
        ],
      },
    });
    expect(await ask(server().anybody, '/release_all')).toEqual({ status: 200, body: NOTHING });
    expect(await taken(server().anybody)).toBe(1);
    await admin.delete(`/v1/reservations/${(body as { id: string }).id}?wait=30`).expect(204);
    expect(
      server().test.cloud.loginsOf((await server().test.resource('alpine-1')).handle!),
    ).toEqual([]);
    await untilFree(server(), 10);
  });

  test('what it reserves is taken in v1', async () => {
    await reserve(server().anybody, 'username=alice');
    const admin = await server().admin();
    expect((await admin.get('/v1/resources/alpine-1')).body).toMatchObject({
      status: 'allocated',
      available: false,
    });
    await admin
      .post('/v1/reservations')
      .send({ items: [{ resource: 'alpine-1' }], queueTimeoutSeconds: 0 })
      .expect(409);
    await server().anybody.get('/release_all').expect(200, RELEASED);
    await untilFree(server(), 10);
  });

  test.each([
    [{ Host: 'LocalHost' }],
    [{ Host: 'localhost.' }],
    [{ Host: 'LOCALHOST.:8080' }],
    [{ Host: 'LOCALHOST.:8080', Origin: 'http://LOCALHOST.:8080' }],
  ])('takes its own name in any spelling: %j', async (headers) => {
    await server().anybody.get('/available').set(headers).expect(200);
  });

  test.each(INTRUSIONS)('refuses %s', async (_name, headers) => {
    for (const path of ['/reserve?username=alice', '/available', '/reservations', '/release_all']) {
      expect(
        (await expectRefused(server(), server().anybody.get(path).set(headers), 403)).body,
      ).toEqual({ error: expect.any(String) });
    }
  });
});

describe('while a container is on its way', () => {
  const gatedPools = pools.replace('driver: simulated', 'driver: gated');

  test('to its holder it shows as reserved, and nobody as having it', async () => {
    const gate = new Gate();
    const server = await LegacyServer.start({
      mode: 'open',
      pools: gatedPools,
      factories: [gate.factory],
    });
    const held = gate.hold('openAccess');
    const answer = server.anybody.get('/reserve?username=alice').then(({ status }) => status);
    await held.reached;
    expect(await ask(server.anybody, '/available')).toEqual({
      status: 200,
      body: { available: NAMES.slice(1), reserved: ['alpine-1'] },
    });
    expect(await ask(server.anybody, '/reservations')).toEqual({
      status: 200,
      body: { reservations: [] },
    });
    held.release();
    expect(await answer).toBe(200);
    await server.stop();
  });

  test('back it shows as reserved, and release_all answers only when its login is gone', async () => {
    const gate = new Gate();
    const server = await LegacyServer.start({
      mode: 'open',
      pools: gatedPools,
      factories: [gate.factory],
    });
    await reserve(server.anybody, 'username=alice');
    const [closing, cleaning] = [gate.hold('closeAccess'), gate.hold('clean')];
    let answered = false;
    const answer = server.anybody.get('/release_all').then(({ body }) => {
      answered = true;
      return body as unknown;
    });
    await closing.reached;
    expect(await ask(server.anybody, '/available')).toMatchObject({
      body: { reserved: ['alpine-1'] },
    });
    expect(answered).toBe(false);
    closing.release();
    expect(await answer).toEqual(RELEASED);
    await cleaning.reached;
    expect(await ask(server.anybody, '/available')).toMatchObject({
      body: { reserved: ['alpine-1'] },
    });
    cleaning.release();
    await server.stop();
  });
});

test('several pools are one to this API', async () => {
  const two = `
pools:
  - { name: rocky, kind: container, driver: simulated, settings: { opensAccess: true }, size: 2 }
  - { name: alpine, kind: container, driver: simulated, settings: { opensAccess: true }, size: 11 }
  - { name: other, kind: container, driver: simulated, settings: { opensAccess: true }, size: 1 }
legacy: { containers: [alpine, rocky] }
`;
  const server = await LegacyServer.start({ mode: 'open', pools: two });
  const { containers } = await reserve(server.anybody, 'username=alice&count=12');
  const names = [...Array.from({ length: 11 }, (_one, index) => `alpine-${index + 1}`), 'rocky-1'];
  expect(containers.map(({ container }) => container)).toEqual(names);
  expect(await ask(server.anybody, '/available')).toEqual({
    status: 200,
    body: { available: ['rocky-2'], reserved: names },
  });
  expect(await ask(server.anybody, '/reserve?username=bob&count=2')).toEqual({
    status: 400,
    body: { error: 'Only 1 containers available' },
  });
  await server.stop();
});

test('without such a pool there is nothing to reserve', async () => {
  const server = await LegacyServer.start({
    mode: 'open',
    pools: examplePools('free'),
    jobs: false,
  });
  expect(await ask(server.anybody, '/available')).toEqual({
    status: 200,
    body: { available: [], reserved: [] },
  });
  expect(await ask(server.anybody, '/reserve?username=bob')).toEqual({
    status: 400,
    body: { error: 'Only 0 containers available' },
  });
  expect(await ask(server.anybody, '/release_all')).toEqual({ status: 200, body: NOTHING });
  await server.stop();
});

describeServer('the container manager in guarded mode', { mode: 'guarded', pools }, (server) => {
  document('answers as its document says to who adds a token', server, async () => {
    const add = `&token=${await server().tokenOf(await server().admin(), ['read', 'reserve', 'admin'])}`;
    return { caller: server().anybody, add };
  });

  test('makes a password for who chooses none, the same in every container', async () => {
    const ann = await server().user('ann');
    const { password } = await reserve(ann, 'username=ann&count=2');
    expect(password).toMatch(/^[\w-]{20,}$/);
    for (const name of ['alpine-1', 'alpine-2'])
      expect(await letsIn(server(), name, 'ann', password)).toBe(true);
  });

  test("shows one's own reservations, and all of them to an admin", async () => {
    const bob = await server().user('bob');
    await reserve(bob, 'username=bob');
    const users = async (caller: Caller) =>
      (
        (await caller.get('/reservations').expect(200)).body as {
          reservations: { username: string }[];
        }
      ).reservations.map(({ username }) => username);
    expect(await users(bob)).toEqual(['bob']);
    expect(await users(await server().admin())).toEqual(['ann', 'ann', 'bob']);
  });

  test('answers 401 without a credential or to a wrong one, and nothing changes', async () => {
    for (const caller of [server().anybody, server().server.bearer('hf_wrong')]) {
      for (const path of [
        '/reserve?username=alice',
        '/available',
        '/reservations',
        '/release_all',
      ]) {
        expect((await expectRefused(server(), caller.get(path), 401)).body).toEqual({
          error: expect.any(String),
        });
      }
    }
  });

  test('lets only an admin release all', async () => {
    const ann = server().server.basic('ann@example.org', 'correct horse battery');
    expect((await expectRefused(server(), ann.get('/release_all'), 403)).body).toEqual({
      error: expect.any(String),
    });
    expect(await taken(ann)).toBe(3);
    expect(await ask(await server().admin(), '/release_all')).toEqual({
      status: 200,
      body: RELEASED,
    });
  });
});

describeServer('the container manager when off', { mode: 'off', jobs: false, pools }, (server) => {
  test('is not there', async () => {
    for (const path of ['/reserve?username=alice', '/available', '/reservations', '/release_all'])
      await server().anybody.get(path).expect(404);
  });
});

describeServer(
  'open mode for another network',
  { mode: 'open', openCidrs: ['203.0.113.0/24'], jobs: false, pools },
  (server) => {
    test('does not answer this address', async () => {
      for (const path of [
        '/reserve?username=alice',
        '/available',
        '/reservations',
        '/release_all',
      ]) {
        expect((await expectRefused(server(), server().anybody.get(path), 403)).body).toEqual({
          error: 'This API does not answer to your address.',
        });
      }
    });
  },
);
