import { passwords } from '../../src/crypto/passwords';
import { Users } from '../../src/service/people/users';
import type { Caller } from '../helpers/server';
import { begun, reached } from '../helpers/waiting';
import { PASSWORD, problem, TestServer } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 1 }
  - { name: alpine, kind: container, driver: simulated, size: 1, settings: { opensAccess: true } }
`;
const OTHER = 'another long password';
const DAVE = 'dave@example.org';

let server: TestServer;
let admin: Caller;
let dave: Caller;

beforeEach(async () => {
  server = await TestServer.start({ pools: POOLS, legacy: { mode: 'guarded' } });
  admin = await server.admin();
  dave = await server.user('dave');
});

const reserve = (caller: Caller, query = '', pool = 'lab') =>
  caller.post(`/v1/reservations${query}`).send({ items: [{ pool }] });
const inPerson = (password = PASSWORD) => server.basic(DAVE, password);

async function tokenFrom(caller: Caller, set: object = {}): Promise<Caller & { id: string }> {
  const { status, body } = await caller
    .post('/v1/tokens')
    .send({ name: 't', scopes: ['read', 'reserve', 'self'], ...set });
  expect(status).toBe(201);
  return Object.assign(server.bearer(body.token as string), { id: body.id as string });
}

const statusOf = async (caller: Caller) => (await caller.get('/v1/me')).status;

describe('a token', () => {
  test('ends with the one that made it, to any depth, and no other does', async () => {
    const parent = await tokenFrom(dave);
    const child = await tokenFrom(parent);
    const grandchild = await tokenFrom(child);
    const sibling = await tokenFrom(dave);
    await dave.delete(`/v1/tokens/${parent.id}`).expect(204);
    expect(await Promise.all([parent, child, grandchild, sibling, dave].map(statusOf))).toEqual([
      401, 401, 401, 200, 200,
    ]);
  });

  test.each([
    ['by the user, in person', () => inPerson()],
    ['by the user, with a token', () => dave],
    ['by an admin', () => admin],
  ])('ends when the password is changed %s', async (_who, caller) => {
    const token = await tokenFrom(inPerson());
    await caller().patch(`/v1/users/${dave.userId}`).send({ password: OTHER }).expect(200);
    expect(await Promise.all([token, dave, inPerson(), inPerson(OTHER)].map(statusOf))).toEqual([
      401, 401, 401, 200,
    ]);
    expect(await statusOf(admin)).toBe(200);
  });

  test('does not end when something else is changed', async () => {
    await dave.patch(`/v1/users/${dave.userId}`).send({ name: 'David' }).expect(200);
    expect(await statusOf(dave)).toBe(200);
  });
});

describe('a held answer', () => {
  test.each([
    ['the token was revoked', async (token: string) => dave.delete(`/v1/tokens/${token}`)],
    [
      'the password was changed',
      async () => inPerson().patch(`/v1/users/${dave.userId}`).send({ password: OTHER }),
    ],
  ])('gives nothing after %s', async (_what, end) => {
    const ann = await server.user('ann');
    const { body: loan } = await reserve(ann);
    const token = await tokenFrom(dave);
    const queued = await reserve(token);
    const held = [
      begun(reserve(token, '?wait=60')),
      begun(token.get(`/v1/reservations/${queued.body.id}?wait=60`)),
    ];
    await reached(server, 'queued', 2);
    expect((await end(token.id)).status).toBeLessThan(300);
    await server.test.engine.store.transact({ load: 'classes', classIds: [] }, () => ({
      changes: [],
      value: null,
    }));
    await ann.delete(`/v1/reservations/${loan.id}`).expect(204);
    await server.test.settle();
    const got = await held[1]!;
    expect({ status: got.status, body: got.body }).toEqual({
      status: 401,
      body: problem(401, 'unauthenticated'),
    });
    await inPerson(_what.includes('password') ? OTHER : PASSWORD)
      .delete(`/v1/reservations/${queued.body.id}`)
      .expect(204);
    await server.test.settle();
    expect((await held[0]!).body).toEqual(problem(401, 'unauthenticated'));
  });

  test('gives nothing to a password that was changed meanwhile', async () => {
    const ann = await server.user('ann');
    const { body: loan } = await reserve(ann);
    const held = begun(reserve(inPerson(), '?wait=60'));
    await reached(server, 'queued', 1);
    await dave.patch(`/v1/users/${dave.userId}`).send({ password: OTHER }).expect(200);
    await ann.delete(`/v1/reservations/${loan.id}`).expect(204);
    await server.test.settle();
    expect((await held).body).toEqual(problem(401, 'unauthenticated'));
  });

  test('gives nothing in the container manager API either, and what was reserved goes back', async () => {
    const token = await tokenFrom(dave);
    const held = begun(token.get('/reserve?username=dave&count=1'));
    await reached(server, 'preparing', 1);
    await dave.delete(`/v1/tokens/${token.id}`).expect(204);
    await server.test.settle();
    expect((await held).status).toBe(401);
    const { body } = await dave.get('/v1/reservations');
    expect(body.items).toMatchObject([{ status: 'ended', endReason: 'released' }]);
  });
});

describe('credentials of what was lent before', () => {
  const shown = async (caller: Caller, id: string) =>
    (await caller.get(`/v1/reservations/${id}`)).body as {
      status: string;
      resources: { credentials: object | null }[];
    };

  test.each([
    ['a password that an admin has set', { password: OTHER }, OTHER],
    ['an address that an admin has set', { email: 'admin@example.org' }, PASSWORD],
  ])('are hidden from %s; the loan goes on', async (_what, set, password) => {
    const { body: loan } = await reserve(dave);
    expect(loan.resources[0].credentials).not.toBeNull();
    await admin.patch(`/v1/users/${dave.userId}`).send(set).expect(200);
    const email = 'email' in set ? set.email : DAVE;
    const taker = server.basic(email, password);
    expect(await shown(taker, loan.id as string)).toMatchObject({
      status: 'active',
      resources: [{ credentials: null }],
    });
    await taker.delete(`/v1/reservations/${loan.id}`).expect(204);
    await server.test.settle();
    const { body: next } = await reserve(taker);
    expect((await shown(taker, next.id as string)).resources[0]!.credentials).not.toBeNull();
  });

  test('are hidden when what was queued then is served', async () => {
    const ann = await server.user('ann');
    const { body: first } = await reserve(ann);
    const { body: queued } = await reserve(dave);
    await admin.patch(`/v1/users/${dave.userId}`).send({ password: OTHER }).expect(200);
    await ann.delete(`/v1/reservations/${first.id}`).expect(204);
    await server.test.settle();
    expect(await shown(inPerson(OTHER), queued.id as string)).toMatchObject({
      status: 'active',
      resources: [{ credentials: null }],
    });
  });

  test('stay visible to users who change their own password', async () => {
    const { body: loan } = await reserve(dave);
    await inPerson().patch(`/v1/users/${dave.userId}`).send({ password: OTHER }).expect(200);
    const { resources } = await shown(inPerson(OTHER), loan.id as string);
    expect(resources[0]!.credentials).toEqual(loan.resources[0].credentials);
  });
});

describe('a call that hashes a password', () => {
  /** Users whose hashing takes as long as `meanwhile`. */
  const slowly = (meanwhile: () => Promise<unknown>) => {
    const hashes = passwords(Buffer.alloc(32, 1), { cost: 4 });
    const hash = async (password: string) => {
      await meanwhile();
      return hashes.hash(password);
    };
    return new Users(server.test.engine, { ...hashes, hash }, 'setup token');
  };
  const context = { requestId: null, idempotencyKey: null };

  test('sets nothing once its token has been revoked', async () => {
    const token = await tokenFrom(dave);
    const principal = await server.services.authentication.identify({
      token: String(
        (token as unknown as { headers: { Authorization: string } }).headers.Authorization,
      ).slice(7),
    });
    const users = slowly(() => dave.delete(`/v1/tokens/${token.id}`));
    await expect(
      users.change(principal, dave.userId, { password: OTHER }, null),
    ).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await statusOf(inPerson())).toBe(200);
  });

  test('makes nobody once its admin has been demoted', async () => {
    await admin.patch(`/v1/users/${dave.userId}`).send({ role: 'admin' }).expect(200);
    const principal = await server.services.authentication.identify({
      email: DAVE,
      password: PASSWORD,
    });
    const demote = () => admin.patch(`/v1/users/${dave.userId}`).send({ role: 'user' });
    const eve = { name: 'Eve', email: 'eve@example.org', password: OTHER };
    await expect(slowly(demote).create(eve, context, principal)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  test('makes no token with one that has been revoked', async () => {
    const token = await tokenFrom(dave);
    const found = await server.services.authentication.identify({
      email: DAVE,
      password: PASSWORD,
    });
    const principal = { ...found, apiTokenId: token.id };
    await dave.delete(`/v1/tokens/${token.id}`).expect(204);
    await expect(
      server.services.users.createToken(principal, { name: 'late' }, context),
    ).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
