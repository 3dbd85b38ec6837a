import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import Docker from 'dockerode';
import { argumentsOf } from '../../src/drivers/qemu/command-line';
import { shapeOf as qemuShapeOf } from '../../src/drivers/qemu/shape';
import { qemuDriver } from '../../src/drivers/qemu';
import { dockerDriver } from '../../src/drivers/docker';
import { LABEL, shapeOf } from '../../src/drivers/docker/container-spec';
import { runIn } from '../../src/drivers/docker/exec';
import type { Driver, DriverFactory, Target } from '../../src/drivers/driver';
import { callOf, newThing } from '../contracts/driver';
import { driverOf, newInstallation, settingsOf } from '../drivers/docker.fixture';
import { Machine, settingsOf as qemuSettingsOf } from '../drivers/qemu.fixture';
import { whenDone } from '../helpers/cleanups';
import { describeWithDocker, removeContainersOf } from '../helpers/docker';
import { listed } from '../helpers/listed';
import { describeWithQemu, QEMU_IMAGE } from '../helpers/qemu';
import { ROOT } from '../helpers/process';
import { worstTexts } from '../helpers/worst-texts';

jest.setTimeout(300_000);

const TEXTS = worstTexts(100);
/** The names of the API's resources, pools and types are well-formed; so are texts in JSON. */
const WHOLE = TEXTS.filter(
  (text) => text.isWellFormed() && !text.includes('\0') && text.length < 1_000,
);
/** A few of the made ones are names that anybody may have. */
const LOGIN_NAME = /^[a-z_][a-z0-9_-]{0,31}$/;
const CANARY = "find / -xdev -name 'canary*' | grep -q .";

/** The canaries in the places of this machine in which a program would have left them. */
function canaries(...folders: string[]): string[] {
  return [ROOT, tmpdir(), '/', ...folders].flatMap((folder) =>
    readdirSync(folder).filter((name) => name.startsWith('canary')),
  );
}

/**
 * Gives each of these texts to a setting: it is refused by its name, or it stays as it is. Gives the
 * settings in which texts stayed.
 */
function settingsWith(
  factory: DriverFactory,
  base: object,
  places: readonly string[],
): { carried: string[] } {
  const carried: string[] = [];
  for (const place of places) {
    const [key = '', part] = place.split('.');
    for (const text of TEXTS) {
      const value = part === undefined ? text : part === '0' ? [text] : { [part]: text };
      const result = factory.settings.safeParse({ ...base, [key]: value });
      if (result.success) {
        const kept = (result.data as Record<string, unknown>)[key];
        expect({ place, kept }).toEqual({ place, kept: value });
        carried.push(place);
      } else {
        expect(result.error.issues.map(({ path }) => path[0])).toContain(key);
      }
    }
  }
  return { carried };
}

/** Opens a login for each wish with such a text; those that the driver takes must be let in by it. */
async function tellWishes(driver: Driver, target: Target): Promise<number> {
  let accepted = 0;
  for (const text of TEXTS) {
    for (const [field, why] of [
      ['username', /user name/],
      ['publicKey', /key/],
    ] as const)
      if (field === 'publicKey' || !LOGIN_NAME.test(text))
        await expect(driver.openAccess(target, { [field]: text }, callOf())).rejects.toMatchObject({
          scope: 'resource',
          message: expect.stringMatching(why),
        });
    const wish = { username: 'ada', password: text, authorizedKeys: [text] };
    const opened = await driver.openAccess(target, wish, callOf()).catch((error: Error) => error);
    if (opened instanceof Error)
      expect(opened.message).toBe('The wished password is not one line.');
    else {
      // The driver has logged in by it, and another password is refused.
      expect(opened.password).toBe(text);
      accepted += 1;
    }
  }
  return accepted;
}

