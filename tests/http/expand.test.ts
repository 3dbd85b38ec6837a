import Database from 'better-sqlite3';
import type { Caller } from '../helpers/server';
import { problem, TestServer } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 12 }
  - { name: vms, kind: vm, driver: simulated, size: 12 }
`;

let server: TestServer;
let admin: Caller;
let ann: Caller;

beforeEach(async () => {
  server = await TestServer.start({ pools: POOLS });
  admin = await server.admin();
  ann = await server.user('ann');
});

interface Shown {
  id: string;
  resources: { details?: object; credentials?: object }[];
  events?: { type: string; requestId: string | null }[];
}

const reserve = async (...pools: string[]) =>
  (await ann.post('/v1/reservations').send({ items: pools.map((pool) => ({ pool })) })).body as {
    id: string;
  };
const list = async (caller: Caller, query: string) =>
  (await caller.get(`/v1/reservations?${query}`).expect(200)).body.items as Shown[];
const one = async (caller: Caller, id: string, query: string) =>
  (await caller.get(`/v1/reservations/${id}?${query}`).expect(200)).body as Shown;

test('details of a list are those of each single reservation, and no credential is', async () => {
  const { id } = await reserve('vms', 'lab');
  const ended = await reserve('vms');
  await ann.delete(`/v1/reservations/${ended.id}`).expect(204);
  for (const caller of [ann, admin]) {
    const [first, second] = await list(caller, 'expand=details');
    const single = await one(caller, id, '');
    expect(first!.resources.map(({ details }) => details)).toEqual(
      single.resources.map(({ details }) => details),
    );
    expect(first!.resources[0]!.details).toMatchObject({ host: expect.any(String) });
    expect(second!.resources).toMatchObject([{ details: {} }]);
    expect(JSON.stringify([first, second])).not.toContain('credentials');
  }
  expect((await list(ann, ''))[0]!.resources[0]).not.toHaveProperty('details');
});

test('events are those that the caller sees in the list of events, the newest first', async () => {
  const { id } = await reserve('lab');
  await admin.delete(`/v1/reservations/${id}`).expect(204);
  for (const caller of [ann, admin]) {
    const { body } = await caller.get(`/v1/events?reservation=${id}`).expect(200);
    expect((body.items as object[]).length).toBeGreaterThanOrEqual(4);
    expect((await one(caller, id, 'expand=events')).events).toEqual(body.items);
    expect((await list(caller, 'expand=events,details'))[0]!.events).toEqual(body.items);
  }
  const [ended] = (await one(ann, id, 'expand=events')).events!;
  expect(ended!.requestId).toBeNull();
  expect(await one(ann, id, '')).not.toHaveProperty('events');
});

test('at most the last 20 events are shown', async () => {
  const { id } = await reserve('lab');
  for (let count = 0; count < 25; count += 1)
    await ann.patch(`/v1/reservations/${id}`).send({ extendSeconds: 1 }).expect(200);
  const { events } = await one(ann, id, 'expand=events');
  expect(events!.map(({ type }) => type)).toEqual(Array(20).fill('reservation.extended'));
});

test.each(['', 'pools', 'events,', 'events,credentials'])(
  'an unknown expansion is refused: %j',
  async (expand) => {
    const { id } = await reserve('lab');
    for (const path of ['', `/${id}`]) {
      const answer = await ann.get(`/v1/reservations${path}?expand=${expand}`).expect(400);
      expect(answer.body).toEqual(problem(400, 'invalid', 'expand'));
      expect(answer.body.detail).toContain('knows only details and events');
    }
  },
);

/** The statements that read tables while `act` runs. */
async function statementsOf(act: () => Promise<unknown>): Promise<string[]> {
  const statement = Reflect.getPrototypeOf(new Database(':memory:').prepare('select 1')) as {
    all: (...given: unknown[]) => unknown;
    get: (...given: unknown[]) => unknown;
  };
  const spies = [jest.spyOn(statement, 'all'), jest.spyOn(statement, 'get')];
  await act();
  const run = spies.flatMap(({ mock }) => mock.contexts as { source: string }[]);
  for (const spy of spies) spy.mockRestore();
  // The server looks many times a second whether anything was committed.
  return run.map(({ source }) => source).filter((source) => !/pragma/i.test(source));
}

test('a page of ten costs the statements of a page of one', async () => {
  for (let count = 0; count < 10; count += 1) await reserve('vms', 'lab');
  const query = (limit: number) => `limit=${limit}&expand=details,events`;
  await list(admin, query(1));
  const few = await statementsOf(() => list(admin, query(1)));
  expect(few.length).toBeGreaterThan(5);
  expect(await statementsOf(() => list(admin, query(10)))).toHaveLength(few.length);
});
