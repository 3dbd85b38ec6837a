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
 * server and of one that writes no events, in turns. The ratio is that of the middle turn.
 */
export async function eventCost(): Promise<Figure[]> {
  const withEvents = await place({});
  const without = await place({ NODE_OPTIONS: `--require ${join(__dirname, 'no-events.js')}` });
  const rates: { own: Rate; bare: Rate }[] = [];
  // The first turn compiles both.
  for (let turn = 0; turn <= TURNS; turn += 1) {
    const order = turn % 2 === 0 ? [withEvents, without] : [without, withEvents];
    const [first, second] = [await rate(order[0]!), await rate(order[1]!)];
    const [own, bare] = turn % 2 === 0 ? [first, second] : [second, first];
    if (turn > 0) rates.push({ own, bare });
  }
  const [written, none] = [await events(withEvents), await events(without)];
  if (written === 0 || none > 0) throw new Error(`Events were written: ${written} and ${none}.`);
  for (const { server, admin } of [withEvents, without]) {
    admin.close();
    await server.stop();
  }
  return figures(rates);
}

/** Of one turn. */
interface Rate {
  /** Pairs a second. */
  pairs: number;
  /** Processor time of the server for a pair, in ms. */
  processor: number;
}

function figures(turns: { own: Rate; bare: Rate }[]): Figure[] {
  const ratios = turns.map(({ own, bare }) => bare.pairs / own.pairs);
  const all = (of: (turn: { own: Rate; bare: Rate }) => number) => median(turns.map(of));
  return [
    told(
      'events: pairs a second',
      all(({ own }) => own.pairs),
      '1/s',
    ),
    told(
      'events: pairs a second without events',
      all(({ bare }) => bare.pairs),
      '1/s',
    ),
    told(
      'events: processor time of a pair',
      all(({ own }) => own.processor),
      'ms',
    ),
    told(
      'events: the same without events',
      all(({ bare }) => bare.processor),
      'ms',
    ),
    told('events: ratio of a turn, lower quarter', percentile(ratios, 0.25), ''),
    told('events: ratio of a turn, upper quarter', percentile(ratios, 0.75), ''),
    told(
      'events: processor time of a loan, with events to without',
      all(({ own, bare }) => own.processor / bare.processor),
      '',
    ),
    atMost('events: time of a loan, with events to without', median(ratios), 1.05),
  ];
}

async function place(env: Record<string, string>): Promise<Place> {
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
