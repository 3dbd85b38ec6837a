import { startChild, type Child } from './child';
import { temporaryDirectory } from './ground';
import { Borrowers, exportOf, members, untilReady } from './lending';
import { residentMb } from './proc';
import { atMost, median, percentile, size, told, type Figure } from './result';
import { Client, startServer, type Server } from './servers';
import type { View } from './stream';
import type { Asked, Found } from './stream-listeners';

const LISTENERS = size('LISTENERS', 1_000);
/** With listeners and without, in turns of so many seconds each. */
const TURNS = size('STREAM_TURNS', 4);
const SECONDS = size('STREAM_SECONDS', 5);
/** A loan leaves nine events. */
const LOANS_PER_SECOND = size('STREAM_LOANS', 11.2);
const MEMBERS = 10;
const PLENTY = 100;
const POOLS =
  `pools: [{ name: p, kind: account, driver: simulated, size: ${PLENTY}, ` +
  'lease: { default: 1h }, concurrency: 16 }]';
/** One connection in so many ms is cut. */
const CUT_EVERY = 100;
/** How long the last events may take to the last listener, in ms. */
const PATIENCE = 20_000;

/**
 * As an operator would set it for so many streams from one address: half of all connections may hold
 * answers, and one address has three quarters of these.
 */
const most = Math.ceil(LISTENERS * (8 / 3)) + 200;
const LIMITS = { MAX_CONNECTIONS: `${most}`, MAX_CONNECTIONS_PER_ADDRESS: `${most}` };

/** A server, its admin, and those who borrow there. */
interface Place {
  dataDir: string;
  server: Server;
  admin: Client;
  borrowers: Borrowers;
}

/**
 * Many listeners on the events of real loans: all that each may see, in order, once, also over cut
 * connections and a restart. Another server without listeners lends in turns with theirs.
 */
export async function streams(): Promise<Figure[]> {
  const [quiet, heard] = [await place({}), await place(LIMITS)];
  const child = startChild<Asked>('stream-listeners.js');
  const views = viewsOf(heard);
  await child.ask({ do: 'listen', url: heard.server.url.href, views, count: LISTENERS });
  const after = await newest(heard);
  const [without, withThem] = await inTurns(quiet, heard, child);
  const resident = [residentMb(quiet.server.pid), residentMb(heard.server.pid)];
  await restarted(heard);
  resident.push(residentMb(heard.server.pid));
  const expected = await exported(heard.server.url, views, after);
  const found: Found = await child.ask({ do: 'check', after, expected, within: PATIENCE });
  await child.stop();
  for (const { server, admin, borrowers } of [quiet, heard]) {
    borrowers.close();
    admin.close();
    await server.stop();
  }
  return figures(found, { without, withThem, resident });
}

interface Measured {
  /** From a request for a loan to its answer, in ms, of each turn. */
  without: number[][];
  withThem: number[][];
  /** Of the server without listeners; with them, before and after its restart; in MB. */
  resident: number[];
}

function figures(found: Found, { without, withThem, resident }: Measured): Figure[] {
  // Of the middle turn: one in which the machine stood still does not count.
  const p99 = (turns: number[][]) => median(turns.map((turn) => percentile(turn, 0.99)));
  const [slow, quick] = [p99(withThem), p99(without)];
  return [
    told('streams: listeners', LISTENERS, ''),
    told('streams: events told', found.events, ''),
    told('streams: connections, with those after a cut', found.connections, ''),
    atMost('streams: events lost', found.lost, 0),
    atMost('streams: events doubled, out of order or of others', found.wrong, 0),
    told('streams: delay of an event p50', found.p50, 'ms'),
    told('streams: delay of an event p99', found.p99, 'ms'),
    told('streams: reserve p50 without listeners', percentile(without.flat(), 0.5), 'ms'),
    told('streams: reserve p50 with them', percentile(withThem.flat(), 0.5), 'ms'),
    told('streams: reserve p99 without listeners', quick, 'ms'),
    told('streams: reserve p99 with them', slow, 'ms'),
    atMost('streams: reserve p99, with to without', slow / quick, 3),
    told('streams: memory of the server without listeners', resident[0]!, 'MB'),
    atMost('streams: memory of the server with them', resident[1]!, 400, 'MB'),
    atMost('streams: memory after they all came back', resident[2]!, 400, 'MB'),
  ];
}

async function place(env: Record<string, string>): Promise<Place> {
  const dataDir = temporaryDirectory();
  const server = await startServer(dataDir, POOLS, { env });
  const admin = new Client(server.url, 1);
  await admin.setUp();
  await untilReady(admin, 'p');
  const borrowers = new Borrowers(server.url, await members(admin, server.url, MEMBERS), 'p');
  return { dataDir, server, admin, borrowers };
}

/** Of ten listeners, six see all, two only what is about themselves, and two filter. */
function viewsOf({ admin, borrowers }: Place): View[] {
  const all = { authorization: admin.authorization, query: '' };
  return borrowers.authorizations.flatMap((authorization) => [
    ...[all, all, all, all, all, all],
    { authorization, query: '' },
    { authorization, query: 'type=reservation.active,reservation.ended' },
    { ...all, query: 'type=resource.returned' },
    { ...all, query: 'pool=p&actor=reconcile' },
  ]);
}

/** The numbers of the events that each view has; views that are alike are read once. */
async function exported(url: URL, views: View[], after: number): Promise<number[][]> {
  const known = new Map<string, Promise<number[]>>();
  const expected = views.map((view) => {
    const key = JSON.stringify(view);
    const seqs = known.get(key) ?? exportOf(url, view, after);
    known.set(key, seqs);
    return seqs;
  });
  return Promise.all(expected);
}

async function newest({ admin }: Place): Promise<number> {
  const { body } = await admin.call('GET', '/v1/events?limit=1');
  return (JSON.parse(body) as { items: { seq: number }[] }).items[0]!.seq;
}

/** Loans at one server, then at the other; connections are cut in every second turn with listeners. */
async function inTurns(
  quiet: Place,
  heard: Place,
  child: Child<Asked>,
): Promise<[number[][], number[][]]> {
  const [without, withThem]: [number[][], number[][]] = [[], []];
  for (const { borrowers } of [quiet, heard]) await borrowers.lend(LOANS_PER_SECOND, 2);
  for (let turn = 0; turn < TURNS; turn += 1) {
    without.push(await quiet.borrowers.lend(LOANS_PER_SECOND, SECONDS));
    await child.ask({ do: 'cut', every: turn % 2 === 1 ? CUT_EVERY : 0 });
    await child.ask({ do: 'measure', on: true });
    withThem.push(await heard.borrowers.lend(LOANS_PER_SECOND, SECONDS));
    await child.ask({ do: 'measure', on: false });
    await child.ask({ do: 'cut', every: 0 });
  }
  return [without, withThem];
}

/** Stops the server while it lends, starts it on the same port, and lends on. */
async function restarted(heard: Place): Promise<void> {
  const { dataDir, server, borrowers } = heard;
  await borrowers.lend(LOANS_PER_SECOND, 1);
  await server.stop();
  const env = { ...LIMITS, PORT: server.url.port };
  heard.server = await startServer(dataDir, POOLS, { env });
  borrowers.reconnect();
  // Its jobs verify what nobody holds, and tell of it while the listeners come back.
  await untilReady(heard.admin, 'p');
  await borrowers.lend(LOANS_PER_SECOND, 2);
  await untilReady(heard.admin, 'p');
}
