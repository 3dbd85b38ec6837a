import { temporaryDirectory } from '../helpers/engine';
import type { Reply } from '../helpers/http-client';
import { ServerProcess } from '../helpers/process';
import { WallClock, whyNoWallClock } from '../helpers/wall-clock';
import { Rows, unsound } from './helpers/database';
import { pause, say, soak } from './helpers/soak';

const LEASE = 5_000;
/** How late a silence is noticed at most. */
const NOTED = 200;
/** How long after the loan the clock jumps. */
const JUMPED_AFTER = 500;
/** How late a lease may end, with cleaning begun; and how long a look may take. */
const LATE = 1_000;
const LOOK = 300;

const POOLS = `
pools:
  - { name: p, kind: account, driver: simulated, size: 2,
      lease: { default: 5s }, verification: { interval: 1h } }
  - { name: h, kind: token, driver: simulated, size: 1, settings: { leavesNothing: true },
      lease: { default: never, openEnded: true, heartbeat: 5s } }
`;

/** A server whose wall clock we set. */
class Displaced {
  private readonly wall = new WallClock();
  readonly dataDir = temporaryDirectory();
  server!: ServerProcess;
  token = '';

  async start(): Promise<void> {
    const { dataDir } = this;
    // A jump of 400 days would make the events go that tell what happened before it.
    const env = { ...this.wall.env, KEEP_EVENTS: '1000d' };
    this.server = await ServerProcess.start({ dataDir, pools: POOLS, env });
    if (this.token === '') this.token = await this.server.setUp();
  }

  /** How far the wall clock is ahead (or behind): `-1h`, `+400d`. */
  jump(by: string): void {
    this.wall.jump(by);
  }

  /** How far the server's wall clock is from ours, in the form of `jump`. */
  async displacement(): Promise<string> {
    const { headers } = await this.server.http.get('/livez');
    const hours = Math.round((Date.parse(headers.get('date')!) - Date.now()) / 3_600_000);
    const [count, unit] = hours % 24 === 0 ? [hours / 24, 'd'] : [hours, 'h'];
    return `${count < 0 ? '' : '+'}${count}${unit}`;
  }

  borrow(pool: string): Promise<Reply> {
    return this.server.http.post('/v1/reservations?wait=30', {
      token: this.token,
      body: { items: [{ pool }] },
    });
  }

  /** How long after `since` the reservation was seen to be over and cleaning to have begun; ms. */
  async lasted(id: string, since: number): Promise<{ over: number; freed: number }> {
    let over = 0;
    const rows = new Rows(this.dataDir);
    for (;;) {
      const { body } = await this.server.http.get(`/v1/reservations/${id}`, { token: this.token });
      if (over === 0 && body.status === 'ended') over = performance.now() - since;
      if (
        rows.count(
          "select count(*) from events where type = 'resource.freed' and reservation_id = ?",
          id,
        ) > 0
      )
        break;
      if (performance.now() - since > 6 * LEASE)
        throw new Error(
          `Six lease lengths later ${id} is ${body.status} and its resource not free`,
        );
      await pause(50);
    }
    rows.close();
    return { over, freed: performance.now() - since };
  }
}

soak('a wall clock that jumps', () => {
  beforeAll(() => {
    if (whyNoWallClock !== null) throw new Error(whyNoWallClock);
  });

  it.each(['-1h', '+1h', '+400d'])(
    'by %s ends no lease before the told instant or for a silence, and none outlives its end',
    async (by) => {
      const machine = new Displaced();
      machine.jump('+0');
      await machine.start();
      for (const pool of ['p', 'h']) {
        const asked = performance.now();
        const { body } = await machine.borrow(pool);
        expect(body.status).toBe('active');
        const told = performance.now();
        await pause(JUMPED_AFTER);
        machine.jump(by);
        const { over, freed } = await machine.lasted(body.id as string, told);
        // Ahead, the wall clock has reached the end that was told; a heartbeat is owed for as long
        // as it could be heard.
        const isTold = by !== '-1h' && pool === 'p';
        say(
          `clock: jump by ${by}: a lease of ${LEASE} ms in ${pool} over after ` +
            `${Math.round(over)} ms, freed after ${Math.round(freed)} ms`,
        );
        const least = isTold ? 0 : LEASE;
        expect(over + (told - asked)).toBeGreaterThanOrEqual(least);
        expect(over).toBeLessThan(
          (isTold ? JUMPED_AFTER : LEASE + (pool === 'h' ? NOTED : 0)) + LOOK,
        );
        expect(freed).toBeLessThan((isTold ? JUMPED_AFTER : LEASE) + LATE + LOOK);
        // Node renews the header that shows it once a second.
        if (isTold) await pause(1_100);
        expect(await machine.displacement()).toBe(by);
        machine.jump('+0');
        expect((await machine.borrow(pool)).body.status).toBe('active');
      }
      const rows = new Rows(machine.dataDir);
      expect(unsound(rows)).toEqual([]);
      expect(dirtyLoans(rows)).toEqual([]);
      expect(
        rows.all('select e.seq from events e join events f on f.seq = e.seq - 1 where e.at < f.at'),
      ).toEqual([]);
      rows.close();
      await machine.server.stop();
    },
  );

  it.each(['-1h', '+1h', '+400d'])(
    'by %s across a restart lends nothing dirty, and time does not go back',
    async (by) => {
      const machine = new Displaced();
      machine.jump('+0');
      await machine.start();
      const { body } = await machine.borrow('p');
      await machine.server.kill();
      machine.jump(by);
      await machine.start();
      const since = performance.now();
      const { over } = await machine.lasted(body.id as string, since);
      // Set forward, the wall clock is believed after a restart. Set back, time continues from
      // where it was.
      expect(over).toBeLessThan(by === '-1h' ? LEASE + LATE + LOOK : LATE + LOOK);
      const [first, second] = [await machine.borrow('p'), await machine.borrow('p')];
      expect([first.body.status, second.body.status]).toEqual(['active', 'active']);
      const rows = new Rows(machine.dataDir);
      expect(dirtyLoans(rows)).toEqual([]);
      expect(
        rows.all('select e.seq from events e join events f on f.seq = e.seq - 1 where e.at < f.at'),
      ).toEqual([]);
      rows.close();
      await machine.server.stop();
    },
  );
});

/** Loans of an account that was lent before and has not been cleaned and rotated since. */
function dirtyLoans(rows: Rows): string[] {
  const events = rows.all<{ type: string; resource: string; seq: number }>(
    `select e.type, e.resource_id as resource, e.seq from events e join resources r on r.id = e.resource_id
     where r.kind = 'account'
       and e.type in ('resource.allocated', 'resource.freed', 'resource.rotated') order by e.seq`,
  );
  const dirtied = new Set<string>();
  return events.flatMap(({ type, resource, seq }) => {
    if (type === 'resource.freed') dirtied.add(resource);
    if (type === 'resource.rotated') dirtied.delete(resource);
    return type === 'resource.allocated' && dirtied.has(resource) ? [`${resource} at ${seq}`] : [];
  });
}
