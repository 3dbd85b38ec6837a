import Docker from 'dockerode';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { containerSpec } from '../src/drivers/docker/container-spec';
import { dockerSettings } from '../src/drivers/docker/settings';
import { temporaryDirectory, timed } from './ground';
import { atMost, median, size, told, type Figure } from './result';
import { Client, startServer } from './servers';

const ROUNDS = size('DOCKER_ROUNDS', 15);
const IMAGE = process.env.BENCH_DOCKER_IMAGE ?? 'holdfast-ssh:latest';
const POOLS =
  'pools: [{ name: p, kind: container, driver: docker, size: 1, ' +
  `settings: { image: "${IMAGE}" } }]`;
const RESERVE = JSON.stringify({ items: [{ pool: 'p' }] });

interface Loan {
  id: string;
  status: string;
}

/**
 * A container's way back, against the same engine calls by hand, in turns: from the end of a loan
 * until the container can be lent again, by the times of the events. At default settings.
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
  const [bare, opened]: [number[], number[]] = [[], []];
  try {
    await returned(client);
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(await timed(byHand));
      let loan: Loan | undefined;
      opened.push(await timed(async () => (loan = await borrow(client))));
      await client.call('DELETE', `/v1/reservations/${loan!.id}`);
      await returned(client);
    }
  } finally {
    await client.call('DELETE', '/v1/pools/p');
    await gone(client);
    client.close();
    await server.stop();
  }
  const back = waysBack(dataDir);
  return [
    told('docker: create, start and remove by hand p50', median(bare), 'ms'),
    told('docker: release to lendable p50', median(back), 'ms'),
    atMost('docker: way back / by hand', median(back) / median(bare), 1.3),
    atMost('docker: reserve to a login that works p50', median(opened), 600, 'ms'),
  ];
}

async function isHere(): Promise<boolean> {
  const image = new Docker().getImage(IMAGE).inspect();
  return image.then(
    () => true,
    () => false,
  );
}

/** Gives an active loan: its login has been proven to work. */
async function borrow(client: Client): Promise<Loan> {
  const loan = JSON.parse(
    (await client.call('POST', '/v1/reservations?wait=60', RESERVE)).body,
  ) as Loan;
  if (loan.status !== 'active') throw new Error(`The loan is ${loan.status}.`);
  return loan;
}

/** Waits until the container can be lent, without being the first to look. */
async function returned(client: Client): Promise<void> {
  await until(async () => {
    const { body } = await client.call('GET', '/v1/pools/p');
    return (JSON.parse(body) as { counts: { available: number } }).counts.available === 1;
  });
}

async function gone(client: Client): Promise<void> {
  await until(async () => (await client.call('GET', '/v1/pools/p')).status === 404);
}

/** Looks seldom, so as to take nothing from what is measured by its events. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** The very container that the driver makes. */
async function byHand(): Promise<void> {
  const engine = new Docker();
  const target = {
    resourceId: 'by-hand',
    pool: 'p',
    name: 'by-hand',
    kind: 'container' as const,
    type: 'default',
    spec: {},
    generation: 1,
    handle: null,
  };
  const call = {
    operationId: `by-hand-${performance.now()}`,
    attempt: 1,
    requestId: null,
    signal: AbortSignal.timeout(60_000),
  };
  const settings = dockerSettings.parse({ image: IMAGE });
  const container = await engine.createContainer(
    containerSpec(settings, 'bench-by-hand', target, call, null),
  );
  await container.start();
  await container.remove({ force: true, v: true });
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
