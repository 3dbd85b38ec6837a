import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import { hostKeyWithin } from '../../src/drivers/ssh-login/ssh';
import { fingerprintOf } from '../../src/cli/loans/host-key';
import { commandLines, Lab } from '../e2e/loans/lab';
import { whenDone } from '../helpers/cleanups';
import { temporaryDirectory } from '../helpers/engine';

jest.setTimeout(60_000);
const SSHD = '/usr/sbin/sshd';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A real sshd on loopback that lets our own user in by one key; gives its port and host key. */
async function startSshd(publicKey: string) {
  const folder = temporaryDirectory();
  const host = keyPair();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  if (process.getuid!() === 0) mkdirSync('/run/sshd', { recursive: true });
  const port = await freePort();
  const config = file(
    'config',
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${file('host', host.private)}`,
      `AuthorizedKeysFile ${file('keys', `${publicKey}\n`)}`,
      'PidFile none',
      'StrictModes no',
      'PasswordAuthentication no',
      'PermitRootLogin prohibit-password',
      'UsePAM no',
    ].join('\n'),
  );
  const sshd = spawn(SSHD, ['-D', '-e', '-f', config], { stdio: 'ignore' });
  whenDone(() => void sshd.kill());
  for (;;) {
    const signal = AbortSignal.timeout(30_000);
    const hostKey = await hostKeyWithin(1_000, { host: '127.0.0.1', port }, signal);
    if (hostKey !== null) return { port, fingerprint: hostKey, hostKey: openSshKey(host.public) };
  }
}

/** Without its comment. */
const openSshKey = (text: string) => text.split(' ').slice(0, 2).join(' ').trim();
/** Where ssh's files are made. */
const TMPDIR = temporaryDirectory();
const folders = () => readdirSync(TMPDIR);
const describeWithSshd = existsSync(SSHD) || process.env.CI === 'true' ? describe : describe.skip;

describeWithSshd('holdfast ssh, with the ssh of this machine', () => {
  const pair = keyPair();
  let lab: Lab;
  const poolOf = (name: string, port: number, hostKey: string, secrets: object) => ({
    ...{ name, kind: 'host', driver: 'static' },
    resources: [{ name: `${name}-1`, fields: { host: '127.0.0.1', port, hostKey }, secrets }],
  });
  const loan = async (pool: string) =>
    (await lab.run(['reserve', '--pool', pool, '-o', 'name'])).stdout.trim();

  beforeAll(async () => {
    const { port, hostKey, fingerprint } = await startSshd(pair.public);
    const { username } = userInfo();
    const other = openSshKey(keyPair().public);
    const key = { username, privateKey: pair.private };
    const pools = [
      poolOf('good', port, hostKey, key),
      poolOf('print', port, fingerprint, key),
      poolOf('fake', port, other, key),
      poolOf('swapped', port, fingerprintOf(other), key),
      poolOf('word', port, hostKey, { username, password: 'its $ecret' }),
    ];
    lab = await Lab.start(JSON.stringify({ pools }));
  });

  test('runs a command on the host, gives its exit code, and leaves no file', async () => {
    const id = await loan('good');
    const running = lab.start(
      ['ssh', id, '--', 'echo ready; read -r line; echo "got $line"; exit 7'],
      { env: { TMPDIR } },
    );
    await running.wrote(/ready/);
    expect(commandLines(running.child.pid!).join()).not.toContain('PRIVATE KEY');
    expect(folders()).toHaveLength(1);
    running.child.stdin!.end('this\n');
    expect(await running.ended).toMatchObject({ code: 7, stdout: 'ready\ngot this\n' });
    expect(folders()).toEqual([]);
  });

  test('the fingerprint of the host key is enough', async () => {
    const { code, stdout } = await lab.run(['ssh', await loan('print'), '--', 'echo in'], {
      env: { TMPDIR },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'in\n' });
  });

  test('a host with another key than the API told is refused', async () => {
    const { code, stdout, stderr } = await lab.run(['ssh', await loan('fake'), '--', 'echo in'], {
      env: { TMPDIR },
    });
    expect({ code, stdout }).toEqual({ code: 255, stdout: '' });
    expect(stderr).toMatch(/REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/);
    const swapped = await lab.run(['ssh', await loan('swapped'), '--', 'echo in'], {
      env: { TMPDIR },
    });
    expect(swapped).toMatchObject({ code: 77, stdout: '' });
    expect(folders()).toEqual([]);
  });

  test('a password is asked from us, and is in no argument and no variable', async () => {
    const folder = temporaryDirectory();
    const fake = '#!/bin/sh\n"$SSH_ASKPASS"; tr "\\0" "\\n" </proc/$$/environ; echo "$@"\n';
    writeFileSync(join(folder, 'ssh'), fake, { mode: 0o755 });
    const env = { TMPDIR, PATH: `${folder}:${process.env.PATH}` };
    const { stdout } = await lab.run(['ssh', await loan('word'), '--', 'true'], { env });
    const [password, ...rest] = stdout.split('\n');
    expect(password).toBe('its $ecret');
    expect(rest.join('\n')).not.toContain('ecret');
    expect(rest.join('\n')).toContain('StrictHostKeyChecking=yes');
    expect(folders()).toEqual([]);
  });
});
