import Database from 'better-sqlite3';
import type { Change } from '../../src/domain/change';
import { Collector } from '../../src/metrics/collector';
import { whenDone } from '../helpers/cleanups';
import { TestEngine } from '../helpers/engine';
import { aResource, aReservation, anEntry, apply, makePool } from '../store/rows';

/** A scrape costs the same however many resources there are and however many requests wait. */

const MACHINE = { walSize: async () => 0, freeDisk: async () => 0, leastDisk: 0 };
const STATUSES = ['available', 'allocated', 'quarantined', 'dirty', 'cleaning'] as const;
const FEW = 10;
const MANY = 20_000;

async function collectorWith(count: number): Promise<Collector> {
  const test = await TestEngine.start();
  const { store } = test.engine;
  await apply(store, ...makePool());
  const numbers = Array.from({ length: count }, (_, number) => number);
  await apply(
    store,
    ...numbers.map((number): Change => {
      const status = STATUSES[number % STATUSES.length]!;
      const resource = aResource(`r${number}`, { name: `n${number}`, number, status });
      return { do: 'createResource', resource };
    }),
  );
  await apply(store, ...numbers.flatMap((number) => waiting(`w${number}`, number)));
  const collector = new Collector(store, MACHINE);
  await collector.start();
  whenDone(() => collector.stop());
  return collector;
}

function waiting(id: string, requestedAt: number): Change[] {
  return [
    { do: 'createReservation', reservation: aReservation(id, { requestedAt }) },
    { do: 'enqueue', entry: anEntry(id, { requestedAt, rank: requestedAt }) },
  ];
}

/** The rows that a scrape reads. */
async function rowsOf(collector: Collector): Promise<number> {
  let rows = 0;
  const statement = Reflect.getPrototypeOf(new Database(':memory:').prepare('select 1')) as {
    all: (...given: unknown[]) => unknown[];
    get: (...given: unknown[]) => unknown;
  };
  const { all, get } = statement;
  statement.all = function (...given) {
    const found = all.apply(this, given);
    rows += found.length;
    return found;
  };
  statement.get = function (...given) {
    rows += 1;
    return get.apply(this, given);
  };
  try {
    await collector.render();
  } finally {
    Object.assign(statement, { all, get });
  }
  return rows;
}

/** The shortest of many scrapes, in ms: a busy machine only makes some of them slower. */
async function fastest(collector: Collector): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < 40; round += 1) {
    const begun = performance.now();
    await collector.render();
    least = Math.min(least, performance.now() - begun);
  }
  return least;
}

test('with 20,000 resources and requests a scrape reads the rows that it reads with ten', async () => {
  const [few, many] = [await collectorWith(FEW), await collectorWith(MANY)];
  expect(await many.render()).toContain('holdfast_queue_length{pool="pool"} 20000');
  expect(await few.render()).toContain('holdfast_queue_length{pool="pool"} 10');
  // The dirty ones were read at the start, and are followed from then on.
  const rows = await rowsOf(few);
  expect(rows).toBeGreaterThan(5);
  expect(await rowsOf(many)).toBe(rows);
  expect(await fastest(many)).toBeLessThan(2 * (await fastest(few)) + 1);
}, 60_000);
