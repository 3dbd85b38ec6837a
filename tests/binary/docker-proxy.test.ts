import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import Docker from 'dockerode';
import { containerSpec, networkName } from '../../src/drivers/docker/container-spec';
import { BRIDGE_OPTION, networkSpec, REACH_OPTION } from '../../src/drivers/docker/network';
import { dockerSettings } from '../../src/drivers/docker/settings';
import { callOf, newThing } from '../contracts/driver';
import { describeWithDocker, removeContainersOf, SSH_IMAGE } from '../helpers/docker';
import { temporaryDirectory } from '../helpers/engine';
import { ServerProcess } from '../helpers/process';
import { BINARY } from './support/binary';

const POOL = `boxes-${randomBytes(3).toString('hex')}`;
const POOLS =
  `pools: [{ name: ${POOL}, kind: container, driver: docker, settings: { image: ` +
  `"${SSH_IMAGE}", memoryMb: 64 }, size: 1 }]`;

describeWithDocker('holdfast docker-proxy', () => {
  const installation = `proxy-${randomBytes(3).toString('hex')}`;
  const docker = new Docker();
  const socketPath = join(temporaryDirectory(), 'engine.sock');
  let proxy: ChildProcess;
  let refused = '';
  let stranger: Docker.Container;

  beforeAll(async () => {
    proxy = spawn(BINARY, ['docker-proxy', '--listen', socketPath], {
      env: {},
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const listening = new Promise<void>((resolve) =>
      proxy.stderr!.on(
        'data',
        (text: Buffer) => (refused += text.toString()).includes('listening') && resolve(),
      ),
    );
    await Promise.race([
      listening,
      once(proxy, 'close').then(() => Promise.reject(new Error(refused))),
    ]);
    stranger = await docker.createContainer({ Image: SSH_IMAGE });
  });

  afterAll(async () => {
    await stranger.remove({ force: true });
    await removeContainersOf(installation);
    const ended = once(proxy, 'close');
    proxy.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
    expect(refused).toContain('refused: GET /info\n');
  });

  /** As it is written: no client that puts a path in order. */
  function ask(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: { Id?: string } }> {
    const bytes = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          socketPath,
          method,
          path,
          headers: {
            'Content-Type': 'application/json',
            'Content-Length': Buffer.byteLength(bytes),
          },
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (part: string) => (text += part));
          answer.on('end', () =>
            resolve({
              status: answer.statusCode!,
              body: (text.startsWith('{') ? JSON.parse(text) : {}) as { Id?: string },
            }),
          );
        },
      );
      asked.on('error', reject).end(bytes);
    });
  }

  test('lets the driver lend, clean and take back', async () => {
    const server = await ServerProcess.start({
      pools: POOLS,
      env: { DOCKER_HOST: `unix://${socketPath}` },
      program: { command: [BINARY, 'serve'] },
    });
    const token = await server.setUp();
    for (const _turn of [1, 2]) {
      const { status, body } = await server.http.post('/v1/reservations?wait=60', {
        token,
        body: { items: [{ pool: POOL }] },
      });
      expect({ status, of: body.status }).toEqual({ status: 201, of: 'active' });
      await server.http.delete(`/v1/reservations/${body.id}`, { token });
    }
    const mine = (await server.store.metadata('installation'))!;
    await server.stop();
    await removeContainersOf(mine);
    expect(refused).not.toContain('refused');
  });

  const spec = () =>
    containerSpec(
      dockerSettings.parse({ image: SSH_IMAGE }),
      installation,
      newThing('container'),
      callOf(),
      null,
    );
  const host = (more: object) => ({ ...spec(), HostConfig: { ...spec().HostConfig, ...more } });

  test('a container like those of the driver may be made', async () => {
    expect((await ask('POST', '/v1.41/containers/create?Image=other', spec())).status).toBe(201);
  });

  test.each<[string, unknown]>([
    ['privileged', host({ Privileged: true })],
    ['privileged, spelled otherwise', host({ pRIVILEGED: true })],
    [
      'privileged, escaped',
      JSON.stringify(spec()).replace('"Privileged":false', '"\\u0050rivileged":true'),
    ],
    [
      'privileged, by a letter that folds',
      JSON.stringify(host({ Privileged: true })).replace('HostConfig', 'Ho\u017ftConfig'),
    ],
    ['a bind', host({ Binds: ['/:/host'] })],
    ['a mount', host({ Mounts: [{ Type: 'bind', Source: '/', Target: '/host' }] })],
    ['a device', host({ Devices: [] })],
    ["the host's network", host({ NetworkMode: 'host' })],
    ["another's network", host({ NetworkMode: 'container:abc' })],
    ["the host's processes", host({ PidMode: 'host' })],
    ['one more capability', host({ CapAdd: ['CHOWN', 'SYS_ADMIN'] })],
    ['what Docker gives by itself', host({ CapDrop: [] })],
    ['no seccomp', host({ SecurityOpt: ['no-new-privileges', 'seccomp=unconfined'] })],
    ['no limits', host({ Memory: 0 })],
    ['a disk option of another kind', host({ StorageOpt: { size: '5G', other: 'x' } })],
    ['an image that runs something else', { ...spec(), Entrypoint: ['sh'] }],
    ['no label of ours', { ...spec(), Labels: {} }],
    ['no body', undefined],
    ['no JSON', '{'],
  ])('but not with %s', async (_what, body) => {
    expect((await ask('POST', '/v1.41/containers/create', body)).status).toBe(403);
  });

  test('a network that keeps its containers apart may be made, and no other', async () => {
    const apart = networkSpec(
      networkName(dockerSettings.parse({ image: 'x' }), installation),
      installation,
    );
    const make = (body: object) => ask('POST', '/v1.41/networks/create', body);
    for (const more of [
      { Name: 'bridge' },
      { Driver: 'macvlan' },
      { Options: {} },
      { Options: { ...apart.Options, [REACH_OPTION]: 'true' } },
      { Options: { ...apart.Options, [BRIDGE_OPTION]: 'docker0' } },
      { Options: { ...apart.Options, parent: 'eth0' } },
      { Labels: {} },
      { IPAM: {} },
      { Attachable: true },
    ])
      expect((await make({ ...apart, ...more })).status).toBe(403);
    expect((await make(apart)).status).toBe(201);
    expect((await ask('GET', `/v1.41/networks/${apart.Name}`)).status).toBe(200);
    for (const path of [`/networks/${apart.Name}/connect`, '/networks/prune'])
      expect((await ask('POST', path, {})).status).toBe(403);
    expect((await ask('DELETE', `/networks/${apart.Name}`)).status).toBe(403);
  });

  test.each([
    ['GET', '/info'],
    ['GET', '/networks'],
    ['GET', '/networks/a/../../info'],
    ['GET', '/containers/json/../../info'],
    ['GET', '/containers/../json'],
    ['GET', '/images/a/../../info/json'],
    ['GET', '/v1.41/volumes'],
    ['POST', '/images/create?fromImage=x'],
    ['POST', '/build'],
    ['POST', `/containers/${'a'.repeat(64)}/update`],
    ['PUT', `/containers/${'a'.repeat(64)}/archive?path=/`],
    ['DELETE', '/images/x'],
    ['POST', '/containers/prune'],
  ])('%s %s is refused', async (method, path) => {
    expect((await ask(method, path)).status).toBe(403);
  });

  test(
    "nobody else's container is touched or shown, and a command gets no more rights than its " +
      'container',
    async () => {
      const command = { Cmd: ['true'], AttachStdin: true, AttachStdout: true, AttachStderr: true };
      for (const [method, path, body] of [
        ['GET', `/containers/${stranger.id}/json`],
        ['POST', `/containers/${stranger.id}/start`],
        ['POST', `/containers/${stranger.id}/exec`, command],
        ['DELETE', `/containers/${stranger.id}?force=true`],
      ] as const) {
        expect({ path, status: (await ask(method, path, body)).status }).toEqual({
          path,
          status: 403,
        });
      }
      const { body } = await ask('POST', '/containers/create?name=', spec());
      expect((await ask('POST', `/containers/${body.Id}/start`)).status).toBe(204);
      expect((await ask('POST', `/containers/${body.Id}/exec`, command)).status).toBe(201);
      expect(
        (await ask('POST', `/containers/${body.Id}/exec`, { ...command, Privileged: true })).status,
      ).toBe(403);
    },
  );

  test('what is gone is 404, as the engine says', async () => {
    expect((await ask('DELETE', `/containers/${'a'.repeat(64)}`)).status).toBe(404);
  });
});
