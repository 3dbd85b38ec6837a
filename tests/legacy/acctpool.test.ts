import {
  describeServer,
  examplePools,
  expectRefused,
  INTRUSIONS,
  LegacyServer,
} from '../helpers/legacy';
import type { Caller } from '../helpers/server';

const MINUTE = 60_000;
const ID = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
const UNAUTHORIZED = { error: 'Token not authorized.' };
const GONE = { error: 'Reservation not found.' };
const pools = examplePools('free', 'lite');

interface PresentedCredential {
  id: string;
  expiration: string | null;
  token: { id: string };
  credentials: { username: string; password: string } | null;
}

/** Asks, and follows to the reservation, as every client of acctpool does. */
async function request(caller: Caller, query: string): Promise<string> {
  const { status, headers, text } = await caller.post(`/reservations?${query}`).redirects(0);
  expect({ status, text }).toEqual({ status: 302, text: '' });
  expect(headers.location).toMatch(/^\/reservations\/[0-9a-f-]{36}\?token=./);
  return headers.location as string;
}

async function look(caller: Caller, location: string): Promise<PresentedCredential> {
  const { status, body } = await caller.get(location);
  expect({ status, body: body as unknown }).toMatchObject({ status: 200 });
  return body as PresentedCredential;
}

async function statistics(caller: Caller): Promise<Record<string, number>> {
  return (await caller.get('/').expect(200)).body as Record<string, number>;
}

const cleaned = (server: LegacyServer, accounts: number) =>
  server.until('nothing is dirty', async () => {
    const {
      total_accounts: total,
      dirty_accounts: dirty,
      cleaning_accounts: cleaning,
    } = await statistics(server.anybody);
    return total === accounts && dirty === 0 && cleaning === 0;
  });

