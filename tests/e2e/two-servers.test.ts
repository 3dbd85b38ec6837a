import { temporaryDirectory } from '../helpers/engine';
import { Reader, type Seen } from '../helpers/event-reader';
import { ServerProcess } from '../helpers/process';

const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 8 }]';
/** Loans at each server, at once and then in turns. */
const LOANS = 15;

let servers: ServerProcess[];
let token: string;

beforeAll(async () => {
  const options = { dataDir: temporaryDirectory(), pools: POOLS };
  servers = [await ServerProcess.start(options), await ServerProcess.start(options)];
  token = await servers[0]!.setUp();
});

/** Borrows and gives back. Gives the id of the reservation. */
async function lend({ http }: ServerProcess): Promise<string> {
  const body = { items: [{ pool: 'lab' }] };
  const { status, body: loan } = await http.post('/v1/reservations?wait=30', { token, body });
  expect([status, loan.status]).toEqual([201, 'active']);
  await http.delete(`/v1/reservations/${loan.id}`, { token });
  return loan.id as string;
}

async function lendMany(server: ServerProcess): Promise<void> {
  for (let loan = 0; loan < LOANS; loan += 1) await lend(server);
}

const listen = ({ url }: ServerProcess, query = '', last?: number) =>
  Reader.open(
    url,
    `Bearer ${token}`,
    query,
    last === undefined ? {} : { 'Last-Event-ID': `${last}` },
  );

/** All events up to now from the number with which a stream began, as the list has them. */
async function listed(server: ServerProcess, reader: Reader): Promise<Seen[]> {
  const begin = Number(/^id: (\d+)/.exec(reader.text)![1]);
  const { body } = await server.http.get('/v1/events?order=asc&limit=1000', { token });
  expect(body.nextCursor).toBeNull();
  return (body.items as Seen[]).filter(({ seq }) => seq > begin);
}

const firstOf = ({ events }: Reader, count: number) => events.slice(0, count);

test('listeners at two servers on one database hear the same, and nothing is missing', async () => {
  const readers = [await listen(servers[0]!), await listen(servers[1]!)];
  await Promise.all(servers.map(lendMany));
  const all = await listed(servers[0]!, readers[0]!);
  expect(all.filter(({ type }) => type === 'reservation.active')).toHaveLength(2 * LOANS);
  for (const reader of readers) {
    await reader.until(() => reader.events.length >= all.length);
    expect(firstOf(reader, all.length)).toEqual(all);
  }
});

test('what was answered before is heard before, whichever server did it', async () => {
  const reader = await listen(servers[1]!, 'type=reservation.active');
  const ids: string[] = [];
  for (let loan = 0; loan < LOANS; loan += 1) ids.push(await lend(servers[loan % 2]!));
  await reader.until(() => reader.events.length >= LOANS);
  const heard = reader.events as (Seen & { reservation: string; at: string })[];
  expect(heard.map(({ reservation }) => reservation)).toEqual(ids);
  const times = heard.map(({ at }) => at);
  expect(times).toEqual([...times].sort());
});

test('a listener whose server is killed goes on at the other one', async () => {
  const [stays, leaves] = [await listen(servers[0]!), await listen(servers[1]!)];
  const lending = lendMany(servers[0]!);
  await leaves.until(() => leaves.events.length >= 20);
  const killed = servers.pop()!;
  await killed.kill();
  await leaves.untilEnded();
  const before = leaves.events;
  const back = await listen(servers[0]!, '', before.at(-1)!.seq);
  await lending;
  const all = await listed(servers[0]!, stays);
  for (const reader of [stays, back])
    await reader.until(() => reader.events.at(-1)!.seq >= all.at(-1)!.seq);
  expect(firstOf(stays, all.length)).toEqual(all);
  const begin = Number(/^id: (\d+)/.exec(leaves.text)![1]);
  expect([...before, ...back.events].filter(({ seq }) => seq <= all.at(-1)!.seq)).toEqual(
    all.filter(({ seq }) => seq > begin),
  );
});
