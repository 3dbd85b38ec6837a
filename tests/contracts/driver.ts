import type { Evidence } from '../../src/domain/returns/evidence';
import { isBelow, levelOf } from '../../src/domain/returns/level';
import type { Capabilities } from '../../src/domain/lifecycle/operation';
import type { AccessWish } from '../../src/domain/loans/reservation';
import type { Call, CredentialSecret, Driver, Target } from '../../src/drivers/driver';
import { DriverError } from '../../src/drivers/driver';
import { listed } from '../helpers/listed';

/** A back end for one test, with two installations on it. */
export interface DriverFixture {
  driver: Driver;
  /** A driver of another installation on the same back end. */
  stranger: Driver;
  kind: Target['kind'];
  /** The fields of a resource that is there, for a driver that only lends what is listed. */
  fields?: Target['fields'];
  /** A login that bypasses the driver: does the resource really accept this credential? */
  letsIn(target: Target, credential: CredentialSecret): Promise<boolean>;
  /**
   * Opens a session and holds it; `cut` resolves when the other side ends it. Absent if there are
   * no sessions.
   */
  holdSession?(target: Target, credential: CredentialSecret): Promise<{ cut: Promise<void> }>;
  /** A key pair in OpenSSH form. */
  keys: { publicKey: string; privateKey: string };
  /** Cleans up after the test. */
  close(): Promise<void>;
}

export interface DriverUnderTest {
  /** The driver, and with which settings. */
  name: string;
  capabilities: Capabilities;
  make: () => Promise<DriverFixture>;
  /**
   * Making a resource takes seconds: one back end serves all cases, and one resource as many of them
   * as leave it whole.
   */
  shares?: true;
}

let count = 0;
/** The things that `newThing` has named. */
const made: Target[] = [];
/** More than any case goes through. */
const GENERATIONS = 10;
const run = `${process.pid}-${Date.now().toString(36)}`;

/** Gives rising ids, like those of operations. */
const newId = (prefix: string) => `${prefix}-${run}-${String(++count).padStart(6, '0')}`;

/** A call of a new operation, or of a given one. */
export function callOf(
  operationId = newId('op'),
  attempt = 1,
  signal: AbortSignal = AbortSignal.timeout(30_000),
  show: Call['show'] = () => undefined,
): Call {
  return { operationId, attempt, requestId: null, memo: null, show, signal };
}

/** Calls that note together what they show. */
function recorder(): { shown: Evidence; showing: () => Call } {
  const shown: Evidence = {};
  const show = (evidence: Evidence) => void Object.assign(shown, evidence);
  return { shown, showing: () => callOf(undefined, 1, undefined, show) };
}

/** A resource that does not exist yet. */
export function newThing(kind: Target['kind'], pool = newId('pool')): Target {
  const target = {
    resourceId: newId('res'),
    pool,
    name: 'thing-1',
    kind,
    type: 'small',
    spec: {},
    fields: {},
    generation: 1,
    handle: null,
  };
  made.push(target);
  return target;
}

/** Matches a DriverError, of this scope if one is given. */
function faulty(scope?: 'resource' | 'backend'): unknown {
  return expect.objectContaining({ name: 'DriverError', ...(scope && { scope }) });
}

/**
 * The promises of every driver, whatever it lends. Leaves out the cases of capabilities that the
 * driver lacks.
 */
