import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import Docker from 'dockerode';
import { describeWithDocker, removeContainersOf, SSH_IMAGE } from '../helpers/docker';
import { temporaryDirectory } from '../helpers/engine';
import { ROOT, ServerProcess } from '../helpers/process';
import { BINARY } from './support/binary';

const POOL = `boxes-${randomBytes(3).toString('hex')}`;
const POOLS = `pools: [{ name: ${POOL}, kind: container, driver: docker, settings: { image: "${SSH_IMAGE}", memoryMb: 64 }, size: 1 }]`;
const SOCKET = '/var/run/docker.sock';
const hasProxy = spawnSync('haproxy', ['-v']).status === 0 || process.env.CI === 'true';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

(hasProxy ? describeWithDocker : describe.skip)('the proxy of packaging/ in front of the engine', () => {
  const installation = `proxy-${randomBytes(3).toString('hex')}`;
  let proxy: number | undefined;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    const env = { PATH: process.env.PATH, LISTEN: `127.0.0.1:${port}`, DOCKER_SOCKET: SOCKET };
    const pidFile = join(temporaryDirectory(), 'pid');
    // As a daemon: what is started ends when the other one listens.
    execFileSync('haproxy', ['-D', '-q', '-p', pidFile, '-f', join(ROOT, 'packaging/docker-proxy.cfg')], { env, stdio: 'ignore' });
    proxy = Number(readFileSync(pidFile, 'utf8'));
  });

  afterAll(async () => {
    if (proxy) process.kill(proxy, 'SIGTERM');
    await removeContainersOf(installation);
  });

  test('lets the driver lend, clean and take back', async () => {
    const server = await ServerProcess.start({ pools: POOLS, env: { DOCKER_HOST: `tcp://127.0.0.1:${port}` }, program: { command: [BINARY] } });
    const token = await server.setUp();
    for (const _turn of [1, 2]) {
      const { status, body } = await server.http.post('/v1/reservations?wait=60', { token, body: { items: [{ pool: POOL }] } });
      expect({ status, of: body.status }).toEqual({ status: 201, of: 'active' });
      await server.http.delete(`/v1/reservations/${body.id}`, { token });
    }
    const mine = (await server.store.fact('installation'))!;
    await server.stop();
    await removeContainersOf(mine);
  });

  const LABELS = { 'holdfast.installation': installation };
  const HOST = { NetworkMode: 'bridge', Privileged: false, CapDrop: ['ALL'], CapAdd: ['CHOWN', 'SETUID'], SecurityOpt: ['no-new-privileges'] };
  const create = (HostConfig: object, more: object = {}) => JSON.stringify({ Image: SSH_IMAGE, Labels: LABELS, HostConfig: { ...HOST, ...HostConfig }, ...more });

  async function ask(method: string, path: string, body?: string): Promise<number> {
    const headers = body === undefined ? undefined : { 'Content-Type': 'application/json' };
    return (await fetch(`http://127.0.0.1:${port}${path}`, { method, body, headers })).status;
  }

  test('a container like those of the driver may be made', async () => {
    expect(await ask('POST', '/v1.41/containers/create', create({}))).toBe(201);
  });

  test.each<[string, string]>([
    ['privileged', create({ Privileged: true })],
    ['privileged, spelled otherwise', create({}).replace('"Privileged":false', '"pRIVILEGED" : true')],
    ['privileged, escaped', create({}).replace('"Privileged":false', '"\\u0050rivileged":true')],
    ['privileged, by a letter that folds', create({}).replace('"HostConfig"', '"Ho\u017ftConfig"')],
    ['a bind', create({ Binds: ['/:/host'] })],
    ['a mount', create({ Mounts: [{ Type: 'bind', Source: '/', Target: '/host' }] })],
    ['a device', create({ Devices: [] })],
    ["the host's network", create({ NetworkMode: 'host' })],
    ["another's network", create({ NetworkMode: 'container:abc' })],
    ["the host's processes", create({ PidMode: 'host' })],
    ['a capability', create({ CapAdd: ['SYS_ADMIN'] })],
    ['one more capability', create({ CapAdd: ['CHOWN', 'SYS_ADMIN'] })],
    ['no seccomp', create({ SecurityOpt: ['no-new-privileges', 'seccomp=unconfined'] })],
    ['no label of ours', create({}, { Labels: {} })],
    ['no body', ''],
    ['too much to look at', create({}, { Env: ['x'.repeat(40_000)] })],
  ])('but not with %s', async (_what, body) => {
    expect(await ask('POST', '/v1.41/containers/create', body)).toBe(403);
    expect(await ask('POST', '/containers/create', body)).toBe(403);
  });

  test.each([
    ['GET', '/info'],
    ['GET', '/containers/abc/archive?path=/'],
    ['GET', '/containers/abc/../../info'],
    ['GET', '/containers/%2e%2e/info'],
    ['GET', '/v1.41/volumes'],
    ['POST', '/images/create?fromImage=x'],
    ['POST', '/build'],
    ['POST', '/containers/abc/update'],
    ['PUT', '/containers/abc/archive?path=/'],
    ['DELETE', '/images/x'],
    ['POST', '/containers/prune'],
  ])('%s %s is refused', async (method, path) => {
    expect(await ask(method, path, method === 'GET' ? undefined : '{}')).toBe(403);
  });

  test('a command is not run with more rights than its container has', async () => {
    const { Id: id } = (await new Docker().listContainers({ all: true, filters: { label: [`holdfast.installation=${installation}`] } }))[0]!;
    expect(await ask('POST', `/containers/${id}/exec`, JSON.stringify({ Cmd: ['true'], Privileged: true }))).toBe(403);
  });
});
