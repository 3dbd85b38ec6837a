import { once } from 'node:events';
import { createServer } from 'node:net';
import Docker from 'dockerode';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import { runIn } from '../../src/drivers/docker/exec';
import type { Driver, Target } from '../../src/drivers/driver';
import { callOf, newThing } from '../contracts/driver';
import {
  describeWithDocker,
  firstOutput,
  holdSsh,
  removeContainersOf,
  sshPortOf,
} from '../helpers/docker';
import { listed } from '../helpers/listed';
import { driverOf, letsIn, newInstallation } from '../drivers/docker.fixture';

let installation: string;

function make(settings: Record<string, unknown> = {}): Driver {
  return driverOf(installation, settings);
}

function begin(): void {
  installation = newInstallation();
}

async function provisioned(driver: Driver): Promise<Target> {
  const target = newThing('container');
  return { ...target, handle: (await driver.provision(target, callOf())).handle };
}

/** The address of a container on its network. */
async function addressOf(target: Target): Promise<string> {
  const { NetworkSettings } = await new Docker().getContainer(target.handle!).inspect();
  return Object.values(NetworkSettings.Networks)[0]!.IPAddress;
}

/** Does SSH at this address answer somebody in this container within two seconds? */
async function reaches(target: Target, address: string): Promise<boolean> {
  const asks = `echo | nc -w 2 ${address} 22 | grep -q SSH`;
  const signal = AbortSignal.timeout(30_000);
  return (await runIn(new Docker(), target.handle!, ['sh', '-c', asks], [], signal)) === 0;
}

/** A client that identifies itself and then keeps the server waiting for its password. */
function lateLogin(port: number, username: string) {
  let say: (send: (password: string) => void) => void;
  const asked = new Promise<(password: string) => void>((resolve) => (say = resolve));
  const authHandler = (left: unknown, _partial: unknown, next: (method: unknown) => void) => {
    if (left === null) return next({ type: 'none', username });
    say((password) => next({ type: 'password', username, password }));
  };
  const answer = holdSsh(port, { username, authHandler: authHandler as never }).then(
    () => 'in',
    () => 'out',
  );
  return { asked, answer };
}

