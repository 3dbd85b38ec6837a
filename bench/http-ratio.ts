import { temporaryDirectory } from './ground';
import { atLeast, size, told, type Figure } from './result';
import { Client, startBare, startServer, type Reply } from './servers';

const CONNECTIONS = 32;
const POOL = size('POOL', 2_000);
const LOANS = size('LOANS', 5 * POOL);
const POOLS = `
pools:
  - { name: p, kind: account, driver: simulated, size: ${POOL}, pick: longest_idle, concurrency: 256, lease: { default: 1h } }
`;
const BODY = JSON.stringify({ items: [{ pool: 'p' }] });

/** Pairs of reserve and release over HTTP, while all that is given back is cleaned and gets a new credential. */
export async function httpRatio(): Promise<Figure[]> {
  const bare = await startBare();
  const ceiling = await pairsPerSecond(new Client(bare.url, CONNECTIONS), LOANS);
  await bare.stop();
  const server = await startServer(temporaryDirectory(), POOLS, { env: { LOG_LEVEL: process.env.BENCH_LOG_LEVEL ?? 'info' } });
  const client = new Client(server.url, CONNECTIONS);
  await client.setUp();
  await untilReady(client);
  const own = await pairsPerSecond(client, LOANS);
  await server.stop();
  return [
    told('http: pairs a second, bare Express', ceiling, '1/s'),
    told('http: pairs a second, cleaned and rotated', own, '1/s'),
    atLeast('http ratio', own / ceiling, 0.45),
  ];
}

/** What went wrong, by statuses, with one answer of each. */
const failures = new Map<string, string>();

async function pairsPerSecond(client: Client, loans: number): Promise<number> {
  let left = loans;
  let pairs = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left > 0) {
        left -= 1;
        if (await pair(client)) pairs += 1;
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  client.close();
  if (pairs < loans) process.stderr.write(`http: ${loans - pairs} of ${loans} pairs failed: ${JSON.stringify([...failures])}\n`);
  return pairs / seconds;
}

async function pair(client: Client): Promise<boolean> {
  let reply = await client.call('POST', '/v1/reservations?wait=60', BODY);
  const { id } = JSON.parse(reply.body) as { id: string };
  while (isWaiting(reply)) reply = await client.call('GET', `/v1/reservations/${id}?wait=60`);
  const released = await client.call('DELETE', `/v1/reservations/${id}`);
  if (reply.status < 300 && released.status === 204) return true;
  failures.set(`${reply.status} ${released.status}`, reply.body);
  return false;
}

function isWaiting({ status, body }: Reply): boolean {
  return status < 300 && (JSON.parse(body) as { status: string }).status === 'queued';
}

/** All of the pool has been made and is ready. */
async function untilReady(client: Client): Promise<void> {
  for (;;) {
    const { counts } = JSON.parse((await client.call('GET', '/v1/pools/p')).body) as { counts: { available: number } };
    if (counts.available === POOL) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
