import { z } from 'zod';
import { simulatedDriver } from '../../src/drivers/simulated';
import { staticDriver } from '../../src/drivers/static';
import type { DriverFactory } from '../../src/drivers/driver';
import type { Caller } from '../helpers/server';
import { problem, TestServer } from '../helpers/server';

/** Resources that exist already, listed through the API as the pools file lists them. */

const SECRET = 'hush-hush';
const POOLS = `
pools:
  - { name: filed, kind: item, driver: static, resources: [{ name: a }] }
  - { name: open, kind: item, driver: static, sizing: manual }
  - { name: checked, kind: host, driver: static, sizing: manual, settings: { check: { tcp: true } } }
  - { name: made, kind: vm, driver: simulated, size: 1 }
  - { name: rotating, kind: account, driver: simulated, simulate: true, size: 0 }
`;

/** A driver that reaches its resources: the host is the file's, the rest may come from anybody. */
const reaching: DriverFactory = {
  ...(simulatedDriver as DriverFactory),
  name: 'reaching',
  fileOnly: ['host'],
  listing: () => ({
    fields: z.object({ host: z.string().optional(), shelf: z.number().int() }),
    secrets: z.strictObject({ pin: z.string() }),
    fileOnly: ['socket'],
  }),
};

let server: TestServer;
let admin: Caller;
let ann: Caller;

beforeEach(async () => {
  server = await TestServer.start({
    pools: POOLS,
    factories: [staticDriver, reaching],
  });
  admin = await server.admin();
  ann = await server.user('ann');
  const make = (pool: object) => admin.post('/v1/pools').send(pool).expect(201);
  await make({ name: 'api', kind: 'item', driver: 'static', size: 0 });
  const simulate = { simulate: true, settings: { rotates: false } };
  await make({ name: 'reached', kind: 'item', driver: 'reaching', size: 0, ...simulate });
});

const list = (body: object) => admin.post('/v1/resources').send(body);
const poolNamed = async (name: string) => (await admin.get(`/v1/pools/${name}`)).body;
const namesIn = async (pool: string) =>
  (await ann.get(`/v1/resources?pool=${pool}`)).body.items.map(
    ({ name }: { name: string }) => name,
  );

test('one is made, shown with its fields, lent with its secrets, and removed', async () => {
  const { status, headers, body, text } = await list({
    pool: 'api',
    name: 'one',
    fields: { server: 'a.example', port: 27 },
    secrets: { key: SECRET },
  });
  expect({ status, at: headers.location, details: body.details, name: body.name }).toEqual({
    status: 201,
    at: `/v1/resources/${body.id}`,
    details: { server: 'a.example', port: 27 },
    name: 'one',
  });
  expect(text).not.toContain(SECRET);
  expect((await poolNamed('api')).size).toBe(1);
  await server.test.settle();
  const loan = (await ann.post('/v1/reservations').send({ items: [{ pool: 'api' }] })).body;
  expect(loan.resources).toMatchObject([
    { details: { server: 'a.example' }, credentials: { key: SECRET }, rotates: false },
  ]);
  expect((await ann.get('/v1/resources/one')).text).not.toContain(SECRET);
  await admin.delete('/v1/resources/one').expect(202);
  expect((await poolNamed('api')).size).toBe(0);
  await ann.delete(`/v1/reservations/${loan.id}`);
  await server.test.settle();
  expect(await namesIn('api')).toEqual([]);
});

test('seats come in together, and are removed one by one', async () => {
  const { body } = await list({ pool: 'api', name: 'cad', seats: 3, secrets: { key: SECRET } });
  expect(body.name).toBe('cad.1');
  expect(await namesIn('api')).toEqual(['cad.1', 'cad.2', 'cad.3']);
  expect((await poolNamed('api')).size).toBe(3);
  await server.test.settle();
  await admin.delete('/v1/resources/cad.2').expect(202);
  await server.test.settle();
  expect([await namesIn('api'), (await poolNamed('api')).size]).toEqual([['cad.1', 'cad.3'], 2]);
});

test('the same key makes one, and another body under it is refused', async () => {
  const body = { pool: 'api', name: 'one', seats: 2 };
  const [first, second] = [
    await list(body).set('Idempotency-Key', 'k'),
    await list(body).set('Idempotency-Key', 'k'),
  ];
  expect([second.status, second.body.id]).toEqual([201, first.body.id]);
  expect(await namesIn('api')).toHaveLength(2);
  const other = await list({ ...body, name: 'two' }).set('Idempotency-Key', 'k');
  expect(other.body.code).toBe('idempotency_mismatch');
});

