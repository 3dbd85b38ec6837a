import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import type { Target } from '../../src/drivers/driver';
import { callOf, newThing } from '../contracts/driver';
import { describeWithDocker, removeContainersOf, sshPortOf } from '../helpers/docker';
import { temporaryDirectory } from '../helpers/engine';
import { driverOf, newInstallation } from '../drivers/docker.fixture';

const run = promisify(execFile);
/** Bytes of every value, over several packets. */
const CONTENT = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7) % 256));

describeWithDocker('files go in and out of a container', () => {
  const installation = newInstallation();
  const driver = driverOf(installation);
  const dir = temporaryDirectory();
  const there = join(dir, 'there');
  const back = join(dir, 'back');
  const askpass = join(dir, 'askpass');
  const keyFile = join(dir, 'key');
  let options: string[];
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    const keys = keyPair();
    const target: Target = newThing('container');
    target.handle = (await driver.provision(target, callOf())).handle;
    const wish = { username: 'ann', password: 'two words', publicKey: keys.public };
    await driver.openAccess(target, wish, callOf());
    writeFileSync(there, CONTENT);
    writeFileSync(keyFile, keys.private, { mode: 0o600 });
    writeFileSync(askpass, "#!/bin/sh\necho 'two words'\n", { mode: 0o700 });
    env = { ...process.env, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' };
    options = [
      ['-P', String(await sshPortOf(target.handle))],
      ['-o', 'StrictHostKeyChecking=no'],
      ['-o', `UserKnownHostsFile=${join(dir, 'known')}`],
    ].flat();
  });
  afterAll(() => removeContainersOf(installation));

  const BY = {
    password: ['-o', 'PreferredAuthentications=password'],
    key: ['-o', 'PreferredAuthentications=publickey', '-o', `IdentityFile=${keyFile}`],
  };

  describe.each(['password', 'key'] as const)('by %s', (by) => {
    const client = (program: string, ...rest: string[]) =>
      run(program, [...BY[by], ...options, ...rest], { env, timeout: 60_000 });

    test.each([
      ['scp over SFTP', '-s'],
      ['legacy scp', '-O'],
    ])('with %s', async (_name, mode) => {
      await client('scp', mode, there, `ann@127.0.0.1:copy${mode}`);
      await client('scp', mode, `ann@127.0.0.1:copy${mode}`, back);
      expect(readFileSync(back).equals(CONTENT)).toBe(true);
    });

    test('with sftp', async () => {
      const batch = join(dir, `batch-${by}`);
      writeFileSync(batch, `put ${there} up\nrename up moved\nget moved ${back}\nls -l moved\n`);
      // A batch turns questions off; the later option turns them on again.
      const { stdout } = await client('sftp', '-oBatchMode=no', '-b', batch, 'ann@127.0.0.1');
      expect(readFileSync(back).equals(CONTENT)).toBe(true);
      expect(stdout).toContain(String(CONTENT.length));
    });
  });
});
