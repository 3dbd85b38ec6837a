import { ThreadBinding } from '../src/affinity';
import { Connection } from './connection';
import { temporaryDirectory } from './ground';
import { atLeast, median, size, told, type Figure } from './result';
import { Client, startBare, startServer, type Reply, type Server } from './servers';

const CONNECTIONS = 32;
const POOL = size('POOL', 2_000);
const LOANS = size('LOANS', 5 * POOL);
const ROUNDS = size('ROUNDS', 5);
/** Pairs before any is counted, for either server: both are compiled by then. */
const WARM_UP = size('WARM_UP', 5 * POOL);
const POOLS = `
pools:
  - name: p
    kind: account
    driver: simulated
    size: ${POOL}
    pick: longest_idle
    concurrency: 256
    lease: { default: 1h }
`;
/** Pairs a second of one server after the other. */
interface Round {
  ceiling: number;
  own: number;
  /** Resources that were not ready again when the last pair was through. */
  behind: number;
}

const BODY = JSON.stringify({ items: [{ pool: 'p' }] });

/**
 * Pairs of reserve and release over HTTP, while all that is given back is cleaned and gets a new
 * credential. Either server's first thread has a processor of its own, where that can be;
 * BENCH_BIND=false leaves them to the system. Both are measured in turns, because the machine may
 * change its pace meanwhile; the ratio is that of the middle round.
 */
export async function httpRatio(): Promise<Figure[]> {
  const BIND_THREADS = process.env.BENCH_BIND ?? String(await canBind());
  const bare = await startBare({ BIND_THREADS });
  const server = await startServer(temporaryDirectory(), POOLS, {
    env: { BIND_THREADS, LOG_LEVEL: process.env.BENCH_LOG_LEVEL ?? 'info' },
  });
  const client = new Client(server.url, 1);
  await client.setUp();
  await untilReady(client);
  const round = async (loans: number): Promise<Round> => {
    const ceiling = await pairsPerSecond(bare, '', loans);
    const own = await pairsPerSecond(server, client.authorization, loans);
    const behind = POOL - (await available(client));
    // What the last callers gave back is cleaned before the other server is looked at again.
    await untilReady(client);
    return { ceiling, own, behind };
  };
  await round(WARM_UP);
  const rounds: Round[] = [];
  while (rounds.length < ROUNDS) rounds.push(await round(LOANS));
  client.close();
  await server.stop();
  await bare.stop();
  return [
    told('http: first threads bound to a processor (1: yes)', Number(BIND_THREADS === 'true'), ''),
    told('http: pairs a second, bare Express', median(rounds.map(({ ceiling }) => ceiling)), '1/s'),
    told('http: pairs a second, cleaned and rotated', median(rounds.map(({ own }) => own)), '1/s'),
    told(
      `http: of ${LOANS} not cleaned when the clock stopped`,
      median(rounds.map(({ behind }) => behind)),
      '',
    ),
    ...rounds.map(({ ceiling, own }, index) =>
      told(`http: ratio of round ${index + 1}`, own / ceiling, ''),
    ),
    atLeast('http ratio', median(rounds.map(({ ceiling, own }) => own / ceiling)), 0.11),
  ];
}

function canBind(): Promise<boolean> {
  return ThreadBinding.prepare().then(
    () => true,
    () => false,
  );
}

/** What went wrong, by statuses, with one answer of each. */
const failures = new Map<string, string>();

/** Pairs of reserve and release of something in the pool `p`; only those that succeed are counted. */
export async function pairsPerSecond(
  { url }: Pick<Server, 'url'>,
  authorization: string,
  loans: number,
): Promise<number> {
  let left = loans;
  let pairs = 0;
  const connections = Array.from({ length: CONNECTIONS }, () => new Connection(url, authorization));
  const start = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      while (left > 0) {
        left -= 1;
        if (await pair(connection)) pairs += 1;
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  connections.forEach((connection) => connection.close());
  if (pairs < loans)
    process.stderr.write(
      `http: ${loans - pairs} of ${loans} pairs failed: ${JSON.stringify([...failures])}\n`,
    );
  return pairs / seconds;
}

async function pair(connection: Connection): Promise<boolean> {
  let reply = await connection.call('POST', '/v1/reservations?wait=60', BODY);
  const { id } = JSON.parse(reply.body) as { id: string };
  while (isWaiting(reply)) reply = await connection.call('GET', `/v1/reservations/${id}?wait=60`);
  const released = await connection.call('DELETE', `/v1/reservations/${id}`);
  if (reply.status < 300 && released.status === 204) return true;
  failures.set(`${reply.status} ${released.status}`, reply.body);
  return false;
}

function isWaiting({ status, body }: Reply): boolean {
  return status < 300 && (JSON.parse(body) as { status: string }).status === 'queued';
}

async function available(client: Client): Promise<number> {
  const { counts } = JSON.parse((await client.call('GET', '/v1/pools/p')).body) as {
    counts: { available: number };
  };
  return counts.available;
}

/** All of the pool has been made and is ready. */
async function untilReady(client: Client): Promise<void> {
  while ((await available(client)) < POOL) await new Promise((resolve) => setTimeout(resolve, 100));
}
