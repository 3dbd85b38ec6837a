import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, utils } from 'ssh2';
import { parse } from 'yaml';
import { z } from 'zod';
import { chooseAccelerator } from '../../src/drivers/qemu/accelerator';
import { GuestAgent } from '../../src/drivers/qemu/agent';
import { GRANT_COMMAND, GROUP, REVOKE_COMMAND } from '../../src/drivers/qemu/commands';
import { argumentsOf } from '../../src/drivers/qemu/command-line';
import { qemuDriver } from '../../src/drivers/qemu';
import { goingNameOf, handleOf, labelOf } from '../../src/drivers/qemu/labels';
import { stateOf } from '../../src/drivers/qemu/monitor';
import { ADMIN, makeSeed } from '../../src/drivers/qemu/seed';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import { fingerprintOf } from '../../src/drivers/ssh-login/connection';
import { runOverSsh } from '../../src/drivers/ssh-login/session';
import { callOf, newThing } from '../contracts/driver';

let dir: string;
const servers: { close(): unknown }[] = [];
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'holdfast-qemu-'))));
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(dir, { recursive: true, force: true });
});

const settings = (more: object = {}) => qemuDriver.settings.parse({ image: '/i.qcow2', ...more });

/** A socket in the folder that answers each line of JSON with what `answer` gives for it. */
async function answering(name: string, answer: (asked: Asked) => unknown[]): Promise<void> {
  const server: NetServer = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      for (const line of data.toString().split('\n').filter(Boolean)) {
        const asked = JSON.parse(line.slice(line.indexOf('{'))) as Asked;
        for (const each of answer(asked))
          socket.write(typeof each === 'string' ? each : `${JSON.stringify(each)}\n`);
      }
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(join(dir, name), resolve));
}

interface Asked {
  execute: string;
  id?: string;
  arguments: { id: number };
}

test('an admin sets a time, and nothing of what runs on the machine', () => {
  const all = Object.keys(z.toJSONSchema(qemuDriver.settings, { io: 'input' }).properties!);
  expect(all.filter((name) => !qemuDriver.fileOnly.includes(name))).toEqual(['startTimeoutMs']);
});

describe('a handle', () => {
  const target = newThing('vm');

  test('is the whole label, also while the guest is being removed', () => {
    const call = callOf(undefined, 3);
    const handle = handleOf(target, call);
    const label = {
      pool: target.pool,
      resourceId: target.resourceId,
      operationId: call.operationId,
      attempt: 3,
    };
    expect(labelOf(handle)).toEqual({ ...label, isGoing: false });
    expect(labelOf(goingNameOf(handle))).toEqual({ ...label, isGoing: true });
    expect(goingNameOf(goingNameOf(handle))).toBe(goingNameOf(handle));
  });

  test.each(['../../etc', 'a/b', 'a,b', 'a~b', '', 'a b', 'a\nb', '-x'.repeat(40)])(
    'is never made of %j',
    (id) => {
      expect(() => handleOf({ ...target, resourceId: id }, callOf())).toThrow(/cannot name a file/);
    },
  );

  test.each(['..', '../..', 'a~b~c~../../x', 'probe', ''])('%j is none', (text) => {
    expect(labelOf(text)).toBeNull();
  });
});

