import { randomBytes } from 'node:crypto';
import { systemRandom } from '../../src/crypto/random';
import { dockerDriver } from '../../src/drivers/docker';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import type { DockerSettings } from '../../src/drivers/docker/settings';
import type { Driver, Target } from '../../src/drivers/driver';
import type { DriverUnderTest } from '../contracts/driver';
import {
  SSH_IMAGE,
  describeWithDocker,
  firstOutput,
  holdSsh,
  removeContainersOf,
  sshPortOf,
} from '../helpers/docker';

/** Settings of small containers, with these instead. */
export function settingsOf(settings: Record<string, unknown> = {}): DockerSettings {
  return dockerDriver.settings.parse({ image: SSH_IMAGE, memoryMb: 64, ...settings });
}

/** A driver of this installation on the engine of this machine. */
export function driverOf(installation: string, settings: Record<string, unknown> = {}): Driver {
  return dockerDriver.create(settingsOf(settings), {
    dataDir: '/nowhere',
    installation,
    variables: process.env,
    random: systemRandom,
  });
}

/** An installation that no other test has. */
export function newInstallation(): string {
  return `test-${randomBytes(6).toString('hex')}`;
}

/** Does the container really let this login in? */
export async function letsIn(
  target: Target,
  login: { username?: string; password?: string; privateKey?: string },
): Promise<boolean> {
  const { username, password, privateKey } = login;
  try {
    (
      await holdSsh(await sshPortOf(target.handle!), { username, password, privateKey })
    ).client.end();
    return true;
  } catch (error) {
    if ((error as { level?: string }).level === 'client-authentication') return false;
    throw error;
  }
}

export const describeWithEngine = describeWithDocker;

export const underTest: readonly DriverUnderTest[] = [
  {
    name: 'docker',
    capabilities: dockerDriver.capabilities(settingsOf()),
    make: async () => {
      const installation = newInstallation();
      const pair = keyPair();
      return {
        driver: driverOf(installation),
        stranger: driverOf(`${installation}-stranger`),
        kind: 'container',
        keys: { publicKey: pair.public, privateKey: pair.private },
        letsIn,
        holdSession: async (target, { username, password }) => {
          const held = await holdSsh(await sshPortOf(target.handle!), { username, password });
          await firstOutput(held.client, 'echo here; sleep 1000');
          return held;
        },
        close: () => removeContainersOf(installation),
      };
    },
  },
];
