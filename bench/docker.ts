import Docker from 'dockerode';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { containerSpec, networkName } from '../src/drivers/docker/container-spec';
import { dockerSettings } from '../src/drivers/docker/settings';
import { temporaryDirectory, timed } from './ground';
import { atMost, median, size, told, type Figure } from './result';
import { Client, startServer } from './servers';

const ROUNDS = size('DOCKER_ROUNDS', 15);
const IMAGE = process.env.BENCH_DOCKER_IMAGE ?? 'holdfast-ssh:latest';
const poolOf = (name: string, spares: number) =>
  `{ name: ${name}, kind: container, driver: docker, size: 1, spares: ${spares}, ` +
  `settings: { image: "${IMAGE}" } }`;
const POOLS = `pools: [${poolOf('p', 0)}, ${poolOf('spared', 1)}]`;
const from = (pool: string) => JSON.stringify({ items: [{ pool }] });

interface Loan {
  id: string;
  status: string;
}

/**
 * A container's way back, against the same engine calls by hand, in turns: from the end of a loan
 * until the container can be lent again, by the times of the events. Then from a release until the next
 * holder is in, where a spare is ready. At default settings.
 */
export async function docker(): Promise<Figure[]> {
  if (!(await isHere())) {
    process.stderr.write(`docker: left out, no engine with ${IMAGE} (scripts/docker-engine.sh)\n`);
    return [];
  }
  const dataDir = temporaryDirectory();
  const server = await startServer(dataDir, POOLS);
  const client = new Client(server.url, 4);
  await client.setUp();
  const [bare, opened, next]: [number[], number[], number[]] = [[], [], []];
  try {
    await returned(client);
    await has(client, 'spared', 'spare');
    const network = networkOf(dataDir);
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(await timed(() => byHand(network)));
      let loan: Loan | undefined;
      opened.push(await timed(async () => (loan = await borrow(client, 'p'))));
      await client.call('DELETE', `/v1/reservations/${loan!.id}`);
      await returned(client);
    }
    await nextHolders(client, next);
  } finally {
    for (const pool of ['p', 'spared']) await client.call('DELETE', `/v1/pools/${pool}`);
    for (const pool of ['p', 'spared']) await gone(client, pool);
    client.close();
    await server.stop();
    await new Docker().getNetwork(networkOf(dataDir)).remove();
  }
  const back = waysBack(dataDir).slice(0, ROUNDS);
  return [
    told('docker: create, start and remove by hand p50', median(bare), 'ms'),
    told('docker: release to lendable p50', median(back), 'ms'),
    // The best of each: what else the machine does can only make it slower.
    atMost('docker: way back / by hand', Math.min(...back) / Math.min(...bare), 1.3),
    atMost('docker: reserve to a login that works p50', median(opened), 600, 'ms'),
    atMost('docker: release to the next login, one spare p50', median(next), 600, 'ms'),
  ];
}

async function isHere(): Promise<boolean> {
  const image = new Docker().getImage(IMAGE).inspect();
  return image.then(
    () => true,
    () => false,
  );
}

/** Returns an active loan: its login has been proven to work. */
async function borrow(client: Client, pool: string): Promise<Loan> {
  const loan = JSON.parse(
    (await client.call('POST', '/v1/reservations?wait=60', from(pool))).body,
  ) as Loan;
  if (loan.status !== 'active') throw new Error(`The loan is ${loan.status}.`);
  return loan;
}

/** From each release until the next holder, who waits, has a login that works; in ms. */
async function nextHolders(client: Client, times: number[]): Promise<void> {
  let held = await borrow(client, 'spared');
  for (let round = 0; round < ROUNDS; round += 1) {
    await has(client, 'spared', 'spare');
    const { body } = await client.call('POST', '/v1/reservations', from('spared'));
    const { id } = JSON.parse(body) as Loan;
    const waiting = client.call('GET', `/v1/reservations/${id}?wait=60`);
    // It waits by now: a call that came later has been answered.
    await client.call('GET', '/v1/me');
    times.push(
      await timed(async () => {
        await client.call('DELETE', `/v1/reservations/${held.id}`);
        held = JSON.parse((await waiting).body) as Loan;
      }),
    );
    if (held.status !== 'active') throw new Error(`The next loan is ${held.status}.`);
  }
  await client.call('DELETE', `/v1/reservations/${held.id}`);
}

const returned = (client: Client) => has(client, 'p', 'available');

/** Waits until the pool has one in this state. */
async function has(client: Client, pool: string, state: 'available' | 'spare'): Promise<void> {
  await until(async () => {
    const { body } = await client.call('GET', `/v1/pools/${pool}`);
    return (JSON.parse(body) as { counts: Record<string, number> }).counts[state] === 1;
  });
}

async function gone(client: Client, pool: string): Promise<void> {
  await until(async () => (await client.call('GET', `/v1/pools/${pool}`)).status === 404);
}

/** Looks seldom, so as to take nothing from what is measured by its events. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** The very container that the driver makes, on the same network. */
async function byHand(network: string): Promise<void> {
  const engine = new Docker();
  const target = {
    resourceId: 'by-hand',
    pool: 'p',
    name: 'by-hand',
    kind: 'container' as const,
    type: 'default',
    spec: {},
    fields: {},
    generation: 1,
    handle: null,
  };
  const call = {
    operationId: `by-hand-${performance.now()}`,
    attempt: 1,
    requestId: null,
    memo: null,
    show: () => undefined,
    signal: AbortSignal.timeout(60_000),
  };
  const settings = dockerSettings.parse({ image: IMAGE, network });
  const container = await engine.createContainer(
    containerSpec(settings, 'bench-by-hand', target, call, null),
  );
  await container.start();
  await container.remove({ force: true, v: true });
}

/** The network of the installation in this directory; it outlives the last container. */
function networkOf(dataDir: string): string {
  const database = new Database(join(dataDir, 'holdfast.db'), { readonly: true });
  const { value } = database
    .prepare(`SELECT value FROM metadata WHERE name = 'installation'`)
    .get() as { value: string };
  database.close();
  return networkName(dockerSettings.parse({ image: IMAGE }), value);
}

/** From the end of each loan until its container could be lent again, in ms. */
function waysBack(dataDir: string): number[] {
  const database = new Database(join(dataDir, 'holdfast.db'), { readonly: true });
  const events = database
    .prepare(`SELECT at, type, data FROM events WHERE type IN (?, ?) ORDER BY seq`)
    .all('reservation.ended', 'resource.status') as { at: number; type: string; data: string }[];
  database.close();
  const times: number[] = [];
  let ended: number | null = null;
  for (const { at, type, data } of events) {
    if (type === 'reservation.ended') ended = at;
    else if (ended !== null && (JSON.parse(data) as { to: string }).to === 'available') {
      times.push(at - ended);
      ended = null;
    }
  }
  return times;
}
