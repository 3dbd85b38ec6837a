import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Driver, Target } from '../../src/drivers/driver';
import { GuestAgent } from '../../src/drivers/qemu/agent';
import { QemuDriver } from '../../src/drivers/qemu/driver';
import { Guests } from '../../src/drivers/qemu/guests';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import { callOf, newThing } from '../contracts/driver';
import { firstOutput, holdSsh } from '../helpers/docker';
import { listed } from '../helpers/listed';
import { describeWithQemu } from '../helpers/qemu';
import { Machine, settingsOf } from '../drivers/qemu.fixture';

const DIST = join(__dirname, '../../dist/src');
const pair = keyPair();

/** Runs a command as root in a guest; returns its exit status. */
function asRoot(machine: Machine, handle: string, command: string): Promise<number> {
  const signal = AbortSignal.timeout(30_000);
  return GuestAgent.talk(machine.folderOf(handle), signal, (agent) =>
    agent.run(['/bin/sh', '-c', command], ''),
  );
}

/** Begins every range at its first port. */
const firstOfAll = { secret: () => 'secret', fraction: () => 0 };

/** A port below those that systems hand out by themselves, so that the next one is free as well. */
const somePort = () => 23_000 + 2 * Math.floor(Math.random() * 4_000);

/** A program that runs shell commands in the place of `program`, and may go on as it. */
function standIn(machine: Machine, name: string, commands: string): string {
  const path = join(machine.dataDir, name);
  writeFileSync(path, `#!/bin/sh\n${commands}\n`, { mode: 0o755 });
  return path;
}

/**
 * A QEMU on a machine whose KVM starts guests and then cannot go on: with `-accel kvm` it says only
 * that it stopped the guest; else it is QEMU. Each start adds a line to the file `starts`.
 */
function withPoorKvm(machine: Machine): string {
  const monitor = `
    require('net').createServer((socket) => socket.on('error', () => 0).on('data', (data) => {
      for (const line of data.toString().split('\\n').filter(Boolean)) {
        const { execute, id } = JSON.parse(line);
        const answer = execute === 'query-status' ? { status: 'internal-error' } : {};
        socket.write(JSON.stringify({ id, return: answer }) + '\\n');
      }
    })).listen('qmp');
    require('net').createServer(() => 0).listen('agent');`;
  const script = join(machine.dataDir, 'monitor.js');
  writeFileSync(script, monitor);
  const commands = `
    case "$*" in *'-accel kvm'*) accel=kvm ;; *) accel=tcg ;; esac
    echo $accel >>'${machine.dataDir}/starts'
    [ $accel = tcg ] || exec '${process.execPath}' '${script}' "$@"
    exec qemu-system-x86_64 "$@"`;
  return standIn(machine, 'qemu-with-poor-kvm', commands);
}

/**
 * Provisions in a process of its own, which prints the handle; resolves once that process is dead.
 * It kills itself when it is done.
 */
async function provisionAndDie(
  machine: Machine,
  target: Target,
  operationId: string,
  settings: Record<string, unknown> = {},
): Promise<string> {
  const { random: _random, ...env } = machine.env();
  const code = `
    const { qemuDriver } = require('${DIST}/drivers/qemu');
    const { systemRandom } = require('${DIST}/crypto/random');
    const [settings, env, target, call] = JSON.parse(process.argv[1]);
    const driver = qemuDriver.create(settings, { ...env, random: systemRandom });
    driver.provision(target, { ...call, signal: AbortSignal.timeout(60_000) }).then(({ handle }) => {
      require('fs').writeSync(1, handle);
      process.kill(process.pid, 'SIGKILL');
    }, (error) => { console.error(error); process.exit(1); });`;
  const call = { operationId, attempt: 1, requestId: null };
  const input = JSON.stringify([settingsOf(settings), env, target, call]);
  const child = spawn(process.execPath, ['-e', code, input], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (data: Buffer) => (said += data.toString()));
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return said;
}

