import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { systemRandom } from '../../src/crypto/random';
import { dockerDriver } from '../../src/drivers/docker';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import type { DockerSettings } from '../../src/drivers/docker/settings';
import type { CredentialSecret, Driver, Target } from '../../src/drivers/driver';
import type { DriverUnderTest } from '../contracts/driver';
import {
  PLAIN_IMAGE,
  SSH_IMAGE,
  buildPlainImage,
  describeWithDocker,
  firstOutput,
  holdSsh,
  removeContainersOf,
  sshPortOf,
} from '../helpers/docker';
import { DockerClient, startHoldersProxy } from '../helpers/docker-exec';
import { temporaryDirectory } from '../helpers/engine';

/** Settings with which a container is used by `docker exec`. */
const EXEC = { image: PLAIN_IMAGE, access: 'exec', execProxy: 'http://127.0.0.1:1' };

/** Settings of small containers, with these instead. */
export function settingsOf(settings: Record<string, unknown> = {}): DockerSettings {
  return dockerDriver.settings.parse({ image: SSH_IMAGE, memoryMb: 64, ...settings });
}

/** A driver of this installation on the engine of this machine. */
export function driverOf(
  installation: string,
  settings: Record<string, unknown> = {},
  dataDir = '/nowhere',
): Driver {
  return dockerDriver.create(settingsOf(settings), {
    dataDir,
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
  {
    name: 'docker (access: exec)',
    capabilities: dockerDriver.capabilities(settingsOf(EXEC)),
    make: async () => {
      buildPlainImage();
      const installation = newInstallation();
      const dataDir = temporaryDirectory();
      const proxy = await startHoldersProxy(dataDir);
      const settings = { ...EXEC, execProxy: proxy.url };
      const pair = keyPair();
      const drivers = [installation, `${installation}-stranger`].map((name) =>
        driverOf(name, settings, dataDir),
      );
      return {
        driver: drivers[0]!,
        stranger: drivers[1]!,
        kind: 'container',
        keys: { publicKey: pair.public, privateKey: pair.private },
        letsIn: (target, login) => runsFor(proxy.url, target, login),
        holdSession: (target, login) => holdCommand(proxy.url, target, login),
        close: async () => {
          await Promise.all(drivers.map((driver) => driver.close()));
          await proxy.close();
          await removeContainersOf(installation);
        },
      };
    },
  },
];

/** A client of the proxy with this login. */
function clientOf(url: string, { handle }: Target, login: CredentialSecret): DockerClient {
  const words = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  const dockerHost = url.replace('http', 'tcp');
  return new DockerClient({ authorization: `Basic ${words}`, container: handle!, dockerHost });
}

/** Does a command really run for this login? */
async function runsFor(url: string, target: Target, login: CredentialSecret): Promise<boolean> {
  const { status, error } = await clientOf(url, target, login).run([], ['sh', '-c', ':']);
  if (status === 0) return true;
  if (error.includes('refused by holdfast docker-proxy')) return false;
  throw new Error(error);
}

async function holdCommand(url: string, target: Target, login: CredentialSecret) {
  const words = ['sh', '-c', 'echo here; busybox sleep 100000'];
  const session = clientOf(url, target, login).spawn([], ...words);
  const cut = once(session, 'close').then(() => undefined);
  await once(session.stdout!, 'data');
  return { cut };
}
