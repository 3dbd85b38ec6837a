import { groundOf } from './ground';
import { residentMb } from './proc';
import { atMost, median, size, told, type Figure } from './result';
import { startServer } from './servers';

const RESOURCES = size('RESOURCES', 100_000);
const SETTLED = size('SETTLED_MS', 15_000);
const STARTS = 3;

const pool = (name: string, kind: string, count: number) =>
  `{ name: ${name}, kind: ${kind}, driver: simulated, size: ${count}, settings: { rotates: false } }`;
const mixed = (count: number) =>
  `pools: [${pool('a', 'account', count / 4)}, ${pool('b', 'vm', count / 2)}, ` +
  `${pool('c', 'token', count / 4)}]`;

/** What a server with many resources takes, beyond one with none. */
export async function memory(): Promise<Figure[]> {
  const full = await groundOf(mixed(RESOURCES));
  const empty = await groundOf('pools: []');
  const [startsFull, startsEmpty]: [number[], number[]] = [[], []];
  let [resident, residentEmpty] = [0, 0];
  for (let round = 0; round < STARTS; round += 1) {
    const bare = await runOnce(empty, round === 0 ? 5_000 : 0);
    const run = await runOnce(full, round === 0 ? SETTLED : 0);
    startsEmpty.push(bare.startedIn);
    startsFull.push(run.startedIn);
    residentEmpty = Math.max(residentEmpty, bare.resident);
    resident = Math.max(resident, run.resident);
  }
  // The first start has most to look at.
  const [long, short] = [Math.max(...startsFull), median(startsEmpty)];
  return [
    told('start-up, empty', short, 'ms'),
    atMost(`start-up with ${RESOURCES} resources, more than empty`, long - short, 3_000, 'ms'),
    told('memory, empty', residentEmpty, 'MB'),
    atMost(`memory with ${RESOURCES} resources`, resident, 350, 'MB'),
  ];
}

async function runOnce(
  dataDir: string,
  lookFor: number,
): Promise<{ startedIn: number; resident: number }> {
  const server = await startServer(dataDir, null);
  let resident = residentMb(server.pid);
  for (const until = performance.now() + lookFor; performance.now() < until;) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    resident = Math.max(resident, residentMb(server.pid));
  }
  await server.stop();
  return { startedIn: server.startedIn, resident };
}