describeWithQemu('the qemu driver', () => {
  let machine: Machine;
  let driver: Driver;
  beforeAll(() => {
    machine = new Machine();
    driver = machine.driver();
  });
  afterAll(() => machine.close());
  const provisioned = async (): Promise<Target> => {
    const target = newThing('vm');
    return { ...target, handle: (await driver.provision(target, callOf())).handle };
  };

  describe('a guest', () => {
    let target: Target;
    let details: Record<string, unknown>;
    beforeAll(async () => {
      const thing = { ...newThing('vm'), name: 'build_7' };
      const made = await driver.provision(thing, callOf());
      target = { ...thing, handle: made.handle };
      details = made.details;
    });
    afterAll(() => driver.destroy(target, callOf()));

    test('says all that the VM API shows, and its holder can check the host key', async () => {
      expect(details).toEqual({
        hostname: 'build-7',
        host: '127.0.0.1',
        port: machine.portOf(target.handle!),
        hostKey: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
        powerState: 'running',
        type: 'small',
      });
      const access = await driver.openAccess(target, {}, callOf());
      expect(access).toMatchObject({
        host: details.host,
        port: details.port,
        hostKey: details.hostKey,
      });
      const { client } = await holdSsh(access.port as number, {
        username: access.username!,
        password: access.password!,
      });
      await expect(firstOutput(client, 'hostname')).resolves.toBe('build-7\n');
      client.end();
    });

    test('is one process in a session of its own, and its files are nobody else’s', async () => {
      const [{ pid, line }, ...others] = machine.processes() as [{ pid: number; line: string }];
      expect(others).toEqual([]);
      expect(line).toContain(`${target.handle}\0`);
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
      expect(Number(fields[5])).toBe(pid);
      const folder = machine.folderOf(target.handle!);
      for (const path of [folder, dirname(folder)]) expect(statSync(path).mode & 0o777).toBe(0o700);
    });

    test('passwords, keys and names that mean something to a shell or to QEMU are only text', async () => {
      const password = `a,b="c" $(reboot) ';&|\\ é`;
      const authorizedKeys = [pair.public];
      const wish = { username: 'ada', password, authorizedKeys };
      await driver.openAccess(target, wish, callOf());
      await expect(machine.letsIn(target, { username: 'ada', password })).resolves.toBe(true);
      const login = { username: 'ada', privateKey: pair.private };
      await expect(machine.letsIn(target, login)).resolves.toBe(true);
      for (const { line } of machine.processes()) expect(line).not.toContain('ada');
      const wishes = [
        { username: 'root' },
        { username: '-oProxyCommand=x' },
        { username: 'a,b' },
        { username: 'a;reboot' },
        { username: 'a\nuser b' },
        { password: 'two\nlines' },
        { publicKey: `command="id" ${pair.public}` },
      ];
      for (const hostile of wishes)
        await expect(driver.openAccess(target, hostile, callOf())).rejects.toMatchObject({
          scope: 'resource',
        });
    });

    test('reaches nothing on this machine', async () => {
      const server = createServer((socket) => socket.end('SECRET')).listen(0, '127.0.0.1');
      await once(server, 'listening');
      let isReached = false;
      server.on('connection', () => (isReached = true));
      const { port } = server.address() as AddressInfo;
      const asks = `echo | nc -w 1 10.0.2.2 ${port} | grep -q SECRET`;
      expect(await asRoot(machine, target.handle!, asks)).not.toBe(0);
      expect(isReached).toBe(false);
      server.close();
    });

    test('does not verify with other limits, or for another resource', async () => {
      await expect(
        machine.driver({ memoryMb: 193 }).verify(target, null, callOf()),
      ).resolves.toEqual({
        ok: false,
        reason: 'The virtual machine was made with other settings.',
      });
      const other = { ...target, resourceId: 'another' };
      await expect(driver.verify(other, null, callOf())).resolves.toMatchObject({ ok: false });
    });

    test('whose port is the last of a range leaves none for another', async () => {
      const port = machine.portOf(target.handle!);
      const full = machine.driver({ portRange: { from: port, to: port } }, 'elsewhere');
      await expect(full.provision(newThing('vm'), callOf())).rejects.toMatchObject({
        scope: 'backend',
        message: `No port from ${port} to ${port} is free to forward SSH to.`,
      });
    });

    test('that hangs does not verify, and is killed all the same', async () => {
      const { pid } = machine.processes()[0]!;
      process.kill(pid, 'SIGSTOP');
      await expect(driver.verify(target, null, callOf())).resolves.toEqual({
        ok: false,
        reason: 'The virtual machine did not answer.',
      });
      await driver.destroy(target, callOf());
      expect(machine.processes()).toEqual([]);
      expect(readdirSync(dirname(machine.folderOf('x')))).toEqual([]);
    });
  });

  describe('between two holders', () => {
    test('nothing is left of the first: files, processes, back doors, keys and sessions', async () => {
      const target = await provisioned();
      const { username, password } = await driver.openAccess(target, {}, callOf());
      const port = machine.portOf(target.handle!);
      const held = await holdSsh(port, { username, password });
      const idle = await holdSsh(port, { username, password });
      const leave = [
        `mkdir -p .ssh && echo '${pair.public}' >.ssh/authorized_keys && echo mine >left`,
        'mkdir -p crontabs && echo "* * * * * nc -l -p 2222" >crontabs/me',
        '(nohup nc -lk -p 2222 -e cat >/dev/null 2>&1 &)',
        'echo left behind',
      ].join(' && ');
      await expect(firstOutput(held.client, leave)).resolves.toBe('left behind\n');
      const root = 'echo evil::0:0::/root:/bin/sh >>/etc/passwd; mkdir -p /root/.ssh; echo >/left';
      expect(await asRoot(machine, target.handle!, `${root}; echo /left >>/sbin/init`)).toBe(0);
      await expect(machine.letsIn(target, { username, privateKey: pair.private })).resolves.toBe(
        true,
      );

      const { handle } = await driver.clean(target, null, callOf());
      await Promise.all([held.cut, idle.cut]);
      const next = { ...target, handle };
      expect(machine.processes()).toHaveLength(1);
      expect(readdirSync(dirname(machine.folderOf(handle)))).toEqual([handle]);
      for (const login of [
        { username, password },
        { username, privateKey: pair.private },
      ])
        await expect(machine.letsIn(next, login)).resolves.toBe(false);
      const traces = `! grep -qs evil /etc/passwd && ! ls /left /home/* && ! pgrep nc`;
      expect(await asRoot(machine, handle, traces)).toBe(0);
      expect(await asRoot(machine, handle, '! grep -q /left /sbin/init')).toBe(0);
      await driver.destroy(next, callOf());
    });

    test('who stops the agent that would end their access is put out with the guest', async () => {
      const target = await provisioned();
      const access = await driver.openAccess(target, {}, callOf());
      const { username, password } = access;
      const held = await holdSsh(machine.portOf(target.handle!), { username, password });
      await asRoot(machine, target.handle!, 'rm -f /sbin/holdfast-revoke').catch(() => undefined);
      await driver.closeAccess(target, access, callOf());
      await held.cut;
      await expect(driver.verify(target, null, callOf())).resolves.toEqual({
        ok: false,
        reason: 'The virtual machine does not run.',
      });
      await expect(driver.checkCredential(target, access, callOf())).rejects.toMatchObject({
        scope: 'resource',
      });
      await driver.destroy(target, callOf());
    });
  });

  describe('when Holdfast is killed', () => {
    test('a guest lives on, and the next process finds it sound', async () => {
      const target = newThing('vm');
      const { operationId } = callOf();
      const handle = await provisionAndDie(machine, target, operationId);
      const later = machine.driver();
      expect(await listed(later, target.pool, callOf())).toEqual([
        { handle, resourceId: target.resourceId, operationId },
      ]);
      await expect(later.verify({ ...target, handle }, null, callOf())).resolves.toMatchObject({
        ok: true,
      });
      // An attempt whose answer was lost is made again, and nothing of the first remains.
      const again = await later.provision(target, callOf(operationId, 2));
      expect(machine.processes().map(({ line }) => line.includes(again.handle))).toEqual([true]);
      await later.destroy(target, callOf());
    });

    const DIE = 'kill -9 $PPID';
    const REAL = { qemu: 'exec qemu-system-x86_64 "$@"', qemuImg: 'exec qemu-img "$@"' };
    test.each([
      ['before the overlay is made', { qemuImg: DIE }],
      ['while the overlay is made', { qemuImg: `${DIE}\n${REAL.qemuImg}` }],
      ['before the guest starts', { qemu: DIE }],
      ['while the guest starts', { qemu: `${DIE}\n${REAL.qemu}` }],
      ['while the guest boots', { qemu: `(sleep 0.5; ${DIE}) &\n${REAL.qemu}` }],
    ])('%s, the next pass removes all of it', async (when, commands) => {
      const programs = Object.entries(commands).map(([setting, text]) => [
        setting,
        standIn(machine, `${setting} ${when}`, text),
      ]);
      const target = newThing('vm');
      const { operationId } = callOf();
      await provisionAndDie(machine, target, operationId, Object.fromEntries(programs));
      const found = await listed(driver, target.pool, callOf());
      expect(found).toMatchObject([{ resourceId: target.resourceId, operationId }]);
      await driver.remove(found[0]!, callOf());
      expect(machine.processes()).toEqual([]);
      expect(readdirSync(dirname(machine.folderOf('x')))).toEqual([]);
    });

    test('a process whose folder is gone is still found, and killed', async () => {
      const guests = new Guests(settingsOf(), machine.env());
      const target = newThing('vm');
      const { handle, folder } = await guests.start(target, callOf(), () => Promise.resolve());
      rmSync(folder, { recursive: true });
      const strays = await listed(driver, target.pool, callOf());
      expect(strays).toMatchObject([{ handle, resourceId: target.resourceId }]);
      await driver.remove(strays[0]!, callOf());
      expect(machine.processes()).toEqual([]);
    });
  });

  describe('when the machine is at fault, no resource is', () => {
    const garbage = () => {
      const path = join(machine.dataDir, 'garbage');
      writeFileSync(path, 'no image');
      return path;
    };
    const notExecutable = () => {
      const path = join(machine.dataDir, 'no program');
      writeFileSync(path, '', { mode: 0o644 });
      return path;
    };
    test.each<[string, () => Record<string, unknown>, RegExp]>([
      ['QEMU is missing', () => ({ qemu: '/nowhere/qemu' }), /run \/nowhere\/qemu \(ENOENT\)/],
      ['QEMU may not run', () => ({ qemu: notExecutable() }), /no program \(EACCES\)/],
      ['qemu-img is missing', () => ({ qemuImg: '/nowhere/img' }), /run \/nowhere\/img \(ENOENT\)/],
      [
        'the image is missing',
        () => ({ image: '/nowhere/i' }),
        /the image \/nowhere\/i \(ENOENT\)/,
      ],
      ['the image is corrupt', () => ({ image: garbage() }), /qemu-img failed: .*qcow2/i],
      ['an argument is wrong', () => ({ extraArgs: ['-nonsense'] }), /qemu.* failed: .*-nonsense/],
      ['memory is short', () => ({ memoryMb: 90_000_000 }), /qemu.* failed: .*memory/i],
    ])('%s', async (_when, settings, message) => {
      const target = newThing('vm');
      await expect(machine.driver(settings()).provision(target, callOf())).rejects.toMatchObject({
        name: 'DriverError',
        scope: 'backend',
        message: expect.stringMatching(message),
      });
      expect(await listed(driver, target.pool, callOf())).toEqual([]);
    });
  });

  test('a port that somebody took just before QEMU did leads to the next one', async () => {
    const port = somePort();
    const range = { from: port, to: port + 1 };
    // The guest itself takes the first port twice.
    const twice = ['-netdev', `user,id=other,hostfwd=tcp:127.0.0.1:${port}-:22`];
    const settings = settingsOf({ portRange: range, extraArgs: twice });
    const guests = new Guests(settings, { ...machine.env(), random: firstOfAll });
    const call = callOf();
    const guest = await guests.start(newThing('vm'), call, () => Promise.resolve());
    expect(guest.port).toBe(port + 1);
    await guests.remove(guest.handle, call.signal);
  });

  test('a guest that ends, or never answers, is a failure of its own, and is removed', async () => {
    const target = newThing('vm');
    const ends = machine.driver({
      append: 'panic=-1 init=/nothing',
      extraArgs: ['-no-reboot'],
      initrd: undefined,
    });
    for (const each of [ends, machine.driver({ startTimeoutMs: 300 })])
      await expect(each.provision(target, callOf())).rejects.toMatchObject({ scope: 'resource' });
    expect(machine.processes()).toEqual([]);
    expect(await listed(driver, target.pool, callOf())).toEqual([]);
  });

  describe('a KVM that stops the guest', () => {
    const driverWith = (accelerator: 'auto' | 'kvm') =>
      new QemuDriver(
        settingsOf({ accelerator, qemu: withPoorKvm(machine) }),
        machine.env(),
        async () => 'kvm',
      );
    const starts = () => readFileSync(join(machine.dataDir, 'starts'), 'utf8').split('\n');
    beforeEach(() => rmSync(join(machine.dataDir, 'starts'), { force: true }));

    test('is given up for good where the choice is ours', async () => {
      const targets = [newThing('vm'), newThing('vm')];
      const auto = driverWith('auto');
      for (const each of targets) {
        const { handle } = await auto.provision(each, callOf());
        await expect(auto.verify({ ...each, handle }, null, callOf())).resolves.toMatchObject({
          ok: true,
        });
        await auto.destroy({ ...each, handle }, callOf());
      }
      expect(starts()).toEqual(['kvm', 'tcg', 'tcg', '']);
    });

    test('is named, at once, where the settings want it', async () => {
      const call = callOf();
      await expect(driverWith('kvm').provision(newThing('vm'), call)).rejects.toMatchObject({
        scope: 'resource',
        message: "QEMU stopped the virtual machine: this machine's KVM cannot run it.",
      });
      expect(starts()).toEqual(['kvm', '']);
      expect(machine.processes()).toEqual([]);
    });
  });

  test('a data directory may have a long path, with commas and spaces in it', async () => {
    const nested = new Machine(join('a, b="c"', 'x'.repeat(120)));
    try {
      const target = newThing('vm');
      const { handle } = await nested.driver().provision(target, callOf());
      expect(nested.processes()).toHaveLength(1);
      await nested.driver().destroy({ ...target, handle }, callOf());
      expect(nested.processes()).toEqual([]);
    } finally {
      await nested.close();
    }
  });
});
