import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  Driver,
  DriverFactory,
  DriverEnv,
  RandomSource,
  Target,
} from '../../src/drivers/driver';
import { SimulatedCloud, simulatedDriver } from '../../src/drivers/simulated';
import { openDatabase } from '../../src/sqlite/open';
import { callOf, newThing } from '../contracts/driver';
import { listed } from '../helpers/listed';

const random: RandomSource = {
  secret: (bytes) => randomBytes(bytes).toString('base64url'),
  fraction: () => 0.5,
};

let dir: string;
let opened: { close(): Promise<void> }[];

function env(installation = 'here'): DriverEnv {
  return { dataDir: dir, installation, variables: {}, random };
}

function make(settings: Record<string, unknown> = {}, installation?: string): Driver {
  const driver = simulatedDriver.create(
    simulatedDriver.settings.parse(settings),
    env(installation),
  );
  opened.push(driver);
  return driver;
}

function cloud(): SimulatedCloud {
  const each = SimulatedCloud.open(dir);
  opened.push(each);
  return each;
}

function begin(): void {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-simulated-'));
  opened = [];
}

async function end(): Promise<void> {
  for (const each of opened) await each.close();
  rmSync(dir, { recursive: true, force: true });
}

describe('the simulated driver', () => {
  beforeEach(begin);
  afterEach(end);

  async function provisioned(driver: Driver, kind: Target['kind'] = 'account'): Promise<Target> {
    const target = newThing(kind, 'pool');
    return { ...target, handle: (await driver.provision(target, callOf())).handle };
  }

  test('fits the port, and refuses unknown settings', () => {
    const factory: DriverFactory = simulatedDriver;
    expect(factory.kinds).toEqual(['account', 'vm', 'container', 'token', 'host', 'item']);
    expect(factory.settings.safeParse({ latency: 3 }).success).toBe(false);
    expect(
      factory.capabilities(factory.settings.parse({ opensAccess: true, leavesNothing: true })),
    ).toEqual({
      provisions: true,
      proves: 'R1',
      rotates: true,
      simulates: true,
      opensAccess: true,
      accessByKey: true,
      staticCredential: false,
      leavesNothing: true,
      replaces: false,
    });
  });

  test('an imported account has the first login that is shown, and no other from then on', async () => {
    const driver = make();
    const target = await provisioned(driver);
    const imported = { username: 'ada', password: 'from outside' };
    await expect(driver.checkCredential(target, imported, callOf())).resolves.toBe('accepted');
    await expect(
      driver.checkCredential(target, { ...imported, password: 'other' }, callOf()),
    ).resolves.toBe('refused');
    expect(cloud().loginsOf(target.handle!)).toEqual([
      { credentialId: 'imported', username: 'ada', purpose: 'standing' },
    ]);
  });

  test('a credential without a secret is never the first login', async () => {
    const driver = make();
    const target = await provisioned(driver);
    await expect(driver.checkCredential(target, { username: 'ada' }, callOf())).resolves.toBe(
      'refused',
    );
    await expect(
      driver.checkCredential(target, { username: 'ada', password: 'real' }, callOf()),
    ).resolves.toBe('accepted');
  });

  test('a new password keeps the name; a token is a UUID without a name', async () => {
    const driver = make();
    const account = await provisioned(driver);
    const first = { username: 'ada', password: 'one' };
    const next = await driver.issueCredential(account, first, callOf());
    expect(next.username).toBe('ada');
    const token = await driver.issueCredential(await provisioned(driver, 'token'), null, callOf());
    expect(token).toEqual({
      token: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ),
    });
  });

  test('cleaning keeps the handle and is counted; a stopped machine runs again', async () => {
    const driver = make();
    const target = await provisioned(driver, 'vm');
    await cloud().setPowerState(target.handle!, 'stopped');
    await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({
      ok: true,
      details: { powerState: 'stopped' },
    });
    const made = await driver.clean(target, null, callOf());
    expect(made).toMatchObject({
      handle: target.handle,
      details: { powerState: 'running', port: 22 },
    });
    expect(cloud().target(target.handle!)).toMatchObject({ cleanings: 1 });
  });

  test('another driver on the same data finds everything: nothing is kept in memory', async () => {
    const first = make();
    const target = await provisioned(first);
    const credential = await first.issueCredential(target, { username: 'ada' }, callOf());
    for (const each of opened.splice(0)) await each.close();
    await expect(make().checkCredential(target, credential, callOf())).resolves.toBe('accepted');
  });

  test('an older file, with a table of logins, is migrated: they work on', async () => {
    const target = await provisioned(make());
    await cloud().changePassword(target.handle!, 'ada', 'old one');
    await cloud().addPassword(target.handle!, 'bob', 'his');
    const before = cloud().loginsOf(target.handle!);
    for (const each of opened.splice(0)) await each.close();
    const file = openDatabase(join(dir, 'simulated.db'), { timeoutMs: 0 });
    file.exec(`
      CREATE TABLE logins (
        id INTEGER PRIMARY KEY, handle TEXT, credential_id TEXT, attempt INTEGER, purpose TEXT,
        username TEXT, salt TEXT, hash TEXT
      );
      INSERT INTO logins (handle, credential_id, attempt, purpose, username, salt, hash)
        SELECT handle, value ->> 'credentialId', value ->> 'attempt', value ->> 'purpose',
          value ->> 'username', value ->> 'salt', value ->> 'hash'
        FROM things, json_each(things.logins);
      ALTER TABLE things DROP COLUMN logins;
      PRAGMA user_version = 2;`);
    file.close();
    expect(cloud().loginsOf(target.handle!)).toEqual(before);
    expect(cloud().tryLogin(target.handle!, 'ada', 'old one')).toBe(true);
    expect(cloud().tryLogin(target.handle!, 'bob', 'his')).toBe(true);
    expect(cloud().tryLogin(target.handle!, 'bob', 'old one')).toBe(false);
  });

  test("another connection's writes are seen, even if the resource was looked at before", async () => {
    const driver = make();
    const target = await provisioned(driver);
    const shown = { username: target.name, password: 'first' };
    await expect(driver.checkCredential(target, shown, callOf())).resolves.toBe('accepted');
    await expect(driver.checkCredential(target, shown, callOf())).resolves.toBe('accepted');
    const other = openDatabase(join(dir, 'simulated.db'), { timeoutMs: 1_000 });
    other.prepare("UPDATE things SET logins = '[]' WHERE handle = ?").run(target.handle);
    other.close();
    await new Promise((resolve) => setImmediate(resolve));
    await expect(driver.checkCredential(target, shown, callOf())).resolves.toBe('refused');
  });

  test('no password is in the files in clear', async () => {
    const driver = make({ opensAccess: true });
    const target = await provisioned(driver, 'vm');
    const issued = await driver.issueCredential(
      target,
      { username: 'ada', password: 'the imported secret' },
      callOf(),
    );
    const access = await driver.openAccess(target, { password: 'the wished secret' }, callOf());
    const bytes = readdirSync(dir)
      .map((file) => readFileSync(join(dir, file), 'latin1'))
      .join('');
    for (const secret of [issued.password, access.password, 'the imported secret'])
      expect(bytes).not.toContain(secret);
  });

  test(
    'outside events are seen: a failed resource, a changed and a forgotten password, a ' +
      'lost resource',
    async () => {
      const driver = make();
      const target = await provisioned(driver, 'vm');
      const current = await driver.issueCredential(target, { username: 'ada' }, callOf());
      const outside = cloud();
      await outside.changePassword(target.handle!, 'ada', 'changed');
      await expect(driver.verify(target, current, callOf())).resolves.toMatchObject({ ok: false });
      expect(outside.tryLogin(target.handle!, 'ada', 'changed')).toBe(true);
      await outside.forgetPassword(target.handle!);
      await expect(
        driver.checkCredential(target, { username: 'ada', password: 'changed' }, callOf()),
      ).resolves.toBe('refused');
      await outside.setPowerState(target.handle!, 'failed');
      await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({
        ok: false,
        reason: 'The thing has failed.',
      });
      await expect(driver.clean(target, null, callOf())).rejects.toMatchObject({
        scope: 'resource',
      });
      await outside.vanish(target.handle!);
      await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({ ok: false });
      expect(outside.list()).toEqual([]);
    },
  );

  describe('faults on order', () => {
    test('the next calls fail as often as ordered, for the named pool and call', async () => {
      const driver = make();
      const target = await provisioned(driver);
      await cloud().failNext('pool', 'verify', 2);
      for (let n = 0; n < 2; n++)
        await expect(driver.verify(target, null, callOf())).rejects.toMatchObject({
          scope: 'resource',
        });
      await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({ ok: true });
      await cloud().failNext('another', '*', 5);
      await cloud().failNext('*', '*', 1, { scope: 'backend' });
      await expect(driver.clean(target, null, callOf())).rejects.toMatchObject({
        scope: 'backend',
      });
      await expect(driver.clean(target, null, callOf())).resolves.toBeDefined();
    });

    test('a call whose answer was lost has taken effect', async () => {
      const driver = make();
      await cloud().failNext('pool', 'provision', 1, { answerLost: true });
      const target = newThing('account', 'pool');
      const call = callOf();
      await expect(driver.provision(target, call)).rejects.toThrow('lost');
      expect(cloud().list('pool')).toHaveLength(1);
      const { handle } = await driver.provision(target, { ...call, attempt: 2 });
      expect(
        cloud()
          .list('pool')
          .map((row) => row.handle),
      ).toEqual([handle]);
    });

    test('a back end that is down fails every call, by setting, for one pool or for all', async () => {
      await expect(listed(make({ backendDown: true }), 'pool', callOf())).rejects.toMatchObject({
        scope: 'backend',
      });
      const driver = make();
      for (const pool of ['pool', '*']) {
        await cloud().setBackendDown(pool, true);
        await expect(listed(driver, 'pool', callOf())).rejects.toMatchObject({ scope: 'backend' });
        await cloud().setBackendDown(pool, false);
        await expect(listed(driver, 'pool', callOf())).resolves.toEqual([]);
      }
    });

    test('failure rates depend on the injected randomness', async () => {
      const target = newThing('account', 'pool');
      await expect(
        make({ failureRates: { provision: 0.51 } }).provision(target, callOf()),
      ).rejects.toMatchObject({ scope: 'resource' });
      await expect(
        make({ failureRates: { provision: 0.5, verify: 1 } }).provision(target, callOf()),
      ).resolves.toBeDefined();
    });

    test('a slow call stops at its deadline and changes nothing', async () => {
      const driver = make({ latencyMs: 3_600_000 });
      const deadline = new AbortController();
      const slow = driver.provision(
        newThing('account', 'pool'),
        callOf(undefined, 1, deadline.signal),
      );
      deadline.abort();
      await expect(slow).rejects.toMatchObject({ name: 'DriverError', scope: 'backend' });
      expect(cloud().list()).toEqual([]);
      await cloud().setLatency('pool', 0);
      await expect(driver.provision(newThing('account', 'pool'), callOf())).resolves.toBeDefined();
    });
  });

  test('a call that met a locked file and its deadline changes nothing once the file is free', async () => {
    const driver = make();
    cloud();
    const other = openDatabase(join(dir, 'simulated.db'), { timeoutMs: 0 });
    other.exec('BEGIN IMMEDIATE');
    const deadline = new AbortController();
    const waiting = driver.provision(
      newThing('account', 'pool'),
      callOf(undefined, 1, deadline.signal),
    );
    deadline.abort();
    other.exec('ROLLBACK');
    await expect(waiting).rejects.toMatchObject({ name: 'DriverError', scope: 'backend' });
    other.close();
    expect(cloud().list()).toEqual([]);
  });

  test('after a restore from a backup, lower generations are not taken for late calls', async () => {
    const driver = make();
    const target = await provisioned(driver);
    await driver.clean({ ...target, generation: 9 }, null, callOf());
    await expect(driver.clean({ ...target, generation: 5 }, null, callOf())).resolves.toBeDefined();
  });

  test('a long list comes in pieces, and removals meanwhile make it skip nothing', async () => {
    const driver = make();
    const call = callOf();
    const made = await Promise.all(
      Array.from({ length: 1_200 }, () => driver.provision(newThing('account', 'pool'), call)),
    );
    const pieces: string[][] = [];
    for await (const found of driver.list('pool', callOf())) {
      pieces.push(found.map(({ handle }) => handle));
      for (const each of found) await driver.remove(each, callOf());
    }
    expect(pieces.map(({ length }) => length)).toEqual([500, 500, 200]);
    expect(pieces.flat().sort()).toEqual(made.map(({ handle }) => handle).sort());
    expect(cloud().list()).toEqual([]);
  });

  test('many concurrent calls are all served, and a long list is complete', async () => {
    const driver = make();
    const call = callOf();
    const things = Array.from({ length: 5_000 }, () => newThing('account', 'pool'));
    const made = await Promise.all(things.map((target) => driver.provision(target, call)));
    const found = await listed(driver, 'pool', callOf());
    expect(new Set(found.map((found) => found.handle))).toEqual(
      new Set(made.map(({ handle }) => handle)),
    );
  });
});
