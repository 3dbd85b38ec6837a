import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execDriver } from '../../src/drivers/exec';
import { callOf, describeDriver, newThing } from '../contracts/driver';
import { CiServer } from '../helpers/ci-server';
import { whenDone } from '../helpers/cleanups';
import { commandsOf, driverOf, ROTATING } from '../drivers/exec.fixture';

/** examples/lab/ci-account.sh, with a web server that reads its password file. */

const PROGRAM = resolve(__dirname, '../../examples/lab/ci-account.sh');
const settingsOf = (ci: string) => ({
  commands: commandsOf([PROGRAM], ROTATING),
  env: { CI: ci },
  proves: 'R2',
});

/** A CI server, and two installations that lend accounts of it. */
async function stage() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-ci-'));
  const [ci, dataDir] = [join(folder, 'ci'), join(folder, 'data')];
  const server = await CiServer.start(ci);
  const driver = driverOf(dataDir, settingsOf(ci));
  const stranger = driverOf(dataDir, settingsOf(ci), { installation: 'elsewhere' });
  const close = async () => {
    for (const each of [driver, stranger]) await each.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { server, driver, stranger, close };
}

describeDriver({
  name: 'exec account of a CI server (examples/lab)',
  capabilities: execDriver.capabilities(execDriver.settings.parse(settingsOf('/nowhere'))),
  make: async () => {
    const { server, ...fixture } = await stage();
    return {
      ...fixture,
      kind: 'account',
      keys: { publicKey: 'unused', privateKey: 'unused' },
      letsIn: async (_target, login) => (await server.statusFor(login)) === 200,
    };
  },
});

describe('the word of the CI server counts', () => {
  const fault = (scope: string) =>
    expect.objectContaining({ name: 'DriverError', scope }) as unknown;

  async function lent() {
    const { server, driver, close } = await stage();
    whenDone(close);
    const thing = newThing('account');
    const target = { ...thing, handle: (await driver.provision(thing, callOf())).handle };
    const old = await driver.issueCredential(target, null, callOf());
    return { server, driver, target, old };
  }

  test('a status other than 401 refuses no login', async () => {
    const { server, driver, target, old } = await lent();
    for (const status of [403, 404, 503]) {
      server.always = status;
      await expect(driver.checkCredential(target, old, callOf())).rejects.toEqual(fault('backend'));
    }
  });

  test('a login that it still accepts is not retired, whatever the password file says', async () => {
    const { server, driver, target, old } = await lent();
    const next = await driver.issueCredential(target, old, callOf());
    server.always = 200;
    await expect(driver.retireCredential(target, old, next, callOf())).rejects.toEqual(
      fault('resource'),
    );
  });
});
