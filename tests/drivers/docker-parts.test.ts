import { mkdtempSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerDriver } from '../../src/drivers/docker';
import { containerSpec } from '../../src/drivers/docker/container-spec';
import { connectEngine, engineFault, engineHost } from '../../src/drivers/docker/engine';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import { tryLogin } from '../../src/drivers/ssh-login/ssh';
import type { Driver, DriverFactory } from '../../src/drivers/driver';
import { callOf, newThing } from '../contracts/driver';
import { listed } from '../helpers/listed';

const random = { secret: () => 'secret', fraction: () => 0 };
let dir: string;
let server: Server | undefined;
const sockets: Socket[] = [];

beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'holdfast-docker-'))));
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close();
  server = undefined;
  rmSync(dir, { recursive: true, force: true });
});

function driverAt(socketPath: string): Driver {
  const settings = dockerDriver.settings.parse({ image: 'x', socketPath });
  return dockerDriver.create(settings, {
    dataDir: dir,
    installation: 'test',
    variables: {},
    random,
  });
}

function listening(made: Server, at: string | number): Promise<void> {
  server = made;
  made.on('connection', (socket) => sockets.push(socket));
  return new Promise((resolve) => void made.listen(at as string, resolve));
}

/** An engine that answers every call as `answer` says. */
async function engine(answer: RequestListener): Promise<Driver> {
  const socketPath = join(dir, 'docker.sock');
  await listening(createHttpServer(answer), socketPath);
  return driverAt(socketPath);
}

const says =
  (status: number, message: string): RequestListener =>
  (_request, response) => {
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ message }));
  };

