import type { Caller } from '../helpers/server';
import { peopled, type Peopled } from '../helpers/people';
import { problem } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 3, lease: { default: 60s } }
  - { name: vms, kind: vm, driver: simulated, size: 2, lease: { default: 1h } }
`;

let { server, admin, ann, bob } = {} as Peopled;
beforeEach(async () => {
  ({ server, admin, ann, bob } = await peopled({ pools: POOLS, datesIds: true }));
});

/** Requests this a second after what was requested before; gives the id. */
async function reserve(caller: Caller, ...items: object[]): Promise<string> {
  server.test.clock.advance(1_000);
  const { body } = await caller.post('/v1/reservations').send({ items });
  return body.id as string;
}

const list = async (caller: Caller, query: string) =>
  (await caller.get(`/v1/reservations?${query}`).expect(200)).body as {
    items: Record<string, unknown>[];
    nextCursor: string | null;
  };
const ids = async (query: string) => (await list(admin, query)).items.map(({ id }) => id);
const at = (seconds: number) => new Date(Date.parse('2026-01-01') + seconds * 1000).toISOString();

test('an entry names the holder and what they have, and the place of one that waits', async () => {
  const lent = await reserve(ann, { pool: 'vms', count: 2 });
  const waiting = [await reserve(bob, { pool: 'vms' }), await reserve(ann, { pool: 'vms' })];
  const { items } = await list(admin, '');
  expect(items).toMatchObject([
    {
      id: lent,
      user: { id: ann.userId, name: 'ann' },
      resources: [
        { id: expect.any(String), name: 'vms-1' },
        { id: expect.any(String), name: 'vms-2' },
      ],
      hasMoreResources: false,
      position: null,
    },
    { id: waiting[0], user: { id: bob.userId, name: 'bob' }, resources: [], position: 1 },
    { id: waiting[1], position: 2, positionIsExact: true },
  ]);
});

test('a list by pool has what asks for it, waits for it, and has or had something of it', async () => {
  const loans = [
    await reserve(ann, { kind: 'account', count: 3 }),
    await reserve(bob, { kind: 'vm' }),
    await reserve(bob, { kind: 'account' }),
    await reserve(ann, { pool: 'vms' }, { pool: 'lab' }),
    await reserve(bob, { pools: ['vms', 'lab'], count: 5 }),
  ];
  for (const index of [0, 2, 3, 4])
    await admin.delete(`/v1/reservations/${loans[index]}`).expect(204);
  expect(await ids('pool=lab')).toEqual([loans[0], loans[3], loans[4]]);
  expect(await ids('pool=vms')).toEqual([loans[1], loans[3], loans[4]]);
  expect(await ids('pool=vms&status=active')).toEqual([loans[1]]);
});

test('a list by resource has who waits for it by name, and who has or had it', async () => {
  const first = await reserve(ann, { resource: 'vms-1' });
  await admin.delete(`/v1/reservations/${first}`).expect(204);
  await server.test.settle();
  const second = await reserve(bob, { resource: 'vms-1' });
  const third = await reserve(ann, { resource: 'vms-1' });
  await reserve(ann, { resource: 'vms-2' });
  expect(await ids('resource=vms-1')).toEqual([first, second, third]);
  const { resource } = (await server.test.engine.store.read.resource('vms-1'))!;
  expect(await ids(`resource=${resource.id}&order=desc`)).toEqual([third, second, first]);
});

test('a list by time has what was requested from since on, before until', async () => {
  const made = [];
  for (let index = 0; index < 5; index += 1) made.push(await reserve(ann, { pool: 'lab' }));
  expect(await ids(`since=${at(2)}&until=${at(4)}`)).toEqual([made[1], made[2]]);
  expect(await ids(`since=${at(4)}`)).toEqual([made[3], made[4]]);
  expect(await ids(`until=${at(2)}`)).toEqual([made[0]]);
  server.test.clock.advance(4 * 3_600_000);
  const late = await reserve(bob, { pool: 'vms' });
  expect(await ids(`since=${at(3 * 3_600)}`)).toEqual([late]);
});

test('the newest come first with order=desc, page by page', async () => {
  const made = [];
  for (let index = 0; index < 5; index += 1) made.push(await reserve(ann, { pool: 'lab' }));
  expect(await ids('order=desc')).toEqual([...made].reverse());
  for (const filter of ['', '&pool=lab', '&user=ann', '&status=queued']) {
    const whole = await ids(`order=desc${filter}`);
    const seen: unknown[] = [];
    for (let cursor = ''; ;) {
      const page = await list(admin, `order=desc&limit=2${filter}${cursor}`);
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(seen).toEqual(whole);
  }
});

test('what has ended, noticed or not, is one list in either order', async () => {
  const made = [await reserve(ann, { pool: 'lab' }), await reserve(ann, { pool: 'lab' })];
  made.push(await reserve(bob, { pool: 'lab' }), await reserve(bob, { pool: 'vms' }));
  await bob.delete(`/v1/reservations/${made[2]}`).expect(204);
  server.test.clock.advance(59_000);
  expect(await ids('status=ended')).toEqual(made.slice(0, 3));
  expect(await ids('status=ended&order=desc')).toEqual(made.slice(0, 3).reverse());
  expect(await ids('status=ended&limit=1')).toEqual([made[0]]);
  expect(await ids('status=active')).toEqual([made[3]]);
});

test('many resources of one reservation are cut off, and it says so', async () => {
  await admin.patch('/v1/pools/vms').send({ size: 21 }).expect(200);
  await server.test.settle();
  await reserve(ann, { pool: 'vms', count: 21 });
  const { items } = await list(ann, '');
  expect(items).toMatchObject([{ hasMoreResources: true }]);
  expect(items[0]!.resources).toHaveLength(20);
});

test.each([
  ['pool', 'none'],
  ['resource', 'none-1'],
  ['user', 'nobody'],
])('an unknown %s is a 404 that names the field', async (field, value) => {
  expect((await admin.get(`/v1/reservations?${field}=${value}`)).body).toEqual(
    problem(404, 'not_found', field),
  );
});

test('others see their own only, whomever they name', async () => {
  const own = await reserve(ann, { pool: 'lab' });
  await reserve(bob, { pool: 'lab' });
  for (const user of ['bob', 'nobody'])
    expect((await list(ann, `user=${user}&pool=lab`)).items).toMatchObject([{ id: own }]);
});
