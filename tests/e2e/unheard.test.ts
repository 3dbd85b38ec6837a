import { temporaryDirectory } from '../helpers/engine';
import { ServerProcess } from '../helpers/process';

jest.setTimeout(60_000);

// These tests mostly wait, each for a server of its own: they do so side by side.

/** Longer than a heartbeat may take. */
const AWAY = 5_000;
const POOLS = `
pools:
  - { name: beating, kind: account, driver: simulated, size: 1,
      lease: { default: 1h, heartbeat: 4s } }
`;

interface Lent {
  server: ServerProcess;
  token: string;
  id: string;
  endsAt: string;
}

async function lend(dataDir: string): Promise<Lent> {
  const server = await ServerProcess.start({ dataDir, pools: POOLS });
  const token = await server.setUp();
  const { status, body } = await server.http.post('/v1/reservations?wait=60', {
    token,
    body: { items: [{ pool: 'beating' }] },
  });
  expect(status).toBe(201);
  return { server, token, id: body.id as string, endsAt: body.endsAt as string };
}

/** The holder, who never stopped sending heartbeats, still has the lease, until the same end. */
async function expectKept({ token, id, endsAt }: Lent, server: ServerProcess): Promise<void> {
  const path = `/v1/reservations/${id}`;
  const beat = await server.http.post(`${path}/heartbeat`, { token });
  expect({ status: beat.status, code: beat.body.code }).toEqual({ status: 200, code: undefined });
  const { body } = await server.http.get(path, { token });
  expect(body).toMatchObject({ status: 'active', endsAt });
  expect(Date.parse(body.heartbeatBy as string)).toBeGreaterThan(Date.now());
}

const away = () => new Promise((resolve) => setTimeout(resolve, AWAY));

test.concurrent.each(['stop', 'kill'] as const)(
  'a server that was away for longer than a heartbeat takes no lease for it (%s)',
  async (how) => {
    const dataDir = temporaryDirectory();
    const lent = await lend(dataDir);
    await lent.server[how]();
    await away();
    const server = await ServerProcess.start({ dataDir, pools: POOLS });
    await expectKept(lent, server);
    await server.stop();
  },
);

test.concurrent(
  'neither does one that was stopped and goes on, nor another that stood beside it',
  async () => {
    const dataDir = temporaryDirectory();
    // Before there is a lease: a start may take longer than a heartbeat.
    const second = await ServerProcess.start({ dataDir, pools: POOLS });
    const lent = await lend(dataDir);
    const both = [lent.server, second];
    both.forEach((server) => server.signal('SIGSTOP'));
    await away();
    both.forEach((server) => server.signal('SIGCONT'));
    await expectKept(lent, second);
    await Promise.all(both.map((server) => server.stop()));
  },
);
