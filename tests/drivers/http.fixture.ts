import { systemRandom } from '../../src/crypto/random';
import type { DriverEnv, Target } from '../../src/drivers/driver';
import { httpDriver } from '../../src/drivers/http';
import type { CallName } from '../../src/drivers/messages';
import type { DriverFixture, DriverUnderTest } from '../contracts/driver';
import { SECRET, ThingService } from './programs/service';

export const MAKING: CallName[] = ['provision', 'verify', 'clean', 'destroy', 'list', 'remove'];
const ROTATING: CallName[] = [...MAKING, 'checkCredential', 'issueCredential', 'retireCredential'];
const OPENING: CallName[] = [...MAKING, 'checkCredential', 'openAccess', 'closeAccess'];

/** Settings for a service on the loopback address, with these as well. */
export function settingsOf(url: string, settings: Record<string, unknown> = {}) {
  return httpDriver.settings.parse({
    ...{ url, calls: MAKING, secret: '${DRIVER_SECRET_TEST}' },
    ...{ plainHttp: true, allow: ['127.0.0.1'] },
    ...settings,
  });
}

/** The process in which a driver of tests runs. */
export const ENV: DriverEnv = {
  dataDir: '/nowhere',
  installation: 'here',
  variables: { DRIVER_SECRET_TEST: SECRET },
  random: systemRandom,
  now: Date.now,
};

async function make(kind: Target['kind'], settings: object): Promise<DriverFixture> {
  const service = new ThingService();
  const parsed = settingsOf(await service.listen(), { ...settings });
  const driver = httpDriver.create(parsed, ENV);
  const stranger = httpDriver.create(parsed, { ...ENV, installation: 'elsewhere' });
  return {
    driver,
    stranger,
    kind,
    keys: { publicKey: 'ssh-ed25519 AAAA ada', privateKey: 'unused' },
    letsIn: async (target, credential) => service.admits(target.handle, credential),
    close: async () => {
      for (const each of [driver, stranger, service]) await each.close();
    },
  };
}

const SHAPES: [string, Target['kind'], object][] = [
  ['http account', 'account', { calls: ROTATING }],
  ['http container with access', 'container', { calls: OPENING, accessByKey: true }],
];

export const underTest: readonly DriverUnderTest[] = SHAPES.map(([name, kind, settings]) => ({
  name,
  capabilities: httpDriver.capabilities(settingsOf('http://127.0.0.1', { ...settings })),
  make: () => make(kind, settings),
}));
