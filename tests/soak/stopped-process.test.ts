import { SimulatedCloud } from '../../src/drivers/simulated';
import { describeWithDocker, removeContainersOf, SSH_IMAGE } from '../helpers/docker';
import { temporaryDirectory } from '../helpers/engine';
import type { Reply } from '../helpers/http-client';
import { ServerProcess } from '../helpers/process';
import { Rows, unsound } from './helpers/database';
import { HolderOfBox } from './helpers/holder-of-box';
import { pause, say, size, soak } from './helpers/soak';

/** How long the other process may take to claim a returned resource; ms. */
const PATIENCE = 5_000;

/** One loan, as its holder was told. */
interface Loan {
  handle: string;
  credentials: { username: string; password: string; port?: number };
}

/** The loans, and what their holders see. */
interface World {
  pools: string;
  count: number;
  stops: number;
  /** How far a process may get with a returned resource before it is stopped; ms. */
  moment: (stop: number) => number;
  /**
   * What its holders find wrong when asked, in sentences. `past`: logins that must not work any
   * more.
   */
  watch: (dataDir: string, loans: Loan[], past: Loan[]) => Promise<() => Promise<string[]>>;
  leave: (installation: string) => Promise<void>;
}

/** Claims last 8 s: three deadlines and the time to kill a call. */
const ACCOUNTS: World = {
  count: 6,
  pools: `
pools:
  - name: things
    kind: account
    driver: simulated
    size: 6
    settings: { latencyMs: 150 }
    lease: { default: 30m }
    cleaning: { deadline: 1s, backoff: 100ms }
`,
  stops: size('STOPS', 3),
  moment: (stop) => 40 + 60 * stop,
  watch: async (dataDir, loans) => async () => {
    const cloud = SimulatedCloud.open(dataDir);
    const faults = loans.flatMap(({ handle, credentials: { username, password } }) => [
      ...(cloud.tryLogin(handle, username, password) ? [] : [`${handle}: the login is refused`]),
      ...(cloud.loginsOf(handle).length === 1 ? [] : [`${handle}: somebody else gets in`]),
    ]);
    await cloud.close();
    return faults;
  },
  leave: async () => undefined,
};

/** Claims last 25 s, which each stop has to wait for. */
const CONTAINERS: World = {
  count: 4,
  pools: `
pools:
  - name: things
    kind: container
    driver: docker
    size: 4
    settings: { image: "${SSH_IMAGE}", memoryMb: 64 }
    lease: { default: 30m }
    cleaning: { deadline: 10s, backoff: 100ms }
`,
  stops: size('DOCKER_STOPS', 2),
  moment: (stop) => 100 + 500 * stop,
  watch: async (_dataDir, loans, past) => {
    const holders = await Promise.all(
      loans.map(({ handle, credentials }) =>
        HolderOfBox.of(handle, { ...credentials, port: credentials.port! }),
      ),
    );
    return async () => {
      const faults = await Promise.all(
        holders.map((holder) => holder.complaints(past.map(({ credentials }) => credentials))),
      );
      holders.forEach((holder) => holder.leave());
      return faults.flat();
    };
  },
  leave: removeContainersOf,
};

soak('a process that is stopped (SIGSTOP) and goes on later', () => {
  it('changes nothing for those who hold accounts by then', () => stopAndGoOn(ACCOUNTS));
  describeWithDocker('with a real engine', () => {
    it('changes nothing for those who hold containers by then', () => stopAndGoOn(CONTAINERS));
  });
});

async function stopAndGoOn(world: World): Promise<void> {
  const dataDir = temporaryDirectory();
  const first = await ServerProcess.start({ dataDir, pools: world.pools });
  const installation = (await first.store.metadata('installation'))!;
  try {
    await stopSeveralTimes(first, dataDir, world);
    await first.stop();
  } finally {
    await world.leave(installation);
  }
}

async function stopSeveralTimes(
  first: ServerProcess,
  dataDir: string,
  { pools, count, stops, moment, watch }: World,
): Promise<void> {
  const token = await first.setUp();
  const ask = () =>
    first.http.post('/v1/reservations?wait=60', { token, body: { items: [{ pool: 'things' }] } });
  const give = ({ http }: ServerProcess, id: string) =>
    http.delete(`/v1/reservations/${id}`, { token });
  const rows = new Rows(dataDir);
  const claims = () =>
    rows
      .all<{ worker: string }>(
        'select claimed_by as worker from operations where finished_at is null and claimed_by is not null',
      )
      .map(({ worker }) => worker);
  let caught = 0;
  // Sometimes it is stopped at a moment that proves nothing.
  for (let [stop, tried] = [0, 0]; stop < stops && tried < 4 * stops; tried += 1) {
    const loans = await Promise.all(Array.from({ length: count }, ask));
    expect(loans.map(({ body }) => body.status as string)).toEqual(
      Array.from({ length: count }, () => 'active'),
    );
    const past = loansOf(rows, loans);
    const ours = new Set(
      rows
        .all<{ worker: string }>(
          'select distinct claimed_by as worker from operations where claimed_by is not null',
        )
        .map(({ worker }) => worker),
    );
    const second = await ServerProcess.start({ dataDir, pools });
    await pause(1_000);
    const held = () => claims().filter((worker) => !ours.has(worker)).length;
    // While the first stands still, only the second can claim returned resources.
    first.signal('SIGSTOP');
    const given = await Promise.all(loans.map(({ body }) => give(second, body.id as string)));
    for (
      const queueTimeout = performance.now() + PATIENCE;
      held() === 0 && performance.now() < queueTimeout;
    )
      await pause(5);
    await pause(moment(stop));
    second.signal('SIGSTOP');
    // Read past the locks: a stopped writer does not block readers.
    const outlived = held();
    first.signal('SIGCONT');
    // Stopped within a transaction, either process keeps the other waiting: that is the machine's
    // doing, and not what is tested.
    if (given.some(({ status }) => status === 503) || (await ask()).status === 503) {
      await second.kill();
      for (const { body } of loans) await give(first, body.id as string);
      continue;
    }
    caught += outlived;
    if (outlived > 0) stop += 1;
    const next = await Promise.all(Array.from({ length: count - 1 }, ask));
    expect(next.map(({ body }) => body.status as string)).toEqual(
      Array.from({ length: count - 1 }, () => 'active'),
    );
    const complaints = await watch(dataDir, loansOf(rows, next), past);
    second.signal('SIGCONT');
    await second.http.get('/readyz');
    await pause(1_500);
    expect(unsound(rows)).toEqual([]);
    expect(await complaints()).toEqual([]);
    await second.stop();
    for (const { id } of rows.all<{ id: string }>(
      "select id from reservations where status = 'active'",
    ))
      await give(first, id);
  }
  expect(caught).toBeGreaterThanOrEqual(stops);
  say(`stopped process: ${stops} stops, ${caught} claims outlived`);
  rows.close();
}

function loansOf(rows: Rows, replies: Reply[]): Loan[] {
  return replies.map(({ body }) => {
    const [{ id, credentials }] = body.resources;
    const [{ handle }] = rows.all<{ handle: string }>(
      'select handle from resources where id = ?',
      id,
    ) as [{ handle: string }];
    return { handle, credentials };
  });
}