/** The document from top to bottom. */
function document(mode: 'open' | 'guarded'): void {
  describeServer(`acctpool in ${mode} mode`, { mode }, (server) => {
    let token: string;
    let other: string;
    let anybody: Caller;

    beforeAll(async () => {
      anybody = server().anybody;
      const ann = await server().user('ann');
      token = await server().tokenOf(ann);
      other = await server().tokenOf(ann);
    });

    test('answers as its document says', async () => {
      const now = server().test.clock.at;
      // GET /
      await cleaned(server(), 8);
      const before = await statistics(anybody);
      expect(before).toMatchObject({
        reservations: 0,
        accounts: 8,
        total_reservations: 0,
        pending_reservations: 0,
        total_accounts: 8,
        dirty_accounts: 0,
        reserved_accounts: 0,
        cleaning_accounts: 0,
      });
      expect(before.tokens).toBeGreaterThan(1);
      // POST /reservations
      const location = await request(anybody, `token=${token}&duration=30&type=lite`);
      // GET /reservations/{reservation_id}
      const shown = await look(anybody, location);
      expect(shown).toEqual({
        id: ID,
        expiration: new Date(now + 30 * MINUTE).toISOString(),
        token: { id: ID },
        credentials: { username: expect.any(String), password: expect.any(String) },
      });
      expect(JSON.stringify(shown)).not.toContain(token);
      expect(await statistics(anybody)).toMatchObject({
        reservations: 1,
        reserved_accounts: 1,
        pending_reservations: 0,
      });
      // DELETE /reservations/{reservation_id}
      await anybody.delete(location).expect(204, '');
      await anybody.get(location).expect(404, GONE);
      await anybody.delete(location).expect(404, GONE);
      // The account is cleaned and rotated before anybody else has it.
      await cleaned(server(), 8);
      const { credentials } = shown;
      expect(
        await Promise.all(
          ['lite-1', 'lite-2', 'lite-3'].map(async (name) =>
            server().test.letsIn(await server().test.resource(name), credentials!),
          ),
        ),
      ).toEqual([false, false, false]);
    });

    test('lends a free account for an hour where nothing else is asked for', async () => {
      const location = await request(anybody, `token=${token}`);
      const { expiration, credentials } = await look(anybody, location);
      expect(Date.parse(expiration!)).toBe(server().test.clock.at + 60 * MINUTE);
      const free = await server().test.statuses('free');
      expect(Object.values(free).filter((status) => status === 'allocated')).toHaveLength(1);
      expect(credentials).not.toBeNull();
      await anybody.delete(location).expect(204);
    });

    test(
      'shows neither expiration nor credentials while there is no account; the time counts ' +
        'from the assignment',
      async () => {
        await cleaned(server(), 8);
        const held: string[] = [];
        for (let count = 0; count < 3; count += 1)
          held.push(await request(anybody, `token=${token}&type=lite&duration=60`));
        const waiting = await request(anybody, `token=${token}&type=lite&duration=10`);
        expect(await look(anybody, waiting)).toEqual({
          id: ID,
          expiration: null,
          token: { id: ID },
          credentials: null,
        });
        expect(await statistics(anybody)).toMatchObject({
          reservations: 4,
          pending_reservations: 1,
          reserved_accounts: 3,
        });
        await server().after(5 * MINUTE);
        await anybody.delete(held[0]!).expect(204);
        await server().until(
          'it is served',
          async () => (await look(anybody, waiting)).credentials !== null,
        );
        const served = await look(anybody, waiting);
        expect(Date.parse(served.expiration!)).toBe(server().test.clock.at + 10 * MINUTE);
        await server().after(10 * MINUTE);
        await anybody.get(waiting).expect(404, GONE);
        await server().until(
          'its account is taken back',
          async () => (await statistics(anybody)).reserved_accounts === 2,
        );
        for (const location of held.slice(1)) await anybody.delete(location).expect(204);
      },
    );

    test('a request for one type waits for that type only, and can be withdrawn', async () => {
      await cleaned(server(), 8);
      const lite = [];
      for (let count = 0; count < 4; count += 1)
        lite.push(await request(anybody, `token=${token}&type=lite`));
      expect((await look(anybody, lite[3]!)).credentials).toBeNull();
      expect(
        (await look(anybody, await request(anybody, `token=${other}&type=free`))).credentials,
      ).not.toBeNull();
      for (const location of lite.reverse()) await anybody.delete(location).expect(204);
      await cleaned(server(), 8);
      expect(await statistics(anybody)).toMatchObject({
        pending_reservations: 0,
        reserved_accounts: 1,
      });
    });

    test('a reservation is there for the token that made it only', async () => {
      const location = await request(anybody, `token=${token}`);
      const [path] = location.split('?');
      for (const stranger of [other, await server().tokenOf(await server().admin())]) {
        expect(
          (await expectRefused(server(), anybody.get(`${path}?token=${stranger}`), 404)).body,
        ).toEqual(GONE);
        expect(
          (await expectRefused(server(), anybody.delete(`${path}?token=${stranger}`), 404)).body,
        ).toEqual(GONE);
      }
      await anybody.delete(location).expect(204);
    });

    test('takes the token in Authorization too', async () => {
      const ann = server().server.bearer(token);
      const { status, headers } = await ann.post('/reservations').redirects(0);
      expect(status).toBe(302);
      await ann.get(headers.location as string).expect(200);
      await ann
        .delete(headers.location as string)
        .send({})
        .expect(204);
    });

    test('answers 401 without a token or to a wrong one, and nothing changes', async () => {
      const [path] = (await request(anybody, `token=${token}`)).split('?');
      const reader = await server().tokenOf(await server().user(`reader-${mode}`), ['read']);
      for (const query of [
        '',
        '?token=',
        '?token=hf_wrong',
        `?token=${token}x`,
        `?token=${reader}`,
      ]) {
        for (const call of [
          anybody.post(`/reservations${query}`).redirects(0),
          anybody.get(`${path}${query}`),
          anybody.delete(`${path}${query}`),
        ]) {
          expect((await expectRefused(server(), call, 401)).body).toEqual(UNAUTHORIZED);
        }
      }
      await anybody.delete(`${path}?token=${token}`).expect(204);
    });

    test.each([
      ['type=gold', 'type gold'],
      ['type=', 'type:'],
      ['type=free&type=lite', 'type:'],
      ...['0', '-1', '1.5', 'long', '', '99999999999'].map((minutes) => [
        `duration=${minutes}`,
        'duration: must be a positive whole number',
      ]),
      ['duration=1441', 'duration: 1440 minutes at most.'],
    ])('refuses %s and writes nothing', async (query, message) => {
      const call = anybody.post(`/reservations?token=${token}&${query}`).redirects(0);
      expect((await expectRefused(server(), call, 400)).body).toEqual({
        error: expect.stringContaining(message),
      });
    });

    test.each([['x'], ['00000000-0000-0000-0000-000000000000'], ['free-1'], ['..%2f..%2fetc']])(
      'knows no reservation %s',
      async (id) => {
        for (const call of [
          anybody.get(`/reservations/${id}?token=${token}`),
          anybody.delete(`/reservations/${id}?token=${token}`),
        ]) {
          expect((await expectRefused(server(), call, 404)).body).toEqual(GONE);
        }
      },
    );
  });
}

document('open');
document('guarded');