describeWithDocker('with a Docker engine', () => {
  const pair = keyPair();

  describe('the docker driver', () => {
    const docker = new Docker();
    beforeEach(begin);
    afterEach(() => removeContainersOf(installation));

    test('a container has its limits and labels, and no rights beyond its own', async () => {
      const driver = make({ pids: 32, cpus: 0.25 });
      const target = { ...newThing('container'), name: 'alpine-1', spec: { memoryMb: 48 } };
      const call = callOf(undefined, 3);
      const { handle, details } = await driver.provision(target, call);
      expect(handle).toMatch(/^[0-9a-f]{64}$/);
      expect(details).toEqual({
        host: '127.0.0.1',
        port: await sshPortOf(handle),
        hostKey: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
        powerState: 'running',
      });
      const { Config, HostConfig, Mounts, Name } = await docker.getContainer(handle).inspect();
      expect(Config.Hostname).toBe('alpine-1');
      expect(Name).toMatch(/^\/alpine-1-[0-9a-f]{10}-3$/);
      expect(Config.Labels).toMatchObject({
        'holdfast.installation': installation,
        'holdfast.pool': target.pool,
        'holdfast.resource': target.resourceId,
        'holdfast.name': 'alpine-1',
        'holdfast.operation': call.operationId,
        'holdfast.attempt': '3',
      });
      expect(HostConfig).toMatchObject({
        Memory: 48 * 1024 * 1024,
        MemorySwap: 48 * 1024 * 1024,
        NanoCpus: 250_000_000,
        PidsLimit: 32,
        Privileged: false,
        Binds: null,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        PidMode: '',
        UTSMode: '',
      });
      expect(HostConfig.IpcMode).not.toBe('host');
      expect(Mounts).toEqual([]);
    });

    test('verification notices a stopped container, other limits and another image', async () => {
      const driver = make();
      const target = await provisioned(driver);
      await expect(make({ memoryMb: 65 }).verify(target, null, callOf())).resolves.toMatchObject({
        ok: false,
        reason: 'The container has other limits.',
      });
      await expect(
        make({ image: 'holdfast-none' }).verify(target, null, callOf()),
      ).resolves.toMatchObject({ ok: false, reason: 'The container runs another image.' });
      await docker.getContainer(target.handle!).stop({ t: 0 });
      await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({
        ok: false,
        reason: 'The container is exited.',
      });
    });

    test('verification leaves no user behind, and does not disturb other sessions', async () => {
      const driver = make();
      const target = await provisioned(driver);
      const { username, password } = await driver.openAccess(target, {}, callOf());
      const held = await holdSsh(await sshPortOf(target.handle!), { username, password });
      await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({ ok: true });
      await expect(firstOutput(held.client, 'cut -d: -f1 /etc/passwd')).resolves.toBe(
        `root\n${username}\n`,
      );
      held.client.end();
    });

    test('verification does not disturb someone who is logging in', async () => {
      const driver = make();
      const target = await provisioned(driver);
      const { username, password } = await driver.openAccess(target, {}, callOf());
      const { asked, answer } = lateLogin(await sshPortOf(target.handle!), username!);
      const late = await asked;
      await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({ ok: true });
      late(password!);
      await expect(answer).resolves.toBe('in');
    });

    test('a login of our own ends with its operation, unless a later attempt is using it', async () => {
      const target = await provisioned(make());
      const run = (command: string, ...lines: string[]) =>
        runIn(
          docker,
          target.handle!,
          [`/sbin/holdfast-${command}`],
          lines,
          AbortSignal.timeout(30_000),
        );
      const login = { username: 'hf-1', password: 'ours' };
      await expect(run('grant', 'user hf-1', 'password ours', 'operation b 2')).resolves.toBe(0);
      await expect(run('revoke', 'user hf-1', 'operation b 1')).resolves.toBe(73);
      await expect(letsIn(target, login)).resolves.toBe(true);
      await expect(run('grant', 'user ada', 'password hers', 'operation c 1')).resolves.toBe(0);
      await expect(run('revoke', 'user hf-1', 'operation b 2')).resolves.toBe(0);
      await expect(letsIn(target, login)).resolves.toBe(false);
      await expect(letsIn(target, { username: 'ada', password: 'hers' })).resolves.toBe(true);
      await expect(run('revoke', 'all')).resolves.toBe(0);
      await expect(run('revoke', 'operation d 1')).resolves.toBe(64);
      await expect(run('revoke', 'all', 'operation d')).resolves.toBe(64);
    });

    test('a late closing does not start the container again', async () => {
      const driver = make();
      const target = await provisioned(driver);
      const closing = callOf();
      await driver.openAccess({ ...target, generation: target.generation + 1 }, {}, callOf());
      const startedAt = async () =>
        (await docker.getContainer(target.handle!).inspect()).State.StartedAt;
      const before = await startedAt();
      await expect(driver.closeAccess(target, null, closing)).rejects.toMatchObject({
        message: expect.stringContaining('later'),
      });
      expect(await startedAt()).toBe(before);
    });

    test('operations are ordered by time, then by the generation of the resource, then by name', async () => {
      const driver = make();
      const target = await provisioned(driver);
      const now = '019e0000-0000-7';
      const open = (generation: number, operationId: string, attempt = 1) =>
        driver.openAccess(
          { ...target, generation },
          { username: 'ada' },
          callOf(operationId, attempt),
        );
      const late = expect.objectContaining({
        name: 'DriverError',
        message: 'A later operation or attempt has already run.',
      });
      await open(5, `${now}bbb`, 2);
      await expect(open(5, `${now}bbb`, 1)).rejects.toEqual(late);
      await expect(open(5, `${now}aaa`, 3)).rejects.toEqual(late);
      await expect(open(4, `${now}ccc`)).rejects.toEqual(late);
      await expect(open(9, '019dffff-ffff-7ddd')).rejects.toEqual(late);
      await open(10, `${now}aaa`);
      await open(1, '019e0000-0001-7aaa');
    });

    test('close also cuts connections without a shell, and those that have not logged in yet', async () => {
      const driver = make();
      const target = await provisioned(driver);
      const access = await driver.openAccess(target, {}, callOf());
      const port = await sshPortOf(target.handle!);
      const idle = await holdSsh(port, { username: access.username, password: access.password });
      // The server has read the user files for this one; its password arrives only when all is
      // revoked.
      const { asked, answer } = lateLogin(port, access.username!);
      const late = await asked;
      await driver.closeAccess(target, access, callOf());
      late(access.password!);
      await idle.cut;
      await expect(answer).resolves.toBe('out');
    });

    test('a holder who has used up all processes is still put out', async () => {
      const driver = make({ pids: 24 });
      const target = await provisioned(driver);
      const access = await driver.openAccess(target, {}, callOf());
      const held = await holdSsh(await sshPortOf(target.handle!), {
        username: access.username,
        password: access.password,
      });
      await firstOutput(held.client, 'for n in $(seq 60); do sleep 1000 & done 2>&1; echo full');
      await driver.closeAccess(target, access, callOf());
      await held.cut;
      await expect(letsIn(target, access)).resolves.toBe(false);
    });

    test('close works on a stopped container, which would accept the login once started', async () => {
      const driver = make();
      const target = await provisioned(driver);
      const access = await driver.openAccess(target, {}, callOf());
      await docker.getContainer(target.handle!).stop({ t: 0 });
      await driver.closeAccess(target, access, callOf());
      await expect(letsIn(target, access)).resolves.toBe(false);
    });

    test('names, passwords and keys that could be read as more than they are are refused', async () => {
      const driver = make();
      const target = await provisioned(driver);
      const wishes = [
        { username: 'root' },
        { username: 'Ada' },
        { username: '-x' },
        { username: 'a\nuser b' },
        { password: 'two\nlines' },
        { publicKey: 'no key' },
        { publicKey: `command="id" ${pair.public}` },
        { publicKey: `${pair.public}\nuser root` },
        { publicKey: pair.private },
      ];
      for (const wish of wishes)
        await expect(driver.openAccess(target, wish, callOf())).rejects.toMatchObject({
          scope: 'resource',
        });
    });

    test("no secret is in the engine's record of the commands that were run", async () => {
      const driver = make();
      const target = await provisioned(driver);
      const stop = new AbortController();
      const events = await docker.getEvents({
        filters: { container: [target.handle!] },
        abortSignal: stop.signal,
      });
      let seen = '';
      events.on('data', (data: Buffer) => (seen += data.toString()));
      events.on('error', () => undefined);
      const access = await driver.openAccess(target, { username: 'zoroaster' }, callOf());
      await driver.closeAccess(target, access, callOf());
      stop.abort();
      expect(seen).toContain('exec_create: /sbin/holdfast-grant');
      expect(seen).not.toContain(access.password);
      // A name that no hexadecimal id can contain by chance.
      expect(seen).not.toContain('zoroaster');
    });

    test('a deadline in the middle of provisioning leaves nothing behind', async () => {
      const driver = make();
      const deadline = new AbortController();
      const events = await docker.getEvents({
        filters: { label: [`holdfast.installation=${installation}`], event: ['create'] },
      });
      events.once('data', () => deadline.abort());
      const target = newThing('container');
      await expect(
        driver.provision(target, callOf(undefined, 1, deadline.signal)),
      ).rejects.toMatchObject({ name: 'DriverError' });
      (events as unknown as { destroy(): void }).destroy();
      expect(await listed(driver, target.pool, callOf())).toEqual([]);
    });

    test('a container that ends at once, or never answers, is a failure and is removed', async () => {
      const driver = make({ sshPort: 2222, startTimeoutMs: 500 });
      const target = newThing('container');
      await expect(driver.provision(target, callOf())).rejects.toMatchObject({ scope: 'resource' });
      expect(await listed(driver, target.pool, callOf())).toEqual([]);
    });

    test('a missing image is held against no resource', async () => {
      await expect(
        make({ image: 'holdfast-none' }).provision(newThing('container'), callOf()),
      ).rejects.toMatchObject({ scope: 'backend' });
    });

    test('a cleaning ends all access, even if no new container can be made', async () => {
      const driver = make();
      const target = await provisioned(driver);
      const access = await driver.openAccess(target, {}, callOf());
      const { username, password } = access;
      const held = await holdSsh(await sshPortOf(target.handle!), { username, password });
      await expect(
        make({ image: 'holdfast-none' }).clean(target, null, callOf()),
      ).rejects.toMatchObject({ scope: 'backend' });
      await held.cut;
      expect(await listed(driver, target.pool, callOf())).toEqual([]);
    });

    test('a cleaning proves the new container, whose control login is gone again', async () => {
      const driver = make();
      const target = await provisioned(driver);
      const { handle } = await driver.clean(target, null, callOf());
      const { client } = await holdSsh(await sshPortOf(handle), {
        ...(await driver.openAccess({ ...target, handle }, { username: 'ada' }, callOf())),
        port: await sshPortOf(handle),
      });
      await expect(firstOutput(client, 'cut -d: -f1 /etc/passwd')).resolves.toBe('root\nada\n');
      client.end();
      const deaf = make({ grantCommand: ['/bin/true'] });
      await expect(deaf.clean({ ...target, handle }, null, callOf())).rejects.toMatchObject({
        message: 'SSH refuses a login that was just granted.',
      });
      expect(await listed(driver, target.pool, callOf())).toEqual([]);
    });

    test('the last port of a range passes from a container to the one that replaces it', async () => {
      const port = 20_000 + Math.floor(Math.random() * 10_000);
      const driver = make({ portRange: { from: port, to: port } });
      const target = await provisioned(driver);
      const { handle } = await driver.clean(target, null, callOf());
      expect(await sshPortOf(handle)).toBe(port);
    });

    test('no container reaches another, of this installation or of a different one', async () => {
      const stranger = newInstallation();
      try {
        const [here, beside, elsewhere] = await Promise.all([
          provisioned(make()),
          provisioned(make()),
          provisioned(driverOf(stranger)),
        ]);
        const own = await addressOf(here);
        expect(await reaches(here, own)).toBe(true);
        for (const other of [beside, elsewhere])
          expect(await reaches(here, await addressOf(other))).toBe(false);
        expect(await addressOf(elsewhere)).not.toBe(own);
      } finally {
        await removeContainersOf(stranger);
      }
    });

    test('a network on which containers reach one another is refused, one without such is used', async () => {
      await expect(provisioned(make({ network: 'bridge' }))).rejects.toMatchObject({
        scope: 'backend',
        message: expect.stringContaining('containers could reach one another'),
      });
      await expect(provisioned(make({ network: 'holdfast-none' }))).rejects.toMatchObject({
        scope: 'backend',
        message: 'The engine has no network holdfast-none.',
      });
      const driver = make();
      const target = await provisioned(driver);
      const { HostConfig } = await docker.getContainer(target.handle!).inspect();
      const named = make({ network: HostConfig.NetworkMode });
      await expect(named.verify(target, null, callOf())).resolves.toMatchObject({ ok: true });
      await expect(
        make({ network: 'bridge' }).verify(target, null, callOf()),
      ).resolves.toMatchObject({ ok: false, reason: 'The container is on another network.' });
    });

    test('a network that was removed is made again', async () => {
      const driver = make();
      const target = await provisioned(driver);
      await driver.destroy(target, callOf());
      await removeContainersOf(installation);
      await expect(provisioned(driver)).rejects.toMatchObject({ name: 'DriverError' });
      await expect(provisioned(driver)).resolves.toMatchObject({ handle: expect.any(String) });
    });

    test("a disk limit is the container's, or the engine says that it has none", async () => {
      const made = await provisioned(make({ disk: '5G' })).catch((error: Error) => error);
      if (made instanceof Error)
        expect(made).toMatchObject({
          scope: 'backend',
          message: expect.stringMatching(/storage-opt.*\(setting disk\)$/),
        });
      else
        expect((await docker.getContainer(made.handle!).inspect()).HostConfig).toMatchObject({
          StorageOpt: { size: '5G' },
        });
    });

    test('ports come from the range, each once, until it is used up', async () => {
      // Below the ports that systems hand out by themselves, so that nobody else takes the second
      // one meanwhile.
      const port = 20_000 + Math.floor(Math.random() * 10_000);
      const busy = createServer().listen(port, '127.0.0.1');
      await once(busy, 'listening');
      // The range is one taken port and the one above it: whichever is tried first, one container
      // fits.
      const driver = make({ portRange: { from: port, to: port + 1 } });
      const first = await provisioned(driver);
      expect(await sshPortOf(first.handle!)).toBe(port + 1);
      await expect(provisioned(driver)).rejects.toMatchObject({ scope: 'backend' });
      busy.close();
    });
  });
});
