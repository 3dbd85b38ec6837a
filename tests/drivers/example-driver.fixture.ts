import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryDriver } from '../../examples/driver';
import { systemRandom } from '../../src/crypto/random';
import type { Driver } from '../../src/drivers/driver';
import type { DriverUnderTest } from '../contracts/driver';

/** A driver of this installation that lends directories below `root`. */
export function driverOf(root: string, installation = 'here'): Driver {
  return directoryDriver.create(directoryDriver.settings.parse({ root }), {
    dataDir: '/nonexistent',
    installation,
    variables: {},
    random: systemRandom,
  });
}

export const underTest: readonly DriverUnderTest[] = [
  {
    name: 'directory (examples/driver)',
    capabilities: directoryDriver.capabilities({ root: '/nonexistent' }),
    make: async () => {
      const root = mkdtempSync(join(tmpdir(), 'holdfast-directories-'));
      return {
        driver: driverOf(root),
        stranger: driverOf(root, 'elsewhere'),
        kind: 'item',
        keys: { publicKey: 'unused', privateKey: 'unused' },
        letsIn: async () => false,
        close: async () => rmSync(root, { recursive: true }),
      };
    },
  },
];