export function describeDriver({ name, capabilities, make, shares }: DriverUnderTest): void {
  describe(`the ${name} driver keeps the contract`, () => {
    let fixture: DriverFixture;
    let driver: Driver;
    const [begin, end] = shares ? [beforeAll, afterAll] : [beforeEach, afterEach];
    begin(async () => {
      fixture = await make();
      driver = fixture.driver;
    });
    end(() => fixture.close());
    if (shares) afterEach(() => removeAllBut(driver, shared));

    let shared: Target | null = null;

    const provisioned = async (): Promise<Target> => {
      const target = { ...newThing(fixture.kind), fields: fixture.fields ?? {} };
      return { ...target, handle: (await driver.provision(target, callOf())).handle };
    };
    /** A resource that others may have used before, and may use later unless `useUp` is called. */
    const ready = async (): Promise<Target> => {
      if (!shares) return provisioned();
      shared = shared
        ? { ...shared, generation: shared.generation + GENERATIONS }
        : await provisioned();
      return shared;
    };
    const useUp = () => void (shared = null);

    test('states its capabilities', () => expect(driver.capabilities).toEqual(capabilities));

    if (capabilities.lendsAsIs) describeLendingAsIs(() => fixture, provisioned);
    else if (!capabilities.provisions) describeAdopting(() => fixture, provisioned);
    else describeMaking(() => fixture, ready, useUp);
    if (capabilities.opensAccess)
      describeAccess(() => fixture, ready, useUp, capabilities.accessByKey);
    if (capabilities.rotates) describeRotation(() => fixture, provisioned);
    if (!capabilities.opensAccess && !capabilities.rotates && !capabilities.lendsAsIs)
      test('a return shows the level that the driver declares', async () => {
        const { shown, showing } = recorder();
        await driver.clean(await provisioned(), null, showing());
        expect({ shown, level: levelOf(shown) }).toMatchObject({
          level: capabilities.proves ?? 'R0',
        });
      });
  });
}

type Provisioned = () => Promise<Target>;

/** Removes what a case has made, but not the resource that others share. */
async function removeAllBut(driver: Driver, kept: Target | null): Promise<void> {
  for (const target of made.splice(0))
    if (target.resourceId !== kept?.resourceId) await driver.destroy(target, callOf());
}

/** Promises of a driver that makes and cleans nothing (lendsAsIs): it adopts what is listed. */
function describeLendingAsIs(current: () => DriverFixture, provisioned: Provisioned): void {
  describe('lending as it is', () => {
    let driver: Driver;
    beforeEach(() => void (driver = current().driver));

    test('an adopted resource is sound, keeps its handle, and bears no label', async () => {
      const target = await provisioned();
      expect((await driver.provision(target, callOf(undefined, 2))).handle).toBe(target.handle);
      expect(await driver.verify(target, null, callOf())).toMatchObject({ ok: true });
      expect(await listed(driver, target.pool, callOf())).toEqual([]);
    });

    test('another resource gets another handle', async () => {
      expect((await provisioned()).handle).not.toBe((await provisioned()).handle);
    });

    test('what is given up stays as it is', async () => {
      const target = await provisioned();
      await driver.destroy(target, callOf());
      await driver.destroy(target, callOf());
      const { resourceId, handle } = target;
      await driver.remove({ handle: handle!, resourceId, operationId: 'x' }, callOf());
      expect(await driver.verify(target, null, callOf())).toMatchObject({ ok: true });
    });

    test('after the deadline, every call fails with a DriverError', async () => {
      const target = await provisioned();
      const late = () => callOf(undefined, 1, AbortSignal.abort());
      await expect(driver.provision(target, late())).rejects.toEqual(faulty());
      await expect(driver.verify(target, null, late())).rejects.toEqual(faulty());
      await expect(driver.destroy(target, late())).rejects.toEqual(faulty());
      await expect(listed(driver, target.pool, late())).rejects.toEqual(faulty());
    });

    test('nothing is cleaned, and no credential is made, tried or ended', async () => {
      const [target, secret] = [await provisioned(), { password: 'x' }];
      const calls = [
        () => driver.clean(target, null, callOf()),
        () => driver.issueCredential(target, null, callOf()),
        () => driver.retireCredential(target, secret, secret, callOf()),
        () => driver.checkCredential(target, secret, callOf()),
        () => driver.openAccess(target, {}, callOf()),
        () => driver.closeAccess(target, null, callOf()),
      ];
      for (const call of calls) await expect(call()).rejects.toEqual(faulty('resource'));
    });
  });
}

