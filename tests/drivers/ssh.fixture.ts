import { systemRandom } from '../../src/crypto/random';
import type { CredentialSecret, Driver } from '../../src/drivers/driver';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import { sshDriver } from '../../src/drivers/ssh';
import type { SshSettings } from '../../src/drivers/ssh/settings';
import type { DriverUnderTest } from '../contracts/driver';
import { firstOutput, holdSsh } from '../helpers/docker';
import { describeWithHosts, Lab, type SshHost } from '../helpers/ssh-host';

/** A host searches itself twice after each loan. */
jest.setTimeout(90_000);

/** Settings for the hosts of a lab, with these instead. */
export function settingsOf(
  { privateKeyFile, knownHosts }: Pick<Lab, 'privateKeyFile' | 'knownHosts'>,
  settings: Record<string, unknown> = {},
): SshSettings {
  return sshDriver.settings.parse({ user: 'root', privateKeyFile, knownHosts, ...settings });
}

/** A driver of this installation. */
export function driverOf(
  lab: Lab,
  installation: string,
  settings: Record<string, unknown> = {},
): Driver {
  const env = { dataDir: '/nowhere', installation, variables: {}, random: systemRandom };
  return sshDriver.create(settingsOf(lab, settings), env);
}

/** Does the host really let this login in? */
export async function letsIn(
  { port }: Pick<SshHost, 'port'>,
  { username, password, privateKey }: CredentialSecret,
): Promise<boolean> {
  try {
    (await holdSsh(port, { username, password, privateKey })).client.end();
    return true;
  } catch (error) {
    if ((error as { level?: string }).level === 'client-authentication') return false;
    throw error;
  }
}

export const describeWithEngine = describeWithHosts;

const NOWHERE = { privateKeyFile: '/nowhere/key', knownHosts: '/nowhere/known_hosts' };

export const underTest: readonly DriverUnderTest[] = [
  {
    name: 'ssh',
    capabilities: sshDriver.capabilities(settingsOf(NOWHERE)),
    make: async () => {
      const lab = new Lab();
      const hosts = await Promise.all([lab.host(), lab.host()]);
      const installation = Lab.installation();
      const pair = keyPair();
      let next = 0;
      const portOf = (fields: Readonly<Record<string, unknown>>) => Number(fields['port']);
      return {
        driver: driverOf(lab, installation),
        stranger: driverOf(lab, `${installation}-stranger`),
        kind: 'host',
        // Each resource is a host of its own.
        get fields() {
          return hosts[next++ % hosts.length]!.fields;
        },
        keys: { publicKey: pair.public, privateKey: pair.private },
        letsIn: ({ fields }, credential) => letsIn({ port: portOf(fields) }, credential),
        holdSession: async ({ fields }, { username, password }) => {
          const held = await holdSsh(portOf(fields), { username, password });
          await firstOutput(held.client, 'echo here; sleep 1000');
          return held;
        },
        close: () => lab.close(),
      };
    },
  },
];