describeWithDocker('100 of the worst texts, given to the docker driver', () => {
  const docker = new Docker();
  const installation = newInstallation();
  const driver = driverOf(installation);
  beforeAll(() => whenDone(() => removeContainersOf(installation)));

  test('as a setting: refused by its name, or kept as it is', () => {
    const { carried } = settingsWith(dockerDriver, { image: 'x' }, [
      ...['image', 'publishAddress', 'network', 'disk', 'pull', 'registryLogin', 'access'],
      ...['execProxy', 'socketPath', 'memoryMb', 'cpus', 'pids', 'sshPort', 'portRange'],
      ...['advertiseHost', 'grantCommand.0', 'revokeCommand.0', 'registryLogin.host'],
    ]);
    // Words of a command run in the container, and the host is shown; neither is read by a shell. A
    // few of the made texts are names, of an image or a network.
    expect(new Set(carried)).toEqual(
      new Set(['image', 'network', 'advertiseHost', 'grantCommand.0', 'revokeCommand.0']),
    );
  });

  test('as an image: only letters that lead nowhere else at the engine', () => {
    const taken = TEXTS.filter((text) => dockerDriver.settings.safeParse({ image: text }).success);
    expect(taken.filter((text) => !/^[\w.:/@-]+$/.test(text))).toEqual([]);
    expect(dockerDriver.settings.safeParse({ image: 'a/../../containers/json' }).success).toBe(
      false,
    );
  });

  test('as a spec of a type: refused by its name', () => {
    for (const text of TEXTS)
      for (const key of ['image', 'memoryMb', 'cpus', 'pids', 'disk'])
        try {
          const shape = shapeOf(settingsOf(), { [key]: text });
          expect(String(shape[key as 'image'])).toBe(key === 'image' ? text : String(Number(text)));
        } catch (error) {
          expect((error as Error).message).toContain(`The type's ${key} is not`);
        }
  });

  test('as names of a resource, a pool and a type: labels, byte for byte', async () => {
    for (let at = 0; at + 2 < WHOLE.length; at += 3) {
      const [name = '', pool = '', type = ''] = WHOLE.slice(at, at + 3);
      const target = { ...newThing('container', pool), name, type };
      const { handle } = await driver.provision(target, callOf());
      const { Config } = await docker.getContainer(handle).inspect();
      expect(Config.Labels).toMatchObject({ [LABEL.name]: name, [LABEL.pool]: pool });
      expect((await listed(driver, pool, callOf())).map((found) => found.handle)).toEqual([handle]);
      await driver.destroy({ ...target, handle }, callOf());
    }
    expect(canaries()).toEqual([]);
  });

  test('as wishes: refused by its name, or a password that lets in', async () => {
    const target = newThing('container');
    target.handle = (await driver.provision(target, callOf())).handle;
    expect(await tellWishes(driver, target)).toBeGreaterThan(30);
    const looks = ['sh', '-c', CANARY];
    expect(await runIn(docker, target.handle, looks, [], AbortSignal.timeout(60_000))).toBe(1);
    expect(canaries()).toEqual([]);
  });
});

describeWithQemu('100 of the worst texts, given to the qemu driver', () => {
  const base = qemuSettingsOf();

  test('as a setting: refused by its name, or kept as it is', () => {
    const { carried } = settingsWith(qemuDriver, { image: '/x' }, [
      ...['image', 'format', 'disk', 'kernel', 'initrd', 'login', 'address', 'accelerator'],
      ...['machine', 'cpu', 'memoryMb', 'cpus', 'portRange', 'sshPort', 'outbound'],
      ...['append', 'advertiseHost', 'qemu', 'qemuImg', 'extraArgs.0', 'grantCommand.0'],
    ]);
    expect(new Set(carried)).toEqual(
      new Set([
        ...['append', 'advertiseHost', 'qemu', 'qemuImg', 'extraArgs.0', 'grantCommand.0'],
        // A word of QEMU's syntax: letters, digits and . _ , = + -
        ...['machine', 'cpu'],
      ]),
    );
  });

  test('as an argument of QEMU: one argument, byte for byte', async () => {
    for (const text of TEXTS) {
      const settings = { ...base, append: text, extraArgs: [text] };
      const shape = await qemuShapeOf(settings, {});
      const start = { name: 'guest=x', shape, accelerator: 'tcg', port: 1 } as const;
      const words = argumentsOf(start, settings);
      expect([words[words.indexOf('-append') + 1], words.at(-1)]).toEqual([text, text]);
    }
  });

  test('as a spec of a type: refused by its name', async () => {
    for (const text of TEXTS)
      for (const key of ['image', 'memoryMb', 'cpus', 'disk'] as const) {
        const refused = qemuShapeOf(base, { [key]: text }).then(
          (shape) => String(Number(text)) === String(shape[key]),
          (error: Error) => error.message.includes(`The type's ${key} is not`),
        );
        expect({ text, key, isRight: await refused }).toEqual({ text, key, isRight: true });
      }
  });

  test('as wishes and names: refused by its name, or a password that lets in', async () => {
    const machine = new Machine();
    whenDone(() => machine.close());
    const driver = machine.driver();
    for (const text of TEXTS.filter((pool) => !/^[A-Za-z0-9._-]{1,63}$/.test(pool)))
      await expect(driver.provision(newThing('vm', text), callOf())).rejects.toMatchObject({
        message: expect.stringMatching(/name of its pool/),
      });
    const call = callOf(undefined, 1, AbortSignal.timeout(90_000));
    const target = { ...newThing('vm'), name: '$(touch canary); `touch canary`' };
    target.handle = (await driver.provision(target, call)).handle;
    expect(await tellWishes(driver, target)).toBeGreaterThan(30);
    expect(canaries(machine.folderOf(target.handle), QEMU_IMAGE)).toEqual([]);
  });
});
