import { randomBytes } from 'node:crypto';
import {
  describeWithDocker,
  firstOutput,
  holdSsh,
  removeContainersOf,
  SSH_IMAGE,
} from '../helpers/docker';
import { temporaryDirectory } from '../helpers/engine';
import { ServerProcess } from '../helpers/process';
import { BINARY } from './support/binary';

const POOL = `boxes-${randomBytes(3).toString('hex')}`;
const POOLS =
  `pools: [{ name: ${POOL}, kind: container, driver: docker, settings: { image: ` +
  `"${SSH_IMAGE}", memoryMb: 64 }, size: 1 }]`;
const BOX = { items: [{ pool: POOL }] };

describeWithDocker('a real container, lent by the executable', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await ServerProcess.start({
      pools: POOLS,
      env: { HOME: temporaryDirectory() },
      program: { command: [BINARY, 'serve'] },
    });
  });

  afterAll(async () => {
    const installation = (await server.store.metadata('installation')) ?? null;
    await server.stop();
    if (installation) await removeContainersOf(installation);
  });

  test('lets its holder in over SSH, and is another one for the next', async () => {
    const token = await server.setUp();
    const first = await server.http.post('/v1/reservations?wait=60', { token, body: BOX });
    expect(first).toMatchObject({ status: 201, body: { status: 'active' } });
    const [lent] = first.body.resources;
    const { host, port, username, password } = lent.credentials;
    const session = await holdSsh(port, { host, username, password });
    expect(await firstOutput(session.client, 'id -un')).toBe(`${username}\n`);
    await server.http.delete(`/v1/reservations/${first.body.id}`, { token });
    await session.cut;
    const next = await server.http.post('/v1/reservations?wait=60', { token, body: BOX });
    expect(next).toMatchObject({ status: 201, body: { resources: [{ id: lent.id }] } });
    expect(next.body.resources[0].credentials.hostKey).not.toBe(lent.credentials.hostKey);
  });
});
