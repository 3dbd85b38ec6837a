import { nothing } from '../../src/domain/change';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../helpers/engine';
import type { Reply } from '../helpers/http-client';
import { ready } from '../helpers/outputs';
import { ServerProcess } from '../helpers/process';

jest.setTimeout(60_000);

const BOXES = `
pools:
  - { name: boxes, kind: container, driver: simulated, size: 1, settings: { opensAccess: true } }
  - { name: lab, kind: account, driver: simulated, size: 1 }
`;
const ONE_BOX = { items: [{ pool: 'boxes' }] };

const available = (server: ServerProcess, token: string, pool: string, count: number) =>
  server.until(
    `${count} of ${pool} available`,
    async () =>
      (await server.http.get(`/v1/pools/${pool}`, { token })).body.counts.available === count,
  );

async function lend(
  server: ServerProcess,
  token: string,
  body: Record<string, unknown>,
): Promise<Reply> {
  const reply = await server.http.post('/v1/reservations?wait=60', { token, body });
  expect(reply.status).toBe(201);
  return reply;
}

describe('the first start in an empty directory', () => {
  let server: ServerProcess;
  let token: string;

  beforeAll(async () => {
    server = await ServerProcess.start();
    token = await server.setUp();
  });

  test('is ready when every job has reported', async () => {
    await ready(server.url);
    const allIsWell = { status: 'ok', failing: [], warnings: [] };
    expect((await server.http.get('/readyz')).body).toEqual(allIsWell);
  });

  test('makes the database, a key only its owner reads, and something to borrow at once', async () => {
    expect(statSync(join(server.dataDir, 'master.key')).mode & 0o777).toBe(0o600);
    const { body } = await server.http.get('/v1/pools', { token });
    const sizes = body.items.map(({ name, kind, size }: Record<string, unknown>) => [
      name,
      kind,
      size,
    ]);
    expect(sizes).toEqual([
      ['alpine', 'container', 10],
      ['free', 'account', 5],
      ['lite', 'account', 3],
      ['tokens', 'token', 0],
      ['vms', 'vm', 10],
    ]);
    for (const [pool, size] of [
      ['alpine', 10],
      ['free', 5],
      ['lite', 3],
      ['vms', 10],
    ] as const)
      await available(server, token, pool, size);
    for (const pool of ['alpine', 'free', 'lite', 'vms'])
      await lend(server, token, { items: [{ pool }] });
  });

  test('makes nothing that another user of the machine could read', async () => {
    const cloud = join(server.dataDir, 'simulated.db');
    await server.until('the files of its drivers', async () => existsSync(cloud));
    await server.stop();
    const made = readdirSync(server.dataDir, { recursive: true, encoding: 'utf8' });
    expect(made).toEqual(expect.arrayContaining(['holdfast.db', 'simulated.db', 'master.key']));
    const open = made.filter((name) => (statSync(join(server.dataDir, name)).mode & 0o077) !== 0);
    expect(open).toEqual([]);
  });

  test('prints a setup token once, on stderr, if none is given', async () => {
    const env = { SETUP_TOKEN: undefined };
    const first = await ServerProcess.start({ env });
    const person = { name: 'Ada', email: 'ada@example.org', password: 'correct horse' };
    // All of it is here only once the process has ended.
    const { stdout, stderr } = await first.stop();
    const [, setupToken] = /^Setup token[^\n]*: (hf_\w+)\nSet up in a browser: \S+token=\1\n$/.exec(
      stderr,
    )!;
    const second = await ServerProcess.start({ env, dataDir: first.dataDir });
    expect(
      (await second.http.post('/v1/setup', { body: { ...person, setupToken: 'hf_wrong' } })).status,
    ).toBe(401);
    expect((await second.http.post('/v1/setup', { body: { ...person, setupToken } })).status).toBe(
      201,
    );
    const ended = await second.stop();
    expect(stdout + ended.stdout + ended.stderr).not.toContain(setupToken);
  });

  test('prints no setup token if there is an admin, who came in by another one', async () => {
    const first = await ServerProcess.start();
    await first.setUp();
    await first.stop();
    const env = { SETUP_TOKEN: undefined };
    const second = await ServerProcess.start({ env, dataDir: first.dataDir });
    expect((await second.stop()).stderr).not.toContain('Setup token');
  });
});

describe('SIGTERM', () => {
  test('answers held calls, refuses newcomers, and exits 0', async () => {
    const server = await ServerProcess.start({ pools: BOXES });
    const token = await server.setUp();
    await lend(server, token, ONE_BOX);
    const held = server.http.post('/v1/reservations?wait=60', { token, body: ONE_BOX });
    await server.until(
      'it is queued',
      async () => (await server.http.get('/v1/stats', { token })).body.reservations.queued === 1,
    );
    await server.stop();
    expect(await held).toMatchObject({ status: 202, body: { status: 'queued', position: 1 } });
    await expect(server.http.get('/livez')).rejects.toThrow('fetch failed');
  });

  test('twice is the same as once', async () => {
    const server = await ServerProcess.start({ pools: BOXES });
    server.signal('SIGTERM');
    await server.stop();
  });
});

/** The same reservation in a later answer. */
const seenLater = (body: object) => ({ ...body, asOf: expect.any(String) as string });

