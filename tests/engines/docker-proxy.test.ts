import { once } from 'node:events';
import { systemRandom } from '../../src/crypto/random';
import { dockerDriver } from '../../src/drivers/docker';
import { dockerProxy } from '../../src/drivers/docker/proxy';
import { callOf, newThing } from '../contracts/driver';
import { newInstallation, settingsOf } from '../drivers/docker.fixture';
import { whenDone } from '../helpers/cleanups';
import { describeWithDocker, removeContainersOf } from '../helpers/docker';

describeWithDocker('the driver through a proxy on TCP', () => {
  test('makes, checks, opens and destroys a container', async () => {
    const installation = newInstallation();
    const refused: string[] = [];
    const hosts = new Set(['localhost']);
    const proxy = dockerProxy('/var/run/docker.sock', (call) => refused.push(call), hosts);
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    whenDone(() => void proxy.close().closeAllConnections());
    whenDone(() => removeContainersOf(installation));
    const { port } = proxy.address() as { port: number };
    const driver = dockerDriver.create(settingsOf({ publishAddress: '127.0.0.1' }), {
      dataDir: '/nowhere',
      installation,
      variables: { DOCKER_HOST: `tcp://localhost:${port}` },
      random: systemRandom,
    });
    const thing = newThing('container');
    const { handle } = await driver.provision(thing, callOf());
    const target = { ...thing, handle };
    const login = await driver.openAccess(target, {}, callOf());
    expect(await driver.verify(target, login, callOf())).toMatchObject({ ok: true });
    await driver.destroy(target, callOf());
    expect(refused).toEqual([]);
  });
});