test('a container is asked for without rights beyond those of an SSH server', () => {
  const settings = dockerDriver.settings.parse({ image: 'x' });
  const { HostConfig } = containerSpec(settings, 'test', newThing('container'), callOf(), null);
  const { Privileged, CapDrop, CapAdd, SecurityOpt, NetworkMode, ...rest } = HostConfig!;
  expect({ Privileged, CapDrop, CapAdd, SecurityOpt }).toEqual({
    Privileged: false,
    CapDrop: ['ALL'],
    CapAdd: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID', 'SYS_CHROOT'],
    SecurityOpt: ['no-new-privileges'],
  });
  expect(NetworkMode).not.toMatch(/^(host|bridge|default|container:.*)$/);
  // Anything else, such as a mount or a namespace of the host, would be a right of its own.
  expect(Object.keys(rest).sort()).toEqual([
    'Init',
    'Memory',
    'MemorySwap',
    'NanoCpus',
    'PidsLimit',
    'PortBindings',
    'RestartPolicy',
  ]);
  expect(rest.PortBindings).toEqual({ '22/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] });
});

describe('settings', () => {
  const { settings } = dockerDriver as DriverFactory;

  test('only the image is required', () => {
    expect(settings.parse({ image: 'x' })).toMatchObject({
      memoryMb: 256,
      cpus: 0.5,
      pids: 128,
      publishAddress: '127.0.0.1',
      sshPort: 22,
    });
    expect(settings.safeParse({}).success).toBe(false);
  });

  test.each([
    { disk: '5 GB' },
    { network: 'host' },
    { network: 'container:abc' },
    { network: 'none' },
    { privileged: true },
    { portRange: { from: 9, to: 8 } },
    { cpus: 0 },
    { image: 'a/../../containers/json' },
    { image: 'a?all=true' },
    { access: 'exec' },
    { access: 'exec', execProxy: 'no URL' },
    { access: 'exec', execProxy: 'http://boxes.example.org:2376' },
    { execProxy: 'https://boxes.example.org:2376' },
    { registryLogin: { host: 'images.example.org', username: 'a', passwordFile: '/b' } },
    {
      pull: 'missing',
      registryLogin: { host: 'images.example.org', username: 'a', password: 'b' },
    },
  ])('refused: %j', (more) =>
    expect(settings.safeParse({ image: 'x', ...more }).success).toBe(false),
  );
});

describe('the address of the engine', () => {
  const modemOf = (socketPath?: string, dockerHost?: string) =>
    connectEngine(socketPath, dockerHost).modem as unknown as Record<string, unknown>;

  test('the setting takes precedence over DOCKER_HOST, and the usual socket is last', () => {
    expect(modemOf('/a.sock', 'tcp://b:1').socketPath).toBe('/a.sock');
    expect(modemOf(undefined, 'unix:///b.sock').socketPath).toBe('/b.sock');
    expect(modemOf(undefined, 'tcp://b:1234')).toMatchObject({
      host: 'b',
      port: 1234,
      protocol: 'http',
    });
    expect(modemOf(undefined, 'tcp://[::1]:1234')).toMatchObject({ host: '::1', port: 1234 });
    expect(engineHost(undefined, 'tcp://[fd00::7]:2375')).toBe('fd00::7');
    expect(engineHost(undefined, 'unix:///b.sock')).toBe('127.0.0.1');
    expect(modemOf().socketPath).toBe('/var/run/docker.sock');
    expect(() => modemOf(undefined, 'ssh://b')).toThrow('DOCKER_HOST');
  });
});

describe('an engine in trouble', () => {
  test('no socket is a fault of the back end', async () => {
    const driver = driverAt(join(dir, 'none.sock'));
    await expect(listed(driver, 'p', callOf())).rejects.toMatchObject({
      name: 'DriverError',
      scope: 'backend',
      message: expect.stringContaining('ENOENT'),
    });
    await expect(driver.provision(newThing('container'), callOf())).rejects.toMatchObject({
      scope: 'backend',
    });
    await expect(
      driver.verify({ ...newThing('container'), handle: 'x' }, null, callOf()),
    ).rejects.toMatchObject({ scope: 'backend' });
  });

  test('an engine that never answers is abandoned at the deadline', async () => {
    const deadline = new AbortController();
    const driver = await engine(() => deadline.abort());
    await expect(listed(driver, 'p', callOf(undefined, 1, deadline.signal))).rejects.toMatchObject({
      scope: 'backend',
    });
  });

  test('503 and a full disk are faults of the back end, any other 500 is one of the container', async () => {
    await expect(listed(await engine(says(503, 'busy')), 'p', callOf())).rejects.toMatchObject({
      scope: 'backend',
    });
    const fault = (message: string) =>
      engineFault(Object.assign(new Error(message), { statusCode: 500 }), 'x').scope;
    expect(fault('write /var/lib/docker: no space left on device')).toBe('backend');
    expect(fault('OCI runtime create failed')).toBe('resource');
  });
});

describe('an SSH login', () => {
  const signal = () => AbortSignal.timeout(10_000);
  const login = { username: 'ada', password: 'x' };
  const endpoint = () => ({ host: '127.0.0.1', port: (server!.address() as AddressInfo).port });

  test('a server that hangs up proves nothing', async () => {
    await listening(
      createServer((socket) => socket.destroy()),
      0,
    );
    await expect(tryLogin(endpoint(), login, signal())).rejects.toMatchObject({
      name: 'DriverError',
      scope: 'resource',
    });
  });

  test('a silent server is abandoned at the deadline', async () => {
    const deadline = new AbortController();
    await listening(
      createServer(() => deadline.abort()),
      0,
    );
    await expect(tryLogin(endpoint(), login, deadline.signal)).rejects.toMatchObject({
      name: 'DriverError',
      message: expect.stringContaining('deadline'),
    });
  });

  test('a closed port proves nothing', async () => {
    await listening(createServer(), 0);
    const closed = endpoint();
    await new Promise((resolve) => server!.close(resolve));
    await expect(tryLogin(closed, login, signal())).rejects.toMatchObject({ name: 'DriverError' });
  });
});

test('a key pair that cannot be read is made again', () => {
  const good = keyPair();
  const made = [
    { ...good, private: good.private.replace(/[A-Za-z0-9+/]{60}\n/, '') },
    { ...good, public: 'ssh-ed25519 AAAA' },
    good,
  ];
  expect(keyPair(() => made.shift()!)).toBe(good);
});
