import { temporaryDirectory } from './ground';
import { atMost, percentile, size, told, type Figure } from './result';
import { Client, startServer } from './servers';

const ROUNDS = size('WAKE_UPS', 200);
const POOLS =
  'pools: [{ name: p, kind: account, driver: simulated, size: 1, lease: { default: 1h } }]';

/**
 * From the answer to a release until the answer to who waits, on an idle server; cleaning and
 * rotation included.
 */
export async function wakeUp(): Promise<Figure[]> {
  const server = await startServer(temporaryDirectory(), POOLS);
  const client = new Client(server.url, 4);
  await client.setUp();
  const reserve = async () =>
    JSON.parse(
      (
        await client.call(
          'POST',
          '/v1/reservations?wait=60',
          JSON.stringify({ items: [{ pool: 'p' }] }),
        )
      ).body,
    ) as { id: string; status: string };
  const sample: number[] = [];
  let held = await reserve();
  for (let round = 0; round < ROUNDS; round += 1) {
    const queued = JSON.parse(
      (await client.call('POST', '/v1/reservations', JSON.stringify({ items: [{ pool: 'p' }] })))
        .body,
    ) as { id: string };
    let answeredAt = 0;
    const waiting = client.call('GET', `/v1/reservations/${queued.id}?wait=60`).then(({ body }) => {
      answeredAt = performance.now();
      return JSON.parse(body) as typeof held;
    });
    // It waits by now: a call that came later has been answered.
    await client.call('GET', '/v1/me');
    await client.call('DELETE', `/v1/reservations/${held.id}`);
    const releasedAt = performance.now();
    held = await waiting;
    if (held.status !== 'active') throw new Error(`The waiter got ${held.status}.`);
    sample.push(Math.max(0, answeredAt - releasedAt));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  client.close();
  await server.stop();
  return [
    told('wake-up p50', percentile(sample, 0.5), 'ms'),
    atMost('wake-up p99', percentile(sample, 0.99), 50, 'ms'),
  ];
}
