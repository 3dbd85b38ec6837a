import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Caller } from '../helpers/server';
import { problem, TestServer } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 1, settings: { proves: R3 } }
  - { name: boxes, kind: container, driver: simulated, size: 1,
      settings: { opensAccess: true, replaces: true } }
`;
const SECRET = /password|sealed|token"/i;

let server: TestServer;
let admin: Caller;
let ann: Caller;

beforeEach(async () => {
  server = await TestServer.start({ pools: POOLS });
  admin = await server.admin();
  ann = await server.user('ann');
});

async function borrow(pool: string): Promise<string> {
  const { body } = await ann.post('/v1/reservations').send({ items: [{ pool }] });
  await server.test.settle();
  return body.id as string;
}

async function lendAndReturn(pool: string): Promise<string> {
  const id = await borrow(pool);
  await ann.delete(`/v1/reservations/${id}`).expect(204);
  await server.test.settle();
  return id;
}

test('an admin sees the records, by resource and altogether', async () => {
  const id = await lendAndReturn('lab');
  await lendAndReturn('boxes');
  const { body, text } = await admin.get('/v1/resources/lab-1/returns').expect(200);
  expect(body.items[0]).toMatchObject({
    resource: 'lab-1',
    pool: 'lab',
    level: 'R3',
    needed: 'R3',
    cause: 'loan',
    outcome: 'returned',
    reservationId: id,
    driver: 'simulated',
    hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    shown: {
      refused: { endpoint: 'simulated', since: expect.stringMatching(/Z$/) as string },
      derived: { how: 'none', until: null },
      searched: { passes: 2, inventory: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    },
  });
  expect(body.items[0].steps[0]).toMatchObject({ step: 'clean', calls: 1, failure: null });
  expect(text).not.toMatch(SECRET);
  const levels = async (query: string) =>
    (await admin.get(`/v1/returns?${query}`).expect(200)).body.items.map(
      ({ level }: { level: string }) => level,
    );
  expect(await levels('')).toEqual(['R4', 'R3', expect.anything(), expect.anything()]);
  expect(await levels('level=R4')).toEqual(['R4']);
  expect(await levels('pool=lab&level=R3')).toEqual(['R3']);
  expect(await levels('since=2999-01-01T00:00:00Z')).toEqual([]);
  expect(await levels('until=2999-01-01T00:00:00%2B01:00&level=R3')).toEqual(['R3']);
  const { body: page, headers } = await admin.get('/v1/returns?limit=3').expect(200);
  expect(page.items).toHaveLength(3);
  const rest = await admin.get(/<([^>]+)>/.exec(headers.link as string)![1]!).expect(200);
  expect([...page.items, ...rest.body.items].map(({ seq }: { seq: number }) => seq)).toEqual([
    4, 3, 2, 1,
  ]);
});

test('a borrower sees the return before theirs without names; others see nothing', async () => {
  const first = await lendAndReturn('lab');
  const second = await borrow('lab');
  const { body, text } = await ann.get(`/v1/reservations/${second}/before`).expect(200);
  expect(body.items).toMatchObject([
    { resource: 'lab-1', return: { level: 'R3', outcome: 'returned', steps: expect.anything() } },
  ]);
  expect(text).not.toContain(first);
  expect(text).not.toMatch(/"(failure|endpoint|gone)"/);
  expect(body.items[0].return.shown.refused).toMatchObject({ times: 3, accepted: 3 });
  const bob = await server.user('bob');
  await bob.get(`/v1/reservations/${second}/before`).expect(404);
  await bob.get('/v1/returns').expect(403);
  await bob.get('/v1/resources/lab-1/returns').expect(403);
  await bob.get('/v1/audit/verify').expect(403);
});

test('a borrower sees that the resource is a new one, but not the handle of the old one', async () => {
  await lendAndReturn('boxes');
  const { body } = await ann.get(`/v1/reservations/${await borrow('boxes')}/before`).expect(200);
  expect(body.items[0].return).toMatchObject({ level: 'R4', shown: { replaced: {} } });
  expect(body.items[0].return.shown.replaced).toEqual({});
});

test('a borrower sees the return of the last loan, even if the resource was cleaned since', async () => {
  await lendAndReturn('lab');
  await admin.post('/v1/resources/lab-1/clean').expect(202);
  await server.test.settle();
  const { body: all } = await admin.get('/v1/resources/lab-1/returns').expect(200);
  expect(all.items[0]).toMatchObject({ cause: 'cleaning', needed: null });
  const { body } = await ann.get(`/v1/reservations/${await borrow('lab')}/before`).expect(200);
  expect(body.items[0].return).toMatchObject({ cause: 'loan', level: 'R3', needed: 'R3' });
});

test.each(['2026-11-28T17:00:00', '2026-11-28T17:00:00+01:00', '2026-11-28'])(
  'the time %s is refused, with the form that is wanted',
  async (since) => {
    const { body } = await admin.get(`/v1/returns?since=${since}`).expect(400);
    expect(body).toMatchObject(problem(400, 'invalid', 'since'));
    expect(body.detail).toMatch(/^since: must be a time with its zone, such as .*Z \(.*%2B\)$/);
  },
);

test('an altered record is found and named', async () => {
  await lendAndReturn('lab');
  const whole = await admin.get('/v1/audit/verify').expect(200);
  expect(whole.body).toMatchObject({ ok: true, records: 3, faults: [], forgotten: null });
  const database = new Database(join(server.test.dataDir, 'holdfast.db'));
  database.exec(`update returns set record = replace(record, '"R3"', '"R4"') where seq = 3`);
  database.close();
  const altered = await admin.get('/v1/audit/verify').expect(200);
  expect(altered.body).toMatchObject({
    ok: false,
    faultCount: 1,
    faults: [{ fault: 'altered', seq: 3, resource: 'lab-1' }],
  });
});

test.each([
  ['level=R9', 'level'],
  ['since=yesterday', 'since'],
  ['cursor=MTpsYWI', 'cursor'],
  ['cursor=x', 'cursor'],
  ['limit=0', 'limit'],
])('%s is refused, with its field', async (query, field) => {
  const { body } = await admin.get(`/v1/returns?${query}`).expect(400);
  expect(body).toMatchObject(problem(400, 'invalid', field));
});

test('an unknown pool or resource is not found', async () => {
  await admin.get('/v1/returns?pool=none').expect(404);
  await admin.get('/v1/resources/none/returns').expect(404);
});

test('a resource on its way back says how far it is, to admins', async () => {
  const id = await borrow('lab');
  await server.test.cloud.failNext('lab', 'clean', 1);
  await ann.delete(`/v1/reservations/${id}`).expect(204);
  await server.test.settle();
  const { body } = await admin.get('/v1/resources/lab-1').expect(200);
  expect(body.returning).toMatchObject({ step: 'clean', reason: body.reason as string });
  expect((await ann.get('/v1/resources/lab-1')).body.returning).toBeUndefined();
  expect((await admin.get('/v1/resources/boxes-1')).body.returning).toBeNull();
});
