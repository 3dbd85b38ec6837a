import { Connection } from './connection';
import { temporaryDirectory } from './ground';
import { untilReady } from './lending';
import { atLeast, atMost, median, percentile, size, told, type Figure } from './result';
import { Client, startServer, type Reply } from './servers';

const ROUNDS = size('ROUNDS', 5);
const LOANS = size('SCARCE_LOANS', 2_000);
const PLENTY = size('POOL', 2_000);

/** Pools with the settings that users get by default, and one with room for everybody. */
const POOLS = `
pools:
  - { name: one, kind: account, driver: simulated, size: 1, lease: { default: 1h } }
  - { name: few, kind: account, driver: simulated, size: 20, lease: { default: 1h } }
  - { name: plenty, kind: account, driver: simulated, size: ${PLENTY}, pick: longest_idle,
      concurrency: 256, lease: { default: 1h } }
`;

/** Callers on a pool, and the loans that they make together. */
interface Load {
  pool: string;
  callers: number;
  loans: number;
}

const ONE: Load = { pool: 'one', callers: 2, loans: LOANS / 10 };
const FEW: Load = { pool: 'few', callers: 40, loans: LOANS };
const MANY: Load = { pool: 'plenty', callers: 32, loans: 5 * LOANS };

interface Run {
  /** Loans a second. */
  rate: number;
  /** From the answer to a release to the answer of the next holder of the same thing, in ms. */
  handOvers: number[];
}

/**
 * More callers than things: each waits for a thing and gives it back at once, so a loan can only
 * begin when another has ended and the thing is clean again. The driver takes no time of its own.
 * Rates are compared with those of a pool that has something for everybody.
 */
export async function scarce(): Promise<Figure[]> {
  const BIND_THREADS = process.env.BENCH_BIND ?? 'false';
  const server = await startServer(temporaryDirectory(), POOLS, { env: { BIND_THREADS } });
  const client = new Client(server.url, 1);
  await client.setUp();
  for (const pool of ['one', 'few', 'plenty']) await untilReady(client, pool);
  const drive = (load: Load) => driven(load, server.url, client.authorization);
  for (const load of [ONE, FEW, MANY]) await drive(load);
  const rounds: Record<'one' | 'few' | 'plenty', Run[]> = { one: [], few: [], plenty: [] };
  while (rounds.few.length < ROUNDS) {
    rounds.one.push(await drive(ONE));
    rounds.few.push(await drive(FEW));
    rounds.plenty.push(await drive(MANY));
    await untilReady(client, 'plenty');
  }
  client.close();
  await server.stop();
  const rate = (runs: Run[]) => median(runs.map((run) => run.rate));
  const ratios = rounds.few.map((run, index) => run.rate / rounds.plenty[index]!.rate);
  return [
    ...handOver('1 thing, 2 callers', rounds.one),
    ...handOver('20 things, 40 callers', rounds.few),
    told('scarce: loans a second, 20 things', rate(rounds.few), '1/s'),
    told(`scarce: loans a second, ${PLENTY} things`, rate(rounds.plenty), '1/s'),
    atLeast('scarce: loans, 20 things to plenty', median(ratios), 0.6),
  ];
}

function handOver(name: string, runs: Run[]): Figure[] {
  const sample = runs.flatMap((run) => run.handOvers);
  return [
    atMost(`scarce: hand-over p50, ${name}`, percentile(sample, 0.5), 10, 'ms'),
    atMost(`scarce: hand-over p99, ${name}`, percentile(sample, 0.99), 25, 'ms'),
  ];
}

async function driven(load: Load, url: URL, authorization: string): Promise<Run> {
  const body = JSON.stringify({ items: [{ pool: load.pool }] });
  const connections = Array.from(
    { length: load.callers },
    () => new Connection(url, authorization),
  );
  const releasedAt = new Map<string, number>();
  const handOvers: number[] = [];
  let left = load.loans;
  const start = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      while (left > 0) {
        left -= 1;
        const { id, thing } = await borrow(connection, body);
        const freed = releasedAt.get(thing);
        if (freed !== undefined) handOvers.push(performance.now() - freed);
        const { status } = await connection.call('DELETE', `/v1/reservations/${id}`);
        if (status !== 204) throw new Error(`A release was answered with ${status}.`);
        releasedAt.set(thing, performance.now());
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  connections.forEach((connection) => connection.close());
  return { rate: load.loans / seconds, handOvers };
}

interface View {
  id: string;
  status: string;
  resources: { id: string }[];
}

async function borrow(
  connection: Connection,
  body: string,
): Promise<{ id: string; thing: string }> {
  let view = viewIn(await connection.call('POST', '/v1/reservations?wait=30', body));
  while (view.status === 'queued')
    view = viewIn(await connection.call('GET', `/v1/reservations/${view.id}?wait=30`));
  if (view.status !== 'active') throw new Error(`A request became ${view.status}.`);
  return { id: view.id, thing: view.resources[0]!.id };
}

function viewIn({ status, body }: Reply): View {
  if (status >= 300) throw new Error(`A request was answered with ${status}: ${body}`);
  return JSON.parse(body) as View;
}