describe("QEMU's arguments", () => {
  const shape = {
    ...{ image: '/a,b.qcow2', imageVersion: '1', format: 'qcow2' as const, disk: null },
    ...{ memoryMb: 64, cpus: 1, kernel: '/k,k', initrd: null, append: 'a,b -daemonize' },
    ...{ login: 'cloud-init' as const, outbound: false, machine: 'q35', cpu: null, extraArgs: [] },
  };
  const start = { name: 'guest=x', shape, accelerator: 'tcg' as const, port: 22_001 };
  const valuesOf = (args: string[], option: string) =>
    args.filter((_, index) => args[index - 1] === option);

  test('forward one port, and let the guest reach nothing unless the pool does', () => {
    const network = (args: string[]) => JSON.parse(valuesOf(args, '-netdev')[0]!) as object;
    expect(network(argumentsOf(start, settings()))).toEqual({
      type: 'user',
      id: 'net',
      restrict: true,
      hostfwd: [{ str: 'tcp:127.0.0.1:22001-10.0.2.15:22' }],
    });
    const open = { ...start, shape: { ...shape, outbound: true } };
    expect(network(argumentsOf(open, settings()))).toMatchObject({ restrict: false });
  });

  test('keep a comma of the settings in an argument of its own', () => {
    const args = argumentsOf(start, settings());
    expect(valuesOf(args, '-kernel')).toEqual(['/k,k']);
    expect(valuesOf(args, '-append')).toEqual(['a,b -daemonize']);
    expect(args.filter((each) => each.includes('/a,b.qcow2'))).toEqual([]);
  });

  test('deny the emulator what a guest that breaks out would need', () => {
    expect(valuesOf(argumentsOf(start, settings()), '-sandbox')).toEqual([
      'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
    ]);
  });

  test.each(['q35 -drive x', '-x', 'a;b', '', 'a"b'])('a machine %j is refused', (machine) => {
    expect(qemuDriver.settings.safeParse({ image: '/i', machine }).success).toBe(false);
  });
});

describe('the seed of cloud-init', () => {
  test('has a host key and a user of its own, whose private key stays outside', async () => {
    await makeSeed(dir, 'handle', 'build-7');
    const read = (name: string) => readFileSync(join(dir, name), 'utf8');
    expect(parse(read('seed/meta-data'))).toEqual({
      'instance-id': 'handle',
      'local-hostname': 'build-7',
    });
    const text = read('seed/user-data');
    expect(text).toMatch(/^#cloud-config\n/);
    const data = parse(text) as {
      ssh_keys: Record<string, string>;
      users: { ssh_authorized_keys: string[] }[];
    };
    const admin = utils.parseKey(read('admin-key'));
    const host = utils.parseKey(data.ssh_keys.ed25519_private!);
    if (admin instanceof Error || host instanceof Error) throw new Error('a key is malformed');
    const publicOf = (key: string) => utils.parseKey(key) as typeof admin;
    expect(publicOf(data.users[0]!.ssh_authorized_keys[0]!).getPublicSSH()).toEqual(
      admin.getPublicSSH(),
    );
    expect(publicOf(read('host-key.pub')).getPublicSSH()).toEqual(host.getPublicSSH());
    expect(text).not.toContain(read('admin-key').split('\n')[2]);
    expect(statSync(join(dir, 'admin-key')).mode & 0o777).toBe(0o600);
  });
});

describe('the commands of our own', () => {
  test('are a script that a shell can read', () => {
    for (const [shell, ...rest] of [GRANT_COMMAND, REVOKE_COMMAND])
      expect(spawnSync(shell!, ['-n', ...rest]).status).toBe(0);
  });

  test("never end our own user, whose group has that user's name", () => {
    expect(GROUP).not.toBe(ADMIN);
  });

  test.each(['user root', 'user -x', 'user a;b', 'nonsense', 'password x', ''])(
    'do nothing for %j',
    (line) => {
      const [shell, ...rest] = GRANT_COMMAND;
      const fake = rest.map((word) => word.replaceAll('/var/lib/holdfast', dir));
      const input = `${line}\npassword x\noperation a 1\n\n`;
      expect(spawnSync(shell!, fake, { input }).status).toBe(64);
    },
  );
});

describe('a command over SSH', () => {
  const host = keyPair();
  const user = keyPair();
  const hostKey = fingerprintOf(
    (
      utils.parseKey(host.public) as Exclude<ReturnType<typeof utils.parseKey>, Error>
    ).getPublicSSH(),
  );
  let asked: { logins: number; commands: string[]; input: string };

  async function serving(status: number): Promise<number> {
    asked = { logins: 0, commands: [], input: '' };
    const server = new Server({ hostKeys: [host.private] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (context) => {
        asked.logins++;
        context.accept();
      });
      client.on('session', (accept) =>
        accept().on('exec', (acceptExec, _reject, { command }) => {
          asked.commands.push(command);
          const stream = acceptExec();
          stream.on('data', (data: Buffer) => (asked.input += data.toString()));
          stream.on('end', () => {
            stream.exit(status);
            stream.end();
          });
        }),
      );
    });
    servers.push(server);
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
  }
  const wayTo = (port: number, key = hostKey) => ({
    endpoint: { host: '127.0.0.1', port },
    login: { username: 'holdfast', privateKey: user.private },
    hostKey: key,
  });

  test('gets its input, and its exit status is returned', async () => {
    const way = wayTo(await serving(73));
    await expect(runOverSsh(way, 'run it', 'all\n\n', callOf().signal)).resolves.toBe(73);
    expect(asked).toMatchObject({ commands: ['run it'], input: 'all\n\n' });
  });

  test('is not sent, nor is a login tried, where the host key is another', async () => {
    const way = wayTo(await serving(0), `${hostKey}x`);
    await expect(runOverSsh(way, 'run it', '', callOf().signal)).rejects.toMatchObject({
      name: 'DriverError',
      scope: 'resource',
    });
    expect(asked).toEqual({ logins: 0, commands: [], input: '' });
  });
});

