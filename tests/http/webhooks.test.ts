import type { Caller } from '../helpers/server';
import { peopled, type Peopled } from '../helpers/people';
import { problem } from '../helpers/server';

const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 2 }]';
const HOOK = { url: 'https://hooks.example.org/holdfast?channel=7' };

let { server, admin, ann, bob } = {} as Peopled;
beforeEach(async () => {
  ({ server, admin, ann, bob } = await peopled({ pools: POOLS }));
});

interface Made {
  id: string;
  secret: string;
}

const made = async (caller: Caller, body: object = {}): Promise<Made> =>
  (
    await caller
      .post('/v1/webhooks')
      .send({ ...HOOK, ...body })
      .expect(201)
  ).body as Made;

test('a webhook is made with defaults, and its secret is shown once', async () => {
  const { secret, ...shown } = await made(ann);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(shown).toMatchObject({
    ...HOOK,
    ...{ userId: ann.userId, everybody: false, pool: null, description: '', state: 'active' },
    types: ['lease.ending', 'lease.lost', 'reservation.active', 'reservation.ended'],
  });
  const { text } = await ann.get(`/v1/webhooks/${shown.id}`).expect(200);
  expect(JSON.parse(text)).toEqual(shown);
  const { body, text: list } = await ann.get('/v1/webhooks').expect(200);
  expect(body.items).toEqual([shown]);
  expect(text + list).not.toContain('whsec_');
});

test('one that is told of everybody is told by default what breaks and works again', async () => {
  const { types } = (await made(admin)) as unknown as { types: string[] };
  expect(types).toEqual(
    expect.arrayContaining([
      ...['lease.lost', 'resource.quarantined', 'resource.quarantine_ended'],
      ...['resource.return_refused', 'pool.failing', 'pool.recovered'],
    ]),
  );
});

test('a repeated request makes one webhook, and shows no secret again', async () => {
  const again = () => ann.post('/v1/webhooks').set('Idempotency-Key', 'one').send(HOOK).expect(201);
  const [first, second] = [(await again()).body as Made, (await again()).body as Made];
  expect([second.id, second.secret]).toEqual([first.id, null]);
  const rotate = () => ann.post(`/v1/webhooks/${first.id}/secret`).set('Idempotency-Key', 'two');
  expect((await rotate().expect(200)).body.secret).toMatch(/^whsec_/);
  expect((await rotate().expect(200)).body).toEqual({ secret: null });
});

test('admins are told of everybody, and see and change all webhooks', async () => {
  const all = await made(admin);
  const own = await made(ann);
  expect(all).toMatchObject({ everybody: true });
  const { body } = await admin.get('/v1/webhooks').expect(200);
  expect((body.items as Made[]).map(({ id }) => id)).toEqual([all.id, own.id]);
  await admin.patch(`/v1/webhooks/${own.id}`).send({ state: 'disabled' }).expect(200);
  expect((await ann.get(`/v1/webhooks/${own.id}`)).body).toMatchObject({ state: 'disabled' });
});

test('others see no webhook of somebody else, and may not be told of everybody', async () => {
  const { id } = await made(ann);
  for (const path of ['', '/deliveries']) await bob.get(`/v1/webhooks/${id}${path}`).expect(404);
  for (const path of ['/secret', '/test']) await bob.post(`/v1/webhooks/${id}${path}`).expect(404);
  await bob.patch(`/v1/webhooks/${id}`).send({ description: 'mine' }).expect(404);
  await bob.delete(`/v1/webhooks/${id}`).expect(404);
  expect((await bob.get('/v1/webhooks')).body.items).toEqual([]);
  const { body } = await ann
    .post('/v1/webhooks')
    .send({ ...HOOK, everybody: true })
    .expect(403);
  expect(body).toEqual(problem(403, 'forbidden', 'everybody'));
});

test('an admin cannot get the secret of somebody else', async () => {
  const { id } = await made(ann);
  await admin.post(`/v1/webhooks/${id}/secret`).expect(404);
});

test('a credential that may not read cannot be told by a webhook', async () => {
  const blind = await server.user('blind', ['self']);
  await blind.post('/v1/webhooks').send(HOOK).expect(403);
  await blind.get('/v1/webhooks').expect(403);
});

