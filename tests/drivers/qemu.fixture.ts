import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '../../src/crypto/random';
import type { Driver, DriverEnv, Target } from '../../src/drivers/driver';
import { qemuDriver } from '../../src/drivers/qemu';
import type { QemuSettings } from '../../src/drivers/qemu/settings';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import { shortId } from '../../src/drivers/ssh-login/names';
import type { DriverUnderTest } from '../contracts/driver';
import { firstOutput, holdSsh } from '../helpers/docker';
import { QEMU_IMAGE, describeWithQemu, processesNaming } from '../helpers/qemu';

/** A guest boots in two seconds on an idle machine, and in ten on one that tests keep busy. */
jest.setTimeout(90_000);

/** Settings of small guests of the test image, with these instead. */
export function settingsOf(settings: Record<string, unknown> = {}): QemuSettings {
  return qemuDriver.settings.parse({
    image: join(QEMU_IMAGE, 'base.qcow2'),
    kernel: join(QEMU_IMAGE, 'vmlinux'),
    initrd: join(QEMU_IMAGE, 'initrd'),
    append: 'quiet panic=-1 no_timer_check nokaslr mitigations=off tsc=reliable',
    memoryMb: 192,
    accelerator: 'tcg',
    cpu: 'qemu64,+rdrand',
    grantCommand: ['/sbin/holdfast-grant'],
    revokeCommand: ['/sbin/holdfast-revoke'],
    ...settings,
  });
}

/** A machine with a data directory and installations that no other test has. */
export class Machine {
  readonly dataDir: string;
  private readonly top = mkdtempSync(join(tmpdir(), 'holdfast-qemu-'));
  readonly installation = `test-${randomBytes(6).toString('hex')}`;
  private readonly drivers: Driver[] = [];

  /** `path`: of the data directory, within a new one. */
  constructor(path = '') {
    this.dataDir = join(this.top, path);
  }

  /** A driver of this installation, or of another one in the same data directory. */
  driver(settings: Record<string, unknown> = {}, installation = this.installation): Driver {
    const driver = qemuDriver.create(settingsOf(settings), { ...this.env(), installation });
    this.drivers.push(driver);
    return driver;
  }

  /** The process in which a driver of this installation runs. */
  env(): DriverEnv {
    const { dataDir, installation } = this;
    return { dataDir, installation, variables: {}, random: systemRandom };
  }

  /** The directory with the files of a guest. */
  folderOf(handle: string): string {
    return join(this.dataDir, 'qemu', shortId(this.installation), handle);
  }

  /** The port on 127.0.0.1 that is forwarded to the guest's SSH. */
  portOf(handle: string): number {
    const text = readFileSync(join(this.folderOf(handle), 'guest.json'), 'utf8');
    return (JSON.parse(text) as { port: number }).port;
  }

  /** The processes of this installation's guests. */
  processes(): { pid: number; line: string }[] {
    return processesNaming(`guest=holdfast-${shortId(this.installation)}-`);
  }

  /** Does the guest really let this login in? */
  async letsIn(
    { handle }: Target,
    { username, password, privateKey }: Record<string, unknown>,
  ): Promise<boolean> {
    const login = { username, password, privateKey } as Record<string, string>;
    try {
      (await holdSsh(this.portOf(handle!), login)).client.end();
      return true;
    } catch (error) {
      if ((error as { level?: string }).level === 'client-authentication') return false;
      throw error;
    }
  }

  /** Ends every guest, and removes the data directory. */
  async close(): Promise<void> {
    for (const driver of this.drivers) await driver.close();
    for (const { pid } of this.processes()) process.kill(pid, 'SIGKILL');
    rmSync(this.top, { recursive: true, force: true });
  }
}

export const describeWithEngine = describeWithQemu;

export const underTest: readonly DriverUnderTest[] = [
  {
    name: 'qemu',
    capabilities: qemuDriver.capabilities(settingsOf()),
    shares: true,
    make: async () => {
      const machine = new Machine();
      const pair = keyPair();
      return {
        driver: machine.driver(),
        stranger: machine.driver({}, `${machine.installation}-stranger`),
        kind: 'vm',
        keys: { publicKey: pair.public, privateKey: pair.private },
        letsIn: (target, login) => machine.letsIn(target, login),
        holdSession: async ({ handle }, { username, password }) => {
          const held = await holdSsh(machine.portOf(handle!), { username, password });
          await firstOutput(held.client, 'echo here; sleep 1000');
          return held;
        },
        close: () => machine.close(),
      };
    },
  },
];
