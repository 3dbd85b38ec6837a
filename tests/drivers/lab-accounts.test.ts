import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execDriver } from '../../src/drivers/exec';
import { describeDriver } from '../contracts/driver';
import { CiServer } from '../helpers/ci-server';
import { commandsOf, driverOf, ROTATING } from './exec.fixture';

/** examples/lab/ci-account.sh, with a web server that reads its password file. */

const PROGRAM = resolve(__dirname, '../../examples/lab/ci-account.sh');
const settingsOf = (ci: string) => ({
  commands: commandsOf([PROGRAM], ROTATING),
  env: { CI: ci },
  proves: 'R2',
});

describeDriver({
  name: 'exec account of a CI server (examples/lab)',
  capabilities: execDriver.capabilities(execDriver.settings.parse(settingsOf('/nowhere'))),
  make: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-ci-'));
    const [ci, dataDir] = [join(folder, 'ci'), join(folder, 'data')];
    const server = await CiServer.start(ci);
    const driver = driverOf(dataDir, settingsOf(ci));
    const stranger = driverOf(dataDir, settingsOf(ci), { installation: 'elsewhere' });
    return {
      driver,
      stranger,
      kind: 'account',
      keys: { publicKey: 'unused', privateKey: 'unused' },
      letsIn: async (_target, login) => (await server.statusFor(login)) === 200,
      close: async () => {
        for (const each of [driver, stranger]) await each.close();
        await server.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
});
