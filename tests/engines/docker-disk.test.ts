import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { runIn } from '../../src/drivers/docker/exec';
import { callOf, newThing } from '../contracts/driver';
import { driverOf, newInstallation } from '../drivers/docker.fixture';
import { describeWithDocker, SSH_IMAGE } from '../helpers/docker';
import { OwnEngine } from '../helpers/own-engine';

jest.setTimeout(120_000);

/** A gigabyte in a file, mounted as a file system that can limit what is below a directory. */
function mountBtrfs(data: string): void {
  const file = `${data}.img`;
  writeFileSync(file, '');
  truncateSync(file, 2 ** 30);
  mkdirSync(data);
  execFileSync('mkfs.btrfs', ['-q', file], { stdio: 'ignore' });
  execFileSync('mount', ['-o', 'loop', file, data]);
}

describeWithDocker('an engine that can limit the disk of a container', () => {
  let engine: OwnEngine;
  beforeAll(async () => {
    engine = await OwnEngine.start(SSH_IMAGE, ['--storage-driver', 'btrfs'], mountBtrfs);
  });

  test.each<[string, object, object]>([
    ['the pool', { disk: '64M' }, {}],
    ['the type', { disk: '1G' }, { disk: '64M' }],
  ])(
    'does: %s says how much can be written, and the neighbour has room',
    async (_who, more, spec) => {
      const { docker, socketPath } = engine;
      const driver = driverOf(newInstallation(), { socketPath, ...more });
      const make = async () => {
        const target = { ...newThing('container'), spec: spec as Record<string, string> };
        return { ...target, handle: (await driver.provision(target, callOf())).handle };
      };
      const [full, neighbour] = [await make(), await make()];
      const writes = (id: string, megabytes: number, name: string) => {
        const command = ['dd', 'if=/dev/urandom', `of=/tmp/${name}`, 'bs=1M', `count=${megabytes}`];
        return runIn(docker, id, command, [], AbortSignal.timeout(60_000));
      };
      const succeeds = async (id: string, megabytes: number, name: string) =>
        (await writes(id, megabytes, name)) === 0 &&
        (await runIn(docker, id, ['sync'], [], AbortSignal.timeout(60_000))) === 0;
      expect(await succeeds(full.handle, 20, 'little')).toBe(true);
      expect(await succeeds(full.handle, 100, 'much')).toBe(false);
      expect(await succeeds(neighbour.handle, 20, 'little')).toBe(true);
      for (const each of [full, neighbour]) await driver.destroy(each, callOf());
    },
  );
});
