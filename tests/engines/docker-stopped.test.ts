import { describeWithDocker, holdSsh, SSH_IMAGE } from '../helpers/docker';
import { OwnEngine } from '../helpers/own-engine';
import { ServerProcess } from '../helpers/process';

jest.setTimeout(300_000);

/** How long each of the two windows lasts in which loans are counted, in ms. */
const WINDOW = 10_000;
const WARM_UP = 3_000;
const BORROWERS = 8;
/** A minute from the return of the engine to the next container that is lent. */
const BACK_WITHIN = 60_000;

/**
 * The calls of the pool beside it take their time, so that its pace depends on how they are handed
 * out, and hardly on what else this machine does.
 */
const poolsOn = (socketPath: string) => `
pools:
  - name: boxes
    kind: container
    driver: docker
    settings: { image: "${SSH_IMAGE}", memoryMb: 64, socketPath: "${socketPath}" }
    size: 3
    cleaning: { deadline: 10s, retries: 1 }
    lease: { default: 10m }
  - name: beside
    kind: container
    driver: simulated
    size: ${BORROWERS}
    settings: { opensAccess: true, latencyMs: 60 }
    lease: { default: 10m }
`;

describeWithDocker('an engine that goes away under load', () => {
  let engine: OwnEngine;
  let server: ServerProcess;
  let token: string;

  beforeAll(async () => {
    engine = await OwnEngine.start(SSH_IMAGE);
  });
  beforeEach(async () => {
    server = await ServerProcess.start({ pools: poolsOn(engine.socketPath) });
    token = await server.setUp();
    for (const [name, size] of [
      ['boxes', 3],
      ['beside', BORROWERS],
    ] as const)
      await server.until(
        `${name} is ready`,
        async () => (await pool(name)).counts.available === size,
      );
  });
  afterEach(() => server?.kill());

  const pool = async (name: string) => (await server.http.get(`/v1/pools/${name}`, { token })).body;
  const borrow = (name: string) =>
    server.http.post('/v1/reservations?wait=60', { token, body: { items: [{ pool: name }] } });
  const giveBack = (id: string) => server.http.delete(`/v1/reservations/${id}`, { token });

  /** Borrows and gives back until `isOver`; each loan that became active is told. */
  async function keepBorrowing(name: string, isOver: () => boolean, told: () => void) {
    while (!isOver()) {
      const { body } = await borrow(name);
      if (body.status === 'active') told();
      await giveBack(body.id as string);
    }
  }

  /** The loans of the next `ms`. */
  async function loansIn(ms: number, loans: { count: number }): Promise<number> {
    const before = loans.count;
    await new Promise((resolve) => setTimeout(resolve, ms));
    return loans.count - before;
  }

  test.each<[string, () => void | Promise<void>, () => void | Promise<void>]>([
    ['stopped', () => engine.signal('SIGSTOP'), () => engine.signal('SIGCONT')],
    ['killed', () => engine.kill(), () => engine.begin()],
  ])(
    '%s, it holds up no other pool, quarantines nothing, and lends within a minute of its return',
    async (_how, away, back) => {
      let isOver = false;
      const loans = { count: 0 };
      const boxes = { count: 0 };
      const all = [
        ...Array.from({ length: BORROWERS }, () =>
          keepBorrowing(
            'beside',
            () => isOver,
            () => void (loans.count += 1),
          ),
        ),
        ...[1, 2].map(() =>
          keepBorrowing(
            'boxes',
            () => isOver,
            () => void (boxes.count += 1),
          ),
        ),
      ];
      await loansIn(WARM_UP, loans);
      const before = await loansIn(WINDOW, loans);
      expect(before).toBeGreaterThan(100);
      expect(boxes.count).toBeGreaterThan(0);

      await away();
      const during = await loansIn(WINDOW, loans);
      process.stderr.write(`loans beside it: ${before} before, ${during} while it was away\n`);
      expect(during / before).toBeGreaterThanOrEqual(0.9);
      const failing = await server.until(
        'the breaker opens',
        async () => (await pool('boxes')).failing,
      );
      expect(failing).toMatchObject({ reason: expect.stringMatching(/engine/i) });

      const lentBefore = boxes.count;
      const returned = performance.now();
      await back();
      await server.until('a container is lent again', async () => boxes.count > lentBefore);
      expect(performance.now() - returned).toBeLessThan(BACK_WITHIN);
      isOver = true;
      await Promise.all(all);
      await server.until('all is ready', async () => (await pool('boxes')).counts.available === 3);
      const events = await server.store.read.eventsAfter(0, 100_000);
      expect(events.filter(({ data }) => data['to'] === 'quarantined')).toEqual([]);
      const { body } = await borrow('boxes');
      const { port, username, password } = body.resources[0].credentials;
      (await holdSsh(port as number, { username, password })).client.end();
      await giveBack(body.id as string);
    },
  );
});
