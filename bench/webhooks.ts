import { startChild, type Child } from './child';
import { temporaryDirectory } from './ground';
import { Borrowers, exportOf, members, untilReady } from './lending';
import { atMost, median, percentile, size, told, type Figure } from './result';
import { Client, startServer } from './servers';
import type { Asked, Found, Kind } from './webhook-receivers';

const WEBHOOKS = 10;
/** Each loan is told to each webhook twice: when it begins, and when it ends. */
const TYPES = ['reservation.active', 'reservation.ended'];
const DELIVERIES = size('DELIVERIES', 10_000);
const TURNS = size('WEBHOOK_TURNS', 1);
/** The delays of a form are looked at in so many stretches. */
const STRETCHES = 10;
const LOANS_PER_SECOND = size('WEBHOOK_LOANS', 20);
const SECONDS = DELIVERIES / TURNS / WEBHOOKS / TYPES.length / LOANS_PER_SECOND;
const POOLS =
  'pools: [{ name: p, kind: account, driver: simulated, size: 200, lease: { default: 1h }, ' +
  'concurrency: 16 }]';
/** Seconds before any delivery is counted. */
const WARM_UP = size('WEBHOOK_WARM_UP', 5);
/** How long the last deliveries may take, in ms. */
const PATIENCE = 15_000;

/** The tenth webhook of each run; the others are good. */
const FORMS: readonly Kind[] = ['good', 'silent', 'refusing'];

/** A server that lends, and receivers in a process of their own. */
interface Place {
  url: URL;
  admin: Client;
  borrowers: Borrowers;
  receivers: Child<Asked>;
}

/**
 * Ten webhooks, of which one accepts calls and never answers, or refuses them, in turns with ten good
 * ones: nobody else waits for it, and nothing is lost.
 */
export async function webhooks(): Promise<Figure[]> {
  const env = { WEBHOOK_ALLOW: '127.0.0.1' };
  const server = await startServer(temporaryDirectory(), POOLS, { env });
  const admin = new Client(server.url, 1);
  await admin.setUp();
  await untilReady(admin, 'p');
  const borrowers = new Borrowers(server.url, await members(admin, server.url, 10), 'p');
  const receivers = startChild<Asked>('webhook-receivers.js');
  const place: Place = { url: server.url, admin, borrowers, receivers };
  await run(place, 'good', WARM_UP);
  const found: Record<Kind, Found[]> = { good: [], silent: [], refusing: [] };
  for (let turn = 0; turn < TURNS; turn += 1)
    // The other way round in every second turn: whatever else the machine does meets all alike.
    for (const form of turn % 2 === 0 ? FORMS : FORMS.toReversed())
      found[form].push(await run(place, form, SECONDS));
  await receivers.stop();
  borrowers.close();
  admin.close();
  await server.stop();
  return figures(found);
}

function figures(found: Record<Kind, Found[]>): Figure[] {
  const all = FORMS.flatMap((form) => found[form]);
  const sum = (of: (found: Found) => number) => all.reduce((total, each) => total + of(each), 0);
  const delays = (form: Kind) => found[form].flatMap((each) => each.delays);
  const p99 = (form: Kind) => percentile(delays(form), 0.99);
  const ratio = (form: Kind) => middleP99(delays(form)) / middleP99(delays('good'));
  return [
    told(
      'webhooks: deliveries to good receivers',
      sum(({ deliveries }) => deliveries),
      '',
    ),
    atMost(
      'webhooks: lost',
      sum(({ lost }) => lost),
      0,
    ),
    atMost(
      'webhooks: signed wrongly, or out of order',
      sum(({ wrong }) => wrong),
      0,
    ),
    ...FORMS.flatMap((form) => [
      told(`webhooks: delay p50, the tenth ${form}`, percentile(delays(form), 0.5), 'ms'),
      told(`webhooks: delay p99, the tenth ${form}`, p99(form), 'ms'),
    ]),
    atMost('webhooks: delay p99, one silent to ten good', ratio('silent'), 1.5),
    atMost('webhooks: delay p99, one refusing to ten good', ratio('refusing'), 1.5),
  ];
}

/** That of the middle one of some stretches: one in which the machine stood still does not count. */
function middleP99(delays: number[]): number {
  const length = Math.ceil(delays.length / STRETCHES);
  const stretches = Array.from({ length: STRETCHES }, (_, at) =>
    delays.slice(at * length, (at + 1) * length),
  );
  return median(stretches.map((stretch) => percentile(stretch, 0.99)));
}

/** One form for so many seconds, on webhooks of its own. */
async function run(place: Place, form: Kind, seconds: number): Promise<Found> {
  const { url, admin, borrowers, receivers } = place;
  const kinds: Kind[] = [...Array<Kind>(WEBHOOKS - 1).fill('good'), form];
  const urls: string[] = await receivers.ask({ do: 'open', kinds });
  const made = await Promise.all(urls.map((each) => make(admin, each)));
  await receivers.ask({ do: 'trust', secrets: made.map(({ secret }) => secret) });
  const since = new Date().toISOString();
  await borrowers.lend(LOANS_PER_SECOND, seconds);
  const query = `type=${TYPES.join()}&since=${since}`;
  const expected = await exportOf(url, { authorization: admin.authorization, query }, 0);
  const found: Found = await receivers.ask({ do: 'check', expected, within: PATIENCE });
  for (const { id } of made) await admin.call('DELETE', `/v1/webhooks/${id}`);
  await untilReady(admin, 'p');
  return found;
}

async function make(admin: Client, url: string): Promise<{ id: string; secret: string }> {
  const body = JSON.stringify({ url, types: TYPES });
  const made = await admin.call('POST', '/v1/webhooks', body);
  if (made.status !== 201) throw new Error(`A webhook was answered with ${made.body}`);
  return JSON.parse(made.body) as { id: string; secret: string };
}
