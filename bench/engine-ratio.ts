import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { Reservations } from '../src/service/loans/reservations';
import { openDatabase } from '../src/sqlite/open';
import { groundOf, inTurns, openEngine, SOMEBODY, temporaryDirectory, timed } from './ground';
import { record, replay } from './recording';
import { atLeast, size, told, type Figure } from './result';

const ALLOCATIONS = size('ALLOCATIONS', 5_000);
const AT_ONCE = 64;
const ROUNDS = size('ROUNDS', 7);
const POOLS =
  `pools: [{ name: p, kind: token, driver: simulated, size: ${ALLOCATIONS}, pick: lowest, ` +
  'settings: { rotates: false, leavesNothing: true } }]';

/**
 * Durable allocations through the store port, against the very same statements, in the very same
 * transactions, by hand.
 */
export async function engineRatio(): Promise<Figure[]> {
  const ground = await groundOf(POOLS);
  const recording = await record(async (started) => {
    const engine = openEngine(copyOf(ground));
    started();
    await allocateAll(engine);
    await engine.store.close();
  });
  const [engineTimes, rawTimes]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const engine = openEngine(copyOf(ground));
    engineTimes.push(await timed(() => allocateAll(engine)));
    await engine.store.close();
    const connection = openDatabase(join(copyOf(ground), 'holdfast.db'), { timeoutMs: 0 });
    rawTimes.push(replay(connection, recording));
    connection.close();
  }
  // The best of each: what else the machine does can only make it slower.
  const [own, raw] = [Math.min(...engineTimes), Math.min(...rawTimes)];
  return [
    told('engine: allocations a second through the store', (ALLOCATIONS / own) * 1000, '1/s'),
    told('engine: the same statements alone', (ALLOCATIONS / raw) * 1000, '1/s'),
    told('engine: statements an allocation', recording.calls.length / ALLOCATIONS, ''),
    atLeast('engine ratio', raw / own, 0.6),
  ];
}

function allocateAll(engine: ReturnType<typeof openEngine>): Promise<void> {
  const reservations = new Reservations(engine);
  const request = { items: [{ pool: 'p', count: 1 }] };
  return inTurns(ALLOCATIONS, AT_ONCE, async () => {
    const context = { requestId: null, idempotencyKey: null };
    const { reservation } = await reservations.submit(SOMEBODY, request, context);
    if (reservation?.status !== 'active') throw new Error('A request was queued, not served.');
  });
}

function copyOf(ground: string): string {
  const directory = temporaryDirectory();
  cpSync(ground, directory, { recursive: true });
  return directory;
}
