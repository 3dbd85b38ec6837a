import { OVERTAKE_LIMIT } from '../../src/domain/queue/scheduling';
import type { RequestItem } from '../../src/domain/loans/reservation';
import { Reservations } from '../../src/service/loans/reservations';
import { somebody, TestEngine } from '../helpers/engine';
import { Rows, unsound } from './helpers/database';
import { Dice, say, size, soak } from './helpers/soak';

const SMALL = size('STARVE_REQUESTS', 10_000);

const free = '{ rotates: false, leavesNothing: true }';
const pool = (name: string, count: number) =>
  `{ name: ${name}, kind: token, driver: simulated, size: ${count}, settings: ${free}, ` +
  'lease: { default: never, openEnded: true } }';

/**
 * A crowd that never lets a pool rest: each loan ends a few ticks after it began, and more ask than
 * can be served.
 */
class Crowd {
  readonly now: Reservations;
  asked = 0;

  constructor(
    readonly test: TestEngine,
    readonly dice: Dice,
  ) {
    this.now = new Reservations(test.engine);
  }

  ask(items: RequestItem[], priority: number): Promise<string> {
    this.asked += 1;
    return this.now.submitForId(
      somebody(),
      { items, priority },
      { requestId: null, idempotencyKey: null },
    );
  }

  /** Half a second passes: some loans are given back, and others ask. */
  async tick(
    perTick: number,
    next: () => { items: RequestItem[]; priority: number },
    keep: ReadonlySet<string> = new Set(),
  ): Promise<void> {
    this.test.clock.advance(500);
    const active = await this.test.engine.store.read.reservations(
      { status: 'active' },
      { after: null, limit: 1_000 },
    );
    const ending = active.filter(({ id }) => !keep.has(id) && this.dice.fraction() < 0.3);
    await Promise.all([
      ...ending.map(({ id }) => this.now.release(somebody(), id)),
      ...Array.from({ length: perTick }, () => next()).map(({ items, priority }) =>
        this.ask(items, priority),
      ),
    ]);
    // Parked requests are looked at again by the job.
    await this.test.settle();
  }

  async isServed(id: string): Promise<boolean> {
    return (await this.test.engine.store.read.reservation(id))!.status !== 'queued';
  }
}

/**
 * How many later requests were served before this one with something that it could have used, from
 * one of its pools or by its name; and how many older ones it met there.
 */
function standing(
  rows: Rows,
  id: string,
  pools: string[],
  named: string | null,
): { overtakes: number; older: number; waitedTicks: number } {
  const inItsLines = `exists (select 1 from json_each(v.items) item
    left join resources r on r.name = item.value ->> 'resource'
    join pools p on p.name = item.value ->> 'pool' or p.id = r.pool_id
    where p.name in (${pools.map((name) => `'${name}'`).join()}))`;
  const tookIt =
    named === null
      ? 'true'
      : 'exists (select 1 from allocations a join resources r on r.id = a.resource_id where ' +
        `a.reservation_id = v.id and r.name = '${named}')`;
  // By the order of events: requested at the first event of a request, served at the one that makes
  // it active.
  rows.connection.exec(`create temp table if not exists times as
    select v.id, v.requested_at as requested, min(e.seq) as asked,
      min(iif(e.type = 'reservation.active', e.seq, null)) as served,
      min(iif(e.type = 'reservation.active', e.at, null)) as servedAt
    from reservations v join events e on e.reservation_id = v.id
    where e.type in ('reservation.queued', 'reservation.active') group by v.id`);
  const [own] = rows.all<{ asked: number; served: number; ticks: number }>(
    'select asked, served, (servedAt - requested) / 500.0 as ticks from times where id = ? ' +
      'and served is not null',
    id,
  );
  if (!own) throw new Error(`${id} was never served`);
  const count = (where: string) =>
    rows.count(
      `select count(*) from times t join reservations v on v.id = t.id where ${where} and ${inItsLines}`,
    );
  const { asked, served } = own;
  return {
    overtakes: count(`asked > ${asked} and served < ${served} and ${tookIt}`),
    older: count(`asked < ${asked} and (served is null or served > ${asked})`),
    waitedTicks: Math.round(own.ticks),
  };
}

async function report(
  crowd: Crowd,
  what: string,
  id: string,
  pools: string[],
  named: string | null = null,
): Promise<void> {
  const rows = new Rows(crowd.test.dataDir);
  const { overtakes, older, waitedTicks } = standing(rows, id, pools, named);
  const bound = OVERTAKE_LIMIT * (older + 1);
  say(
    `starvation: ${what}: overtaken ${overtakes} times, bound ${bound} (${older} older), ` +
      `served after ${waitedTicks} ticks, ${crowd.asked} requests in all`,
  );
  expect(unsound(rows)).toEqual([]);
  rows.close();
  expect(overtakes).toBeLessThanOrEqual(bound);
}

async function crowdOn(pools: string[]): Promise<Crowd> {
  const test = await TestEngine.start({
    pools: `pools:\n${pools.map((line) => `  - ${line}`).join('\n')}`,
  });
  return new Crowd(test, Dice.thrown('starvation'));
}

soak('a crowd of small requests', () => {
  it(`serves a bundle of half the pool, and a request of lowest priority among ${SMALL}`, async () => {
    const crowd = await crowdOn([pool('p', 20)]);
    const small = () => ({
      items: [{ pool: 'p', count: 1 }],
      priority: crowd.dice.between(1, 100),
    });
    for (let tick = 0; tick < 5; tick += 1) await crowd.tick(10, small);
    const bundle = await crowd.ask([{ pool: 'p', count: 10 }], 0);
    const humble = await crowd.ask([{ pool: 'p', count: 1 }], 0);
    while (crowd.asked < SMALL) await crowd.tick(10, small, new Set([bundle, humble]));
    await report(crowd, 'a bundle of half the pool', bundle, ['p']);
    await report(crowd, 'one of lowest priority', humble, ['p']);
  });

  it('serves a request that names one resource', async () => {
    const crowd = await crowdOn([pool('p', 4)]);
    const small = () => ({ items: [{ pool: 'p', count: 1 }], priority: 100 });
    for (let tick = 0; tick < 5; tick += 1) await crowd.tick(4, small);
    const named = await crowd.ask([{ resource: 'p-2', count: 1 }], 0);
    for (let tick = 0; tick < 300 && !(await crowd.isServed(named)); tick += 1)
      await crowd.tick(4, small);
    await report(crowd, 'one that names p-2', named, ['p'], 'p-2');
  });

  it('serves a humble request among bundles that hold what it wants while they wait for more', async () => {
    const crowd = await crowdOn([pool('x', 40), pool('y', 40)]);
    const fill = await crowd.ask([{ pool: 'x', count: 40 }], 100);
    crowd.test.clock.advance(1_000);
    const humble = await crowd.ask([{ pool: 'x', count: 1 }], 0);
    for (let made = 0; made < 39; made += 1) {
      crowd.test.clock.advance(10);
      await crowd.ask(
        [
          { pool: 'x', count: 1 },
          { pool: 'y', count: 1 },
        ],
        100,
      );
    }
    await crowd.now.release(somebody(), fill);
    for (let tick = 0; tick < 100 && !(await crowd.isServed(humble)); tick += 1)
      await crowd.tick(0, () => ({ items: [], priority: 0 }));
    await crowd.test.settle();
    await report(crowd, 'a humble one among bundles over two lines', humble, ['x']);
  });
});
