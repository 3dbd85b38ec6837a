import { setTimeout as pause } from 'node:timers/promises';
import { loadavg } from 'node:os';
import type { Dice } from '../dice';
import { atMost, type Figure } from '../result';
import { Client, startServer } from '../servers';
import { Book } from './book';
import { Borrower } from './borrower';
import { Caller } from './caller';
import { Ledger } from './ledger';
import { Load } from './load';
import { lengthOf, POOLS, type Plan } from './plan';
import { Rows } from './rows';
import { Samples } from './samples';
import { Trouble } from './trouble';
import { verdict } from './verdict';

/** People who borrow, each with a token of their own. */
const USERS = 8;
const PROGRESS_EVERY = 30_000;
/** How long all may take to come back when nobody borrows any more, in ms. */
const REST = 60_000;

export interface Surroundings {
  dice: Dice;
  dataDir: string;
  executable?: string;
  say: (text: string) => void;
}

export interface Endured {
  plan: Plan;
  book: Book;
  samples: Samples;
  figures: Figure[];
  /** Who came, and how many of them did not get what they came for. */
  scenarios: string;
}

/** The whole run, on an empty data directory. Throws where it cannot go to its end. */
export async function endure(
  plan: Plan,
  { dice, dataDir, executable, say }: Surroundings,
): Promise<Endured> {
  const errors: string[] = [];
  const kept = Object.fromEntries(
    ['RESERVATIONS', 'EVENTS', 'OPERATIONS', 'IDEMPOTENCY_KEYS'].map((what) => [
      `KEEP_${what}`,
      `${plan.keep}ms`,
    ]),
  );
  const server = await startServer(dataDir, POOLS, {
    env: kept,
    executable,
    onLine: (line) => isError(line) && errors.push(line),
  });
  const client = new Client(server.url, Infinity);
  try {
    await client.setUp();
    const tokens = await tokensOf(client);
    // What is prepared by then is no load: from here time counts.
    await untilReady(client);
    const book = new Book(plan);
    const ledger = new Ledger((what) => book.fault(what));
    const callerOf = (token: string) => new Caller(client, `Bearer ${token}`, book);
    const admin = new Caller(client, client.authorization, book);
    const borrowers = tokens.map((token) => new Borrower(callerOf(token), dice, ledger));
    const load = new Load(plan, book, dice, borrowers, admin);
    const trouble = new Trouble(plan, admin, borrowers[0]!, dice, dataDir);
    const rows = new Rows(dataDir);
    const samples = new Samples(book, server.pid, dataDir, rows);
    const progress = setInterval(() => say(lineOfNow(plan, book, samples, load)), PROGRESS_EVERY);
    trouble.start();
    try {
      await load.run();
    } finally {
      clearInterval(progress);
      samples.stop();
      await trouble.stop();
    }
    const rest = await atRest(client, plan, rows);
    rows.close();
    client.close();
    await server.stop();
    for (const line of errors) book.fault(`logged: ${line.slice(0, 1_000)}`);
    const figures = [...verdict(plan, book, samples), ...rest];
    return { plan, book, samples, figures, scenarios: scenariosOf(load, ledger) };
  } catch (error) {
    client.close();
    await server.stop();
    throw error;
  }
}

/** A back end that is down is complained of when its orphans are looked for; nothing else is. */
function isError(line: string): boolean {
  return line.includes('"level":50') && !line.includes('The simulated back end is down.');
}

async function tokensOf(client: Client): Promise<string[]> {
  const tokens: string[] = [];
  for (let user = 0; user < USERS; user += 1) {
    const email = `user-${user}@example.org`;
    await demand(
      201,
      client.send('POST', '/v1/users', {
        body: JSON.stringify({ name: email, email, password: 'correct horse' }),
      }),
    );
    const Authorization = `Basic ${Buffer.from(`${email}:correct horse`).toString('base64')}`;
    const { token } = await demand<{ token: string }>(
      201,
      client.send('POST', '/v1/tokens', {
        headers: { Authorization },
        body: JSON.stringify({ name: 'endurance', scopes: ['read', 'reserve', 'self'] }),
      }),
    );
    tokens.push(token);
  }
  return tokens;
}

interface Stats {
  pools: { name: string; counts: Record<string, number> }[];
  reservations: { queued: number; preparing: number; active: number };
}

async function untilReady(client: Client): Promise<void> {
  const unready = ({ pools }: Stats) =>
    pools.some(({ counts }) => counts.available! < counts.total!);
  for (let stats = await statsOf(client); unready(stats); stats = await statsOf(client))
    await pause(100);
}

function statsOf(client: Client): Promise<Stats> {
  return demand<Stats>(200, client.send('GET', '/v1/stats'));
}

async function demand<T>(status: number, asked: ReturnType<Client['send']>): Promise<T> {
  const reply = await asked;
  if (reply.status !== status) throw new Error(`${reply.status}: ${reply.body}`);
  return JSON.parse(reply.body) as T;
}

/**
 * Nobody borrows any more: all comes back clean, what is old is gone, and the database is sound.
 */
async function atRest(client: Client, plan: Plan, rows: Rows): Promise<Figure[]> {
  const away = ({ pools, reservations }: Stats) =>
    pools.reduce((sum, { counts }) => sum + counts.total! - counts.available!, 0) +
    reservations.active +
    reservations.queued +
    reservations.preparing;
  const queueTimeout = performance.now() + REST;
  let missing = away(await statsOf(client));
  while (missing > 0 && performance.now() < queueTimeout) {
    await pause(500);
    missing = away(await statsOf(client));
  }
  // A round of forgetting comes after every tenth of what is kept; the second one has certainly
  // seen it.
  const outdated = Object.entries(rows.outdated(Date.now() - 1.25 * plan.keep)).filter(
    ([, count]) => count > 0,
  );
  const wrong = rows.wrong();
  return [
    atMost('reservations and resources that do not come to rest', missing, 0),
    atMost(
      `tables with rows past their time${outdated.map(([table, count]) => ` ${table} ${count}`).join(',')}`,
      outdated.length,
      0,
    ),
    atMost(`what is wrong in the database ${wrong.slice(0, 5).join('; ')}`.trim(), wrong.length, 0),
  ];
}

function lineOfNow(plan: Plan, book: Book, samples: Samples, load: Load): string {
  const window = book.window();
  const sample = samples.all.at(-1);
  const place =
    window < 0
      ? 'warm-up'
      : `window ${window + 1} of ${plan.windows}, p99 ${book.p99(window).toFixed(1)} ms`;
  const sizes = sample
    ? `RSS ${sample.residentMb.toFixed(0)} MB, database ${(sample.databaseMb + sample.logMb).toFixed(1)} MB`
    : '';
  return (
    `${(book.now() / 60_000).toFixed(1)} of ${lengthOf(plan) / 60_000} min: ${place}, ` +
    `${book.calls} calls, ${load.under} callers there, ${sizes}, ${book.faultCount} faults, ` +
    `load ${loadavg()[0]!.toFixed(1)}`
  );
}

function scenariosOf({ met, gaveUp }: Load, ledger: Ledger): string {
  const each = [...met]
    .sort()
    .map(([name, count]) => `${name} ${count} (${gaveUp.get(name) ?? 0} not served)`);
  return `${each.join(', ')}; ${ledger.loans} loans of a resource seen`;
}
