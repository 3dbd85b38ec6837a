import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import Docker from 'dockerode';
import { systemRandom } from '../../src/crypto/random';
import { dockerDriver } from '../../src/drivers/docker';
import { ExecGrants, GRANTS_FILE } from '../../src/drivers/docker/exec-grants';
import { dockerProxy } from '../../src/drivers/docker/proxy';
import type { CredentialSecret, Driver, Target } from '../../src/drivers/driver';
import { callOf, newThing } from '../contracts/driver';
import { newInstallation, settingsOf } from '../drivers/docker.fixture';
import { whenDone } from '../helpers/cleanups';
import {
  buildPlainImage,
  describeWithDocker,
  PLAIN_IMAGE,
  removeContainersOf,
  SSH_IMAGE,
} from '../helpers/docker';
import { DockerClient, startHoldersProxy, type HoldersProxy } from '../helpers/docker-exec';
import { temporaryDirectory } from '../helpers/engine';
import { listed } from '../helpers/listed';
import { MAIN } from '../helpers/process';

describeWithDocker('containers that are used by docker exec', () => {
  const docker = new Docker();
  const installation = newInstallation();
  const dataDir = temporaryDirectory();
  let proxy: HoldersProxy;
  let driver: Driver;

  beforeAll(async () => {
    buildPlainImage();
    whenDone(() => removeContainersOf(installation));
    // The proxy of holders stands before that of the driver, which has the only way to the engine.
    const socketPath = join(dataDir, 'engine.sock');
    const inner = dockerProxy('/var/run/docker.sock', () => undefined, null);
    await new Promise<void>((resolve) => inner.listen(socketPath, resolve));
    whenDone(() => void inner.close().closeAllConnections());
    proxy = await startHoldersProxy(dataDir, socketPath);
    whenDone(() => proxy.close());
    driver = make();
    whenDone(() => driver.close());
  });

  function make(more: Record<string, unknown> = {}): Driver {
    const exec = { image: PLAIN_IMAGE, access: 'exec', execProxy: proxy.url };
    return dockerDriver.create(settingsOf({ ...exec, ...more }), {
      dataDir,
      installation,
      variables: process.env,
      random: systemRandom,
    });
  }

  async function lent(): Promise<{
    target: Target;
    access: CredentialSecret;
    client: DockerClient;
  }> {
    const target = newThing('container');
    target.handle = (await driver.provision(target, callOf())).handle;
    const access = await driver.openAccess(target, {}, callOf());
    return { target, access, client: new DockerClient(access) };
  }

  test('the container publishes no port, and its details say where it is reached', async () => {
    const target = newThing('container');
    const { handle, details } = await driver.provision(target, callOf());
    const { port } = new URL(proxy.url);
    expect(details).toEqual({
      host: '127.0.0.1',
      port: Number(port),
      dockerHost: `tcp://127.0.0.1:${port}`,
      container: handle,
      powerState: 'running',
    });
    const { NetworkSettings } = await docker.getContainer(handle).inspect();
    expect(Object.values(NetworkSettings.Ports ?? {})).toEqual([]);
    await driver.destroy({ ...target, handle }, callOf());
  });

  test("the holder runs commands with Docker's own client, and with a terminal", async () => {
    const { client } = await lent();
    expect(await client.run(['-i'], ['busybox', 'cat'], 'through and back')).toEqual({
      status: 0,
      out: 'through and back',
      error: '',
    });
    const words = ['sh', '-c', 'echo $A; busybox pwd; exit 7'];
    expect(await client.run(['-e', 'A=b', '-w', '/tmp'], words)).toMatchObject({
      status: 7,
      out: 'b\n/tmp\n',
    });
    const much = await client.run([], ['busybox', 'head', '-c', '5000000', '/dev/zero']);
    expect([much.status, much.out.length]).toEqual([0, 5_000_000]);
    const asked = await client.run(['-t'], ['sh', '-c', '[ -t 1 ] && echo a terminal']);
    expect(asked).toMatchObject({ status: 0, out: 'a terminal\r\n' });
    expect(await client.run(['-d'], ['busybox', 'touch', '/tmp/made'])).toMatchObject({
      status: 0,
    });
  });

  test('not with another password, not in another container, and not with more rights', async () => {
    const [mine, other] = await Promise.all([lent(), lent()]);
    const as = (more: CredentialSecret) => new DockerClient({ ...mine.access, ...more });
    const refused = {
      status: 1,
      error: expect.stringContaining('refused by holdfast docker-proxy'),
    };
    const wrong = `Basic ${Buffer.from(`${mine.access.username}:wrong`).toString('base64')}`;
    const run = (client: DockerClient, ...options: string[]) =>
      client.run(options, ['sh', '-c', ':']);
    expect(await run(as({ authorization: wrong }))).toMatchObject(refused);
    expect(await run(as({ container: other.target.handle! }))).toMatchObject(refused);
    expect(await run(mine.client, '--privileged')).toMatchObject(refused);
    expect(await run(mine.client)).toMatchObject({ status: 0 });
    for (const [method, path] of [
      ['GET', '/containers/json'],
      ['GET', '/info'],
      ['POST', `/containers/${mine.target.handle}/stop`],
      ['DELETE', `/containers/${mine.target.handle}`],
      ['GET', `/containers/${mine.target.handle}/archive?path=/`],
    ] as const) {
      const headers = { Authorization: mine.access['authorization'] as string };
      const { status } = await fetch(`${proxy.url}${path}`, { method, headers });
      expect({ path, status }).toEqual({ path, status: 403 });
    }
  });

  test('nothing that the holder left runs in the next container, and the old login is dead', async () => {
    const { target, access, client } = await lent();
    const session = client.spawn(['-i'], 'sh', '-c', 'echo here; busybox sleep 100000');
    const ended = once(session, 'close');
    await once(session.stdout!, 'data');
    const { handle } = await driver.clean(target, null, callOf());
    await ended;
    const next = new DockerClient({ ...access, container: handle });
    expect(await next.run([], ['sh', '-c', ':'])).toMatchObject({ status: 1 });
    expect(await client.run([], ['sh', '-c', ':'])).toMatchObject({ status: 1 });
    expect(await driver.verify({ ...target, handle }, null, callOf())).toMatchObject({ ok: true });
  });

  test('the record forgets containers that are gone, when the pool is swept', async () => {
    const { target } = await lent();
    const grants = ExecGrants.open(join(dataDir, GRANTS_FILE));
    whenDone(() => grants.close());
    await listed(driver, target.pool, callOf());
    expect(grants.containersOf(target.pool)).toEqual([target.handle]);
    await driver.destroy(target, callOf());
    await listed(driver, target.pool, callOf());
    expect(grants.containersOf(target.pool)).toEqual([]);
  });

  test('a proxy that does not answer is a fault of the back end', async () => {
    const { target } = await lent();
    const unreachable = make({ execProxy: 'http://127.0.0.1:9' });
    await expect(unreachable.verify(target, null, callOf())).rejects.toMatchObject({
      scope: 'backend',
      message: 'The proxy at 127.0.0.1:9 does not answer.',
    });
    await unreachable.close();
  });

  test('a container whose main process ends at once is a failure, and is removed', async () => {
    const target = newThing('container');
    const short = make({ image: await imageThatEnds() });
    await expect(short.provision(target, callOf())).rejects.toMatchObject({ scope: 'resource' });
    expect(await listed(short, target.pool, callOf())).toEqual([]);
    await short.close();
  });

  test('a pool that changes to exec replaces its containers', async () => {
    const target = newThing('container');
    const ssh = make({ access: 'ssh', execProxy: undefined, image: SSH_IMAGE });
    target.handle = (await ssh.provision(target, callOf())).handle;
    const same = make({ image: SSH_IMAGE });
    expect(await same.verify(target, null, callOf())).toEqual({
      ok: false,
      reason: 'The container is reached in another way.',
    });
    await Promise.all([ssh.close(), same.close()]);
  });

  test('the command serves holders over TLS', async () => {
    const { target, access } = await lent();
    const made = certificate(temporaryDirectory());
    const words = ['--listen', '127.0.0.1:0', '--holders', join(dataDir, GRANTS_FILE)];
    const tls = ['--tls-cert', made.cert, '--tls-key', made.key];
    const child = spawn(process.execPath, [MAIN, 'docker-proxy', ...words, ...tls], {
      env: {},
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    whenDone(() => void child.kill('SIGKILL'));
    const [said] = (await once(child.stderr, 'data')) as [Buffer];
    const [, address] = /^listening on (\S+)\n$/.exec(said.toString())!;
    const dockerHost = `tcp://${address}`;
    const client = new DockerClient({ ...access, dockerHost }, made.cert);
    expect(await client.run([], ['sh', '-c', 'echo over TLS'])).toEqual({
      status: 0,
      out: 'over TLS\n',
      error: '',
    });
    const wrong = new DockerClient(
      { ...access, dockerHost, authorization: 'Basic YTpi' },
      made.cert,
    );
    expect((await wrong.run([], ['sh'])).status).toBe(1);
    await driver.destroy(target, callOf());
  });

  async function imageThatEnds(): Promise<string> {
    const made = await docker.createContainer({ Image: PLAIN_IMAGE });
    await made.commit({
      repo: 'holdfast-ends',
      tag: 'latest',
      changes: 'CMD ["/bin/sh","-c",":"]',
    });
    await made.remove();
    return 'holdfast-ends:latest';
  }
});

/** A certificate for the loopback address, signed by itself, and its key. */
function certificate(dir: string): { cert: string; key: string } {
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  const about = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const files = ['-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', ...curve, ...about, ...files], { stdio: 'ignore' });
  return { cert, key };
}
