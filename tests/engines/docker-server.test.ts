import { randomBytes } from 'node:crypto';
import Docker from 'dockerode';
import { LABEL } from '../../src/drivers/docker/container-spec';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import {
  describeWithDocker,
  firstOutput,
  holdSsh,
  removeContainersOf,
  SSH_IMAGE,
  type HeldConnection,
} from '../helpers/docker';
import { ServerProcess } from '../helpers/process';

jest.setTimeout(120_000);

const POOL = `boxes-${randomBytes(3).toString('hex')}`;
const POOLS = `
pools:
  - name: ${POOL}
    kind: container
    driver: docker
    settings: { image: "${SSH_IMAGE}", memoryMb: 64 }
    size: 2
    lease: { default: 10m }
  - name: ${POOL}-next
    kind: container
    driver: docker
    settings: { image: "${SSH_IMAGE}", memoryMb: 64 }
    size: 1
    spares: 1
    lease: { default: 10m }
`;

interface Endpoint {
  host: string;
  port: number;
  hostKey: string;
}

/** The part of the answer about logging in. */
interface Lent {
  id: string;
  name: string;
  details: Endpoint;
  credentials: Endpoint & { username: string; password: string };
}

describeWithDocker('a real container, from a real server', () => {
  const docker = new Docker();
  let server: ServerProcess;
  let token: string;

  beforeAll(async () => {
    server = await ServerProcess.start({ pools: POOLS });
    token = await server.setUp();
    await server.until(
      'both containers available',
      async () =>
        (await server.http.get(`/v1/pools/${POOL}`, { token })).body.counts.available === 2,
    );
  });

  afterAll(async () => {
    const installation = (await server?.store.metadata('installation')) ?? null;
    await server?.stop();
    if (installation) await removeContainersOf(installation);
  });

  function logIn(
    { host, port }: Endpoint,
    { username, password }: Lent['credentials'],
  ): Promise<HeldConnection> {
    return holdSsh(port, { host, username, password });
  }

  async function reserve(
    body: Record<string, unknown>,
  ): Promise<{ id: string; lent: Lent; endsAt: string }> {
    const { status, body: answer } = await server.http.post('/v1/reservations?wait=60', {
      token,
      body,
    });
    expect({ status, of: answer.status }).toEqual({ status: 201, of: 'active' });
    return { id: answer.id, lent: answer.resources[0], endsAt: answer.endsAt };
  }

  async function containerOf(resourceId: string): Promise<string> {
    const found = await docker.listContainers({
      all: true,
      filters: { label: [`${LABEL.resource}=${resourceId}`] },
    });
    expect(found).toHaveLength(1);
    return found[0]!.Id;
  }

  const resource = async (id: string) =>
    (await server.http.get(`/v1/resources/${id}`, { token })).body;
  const availableAgain = (id: string) =>
    server.until(`${id} available again`, async () => (await resource(id)).available);

  /**
   * The container is another one, and refuses the old login as a login, while it lets the next
   * holder in.
   */
  async function expectNothingLeft(lent: Lent, before: string): Promise<void> {
    await availableAgain(lent.id);
    expect(await containerOf(lent.id)).not.toBe(before);
    await expect(docker.getContainer(before).inspect()).rejects.toMatchObject({ statusCode: 404 });
    const returns = await server.http.get(`/v1/resources/${lent.id}/returns`, { token });
    expect(returns.body.items[0]).toMatchObject({
      cause: 'loan',
      outcome: 'returned',
      level: 'R4',
      needed: 'R4',
      shown: { replaced: { gone: before } },
    });
    const { details } = await resource(lent.id);
    expect(details.hostKey).not.toBe(lent.details.hostKey);
    await expect(logIn(details, lent.credentials)).rejects.toMatchObject({
      level: 'client-authentication',
    });
    const next = await reserve({ items: [{ resource: lent.name }] });
    expect(next.lent.details).toEqual(details);
    expect(next.lent.credentials.password).not.toBe(lent.credentials.password);
    const session = await logIn(next.lent.credentials, next.lent.credentials);
    expect(await firstOutput(session.client, 'ls -A')).not.toContain('left-behind');
    session.client.end();
    await server.http.delete(`/v1/reservations/${next.id}`, { token });
    await availableAgain(lent.id);
  }

  const NEXT = { items: [{ pool: `${POOL}-next`, count: 1 }] };

  /** What happened to the containers of the pool with a spare, and to who borrowed them. */
  async function eventsOfNext(): Promise<{ type: string; what: unknown }[]> {
    const events = await server.store.read.eventsAfter(0, 10_000);
    return events.map(({ type, reservationId, resourceId, data }) => ({
      type,
      what: data['to'] === undefined ? reservationId : `${resourceId} ${data['to']}`,
    }));
  }

  test('a spare goes to the next holder while the returned one is replaced', async () => {
    await server.until(
      'one available, one spare',
      async () =>
        (await server.http.get(`/v1/pools/${POOL}-next`, { token })).body.counts.spare === 1,
    );
    const first = await reserve(NEXT);
    const { body: queued } = await server.http.post('/v1/reservations', { token, body: NEXT });
    expect(queued.status).toBe('queued');
    await server.http.delete(`/v1/reservations/${first.id}`, { token });
    const { body: second } = await server.http.get(`/v1/reservations/${queued.id}?wait=60`, {
      token,
    });
    expect(second.status).toBe('active');
    const [{ id, credentials }] = second.resources;
    expect(id).not.toBe(first.lent.id);
    (await logIn(credentials, credentials)).client.end();
    await server.until('the returned one is a spare', async () =>
      (await eventsOfNext()).some(({ what }) => what === `${first.lent.id} spare`),
    );
    const order = (await eventsOfNext()).map(({ type, what }) => `${type} ${String(what)}`);
    expect(order.indexOf(`reservation.active ${queued.id}`)).toBeLessThan(
      order.lastIndexOf(`resource.status ${first.lent.id} spare`),
    );
    await server.http.delete(`/v1/reservations/${queued.id}`, { token });
  });

  test('is lent, used over SSH as the answer says, released, and replaced', async () => {
    const { id, lent } = await reserve({ items: [{ pool: POOL, count: 1 }] });
    const before = await containerOf(lent.id);
    const session = await logIn(lent.credentials, lent.credentials);
    expect(
      await firstOutput(session.client, 'echo secret > left-behind; echo $(id -un) on $(hostname)'),
    ).toBe(`${lent.credentials.username} on ${lent.name}\n`);
    expect((await server.http.delete(`/v1/reservations/${id}`, { token })).status).toBe(204);
    await session.cut;
    await expectNothingLeft(lent, before);
  });

  test('comes back by itself when the lease expires, without any request', async () => {
    const { id, lent, endsAt } = await reserve({
      items: [{ pool: POOL, count: 1 }],
      durationSeconds: 2,
    });
    const before = await containerOf(lent.id);
    const session = await logIn(lent.credentials, lent.credentials);
    await session.cut;
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(endsAt));
    await expectNothingLeft(lent, before);
    const { body } = await server.http.get(`/v1/reservations/${id}`, { token });
    expect(body).toMatchObject({
      status: 'ended',
      endReason: 'expired',
      resources: [{ credentials: null, details: {} }],
    });
  });

  test('opens with the key that its holder brings, and then shows no password', async () => {
    const pair = keyPair();
    const { id, lent } = await reserve({
      items: [{ pool: POOL, count: 1 }],
      access: { username: 'ann', publicKey: pair.public },
    });
    expect(lent.credentials).toEqual({ ...lent.details, powerState: undefined, username: 'ann' });
    const { host, port } = lent.credentials;
    const session = await holdSsh(port, { host, username: 'ann', privateKey: pair.private });
    expect(await firstOutput(session.client, 'id -un')).toBe('ann\n');
    await server.http.delete(`/v1/reservations/${id}`, { token });
    await session.cut;
    await availableAgain(lent.id);
  });
});
