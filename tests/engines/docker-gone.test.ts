import { once } from 'node:events';
import { join } from 'node:path';
import { engineProxy } from '../../src/drivers/docker/engine-proxy';
import { judge } from '../../src/drivers/docker/proxy-rules';
import type { Call } from '../../src/drivers/driver';
import { callOf, newThing } from '../contracts/driver';
import { driverOf, newInstallation } from '../drivers/docker.fixture';
import { whenDone } from '../helpers/cleanups';
import { describeWithDocker, removeContainersOf } from '../helpers/docker';
import { temporaryDirectory } from '../helpers/engine';

describeWithDocker('a slow engine', () => {
  test('an old container that goes last is shown to be gone all the same', async () => {
    const installation = newInstallation();
    const socketPath = join(temporaryDirectory(), 'engine.sock');
    let proven = () => {};
    const isProven = new Promise<void>((resolve) => (proven = resolve));
    let commands = 0;
    // The control login comes and goes by one command each; the removal begins after the second.
    const slow = engineProxy('/var/run/docker.sock', async (asked, body) => {
      const { method = '', url = '' } = asked;
      if (/exec\/\w+\/start$/.test(url) && ++commands === 2) proven();
      if (method === 'DELETE') await isProven;
      return judge(method, url, body) ?? 403;
    });
    await once(slow.listen(socketPath), 'listening');
    whenDone(() => removeContainersOf(installation));
    whenDone(() => void slow.close().closeAllConnections());
    const driver = driverOf(installation, { socketPath });
    const thing = newThing('container');
    const { handle } = await driver.provision(thing, callOf());
    const shown: unknown[] = [];
    const call: Call = { ...callOf(), show: (evidence) => void shown.push(evidence) };
    await driver.clean({ ...thing, handle }, null, call);
    expect(shown).toEqual([{ replaced: { gone: handle } }]);
  });
});
