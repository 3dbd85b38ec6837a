import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { callOf, newThing } from '../contracts/driver';
import { driverOf, letsIn, newInstallation } from '../drivers/docker.fixture';
import { whenDone } from '../helpers/cleanups';
import {
  describeWithDocker,
  firstOutput,
  holdSsh,
  removeContainersOf,
  SSH_IMAGE,
  sshPortOf,
} from '../helpers/docker';
import { temporaryDirectory } from '../helpers/engine';
import { ROOT } from '../helpers/process';

const PAGE = readFileSync(join(ROOT, 'docs/own-image.md'), 'utf8');
const IMAGE = 'holdfast-own-image:test';

/** Builds what the page shows; the lines of a failed build are its error. */
async function buildFromPage(docker: Docker): Promise<void> {
  const [, text = ''] = /```dockerfile\n([^]*?)```/.exec(PAGE) ?? [];
  expect(text).toMatch(/^FROM holdfast-ssh:latest\n/);
  const context = temporaryDirectory();
  writeFileSync(join(context, 'Dockerfile'), text.replace('holdfast-ssh:latest', SSH_IMAGE));
  const log = await docker.buildImage({ context, src: ['Dockerfile'] }, { t: IMAGE });
  const lines: { error?: string }[] = await new Promise((resolve, reject) =>
    docker.modem.followProgress(log, (error, output) => (error ? reject(error) : resolve(output))),
  );
  expect(lines.flatMap(({ error }) => error ?? [])).toEqual([]);
}

describeWithDocker('an image of your own', () => {
  const docker = new Docker();
  const installation = newInstallation();

  test('made as docs/own-image.md says is lent, used and replaced', async () => {
    whenDone(() => removeContainersOf(installation));
    await buildFromPage(docker);
    whenDone(() => docker.getImage(IMAGE).remove({ force: true }));
    const driver = driverOf(installation, { image: IMAGE });
    const [thing, other] = [newThing('container'), newThing('container')];
    const made = await driver.provision(thing, callOf());
    const beside = await driver.provision(other, callOf());
    expect(made.details.hostKey).not.toBe(beside.details.hostKey);
    const target = { ...thing, handle: made.handle };
    const access = await driver.openAccess(target, { username: 'ann' }, callOf());
    const { username, password } = access;
    const held = await holdSsh(await sshPortOf(target.handle), { username, password });
    expect(await firstOutput(held.client, 'hello')).toBe('hello, ann\n');
    const { handle, details } = await driver.clean(target, null, callOf());
    await held.cut;
    expect(details.hostKey).not.toBe(made.details.hostKey);
    expect(await letsIn({ ...target, handle }, access)).toBe(false);
  });

  test('names the capabilities that a container has', async () => {
    const { handle } = await driverOf(installation).provision(newThing('container'), callOf());
    const { HostConfig } = await docker.getContainer(handle).inspect();
    const named = /capabilities ([A-Z_, and]+) alone/.exec(PAGE)![1]!.split(/, | and /);
    expect(named).toEqual(HostConfig.CapAdd);
  });
});
