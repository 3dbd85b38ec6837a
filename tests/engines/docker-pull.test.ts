import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { systemRandom } from '../../src/crypto/random';
import { dockerDriver } from '../../src/drivers/docker';
import { dockerProxy } from '../../src/drivers/docker/proxy';
import type { Driver, Target } from '../../src/drivers/driver';
import { callOf, newThing } from '../contracts/driver';
import { newInstallation, settingsOf } from '../drivers/docker.fixture';
import { whenDone } from '../helpers/cleanups';
import { describeWithDocker, removeContainersOf } from '../helpers/docker';
import { temporaryDirectory } from '../helpers/engine';
import { listed } from '../helpers/listed';
import { Registry } from '../helpers/registry';

const PASSWORD = 'the words of the registry';

describeWithDocker('images from a registry', () => {
  const docker = new Docker();
  const installation = newInstallation();
  let source: Registry;
  let image: string;
  let published: string;
  const log: { line: string; image: unknown }[] = [];
  const made: Driver[] = [];

  beforeAll(async () => {
    source = await Registry.start({ username: 'puller', password: PASSWORD });
    image = `${source.host}/boxes/ssh:1`;
    published = await source.publish(image, 'first');
    whenDone(() => removeContainersOf(installation));
  });
  beforeEach(() => log.splice(0));
  afterEach(async () => {
    await Promise.all(made.splice(0).map((driver) => driver.close()));
    await removeContainersOf(installation);
    await source.forget(image);
  });

  function make(settings: Record<string, unknown>, password = PASSWORD): Driver {
    const { host } = source;
    const login = { host, username: 'puller', password: '${DRIVER_SECRET_PULL}' };
    const all = settingsOf({ image, pull: 'missing', registryLogin: login, ...settings });
    const driver = dockerDriver.create(all, {
      dataDir: '/nowhere',
      installation,
      variables: { ...process.env, DRIVER_SECRET_PULL: password },
      random: systemRandom,
      now: () => Date.now(),
      log: (fields, line) => log.push({ line, image: fields['image'] }),
    });
    made.push(driver);
    return driver;
  }

  async function provisioned(driver: Driver): Promise<Target> {
    const target = newThing('container');
    return { ...target, handle: (await driver.provision(target, callOf())).handle };
  }
  const imageOf = async ({ handle }: Target) =>
    (await docker.getContainer(handle!).inspect()).Image;

  test('a missing one is fetched once for all that want it, and the log says so once', async () => {
    const driver = make({});
    const targets = await Promise.all([1, 2, 3].map(() => provisioned(driver)));
    for (const target of targets) expect(await imageOf(target)).toBe(published);
    await provisioned(driver);
    expect(log).toEqual([
      { line: 'An image is being pulled.', image },
      { line: 'An image was pulled.', image },
    ]);
  });

  test('none is fetched unless the pool says so', async () => {
    const driver = make({ pull: 'never', registryLogin: undefined });
    const failed = provisioned(driver);
    await expect(failed).rejects.toMatchObject({ name: 'DriverError', scope: 'backend' });
    expect(log).toEqual([]);
  });

  test('the password may come from a file', async () => {
    const passwordFile = join(temporaryDirectory(), 'password');
    writeFileSync(passwordFile, `${PASSWORD}\n`);
    const { host } = source;
    const driver = make({ registryLogin: { host, username: 'puller', passwordFile } }, 'not this');
    expect(await imageOf(await provisioned(driver))).toBe(published);
  });

  test.each<[string, () => Driver, RegExp]>([
    [
      'a wrong password',
      () => make({}, 'a wrong guess'),
      /boxes\/ssh:1 could not be pulled: .*(auth|denied)/,
    ],
    [
      'no password',
      () => make({}, ''),
      /The variable DRIVER_SECRET_PULL of the secret for the registry 127.* is not set/,
    ],
    [
      'the login of another registry',
      () =>
        make({
          registryLogin: {
            host: 'example.org',
            username: 'puller',
            password: '${DRIVER_SECRET_PULL}',
          },
        }),
      /could not be pulled: .*(auth|denied)/,
    ],
    [
      'a tag that is not there',
      () => make({ image: `${source.host}/boxes/ssh:2` }),
      /boxes\/ssh:2 could not be pulled: .*(unknown|not found)/,
    ],
  ])('%s is a fault of the back end, told in one line without a secret', async (_what, of, why) => {
    const driver = of();
    const target = newThing('container');
    const failure = await driver.provision(target, callOf()).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'DriverError',
      scope: 'backend',
      message: expect.stringMatching(why),
    });
    const { message } = failure as Error;
    expect(message).not.toMatch(/\n|the words|a wrong guess/);
    expect(await listed(driver, target.pool, callOf())).toEqual([]);
    expect(log).toEqual([]);
  });

  test('a pull passes the proxy with its login, from the repositories that it was told', async () => {
    const refused: string[] = [];
    const through = async (images: string[]) => {
      const socketPath = join(temporaryDirectory(), 'proxy.sock');
      const proxy = dockerProxy('/var/run/docker.sock', (call) => refused.push(call), null, images);
      await new Promise<void>((resolve) => proxy.listen(socketPath, resolve));
      whenDone(() => void proxy.close().closeAllConnections());
      return make({ socketPath });
    };
    const elsewhere = provisioned(await through([`${source.host}/other`]));
    await expect(elsewhere).rejects.toMatchObject({
      scope: 'backend',
      message: expect.stringContaining('refused by holdfast docker-proxy'),
    });
    expect(refused.splice(0)).toEqual(['POST /images/create']);
    const target = await provisioned(await through([`${source.host}/boxes`]));
    expect(await imageOf(target)).toBe(published);
    expect(refused).toEqual([]);
  });

  test('`always` takes what the registry has now for each container', async () => {
    const driver = make({ pull: 'always' });
    const target = await provisioned(driver);
    expect(await imageOf(target)).toBe(published);
    published = await source.publish(image, 'second');
    const { handle } = await driver.clean(target, null, callOf());
    expect(await imageOf({ ...target, handle })).toBe(published);
    expect(await make({}).verify({ ...target, handle }, null, callOf())).toMatchObject({
      ok: true,
    });
  });
});