/** Promises of a driver that makes nothing, and cleans what is listed. */
function describeAdopting(current: () => DriverFixture, provisioned: Provisioned): void {
  describe('adopting', () => {
    let fixture: DriverFixture;
    let driver: Driver;
    beforeEach(() => {
      fixture = current();
      driver = fixture.driver;
    });

    test('an adopted resource is sound, keeps its handle, and is nothing that a sweep removes', async () => {
      const target = await provisioned();
      expect((await driver.provision(target, callOf())).handle).toBe(target.handle);
      await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({ ok: true });
      expect(await listed(driver, target.pool, callOf())).toEqual([]);
    });

    test('another resource gets another handle', async () => {
      expect((await provisioned()).handle).not.toBe((await provisioned()).handle);
    });

    test('a late attempt to adopt changes nothing', async () => {
      const target = await provisioned();
      const { operationId } = callOf();
      await driver.provision(target, callOf(operationId, 2));
      await expect(driver.provision(target, callOf(operationId, 1))).rejects.toEqual(
        faulty('resource'),
      );
    });

    test('cleaning keeps the handle, also when it is repeated', async () => {
      const target = await provisioned();
      const { operationId } = callOf();
      for (const attempt of [1, 2]) {
        const { handle } = await driver.clean(target, null, callOf(operationId, attempt));
        expect(handle).toBe(target.handle);
      }
      await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({ ok: true });
    });

    test('a resource that was given up does not verify, and is given up and removed again', async () => {
      const target = await provisioned();
      await driver.destroy(target, callOf());
      await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({ ok: false });
      await expect(driver.clean(target, null, callOf())).rejects.toEqual(faulty('resource'));
      await driver.destroy(target, callOf());
      const { resourceId, handle } = target;
      await driver.remove({ handle: handle!, resourceId, operationId: 'x' }, callOf());
    });

    test('another installation neither gives it up nor changes it', async () => {
      const target = await provisioned();
      await fixture.stranger.destroy(target, callOf());
      await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({ ok: true });
    });

    test('after the deadline, every call fails with a DriverError', async () => {
      const target = await provisioned();
      const late = () => callOf(undefined, 1, AbortSignal.abort());
      await expect(driver.provision(target, late())).rejects.toEqual(faulty());
      await expect(driver.verify(target, null, late())).rejects.toEqual(faulty());
      await expect(driver.clean(target, null, late())).rejects.toEqual(faulty());
      await expect(driver.destroy(target, late())).rejects.toEqual(faulty());
      await expect(listed(driver, target.pool, late())).rejects.toEqual(faulty());
      await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({ ok: true });
    });
  });
}

/**
 * Promises of a driver that makes, cleans and removes things. `useUp` is called by the cases that do
 * not leave the resource as it was.
 */