describe('acctpool', () => {
  test('gives each account to one of 50 who ask at once, and the others wait', async () => {
    const server = await LegacyServer.start({
      mode: 'guarded',
      pools:
        'pools: [{ name: free, kind: account, driver: simulated, types: [{ name: free }], size: 10 }]',
    });
    const token = await server.tokenOf(await server.user('ann'));
    const locations = await Promise.all(
      Array.from({ length: 50 }, () => request(server.anybody, `token=${token}`)),
    );
    const shown = await Promise.all(locations.map((location) => look(server.anybody, location)));
    const usernames = shown.flatMap(({ credentials }) => credentials?.username ?? []);
    expect({ granted: usernames.length, distinct: new Set(usernames).size }).toEqual({
      granted: 10,
      distinct: 10,
    });
    expect(
      shown.filter(({ credentials, expiration }) => credentials === null && expiration === null),
    ).toHaveLength(40);
    expect(await statistics(server.anybody)).toMatchObject({
      reservations: 50,
      pending_reservations: 40,
      reserved_accounts: 10,
    });
    await server.stop();
  });

  test('sees what v1 does: an account reserved there is reserved here', async () => {
    const server = await LegacyServer.start({ mode: 'guarded' });
    await cleaned(server, 8);
    const admin = await server.admin();
    const { body } = await admin
      .post('/v1/reservations')
      .send({ items: [{ kind: 'account', type: 'free', count: 2 }] })
      .expect(201);
    expect(await statistics(server.anybody)).toMatchObject({
      accounts: 8,
      reserved_accounts: 2,
      dirty_accounts: 0,
      reservations: 2,
    });
    await admin.delete(`/v1/reservations/${(body as { id: string }).id}`).expect(204);
    await cleaned(server, 8);
    expect(await statistics(server.anybody)).toMatchObject({
      reserved_accounts: 0,
      reservations: 0,
    });
    await server.stop();
  });

  test('v1 sees what it does', async () => {
    const server = await LegacyServer.start({ mode: 'guarded', pools });
    const ann = await server.user('ann');
    const location = await request(server.anybody, `token=${await server.tokenOf(ann)}&type=lite`);
    const { id } = await look(server.anybody, location);
    expect((await ann.get(`/v1/reservations/${id}`)).body).toMatchObject({
      id,
      status: 'active',
      resources: [{ pool: 'lite' }],
    });
    await ann.delete(`/v1/reservations/${id}`).expect(204);
    await server.anybody.get(location).expect(404, GONE);
    await server.stop();
  });

  test('counts accounts and what is reserved of them, and nothing else', async () => {
    const server = await LegacyServer.start({ mode: 'open' });
    await cleaned(server, 8);
    await server.anybody.get('/reserve?username=ann').expect(200);
    expect(await statistics(server.anybody)).toMatchObject({
      reservations: 0,
      total_reservations: 0,
      accounts: 8,
      reserved_accounts: 0,
    });
    await server.stop();
  });

  test('serves a type from whichever of its pools has one', async () => {
    const two = `
pools:
  - { name: one, kind: account, driver: simulated, types: [{ name: free }], size: 1 }
  - { name: two, kind: account, driver: simulated, types: [{ name: free }], size: 1 }
  - { name: other, kind: account, driver: simulated, types: [{ name: free }], size: 1 }
legacy: { acctpool: [one, two] }
`;
    const server = await LegacyServer.start({ mode: 'guarded', pools: two });
    const token = await server.tokenOf(await server.user('ann'));
    const shown: PresentedCredential[] = [];
    for (let count = 0; count < 3; count += 1)
      shown.push(await look(server.anybody, await request(server.anybody, `token=${token}`)));
    expect(shown.map(({ credentials }) => credentials !== null)).toEqual([true, true, false]);
    expect(await server.test.statuses('other')).toEqual({ 'other-1': 'available' });
    expect(await statistics(server.anybody)).toMatchObject({
      accounts: 2,
      reserved_accounts: 2,
      pending_reservations: 1,
    });
    await server.stop();
  });
});

describeServer('acctpool in open mode', { mode: 'open', jobs: false, pools }, (server) => {
  test.each(INTRUSIONS)('refuses %s, whatever the token', async (_name, headers) => {
    const token = await server().tokenOf(await server().admin());
    for (const call of [
      server().anybody.post(`/reservations?token=${token}`).redirects(0),
      server().anybody.get(`/reservations/x?token=${token}`),
      server().anybody.delete(`/reservations/x?token=${token}`),
    ]) {
      expect((await expectRefused(server(), call.set(headers), 403)).body).toEqual({
        error: expect.any(String),
      });
    }
  });
});

describeServer(
  'acctpool in open mode for another network',
  { mode: 'open', openCidrs: ['203.0.113.0/24'], jobs: false, pools },
  (server) => {
    test('does not answer this address', async () => {
      const token = await server().tokenOf(await server().admin());
      const call = server().anybody.post(`/reservations?token=${token}`).redirects(0);
      expect((await expectRefused(server(), call, 403)).body).toEqual({
        error: 'This API does not answer to your address.',
      });
    });
  },
);

describeServer('acctpool when off', { mode: 'off', jobs: false, pools }, (server) => {
  test('is not there', async () => {
    const { anybody } = server();
    for (const call of [
      anybody.post('/reservations'),
      anybody.get('/reservations/x'),
      anybody.delete('/reservations/x'),
    ])
      await call.expect(404);
    expect(await statistics(anybody)).not.toHaveProperty('accounts');
  });
});