describe('a monitor', () => {
  test('tells the state, whatever events come in between', async () => {
    await answering('qmp', ({ execute, id }) => [
      { event: 'STOP' },
      { return: execute === 'query-status' ? { status: 'paused' } : {}, id },
    ]);
    await expect(stateOf(dir, callOf().signal)).resolves.toBe('paused');
  });

  test.each<[string, (signal: AbortController) => unknown[]]>([
    ['never answers', (stop) => (stop.abort(), [])],
    ['refuses', () => [{ error: {}, id: 'qmp_capabilities' }]],
  ])('that %s is the fault of its guest', async (_how, answer) => {
    const stop = new AbortController();
    await answering('qmp', () => answer(stop));
    await expect(stateOf(dir, stop.signal)).rejects.toMatchObject({ scope: 'resource' });
  });

  test('that is not there is the fault of its guest', async () => {
    await expect(stateOf(dir, callOf().signal)).rejects.toMatchObject({ scope: 'resource' });
  });
});

describe('an agent', () => {
  const talk = () =>
    GuestAgent.talk(dir, callOf().signal, (agent) => agent.run(['/bin/true'], 'input'));

  test('that still answers others is listened to from our own question on', async () => {
    let polls = 0;
    await answering('agent', ({ execute, arguments: { id } }) => {
      if (execute === 'guest-sync')
        return ['{"half', ' a line"\n', { error: {} }, { return: {} }, { return: id }];
      if (execute === 'guest-exec') return [{ return: { pid: 7 } }];
      return [{ return: ++polls < 3 ? { exited: false } : { exited: true, exitcode: 5 } }];
    });
    await expect(talk()).resolves.toBe(5);
  });

  test('that refuses, or talks without an end, is the fault of its guest', async () => {
    await answering('agent', ({ execute, arguments: { id } }) =>
      execute === 'guest-sync' ? [{ return: id }] : [{ error: { desc: 'disabled' } }],
    );
    await expect(talk()).rejects.toMatchObject({ scope: 'resource' });
    servers.pop()!.close();
    await answering('agent', () => ['x'.repeat(2 * 1024 * 1024)]);
    await expect(talk()).rejects.toMatchObject({ scope: 'resource' });
  });
});

test.each([
  [85, 'kvm'],
  [134, 'tcg'],
])('a probe that ends with %d, where there is KVM, means %s', async (status, accelerator) => {
  const qemu = join(dir, 'qemu');
  writeFileSync(qemu, `#!/bin/sh\nexit ${status}\n`, { mode: 0o755 });
  const device = join(dir, 'kvm');
  await expect(chooseAccelerator(settings({ qemu }), device)).resolves.toBe('tcg');
  writeFileSync(device, '');
  await expect(chooseAccelerator(settings({ qemu }), device)).resolves.toBe(accelerator);
});