function describeMaking(current: () => DriverFixture, ready: Provisioned, useUp: () => void): void {
  describe('things', () => {
    let fixture: DriverFixture;
    let driver: Driver;
    beforeEach(() => {
      fixture = current();
      driver = fixture.driver;
    });
    const handlesOf = async (target: Target) =>
      (await listed(driver, target.pool, callOf())).map((found) => found.handle);

    describe('making and removing', () => {
      test('a provisioned resource is sound, and listed with its labels', async () => {
        const target = newThing(fixture.kind);
        const call = callOf();
        const { handle } = await driver.provision(target, call);
        expect(await listed(driver, target.pool, callOf())).toEqual([
          { handle, resourceId: target.resourceId, operationId: call.operationId },
        ]);
        await expect(driver.verify({ ...target, handle }, null, callOf())).resolves.toMatchObject({
          ok: true,
        });
      });

      test('a retry of provision leaves one resource, and the late first attempt adds none', async () => {
        const target = newThing(fixture.kind);
        const { operationId } = callOf();
        const first = await driver.provision(target, callOf(operationId, 1));
        const second = await driver.provision(target, callOf(operationId, 2));
        expect(second.handle).not.toBe(first.handle);
        expect(await handlesOf(target)).toEqual([second.handle]);
        await expect(driver.provision(target, callOf(operationId, 1))).rejects.toEqual(
          faulty('resource'),
        );
        expect(await handlesOf(target)).toEqual([second.handle]);
      });

      test('a missing resource does not verify, and can be destroyed and removed again', async () => {
        const target = await ready();
        useUp();
        await driver.destroy(target, callOf());
        expect(await handlesOf(target)).toEqual([]);
        await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({ ok: false });
        await driver.destroy(target, callOf());
        await driver.remove(
          { handle: target.handle!, resourceId: target.resourceId, operationId: 'x' },
          callOf(),
        );
      });

      test('destroy removes the thing of an attempt whose answer was lost', async () => {
        const target = await ready();
        useUp();
        await driver.destroy({ ...target, handle: null }, callOf());
        expect(await handlesOf(target)).toEqual([]);
      });

      test('remove takes one listed resource and leaves its neighbour', async () => {
        const target = await ready();
        useUp();
        const neighbour = newThing(fixture.kind, target.pool);
        const { handle } = await driver.provision(neighbour, callOf());
        const found = (await listed(driver, target.pool, callOf())).find(
          (each) => each.handle === target.handle,
        );
        await driver.remove(found!, callOf());
        expect(await handlesOf(target)).toEqual([handle]);
      });

      test('another installation neither sees nor removes it', async () => {
        const target = await ready();
        expect(await listed(fixture.stranger, target.pool, callOf())).toEqual([]);
        await fixture.stranger.remove(
          { handle: target.handle!, resourceId: target.resourceId, operationId: 'x' },
          callOf(),
        );
        await fixture.stranger.destroy(target, callOf());
        expect(await handlesOf(target)).toEqual([target.handle]);
      });
    });

    describe('deadlines', () => {
      test('after the deadline, every call fails with a DriverError and makes nothing', async () => {
        const target = newThing(fixture.kind);
        const late = callOf(undefined, 1, AbortSignal.abort());
        await expect(driver.provision(target, late)).rejects.toEqual(faulty());
        await expect(listed(driver, target.pool, late)).rejects.toEqual(faulty());
        expect(await handlesOf(target)).toEqual([]);
        const made = await ready();
        await expect(driver.verify(made, null, late)).rejects.toEqual(faulty());
        await expect(driver.clean(made, null, late)).rejects.toEqual(faulty());
        await expect(driver.destroy(made, late)).rejects.toEqual(faulty());
        expect(await handlesOf(made)).toEqual([made.handle]);
      });
    });

    describe('cleaning', () => {
      test('a retry leaves one sound resource', async () => {
        const target = await ready();
        useUp();
        const { operationId } = callOf();
        await driver.clean(target, null, callOf(operationId, 1));
        const { handle } = await driver.clean(target, null, callOf(operationId, 2));
        expect(await handlesOf(target)).toEqual([handle]);
        await expect(driver.verify({ ...target, handle }, null, callOf())).resolves.toMatchObject({
          ok: true,
        });
      });

      test('a missing resource fails to clean, or returns; it is never silently skipped', async () => {
        const target = await ready();
        useUp();
        await driver.destroy(target, callOf());
        const cleaned = await driver.clean(target, null, callOf()).catch((error: unknown) => error);
        if (cleaned instanceof DriverError) expect(cleaned.scope).toBe('resource');
        else expect(await handlesOf(target)).toEqual([(cleaned as { handle: string }).handle]);
      });
    });
  });
}

