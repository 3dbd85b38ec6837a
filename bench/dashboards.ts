import { startChild, type Child } from './child';
import { Connection } from './connection';
import type { Asked, Read } from './dashboard-readers';
import { temporaryDirectory } from './ground';
import { members, untilReady } from './lending';
import { atMost, median, size, told, type Figure } from './result';
import { Client, startServer, type Server } from './servers';

const DASHBOARDS = size('DASHBOARDS', 200);
/** Pairs of turns, without dashboards and with them, of so many seconds each. */
const TURNS = size('DASHBOARD_TURNS', 16);
const SECONDS = size('DASHBOARD_SECONDS', 2);
/** Loans after streams were opened or closed that do not count, in seconds. */
const SETTLING = 0.3;
const CALLERS = size('DASHBOARD_CALLERS', 3);
/** The most resources that are told one by one. */
const SIZE = size('DASHBOARD_SIZE', 200);
/** Between two loans of a caller, in ms: what they give back has to be cleaned meanwhile. */
const PAUSE = size('DASHBOARD_PAUSE', 20);
const POOLS = `pools: [{ name: p, kind: account, driver: simulated, size: ${SIZE} }]`;
const LIMITS = { MAX_CONNECTIONS: '2000', MAX_CONNECTIONS_PER_ADDRESS: '2000' };
const BODY = JSON.stringify({ items: [{ pool: 'p' }] });

/** How long a request for a loan took, and its release, in ms. */
interface Took {
  reserve: number[];
  release: number[];
}

/**
 * Loans of a few callers in a closed loop, in many short turns without dashboards and with them. Half
 * of the dashboards are those of an admin, in a session.
 */
export async function dashboards(): Promise<Figure[]> {
  const server = await startServer(temporaryDirectory(), POOLS, { env: LIMITS });
  const admin = new Client(server.url, 1);
  await admin.setUp();
  await untilReady(admin, 'p');
  const users = await members(admin, server.url, CALLERS);
  const heads = [await sessionOf(server, admin), `Authorization: ${users[0]!}`];
  const callers = users.map((user) => new Connection(server.url, user));
  const child = startChild<Asked>('dashboard-readers.js');
  const turns = await inTurns(server, callers, heads, child);
  await child.stop();
  for (const caller of callers) caller.close();
  admin.close();
  await server.stop();
  return figures(turns);
}

interface Turns {
  without: Took[];
  withThem: Took[];
  read: Read[];
}

async function inTurns(
  { url }: Server,
  callers: Connection[],
  heads: string[],
  child: Child<Asked>,
): Promise<Turns> {
  const turns: Turns = { without: [], withThem: [], read: [] };
  const lendQuietly = async () => void turns.without.push(await lend(callers, SECONDS));
  const lendSeen = async () => {
    await child.ask({ do: 'open', url: url.href, heads, count: DASHBOARDS });
    await lend(callers, SETTLING);
    turns.withThem.push(await lend(callers, SECONDS));
    turns.read.push(await child.ask<Read>({ do: 'close' }));
    await lend(callers, SETTLING);
  };
  // The first loans are slower: nothing is compiled yet. The server may also change its pace with
  // time, so either kind of turn comes first as often.
  for (let turn = -2; turn < TURNS; turn += 1) {
    for (const work of turn % 2 === 0 ? [lendQuietly, lendSeen] : [lendSeen, lendQuietly])
      await work();
    if (turn < 0) [turns.without, turns.withThem, turns.read] = [[], [], []];
  }
  return turns;
}

function figures({ without, withThem, read }: Turns): Figure[] {
  const p50s = (turns: Took[], what: keyof Took) => turns.map((took) => median(took[what]));
  const ratio = (what: keyof Took) => {
    const [before, then] = [p50s(without, what), p50s(withThem, what)];
    return median(then.map((p50, turn) => p50 / before[turn]!));
  };
  return [
    told('dashboards: listeners', DASHBOARDS, ''),
    told('dashboards: messages to each in a turn', perListener(read, 'messages'), ''),
    told('dashboards: to each in a turn', perListener(read, 'megabytes'), 'MB'),
    told(
      'dashboards: loans',
      without.concat(withThem).flatMap(({ reserve }) => reserve).length,
      '',
    ),
    told('dashboards: reserve p50 without', median(p50s(without, 'reserve')), 'ms'),
    told('dashboards: reserve p50 with', median(p50s(withThem, 'reserve')), 'ms'),
    told('dashboards: release p50 without', median(p50s(without, 'release')), 'ms'),
    told('dashboards: release p50 with', median(p50s(withThem, 'release')), 'ms'),
    atMost('dashboards: reserve p50, with to without', ratio('reserve'), 1.05),
    atMost('dashboards: release p50, with to without', ratio('release'), 1.05),
  ];
}

function perListener(read: Read[], what: keyof Read): number {
  return median(read.map((each) => each[what])) / DASHBOARDS;
}

/** Headers of a page that has a session of the admin. */
async function sessionOf({ url }: Server, admin: Client): Promise<string> {
  const page = { 'X-Requested-With': 'holdfast' };
  const { headers, status } = await fetch(new URL('/v1/session', url), {
    method: 'POST',
    headers: { Authorization: admin.authorization, ...page },
  });
  if (status !== 201) throw new Error(`A sign-in was answered with ${status}.`);
  const cookie = headers.getSetCookie()[0]!.split(';')[0]!;
  return `Cookie: ${cookie}\r\nX-Requested-With: ${page['X-Requested-With']}`;
}

async function lend(callers: Connection[], seconds: number): Promise<Took> {
  const took: Took = { reserve: [], release: [] };
  const until = performance.now() + seconds * 1_000;
  const loop = async (caller: Connection) => {
    while (performance.now() < until) {
      await lendOnce(caller, took);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  };
  await Promise.all(callers.map(loop));
  return took;
}

async function lendOnce(caller: Connection, took: Took): Promise<void> {
  const begun = performance.now();
  const lent = await caller.call('POST', '/v1/reservations', BODY);
  took.reserve.push(performance.now() - begun);
  const { id, status } = JSON.parse(lent.body) as { id: string; status: string };
  if (status !== 'active') throw new Error(`A request was answered with ${lent.body}`);
  const ended = performance.now();
  const released = await caller.call('DELETE', `/v1/reservations/${id}`);
  took.release.push(performance.now() - ended);
  if (released.status !== 204) throw new Error(`A release was answered with ${released.status}.`);
}
