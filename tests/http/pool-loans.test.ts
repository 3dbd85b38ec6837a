import type { Caller } from '../helpers/server';
import { peopled, type Peopled } from '../helpers/people';
import { problem } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 5, types: [{ name: free, share: 2 }, { name: lite }],
      lease: { default: 60s, maximum: 5m, openEnded: true } }
  - { name: open, kind: vm, driver: simulated, size: 2, shareHolders: true }
`;
const AT = '2026-01-01T00:00:00.000Z';

let { server, admin, ann, bob } = {} as Peopled;
beforeEach(async () => {
  ({ server, admin, ann, bob } = await peopled({ pools: POOLS }));
});

const reserve = async (caller: Caller, ...items: object[]) =>
  (await caller.post('/v1/reservations').send({ items })).body as { id: string };
const queue = async (caller: Caller, pool: string, query = '') =>
  (await caller.get(`/v1/pools/${pool}/queue${query}`).expect(200)).body;
const holders = async (caller: Caller, pool: string, query = '') =>
  (await caller.get(`/v1/pools/${pool}/holders${query}`).expect(200)).body;

describe('GET /v1/pools/{name}/holders', () => {
  test('an admin reads who holds what, since when and until when', async () => {
    const { id } = await reserve(ann, { pool: 'lab', type: 'lite' });
    expect(await holders(admin, 'lab')).toEqual({
      nextCursor: null,
      items: [
        {
          resource: { id: expect.any(String), name: expect.stringMatching(/^lab-/), type: 'lite' },
          reservationId: id,
          holder: { userId: ann.userId, name: 'ann' },
          mine: false,
          status: 'active',
          since: AT,
          until: '2026-01-01T00:01:00.000Z',
        },
      ],
    });
  });

  test('others read that it is held and until when, and only their own names', async () => {
    await reserve(ann, { pool: 'lab' });
    await reserve(bob, { pool: 'lab' });
    const { items } = await holders(bob, 'lab');
    const [others, own] = [true, false].map((hidden) =>
      items.filter(({ holder }: { holder: unknown }) => (holder === null) === hidden),
    );
    expect(others).toEqual([
      expect.objectContaining({ reservationId: null, mine: false, until: expect.any(String) }),
    ]);
    expect(own).toEqual([
      expect.objectContaining({ holder: { userId: bob.userId, name: 'bob' }, mine: true }),
    ]);
  });

  test('everybody reads the names where the pool shares them, but no ids of loans', async () => {
    await reserve(ann, { pool: 'open' });
    const seen = async () => (await holders(bob, 'open')).items[0];
    expect(await seen()).toMatchObject({
      holder: { userId: ann.userId, name: 'ann' },
      reservationId: null,
    });
    await admin.patch('/v1/pools/open').send({ shareHolders: false }).expect(200);
    expect(await seen()).toMatchObject({ holder: null });
    expect((await admin.get('/v1/pools/open')).body).toMatchObject({ shareHolders: false });
  });

  test('pages contain each loan once, whatever its type', async () => {
    await reserve(ann, { pool: 'lab', type: 'free', count: 3 }, { pool: 'lab', type: 'lite' });
    const whole = (await holders(admin, 'lab')).items as object[];
    expect(whole).toHaveLength(4);
    const first = await holders(admin, 'lab', '?limit=3');
    const rest = await holders(admin, 'lab', `?limit=3&cursor=${first.nextCursor}`);
    expect([...first.items, ...rest.items]).toEqual(whole);
    expect(rest.nextCursor).toBeNull();
  });

  test('a lease that is over holds nothing, even before a job has noticed', async () => {
    await reserve(ann, { pool: 'lab' });
    server.test.clock.advance(59_999);
    expect((await holders(ann, 'lab')).items).toHaveLength(1);
    server.test.clock.advance(1);
    expect((await holders(ann, 'lab')).items).toEqual([]);
  });

  test('a loan without an end says so', async () => {
    await ann
      .post('/v1/reservations')
      .send({ items: [{ pool: 'lab' }], durationSeconds: null })
      .expect(201);
    expect((await holders(ann, 'lab')).items).toMatchObject([{ until: null, status: 'active' }]);
  });

  test('an unknown pool is a 404', async () => {
    expect((await ann.get('/v1/pools/none/holders')).body).toEqual(problem(404, 'not_found'));
  });
});

describe('GET /v1/pools/{name}/queue', () => {
  const fill = () => reserve(admin, { pool: 'lab', count: 5 });
  /** All pages of that many requests, one after the other. */
  const whole = async (limit: number): Promise<Record<string, unknown>[]> => {
    const found: Record<string, unknown>[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: []; nextCursor: string | null } = await queue(
        admin,
        'lab',
        `?limit=${limit}${cursor && `&cursor=${cursor}`}`,
      );
      found.push(...page.items);
      cursor = page.nextCursor;
    }
    return found;
  };

  test('an admin reads who waits for what, since when, in order', async () => {
    await fill();
    const first = await reserve(ann, { pool: 'lab', type: 'free', count: 2 });
    server.test.clock.advance(1_000);
    const second = await reserve(bob, { pool: 'lab', type: 'free' });
    const { items, nextCursor } = await queue(admin, 'lab');
    expect(nextCursor).toBeNull();
    const common = { positionIsExact: true, mine: false, priority: 0, parked: false };
    expect(items).toEqual([
      {
        ...common,
        position: 1,
        reservationId: first.id,
        user: { userId: ann.userId, name: 'ann' },
        since: AT,
        items: [{ item: 0, types: ['free'], resourceId: null, count: 2, missing: 2 }],
      },
      {
        ...common,
        position: 2,
        reservationId: second.id,
        user: { userId: bob.userId, name: 'bob' },
        since: '2026-01-01T00:00:01.000Z',
        items: [{ item: 0, types: ['free'], resourceId: null, count: 1, missing: 1 }],
      },
    ]);
    expect((await admin.get(`/v1/reservations/${second.id}`)).body.position).toBe(2);
  });

  test('others read the places, and only their own names', async () => {
    await fill();
    await reserve(ann, { pool: 'lab' });
    const own = await reserve(bob, { pool: 'lab' });
    const { items } = await queue(bob, 'lab');
    expect(items).toMatchObject([
      { position: 1, user: null, reservationId: null, mine: false, since: AT },
      { position: 2, user: { name: 'bob' }, reservationId: own.id, mine: true },
    ]);
    await admin.patch('/v1/pools/lab').send({ shareHolders: true }).expect(200);
    expect((await queue(bob, 'lab')).items[0]).toMatchObject({ user: { name: 'ann' } });
  });

  test('requests that name a resource are there, too, each once', async () => {
    const lent = await fill();
    const { resources } = (await admin.get(`/v1/reservations/${lent.id}`)).body;
    const resource = (index: number) => resources[index].id as string;
    const made = [
      await reserve(ann, { pool: 'lab' }),
      await reserve(ann, { pool: 'lab', type: 'free' }, { pool: 'lab', type: 'lite' }),
      await reserve(bob, { resource: resource(0) }, { resource: resource(1) }),
      await reserve(bob, { resource: resource(1) }, { pool: 'lab' }),
      await reserve(ann, { resource: resource(0) }),
    ];
    const items = await whole(100);
    const ids = items.map(({ reservationId }) => reservationId);
    expect([...ids].sort()).toEqual(made.map(({ id }) => id).sort());
    for (const limit of [1, 2, 3]) expect(await whole(limit)).toEqual(items);
  });

  test('whoever waits for another pool, or no longer, is not there', async () => {
    await fill();
    await reserve(admin, { pool: 'open', count: 2 });
    await reserve(ann, { pool: 'open' });
    const short = { items: [{ pool: 'lab' }], queueTimeoutSeconds: 10 };
    await ann.post('/v1/reservations').send(short).expect(202);
    expect((await queue(ann, 'lab')).items).toHaveLength(1);
    server.test.clock.advance(10_000);
    expect((await queue(ann, 'lab')).items).toEqual([]);
  });

  test('an unknown pool is a 404, and an invented cursor a 400', async () => {
    expect((await ann.get('/v1/pools/none/queue')).body).toEqual(problem(404, 'not_found'));
    const cursor = Buffer.from('1:x/1/2/3').toString('base64url');
    expect((await ann.get(`/v1/pools/lab/queue?cursor=${cursor}`)).body).toEqual(
      problem(400, 'invalid', 'cursor'),
    );
  });
});
