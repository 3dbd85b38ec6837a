import type { RequestItem } from '../src/domain/reservation';
import { Reservations } from '../src/service/reservations';
import { viewReservation } from '../src/service/views';
import { groundOf, inTurns, openEngine, SOMEBODY } from './ground';
import { atMost, median, size, told, type Figure } from './result';

const SMALL = 100;
const LARGE = size('RESOURCES', 100_000);
const WAITING = size('WAITING', 100_000);
const CALLS = size('CALLS', 600);
/** 1: with the caps of a server, which count. */
const CAPPED = size('CAPPED', 0) === 1;

const pool = (name: string, kind: string, count: number) =>
  `{ name: ${name}, kind: ${kind}, driver: simulated, size: ${count}, types: [{ name: small, share: 3 }, { name: large }], settings: { rotates: false, leavesNothing: true }, lease: { default: never, openEnded: true } }`;
const mixed = (count: number) => `pools: [${pool('a', 'vm', count / 2)}, ${pool('b', 'token', count / 4)}, ${pool('c', 'container', count / 4)}]`;

interface Times {
  reserve: number;
  release: number;
  poll: number;
}

/** What a call costs when there is much, against when there is little. */
export async function growth(): Promise<Figure[]> {
  const few = await measure(SMALL, 10);
  const many = await measure(LARGE, 10);
  const crowded = await measure(SMALL, WAITING);
  return (['reserve', 'release', 'poll'] as const).flatMap((call) => [
    told(`growth: ${call} p50 with ${SMALL} resources, 10 waiting`, few[call], 'ms'),
    atMost(`growth: ${call} with ${LARGE} resources`, many[call] / few[call], 1.5, 'times'),
    atMost(`growth: ${call} with ${WAITING} waiting`, crowded[call] / few[call], 1.5, 'times'),
  ]);
}

async function measure(resources: number, waiting: number): Promise<Times> {
  const dataDir = await groundOf(mixed(resources));
  // As a server has them, wide enough for what is measured.
  const caps = { active: 10 * LARGE, queued: 10 * WAITING, line: 10 * WAITING };
  const engine = { ...openEngine(dataDir), ...(CAPPED ? { caps } : {}) };
  const reservations = new Reservations(engine);
  const ask = (items: RequestItem[], priority: number) => reservations.request(SOMEBODY, { items, priority }, { requestId: null, once: null });
  // Containers are all lent: in their lines people wait. Of the others there is enough for what is measured.
  const container = (index: number): RequestItem[] => [{ kind: 'container', ...(index % 3 === 0 ? { type: 'small' } : {}), count: index % 10 === 0 ? 2 : 1 }];
  await inTurns(resources / 4, 64, async () => void (await ask([{ pool: 'c', count: 1 }], 0)));
  await inTurns(waiting, 64, async (index) => void (await ask(container(index), index % 5)));
  const [reserve, release, poll]: [number[], number[], number[]] = [[], [], []];
  for (let call = 0; call < CALLS; call += 1) {
    const priority = call % 5;
    const id = await clocked(reserve, () => ask(call % 2 === 0 ? [{ pool: call % 4 === 0 ? 'a' : 'b', count: 1 }] : container(call), priority));
    await clocked(poll, async () => viewReservation(engine, SOMEBODY, (await engine.store.read.reservation(id))!));
    await clocked(release, () => reservations.release(SOMEBODY, id));
  }
  await engine.store.close();
  return { reserve: median(reserve), release: median(release), poll: median(poll) };
}

async function clocked<T>(sample: number[], work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  sample.push(performance.now() - start);
  return result;
}