describe('a lease', () => {
  test('survives a restart, with the credentials that its holder knows; so does the queue', async () => {
    const server = await ServerProcess.start({ pools: BOXES });
    const token = await server.setUp();
    const lent = await lend(server, token, ONE_BOX);
    const waiting = await server.http.post('/v1/reservations', { token, body: ONE_BOX });
    expect(waiting.status).toBe(202);
    await server.stop();
    const again = await ServerProcess.start({ pools: BOXES, dataDir: server.dataDir });
    const shown = await again.http.get(`/v1/reservations/${lent.body.id}`, { token });
    expect(shown.body).toEqual(seenLater(lent.body));
    const held = again.http.get(`/v1/reservations/${waiting.body.id}?wait=60`, { token });
    await again.http.delete(`/v1/reservations/${lent.body.id}`, { token });
    expect((await held).body).toMatchObject({
      status: 'active',
      resources: [{ id: lent.body.resources[0].id }],
    });
    await again.stop();
  });

  test('that was acknowledged survives kill -9', async () => {
    const server = await ServerProcess.start({ pools: BOXES });
    const token = await server.setUp();
    const lent = await lend(server, token, ONE_BOX);
    await server.kill();
    const again = await ServerProcess.start({ pools: BOXES, dataDir: server.dataDir });
    const shown = await again.http.get(`/v1/reservations/${lent.body.id}`, { token });
    expect(shown.body).toEqual(seenLater(lent.body));
    await again.stop();
  });

  test('ends within a second of its deadline, and cleaning begins, without any request', async () => {
    const server = await ServerProcess.start({ pools: BOXES });
    const token = await server.setUp();
    await available(server, token, 'lab', 1);
    const { body } = await lend(server, token, { items: [{ pool: 'lab' }], durationSeconds: 1 });
    const [{ id: resourceId }] = body.resources;
    const cleaning = await server.until('cleaning', async () => {
      const events = await server.store.read.eventsAfter(0, 10_000);
      const freed = events.find(
        (event) => event.type === 'resource.freed' && event.reservationId === body.id,
      );
      return freed
        ? (events.find(
            (event) =>
              event.seq > freed.seq &&
              event.type === 'resource.status' &&
              event.resourceId === resourceId &&
              event.data.to === 'cleaning',
          ) ?? null)
        : null;
    });
    const late = cleaning.at - Date.parse(body.endsAt);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(1000);
    await server.stop();
  });
});

test('two processes on one database lend as one: one frees, the other lends', async () => {
  const dataDir = temporaryDirectory();
  const [a, b] = [
    await ServerProcess.start({ pools: BOXES, dataDir }),
    await ServerProcess.start({ pools: BOXES, dataDir }),
  ];
  const token = await a.setUp();
  const lent = await lend(a, token, ONE_BOX);
  const shown = await b.http.get(`/v1/reservations/${lent.body.id}`, { token });
  expect(shown.body).toEqual(seenLater(lent.body));
  const held = b.http.post('/v1/reservations?wait=60', { token, body: ONE_BOX });
  await a.until(
    'it is queued',
    async () => (await a.http.get('/v1/stats', { token })).body.reservations.queued === 1,
  );
  await a.http.delete(`/v1/reservations/${lent.body.id}`, { token });
  expect((await held).body).toMatchObject({ status: 'active' });
  const recovered = [a, b].map(({ log }) => log.lines.some(({ msg }) => msg === 'recovered'));
  expect(recovered).toEqual([true, false]);
  await a.stop();
  expect((await b.http.get('/v1/me', { token })).status).toBe(200);
  await b.stop();
});

test("another process takes over a dead one's work at once, not when the claims expire", async () => {
  // The call takes longer than this test, and its claim two hours.
  const pools =
    'pools: [{ name: lab, kind: account, driver: simulated, size: 1, settings: { ' +
    'latencyMs: 3600000 }, cleaning: { deadline: 1h } }]';
  const dataDir = temporaryDirectory();
  const a = await ServerProcess.start({ pools, dataDir });
  const claims = async () =>
    (
      await a.store.transact({ load: 'claims', worker: '', limit: 9 }, (found) => nothing(found))
    ).map(({ operation }) => operation);
  const [first] = await a.until('it is under way', async () =>
    (await claims()).length > 0 ? claims() : null,
  );
  const b = await ServerProcess.start({ pools, dataDir });
  expect(await claims()).toEqual([first]);
  await a.kill();
  const second = await b.until(
    'it is taken over',
    async () => (await claims()).find(({ attempt }) => attempt === 2) ?? null,
  );
  expect({ ...second, claimedBy: null }).toEqual({
    ...first,
    attempt: 2,
    claimedBy: null,
    claimedUntil: second.claimedUntil,
  });
  expect(second.claimedBy).not.toBe(first!.claimedBy);
  await b.kill();
});

test('nothing that a server writes holds a secret', async () => {
  const server = await ServerProcess.start({ pools: BOXES, env: { LOG_LEVEL: 'trace' } });
  const token = await server.setUp();
  const made = await server.http.post('/v1/tokens', { token, body: { name: 'laptop' } });
  const lent = await lend(server, token, {
    items: [{ pool: 'lab' }, { pool: 'boxes' }],
    access: { password: 'wished-for-by-ann' },
  });
  await server.http.get(`/v1/reservations/${lent.body.id}?wait=1`, {
    headers: { Authorization: `Basic ${btoa('ada@example.org:correct horse')}` },
  });
  await server.http.get(`/v1/me?token=${token}`, { token: 'hf_wrong' });
  const passwords = lent.body.resources.map(
    ({ credentials }: { credentials: { password: string } }) => credentials.password,
  );
  expect(passwords).toEqual([expect.any(String), 'wished-for-by-ann']);
  const events = JSON.stringify(await server.store.read.eventsAfter(0, 10_000));
  const { stdout, stderr } = await server.stop();
  for (const secret of [token, made.body.token, 'correct horse', 'the-setup-token', ...passwords])
    expect(stdout + stderr + events).not.toContain(secret);
});
