import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call, Driver } from '../../../src/drivers/driver';
import { NotYet } from '../../../src/drivers/driver';
import { ibmCloudDriver } from '../../../src/drivers/ibm-cloud';
import { IbmCloudDriver } from '../../../src/drivers/ibm-cloud/driver';
import type { IbmCloudSettings } from '../../../src/drivers/ibm-cloud/settings';
import { IbmCloudServer } from './server';
import { World, type CloudAccount, type WorldOptions } from './world';

export const ADMINISTRATOR = 'crn:v1:bluemix:public:iam::::role:Administrator';

/** A clock that a test moves; epoch ms. */
export class Clock {
  constructor(public at = Date.parse('2026-01-01T12:00:00Z')) {}
  readonly now = () => this.at;
}

/** A simulated IBM Cloud on loopback, with settings that lead to it. */
export class Stage {
  private readonly directory = mkdtempSync(join(tmpdir(), 'holdfast-ibm-'));

  private constructor(
    readonly clock: Clock,
    readonly world: World,
    readonly server: IbmCloudServer,
  ) {}

  static async open(options: Omit<WorldOptions, 'now'> = {}, accounts = 1): Promise<Stage> {
    const clock = new Clock();
    const world = new World({ ...options, now: clock.now });
    for (let count = 0; count < accounts; count += 1) world.addAccount();
    return new Stage(clock, world, await IbmCloudServer.start(world));
  }

  get account(): CloudAccount {
    return this.world.accounts[0]!;
  }

  /** Settings as a pools file writes them. */
  written(fields: Record<string, unknown> = {}): Record<string, unknown> {
    const { url } = this.server;
    const accounts = this.world.accounts.map(({ id, adminKey }, index) => {
      const apiKeyFile = join(this.directory, `${index}.key`);
      writeFileSync(apiKeyFile, `${adminKey.value}\n`);
      return { name: `account-${index + 1}`, accountId: id, apiKeyFile };
    });
    const endpoints = { iam: url, resourceController: url, userManagement: url };
    const access = [{ roles: [ADMINISTRATOR] }];
    return { accounts, access, endpoints, propagationMs: 0, ...fields };
  }

  settings(fields: Record<string, unknown> = {}): IbmCloudSettings {
    return ibmCloudDriver.settings.parse(this.written(fields));
  }

  /** A driver of an installation, on the clock of this stage. */
  driver(fields: Record<string, unknown> = {}, installation = 'here'): IbmCloudDriver {
    return new IbmCloudDriver(this.settings(fields), { installation }, this.clock.now);
  }

  async close(): Promise<void> {
    await this.server.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A driver whose calls are repeated, at the time that it asks for, until they end. */
export function patient(driver: Driver, clock: Clock): Driver {
  return new Proxy(driver, {
    get: (target, property, receiver) => {
      const method: unknown = Reflect.get(target, property, receiver);
      if (typeof method !== 'function' || property === 'list') return method;
      return (...given: unknown[]) =>
        untilEnded(clock, given, (...now) =>
          (method as (...all: unknown[]) => Promise<unknown>).apply(target, now),
        );
    },
  });
}

async function untilEnded(
  clock: Clock,
  given: unknown[],
  work: (...given: unknown[]) => Promise<unknown>,
): Promise<unknown> {
  const call = given.at(-1) as Call | undefined;
  let memo = call?.memo ?? null;
  for (let count = 0; count < 500; count += 1)
    try {
      return await work(...given.slice(0, -1), ...(call ? [{ ...call, memo }] : []));
    } catch (error) {
      if (!(error instanceof NotYet)) throw error;
      memo = error.memo ?? memo;
      clock.at = Math.max(clock.at, error.until);
    }
  throw new Error('It never ends.');
}