/** `useUp` as for `describeMaking`. */
function describeAccess(
  current: () => DriverFixture,
  provisioned: Provisioned,
  useUp: () => void,
  byKey: boolean,
): void {
  describe('access', () => {
    let fixture: DriverFixture;
    let driver: Driver;
    let target: Target;
    beforeEach(async () => {
      fixture = current();
      driver = fixture.driver;
      target = await provisioned();
    });
    const open = (wish: AccessWish = {}, call = callOf()) => driver.openAccess(target, wish, call);

    test('a name and a password are made up if none is requested, and they work', async () => {
      const access = await open();
      expect(access).toMatchObject({ username: expect.any(String), password: expect.any(String) });
      await expect(fixture.letsIn(target, access)).resolves.toBe(true);
      await expect(fixture.letsIn(target, { ...access, password: 'wrong' })).resolves.toBe(false);
      await expect(driver.checkCredential(target, access, callOf())).resolves.toBe('accepted');
      await expect(
        driver.checkCredential(target, { ...access, password: 'wrong' }, callOf()),
      ).resolves.toBe('refused');
    });

    test('a return shows the level that the driver declares', async () => {
      useUp();
      const { proves = 'R0', replaces } = driver.capabilities;
      const access = await open();
      const { shown, showing } = recorder();
      const next = { ...target, generation: target.generation + 1 };
      if (!replaces) await driver.closeAccess(next, access, showing());
      await driver.clean(next, null, showing());
      expect({ shown, level: levelOf(shown) }).toMatchObject({ level: proves });
    });

    test('a requested name and password are used', async () => {
      const access = await open({ username: 'ada', password: 'correct horse' });
      expect(access).toMatchObject({ username: 'ada', password: 'correct horse' });
      await expect(
        fixture.letsIn(target, { username: 'ada', password: 'correct horse' }),
      ).resolves.toBe(true);
    });

    if (!byKey)
      test('a key alone opens nothing', async () => {
        const { publicKey } = fixture.keys;
        await expect(open({ username: 'ada', publicKey })).rejects.toEqual(faulty('resource'));
      });
    else
      test('a requested key works, and no password is made beside it', async () => {
        const { publicKey, privateKey } = fixture.keys;
        const access = await open({ username: 'ada', publicKey });
        expect(access.password).toBeUndefined();
        await expect(
          fixture.letsIn(target, { username: 'ada', privateKey, publicKey }),
        ).resolves.toBe(true);
      });

    test('a retry ends what the first attempt opened; the late first attempt changes nothing', async () => {
      const call = callOf();
      const wish = { username: 'ada' };
      const first = await open(wish, call);
      const second = await open(wish, { ...call, attempt: 2 });
      await expect(fixture.letsIn(target, first)).resolves.toBe(false);
      await expect(open(wish, call)).rejects.toEqual(faulty('resource'));
      await expect(fixture.letsIn(target, second)).resolves.toBe(true);
    });

    test('close ends the login and cuts sessions; closing again is no error', async () => {
      const access = await open();
      const session = await fixture.holdSession?.(target, access);
      await driver.closeAccess(target, access, callOf());
      await session?.cut;
      await expect(fixture.letsIn(target, access)).resolves.toBe(false);
      await driver.closeAccess(target, access, callOf());
      await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({ ok: true });
    });

    test('close also ends an access whose credential never arrived', async () => {
      const access = await open({ username: 'ada' });
      await driver.closeAccess(target, null, callOf());
      await expect(fixture.letsIn(target, access)).resolves.toBe(false);
    });

    test('an opening that arrives after the closing opens nothing', async () => {
      const opening = callOf();
      await driver.closeAccess({ ...target, generation: target.generation + 1 }, null, callOf());
      const wish = { username: 'ada', password: 'known before' };
      await expect(open(wish, opening)).rejects.toEqual(faulty('resource'));
      await expect(fixture.letsIn(target, wish)).resolves.toBe(false);
    });

    test('a closing that arrives after a later opening ends nothing', async () => {
      const closing = callOf();
      const access = await driver.openAccess(
        { ...target, generation: target.generation + 1 },
        {},
        callOf(),
      );
      await expect(driver.closeAccess(target, null, closing)).rejects.toEqual(faulty('resource'));
      await expect(fixture.letsIn(target, access)).resolves.toBe(true);
    });

    test('close is no error if the resource is gone', async () => {
      useUp();
      await driver.destroy(target, callOf());
      await driver.closeAccess(target, { username: 'ada', password: 'x' }, callOf());
    });

    test('checking a missing resource is a failure, not a refusal', async () => {
      useUp();
      const access = await open();
      await driver.destroy(target, callOf());
      await expect(driver.checkCredential(target, access, callOf())).rejects.toEqual(
        faulty('resource'),
      );
    });

    test('after cleaning, the old login is dead; a late cleaning leaves the next holder alone', async () => {
      useUp();
      const old = await open({ username: 'ada', password: 'old one' });
      const stale = target;
      const cleaning = callOf();
      const { handle } = await driver.clean(stale, null, { ...cleaning, attempt: 2 });
      target = { ...stale, handle, generation: stale.generation + 1 };
      await expect(fixture.letsIn(target, old)).resolves.toBe(false);
      const next = await open({ username: 'ada', password: 'new one' });
      await expect(driver.clean(stale, null, cleaning)).rejects.toEqual(faulty('resource'));
      await driver
        .closeAccess(stale, old, { ...cleaning, attempt: 1 })
        .catch((error: unknown) => expect(error).toEqual(faulty('resource')));
      await expect(fixture.letsIn(target, next)).resolves.toBe(true);
      const found = await listed(driver, target.pool, callOf());
      if (driver.capabilities.provisions)
        expect(found.map((each) => each.handle)).toEqual([handle]);
      else expect(found).toEqual([]);
    });
  });
}

