import type { RequestItem } from '../src/domain/loans/reservation';
import { Reservations } from '../src/service/loans/reservations';
import type { Engine } from '../src/service/engine';
import { viewReservation } from '../src/service/loans/views';
import { groundOf, inTurns, openEngine, SOMEBODY } from './ground';
import { atMost, median, size, told, type Figure } from './result';

const SMALL = 100;
const LARGE = size('RESOURCES', 100_000);
const WAITING = size('WAITING', 100_000);
const CALLS = size('CALLS', 600);
/** What a page of a list holds; as many are there on every ground. */
const PAGE = 10;
/**
 * Caps as a server has them, wide enough for what is measured: what they bound is looked up for
 * every request.
 */
const CAPS = { active: 10 * LARGE, queued: 10 * WAITING, queue: 10 * WAITING };
const HOUR = 3_600_000;

const pool = (name: string, kind: string, count: number) =>
  `{ name: ${name}, kind: ${kind}, driver: simulated, size: ${count}, types: [{ name: ` +
  'small, share: 3 }, { name: large }], settings: { rotates: false, leavesNothing: true }, ' +
  'lease: { default: never, openEnded: true, heartbeat: 1h } }';
const mixed = (count: number) =>
  `pools: [${pool('a', 'vm', count / 2)}, ${pool('b', 'token', count / 4)}, ` +
  `${pool('c', 'container', count / 4)}]`;

const MEASURED = ['reserve', 'release', 'poll', 'extend', 'heartbeat', 'list'] as const;
type Times = Record<(typeof MEASURED)[number], number[]>;

/**
 * What a call costs when there is much, against when there is little; in turns, so that all meet
 * the same machine.
 */
export async function growth(): Promise<Figure[]> {
  const grounds = [
    await Ground.prepare(SMALL, 10),
    await Ground.prepare(LARGE, 10),
    await Ground.prepare(SMALL, WAITING),
  ];
  for (let call = 0; call < CALLS; call += 1)
    for (const ground of grounds) await ground.measure(call);
  const [few, many, crowded] = grounds.map(({ times }) => times) as [Times, Times, Times];
  for (const ground of grounds) await ground.close();
  return MEASURED.flatMap((call) => [
    told(`growth: ${call} p50 with ${SMALL} resources, 10 waiting`, median(few[call]), 'ms'),
    atMost(
      `growth: ${call} with ${LARGE} resources`,
      median(many[call]) / median(few[call]),
      1.5,
      'times',
    ),
    atMost(
      `growth: ${call} with ${WAITING} waiting`,
      median(crowded[call]) / median(few[call]),
      1.5,
      'times',
    ),
  ]);
}

/** An engine with so many resources, and so many who wait. */
class Ground {
  readonly times: Times = {
    reserve: [],
    release: [],
    poll: [],
    extend: [],
    heartbeat: [],
    list: [],
  };
  private readonly reservations: Reservations;

  private constructor(
    private readonly engine: Engine,
    private readonly listed: string,
  ) {
    this.reservations = new Reservations(engine);
  }

  /**
   * Containers are all lent: in their lines people wait. Of the others there is enough for what is
   * measured.
   */
  static async prepare(resources: number, waiting: number): Promise<Ground> {
    const engine = openEngine(await groundOf(mixed(resources)));
    const { id } = (await engine.store.read.pool('b'))!;
    const ground = new Ground({ ...engine, caps: CAPS }, id);
    await inTurns(
      resources / 4,
      64,
      async () => void (await ground.ask([{ pool: 'c', count: 1 }], 0, null)),
    );
    await inTurns(
      waiting,
      64,
      async (index) => void (await ground.ask(container(index), index % 5, null)),
    );
    return ground;
  }

  /**
   * One reservation of each sort: looked at, kept alive if it is a loan, and given back or
   * withdrawn.
   */
  async measure(call: number): Promise<void> {
    const { reserve, poll, release, list } = this.times;
    const lent = call % 2 === 0;
    const id = await clocked(reserve, () =>
      this.ask(
        lent ? [{ pool: call % 4 === 0 ? 'a' : 'b', count: 1 }] : container(call),
        call % 5,
        lent ? HOUR : null,
      ),
    );
    await clocked(poll, async () =>
      viewReservation(this.engine, SOMEBODY, (await this.engine.store.read.reservation(id))!),
    );
    if (lent) await this.keep(id);
    await clocked(list, () => this.list());
    await clocked(release, () => this.reservations.release(SOMEBODY, id));
  }

  private async keep(id: string): Promise<void> {
    await clocked(this.times.extend, () => this.reservations.extend(SOMEBODY, id, HOUR));
    await clocked(this.times.heartbeat, () =>
      this.reservations.heartbeat(SOMEBODY, id, { requestId: null, idempotencyKey: null }),
    );
  }

  /**
   * A page of a pool's resources, of those available in it, and of one's own requests that wait.
   */
  private async list(): Promise<void> {
    const { read } = this.engine.store;
    const page = { after: null, limit: PAGE };
    const pages = [
      await read.resources({ poolId: this.listed }, page),
      await read.resources({ poolId: this.listed, status: 'available' }, page),
    ];
    const waiting = await read.reservations({ userId: SOMEBODY.userId, status: 'queued' }, page);
    if ([...pages, waiting].some(({ length }) => length !== PAGE))
      throw new Error('a page is not full');
  }

  close(): Promise<void> {
    return this.engine.store.close();
  }

  private ask(items: RequestItem[], priority: number, duration: number | null): Promise<string> {
    return this.reservations.submitForId(
      SOMEBODY,
      { items, priority, duration },
      { requestId: null, idempotencyKey: null },
    );
  }
}

function container(index: number): RequestItem[] {
  return [
    {
      kind: 'container',
      ...(index % 3 === 0 ? { type: 'small' } : {}),
      count: index % 10 === 0 ? 2 : 1,
    },
  ];
}

async function clocked<T>(sample: number[], work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  sample.push(performance.now() - start);
  return result;
}