test('PATCH sets fields, with If-Match; DELETE removes it from sight', async () => {
  const { id } = await made(ann);
  const { headers } = await ann.get(`/v1/webhooks/${id}`);
  const set = {
    types: ['pool.changed'],
    pool: 'lab',
    description: 'chat',
    url: 'https://b.example',
  };
  const changed = await ann.patch(`/v1/webhooks/${id}`).set('If-Match', headers.etag!).send(set);
  expect(changed.body).toMatchObject(set);
  await ann.patch(`/v1/webhooks/${id}`).set('If-Match', headers.etag!).send(set).expect(412);
  await ann.delete(`/v1/webhooks/${id}`).expect(204);
  await ann.get(`/v1/webhooks/${id}`).expect(404);
  expect((await admin.get('/v1/webhooks')).body.items).toEqual([]);
});

test('its address stands in no event: it may hold a token', async () => {
  const { id } = await made(ann);
  await ann.patch(`/v1/webhooks/${id}`).send({ url: 'https://other.example/token' }).expect(200);
  const { text } = await admin.get('/v1/events?format=ndjson').expect(200);
  expect(text).toContain('webhook.changed');
  expect(text).not.toMatch(/other\.example|hooks\.example|whsec_/);
});

test.each([
  ['url', { url: 'ftp://example.org' }],
  ['url', { url: 'https://user:pass@example.org' }],
  ['url', { url: 'https://example.org/#a' }],
  ['url', { url: 'https:example.org' }],
  ['types[0]', { types: ['nothing'] }],
  ['types', { types: [] }],
  ['state', { state: 'deleted' }],
])('a wrong %s is refused: %j', async (field, body) => {
  const answer = await ann
    .post('/v1/webhooks')
    .send({ ...HOOK, ...body })
    .expect(400);
  expect(answer.body).toEqual(problem(400, 'invalid', field));
});

test('an unknown pool is not found', async () => {
  await ann
    .post('/v1/webhooks')
    .send({ ...HOOK, pool: 'none' })
    .expect(404);
});

test('one user has ten webhooks at most', async () => {
  for (let count = 0; count < 10; count += 1) await made(ann);
  await ann.post('/v1/webhooks').send(HOOK).expect(409);
  await made(bob);
});

test('a disabled webhook is neither tested nor told again', async () => {
  const { id } = await made(ann, { state: 'disabled' });
  await ann.post(`/v1/webhooks/${id}/test`).expect(409);
  await ann.post(`/v1/webhooks/${id}/replay`).send({ from: 1 }).expect(409);
});

test('one range at a time is sent again, in order', async () => {
  const { id } = await made(ann);
  const replay = (body: object) => ann.post(`/v1/webhooks/${id}/replay`).send(body);
  await replay({ from: 3, to: 2 }).expect(400);
  await replay({ from: 1, to: 2 }).expect(202);
  await replay({ from: 1 }).expect(409);
});

test.each([
  ['since', { from: 1, since: '2026-01-01T00:00:00Z' }],
  ['since', { to: 1, since: '2026-01-01T00:00:00Z' }],
  ['until', { from: 1, until: '2026-01-01T00:00:00Z' }],
  ['since', { until: '2026-01-01T00:00:00Z' }],
  ['from', {}],
  ['until', { since: '2026-01-02T00:00:00Z', until: '2026-01-02T00:00:00Z' }],
])('a range to send again whose %s is wrong is refused: %j', async (field, body) => {
  const { id } = await made(ann);
  const answer = await ann.post(`/v1/webhooks/${id}/replay`).send(body).expect(400);
  expect(answer.body).toEqual(problem(400, 'invalid', field));
});

test('events of a time are sent again', async () => {
  const { clock } = server.test;
  const { id } = await made(admin, { types: ['webhook.tested'] });
  const test = async () => {
    clock.advance(10_000);
    await admin.post(`/v1/webhooks/${id}/test`).expect(202);
    return server.test.engine.store.read.lastSeq();
  };
  const [first, second] = [await test(), await test()];
  const at = (before: number) => new Date(clock.now() - before).toISOString();
  const range = async (body: object) => {
    await server.test.engine.store.transact({ load: 'webhook', id }, () => {
      const set = { cursor: second, replayAfter: null, replayTo: null };
      return { changes: [{ do: 'setWebhook', id, set }], value: null };
    });
    await admin.post(`/v1/webhooks/${id}/replay`).send(body).expect(202);
    const { replayAfter, replayTo } = (await server.test.engine.store.read.webhook(id))!;
    return [replayAfter, replayTo];
  };
  expect(await range({ since: at(10_000) })).toEqual([first - 1, second]);
  expect(await range({ since: at(10_000), until: at(0) })).toEqual([first - 1, first]);
  expect(await range({ since: at(0) })).toEqual([second - 1, second]);
  expect(await range({ since: at(-5_000) })).toEqual([null, null]);
  expect(await range({ since: at(9_000), until: at(1_000) })).toEqual([null, null]);
});
