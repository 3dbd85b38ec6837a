import { createServer, type AddressInfo } from 'node:net';
import { systemRandom } from '../../src/crypto/random';
import { staticDriver } from '../../src/drivers/static';
import type { DriverFixture, DriverUnderTest } from '../contracts/driver';

/** A resource that listens, and drivers with these settings. */
async function make(settings: Record<string, unknown>): Promise<DriverFixture> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const driverOf = (installation: string) =>
    staticDriver.create(staticDriver.settings.parse(settings), {
      dataDir: '/nonexistent',
      installation,
      variables: {},
      random: systemRandom,
    });
  return {
    driver: driverOf('here'),
    stranger: driverOf('elsewhere'),
    kind: 'host',
    fields: { host: '127.0.0.1', port },
    keys: { publicKey: 'unused', privateKey: 'unused' },
    letsIn: async () => false,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const SHAPES: [string, Record<string, unknown>][] = [
  ['static', {}],
  ['static with a check', { check: { tcp: true } }],
];

export const underTest: readonly DriverUnderTest[] = SHAPES.map(([name, settings]) => ({
  name,
  capabilities: staticDriver.capabilities(staticDriver.settings.parse(settings)),
  make: () => make(settings),
}));
