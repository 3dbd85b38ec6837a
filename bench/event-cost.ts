import { join } from 'node:path';
import { temporaryDirectory } from './ground';
import { pairsPerSecond } from './http-ratio';
import { untilReady } from './lending';
import { processorSeconds } from './proc';
import { atMost, median, percentile, size, told, type Figure } from './result';
import { Client, startServer, type Server } from './servers';

const POOL = size('POOL', 2_000);
const LOANS = size('EVENT_LOANS', 1_000);
const TURNS = size('EVENT_TURNS', 30);
/** How often to look whether the last loan is cleaned, in ms. */
const LOOK_EVERY = 10;
const POOLS =
  `pools: [{ name: p, kind: account, driver: simulated, size: ${POOL}, pick: longest_idle, ` +
  'concurrency: 256, lease: { default: 1h } }]';

/** A server and its admin. */
interface Place {
  server: Server;
  admin: Client;
}

/**
 * The cost of events for a loan: pairs of reserve and release, cleaned and with new credentials, of a
 * server, of one with events as they were before they told who did what, and of one without any, in
 * turns. The ratios are those of the middle turn.
 */
export async function eventCost(): Promise<Figure[]> {
  const places = {
    own: await place(),
    before: await place('events-before'),
    bare: await place('no-events'),
  };
  const turns: Turn[] = [];
  const names = Object.keys(places) as (keyof Turn)[];
  // The first turn compiles them.
  for (let turn = 0; turn <= TURNS; turn += 1) {
    const rates: Partial<Turn> = {};
    for (let index = 0; index < names.length; index += 1) {
      const name = names[(turn + index) % names.length]!;
      rates[name] = await rate(places[name]);
    }
    if (turn > 0) turns.push(rates as Turn);
  }
  for (const name of names) {
    const count = await events(places[name]);
    if (count > 0 !== (name === 'own')) throw new Error(`${count} events were written: ${name}.`);
    places[name].admin.close();
    await places[name].server.stop();
  }
  return figures(turns);
}

/** Of one turn. */
interface Rate {
  /** Pairs a second. */
  pairs: number;
  /** Processor time of the server for a pair, in ms. */
  processor: number;
}
type Turn = Record<'own' | 'before' | 'bare', Rate>;

function figures(turns: Turn[]): Figure[] {
  const all = (of: (turn: Turn) => number) => turns.map(of);
  const times = all(({ own, before }) => before.pairs / own.pairs);
  const processor = (of: 'before' | 'bare') =>
    median(all((turn) => turn.own.processor / turn[of].processor));
  const pairs = (of: keyof Turn) => median(all((turn) => turn[of].pairs));
  return [
    told('events: pairs a second', pairs('own'), '1/s'),
    told('events: pairs a second with events as before', pairs('before'), '1/s'),
    told('events: pairs a second without events', pairs('bare'), '1/s'),
    told('events: ratio of a turn, lower quarter', percentile(times, 0.25), ''),
    told('events: ratio of a turn, upper quarter', percentile(times, 0.75), ''),
    told('events: processor time of a loan, to events as before', processor('before'), ''),
    told('events: processor time of a loan, to none', processor('bare'), ''),
    told(
      'events: time of a loan, to none',
      median(all(({ own, bare }) => bare.pairs / own.pairs)),
      '',
    ),
    atMost('events: time of a loan, to events as before', median(times), 1.05),
  ];
}

/** `instead`: the module of the bench that takes the place of the part that appends events. */
async function place(instead?: string): Promise<Place> {
  const env: Record<string, string> = instead
    ? { NODE_OPTIONS: `--require ${join(__dirname, `${instead}.js`)}` }
    : {};
  const server = await startServer(temporaryDirectory(), POOLS, { env });
  const admin = new Client(server.url, 1);
  await admin.setUp();
  await untilReady(admin, 'p');
  return { server, admin };
}

/** Until the last pair is cleaned. */
async function rate({ server, admin }: Place): Promise<Rate> {
  const [begun, used] = [performance.now(), processorSeconds(server.pid)];
  await pairsPerSecond(server, admin.authorization, LOANS);
  await untilReady(admin, 'p', LOOK_EVERY);
  const pairs = (LOANS / (performance.now() - begun)) * 1_000;
  return { pairs, processor: ((processorSeconds(server.pid) - used) / LOANS) * 1_000 };
}

async function events({ admin }: Place): Promise<number> {
  const { body } = await admin.call('GET', '/v1/events?limit=1');
  return (JSON.parse(body) as { items: unknown[] }).items.length;
}