test('nothing is listed under a name that any resource has, be it of a seat', async () => {
  await list({ pool: 'open', name: 'cad.2' }).expect(201);
  for (const body of [
    { pool: 'api', name: 'made-1' },
    { pool: 'api', name: 'cad', seats: 2 },
  ])
    expect((await list(body)).body).toEqual(problem(409, 'conflict', 'name'));
  expect(await namesIn('api')).toEqual([]);
});

test.each<[string, number, string, string | undefined, object]>([
  ['no pool of that name', 404, 'not_found', undefined, { pool: 'none' }],
  ['a pool whose list is in the file', 422, 'unsupported', 'pool', { pool: 'filed' }],
  ['seats in a pool of the file', 422, 'unsupported', 'seats', { pool: 'open', seats: 2 }],
  ['a simulation that is not meant', 422, 'unsupported', 'pool', { pool: 'made' }],
  ['an unknown type', 400, 'invalid', 'type', { type: 'gold' }],
  ['no seat', 400, 'invalid', 'seats', { seats: 0 }],
  ['a field of two lines', 400, 'invalid', 'fields.host', { fields: { host: 'a\nb' } }],
  ['an empty secret', 400, 'invalid', 'secrets.key', { secrets: { key: '' } }],
  ['a file of the server', 400, 'invalid', 'secrets.key', { secrets: { key: { file: '/a' } } }],
  ['no name', 400, 'invalid', 'name', { name: undefined, fields: {} }],
  [
    'seats where cleaning would disturb them',
    422,
    'unsupported',
    'seats',
    { pool: 'reached', seats: 2, fields: { shelf: 1 }, secrets: { pin: 'x' } },
  ],
  [
    "a field that is only the file's",
    403,
    'forbidden',
    'fields.host',
    { pool: 'reached', fields: { host: 'h', shelf: 1 } },
  ],
  [
    'one that the settings make so',
    403,
    'forbidden',
    'fields.socket',
    { pool: 'reached', fields: { socket: 's', shelf: 1 } },
  ],
  [
    'an address that would be asked',
    403,
    'forbidden',
    'fields.host',
    { pool: 'checked', fields: { host: 'h', port: 1 } },
  ],
  [
    'no address, where only the file may give it',
    403,
    'forbidden',
    'fields.host',
    { pool: 'checked' },
  ],
  [
    'a field that the driver refuses',
    400,
    'invalid',
    'fields.shelf',
    { pool: 'reached', fields: { shelf: 'x' } },
  ],
  [
    'a secret that the driver does not know',
    400,
    'invalid',
    'secrets.key',
    { pool: 'reached', fields: { shelf: 1 }, secrets: { pin: 'x', key: 'y' } },
  ],
])('with %s it is refused', async (_why, status, code, field, body) => {
  const answer = await list({ pool: 'api', name: 'one', ...body });
  expect({ status: answer.status, body: answer.body }).toEqual({
    status,
    body: problem(status, code, field),
  });
});

test('a value is never taken from the environment of the server', async () => {
  await list({ pool: 'api', name: 'one', fields: { home: '${HOME}' } }).expect(201);
  expect((await ann.get('/v1/resources/one')).body.details).toEqual({ home: '${HOME}' });
});

test('a pool whose driver makes nothing has none made', async () => {
  expect((await list({ pool: 'open' })).body).toEqual(problem(422, 'unsupported', 'name'));
});

test('a pool with seats is refused settings that would disturb them', async () => {
  await admin
    .patch('/v1/pools/reached')
    .send({ settings: { leavesNothing: true } })
    .expect(200);
  await list({ pool: 'reached', name: 'cad', seats: 2, fields: { shelf: 1 } }).expect(400);
  const secrets = { pin: '1' };
  await list({ pool: 'reached', name: 'cad', seats: 2, fields: { shelf: 1 }, secrets }).expect(201);
  const patched = await admin.patch('/v1/pools/reached').send({ settings: { rotates: true } });
  expect(patched.body).toEqual(problem(422, 'unsupported', 'settings'));
});
