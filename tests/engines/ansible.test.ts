import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Docker from 'dockerode';
import type { Driver } from '../../src/drivers/driver';
import { execDriver } from '../../src/drivers/exec';
import { callOf, describeDriver, newThing } from '../contracts/driver';
import { describeWithDocker, SSH_IMAGE } from '../helpers/docker';
import { commandsOf, driverOf, MAKING } from '../drivers/exec.fixture';

/** examples/ansible, against the engine of this machine. */

// Each call starts Ansible, which takes seconds on a busy machine.
jest.setTimeout(120_000);

const PROGRAM = resolve(__dirname, '../../examples/ansible/containers.sh');
const SETTINGS = {
  commands: commandsOf([PROGRAM], MAKING),
  env: { IMAGE: SSH_IMAGE },
  replaces: true,
  proves: 'R4',
};

/** With CI=true, a missing Ansible is a failure. */
const hasAnsible = process.env.CI === 'true' || (runs('ansible-playbook') && runs('jq'));

function runs(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

async function removeContainersOf(installation: string): Promise<void> {
  const docker = new Docker();
  const label = [`lent.installation=${installation}`];
  const all = await docker.listContainers({ all: true, filters: { label } });
  await Promise.all(all.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
}

/** Two installations of a test, and what cleans up after them. */
function installations(): {
  folder: string;
  driver: Driver;
  stranger: Driver;
  close: () => Promise<void>;
} {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-ansible-'));
  const names = ['a', 'b'].map((suffix) => `${folder.split('-').at(-1)}-${suffix}`);
  const [driver, stranger] = names.map((installation) =>
    driverOf(folder, SETTINGS, { installation }),
  );
  return {
    folder,
    driver: driver!,
    stranger: stranger!,
    close: async () => {
      for (const each of [driver, stranger]) await each?.close();
      for (const name of names) await removeContainersOf(name);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function describeHere(name: string, fn: () => void): void {
  if (hasAnsible) return describeWithDocker(name, fn);
  process.stderr.write(`SKIPPED "${name}": Ansible or jq is missing\n`);
  describe.skip(name, fn);
}

describeHere('containers by Ansible (examples/ansible)', () => {
  describeDriver({
    name: 'exec',
    capabilities: execDriver.capabilities(execDriver.settings.parse(SETTINGS)),
    make: async () => ({
      ...installations(),
      kind: 'container',
      keys: { publicKey: 'unused', privateKey: 'unused' },
      letsIn: async () => false,
    }),
  });

  test('Ansible evaluates nothing of a call', async () => {
    const { folder, driver, close } = installations();
    try {
      const target = { ...newThing('container'), name: "{{ lookup('pipe', 'touch canary') }}" };
      const { handle } = await driver.provision(target, callOf());
      await expect(driver.verify({ ...target, handle }, null, callOf())).resolves.toMatchObject({
        ok: true,
      });
      await expect(
        driver.verify({ ...target, handle: target.name }, null, callOf()),
      ).rejects.toMatchObject({ scope: 'resource' });
      expect(readdirSync(join(folder, 'exec'))).toEqual([]);
    } finally {
      await close();
    }
  });

  test('a container that is cleaned is another one, and the old one is gone', async () => {
    const { driver, close } = installations();
    try {
      const target = newThing('container');
      const { handle } = await driver.provision(target, callOf());
      const cleaned = await driver.clean({ ...target, handle }, null, callOf());
      expect(cleaned.handle).not.toBe(handle);
      await expect(driver.verify({ ...target, handle }, null, callOf())).resolves.toMatchObject({
        ok: false,
      });
      expect(cleaned.details.port).toEqual(expect.any(Number));
    } finally {
      await close();
    }
  });
});
