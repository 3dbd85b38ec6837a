import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '../../src/crypto/random';
import type { Target } from '../../src/drivers/driver';
import { SimulatedCloud, simulatedDriver } from '../../src/drivers/simulated';
import type { DriverFixture, DriverUnderTest } from '../contracts/driver';

async function make(
  kind: Target['kind'],
  settings: Record<string, unknown>,
): Promise<DriverFixture> {
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-simulated-'));
  const driverOf = (installation: string) =>
    simulatedDriver.create(simulatedDriver.settings.parse(settings), {
      dataDir,
      installation,
      variables: {},
      random: systemRandom,
    });
  const [driver, stranger] = [driverOf('here'), driverOf('elsewhere')];
  const cloud = SimulatedCloud.open(dataDir);
  return {
    driver,
    stranger,
    kind,
    keys: { publicKey: 'ssh-ed25519 AAAA ada', privateKey: 'unused' },
    letsIn: async (target, { username, password, token, publicKey }) =>
      cloud.tryLogin(target.handle!, username, String(password ?? token ?? publicKey)),
    close: async () => {
      for (const each of [driver, stranger, cloud]) await each.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const SHAPES: [string, Target['kind'], Record<string, unknown>][] = [
  ['simulated account', 'account', {}],
  ['simulated token', 'token', {}],
  ['simulated vm with access', 'vm', { opensAccess: true, rotates: false }],
  ['simulated container with access', 'container', { opensAccess: true }],
  ['simulated container that is replaced', 'container', { opensAccess: true, replaces: true }],
];

export const underTest: readonly DriverUnderTest[] = SHAPES.map(([name, kind, settings]) => ({
  name,
  capabilities: simulatedDriver.capabilities(simulatedDriver.settings.parse(settings)),
  make: () => make(kind, settings),
}));