function describeRotation(current: () => DriverFixture, provisioned: Provisioned): void {
  describe('rotation', () => {
    let fixture: DriverFixture;
    let driver: Driver;
    let target: Target;
    let first: CredentialSecret;
    beforeEach(async () => {
      fixture = current();
      driver = fixture.driver;
      target = await provisioned();
      first = await driver.issueCredential(target, null, callOf());
    });

    test('the issued credential works beside the current one until that is retired', async () => {
      const next = await driver.issueCredential(target, first, callOf());
      await expect(driver.checkCredential(target, next, callOf())).resolves.toBe('accepted');
      await expect(driver.checkCredential(target, first, callOf())).resolves.toBe('accepted');
      await driver.retireCredential(target, first, next, callOf());
      await expect(driver.checkCredential(target, first, callOf())).resolves.toBe('refused');
      await expect(fixture.letsIn(target, next)).resolves.toBe(true);
      await driver.retireCredential(target, first, next, callOf());
    });

    test('a return shows the level that the driver declares, and the engine shows R1', async () => {
      const { proves = 'R0', replaces } = driver.capabilities;
      const { shown, showing } = recorder();
      const cleaned = await driver.clean(target, first, showing());
      target = { ...target, handle: cleaned.handle };
      const next = await driver.issueCredential(target, first, callOf());
      await driver.retireCredential(target, first, next, showing());
      if (isBelow('R1', proves) || replaces)
        expect({ shown, level: levelOf(shown) }).toMatchObject({ level: proves });
      else expect(isBelow(proves, levelOf(shown))).toBe(false);
    });

    test('a retry ends the orphan of the earlier attempt; the late attempt ends nothing', async () => {
      const call = callOf();
      const orphan = await driver.issueCredential(target, first, call);
      const next = await driver.issueCredential(target, first, { ...call, attempt: 2 });
      await expect(driver.checkCredential(target, orphan, callOf())).resolves.toBe('refused');
      await expect(driver.issueCredential(target, first, call)).rejects.toEqual(faulty('resource'));
      for (const live of [first, next])
        await expect(fixture.letsIn(target, live)).resolves.toBe(true);
    });

    test(
      'credentials issued by an abandoned operation end with the old credential, or with ' +
        'the first one',
      async () => {
        const forgotten = await driver.issueCredential(target, first, callOf());
        const next = await driver.issueCredential(target, first, callOf());
        await driver.retireCredential(target, first, next, callOf());
        for (const dead of [first, forgotten])
          await expect(driver.checkCredential(target, dead, callOf())).resolves.toBe('refused');
        await expect(fixture.letsIn(target, next)).resolves.toBe(true);
        const afresh = await driver.issueCredential(target, null, callOf());
        await expect(driver.checkCredential(target, next, callOf())).resolves.toBe('refused');
        await expect(fixture.letsIn(target, afresh)).resolves.toBe(true);
      },
    );

    test('nothing is issued to a caller with a wrong credential', async () => {
      const wrong =
        first.token === undefined ? { ...first, password: 'wrong' } : { token: 'wrong' };
      await expect(driver.issueCredential(target, wrong, callOf())).rejects.toEqual(
        faulty('resource'),
      );
    });

    test('verification with a refused credential fails', async () => {
      const next = await driver.issueCredential(target, first, callOf());
      await driver.retireCredential(target, first, next, callOf());
      await expect(driver.verify(target, next, callOf())).resolves.toMatchObject({ ok: true });
      await expect(driver.verify(target, first, callOf())).resolves.toMatchObject({ ok: false });
    });
  });
}
