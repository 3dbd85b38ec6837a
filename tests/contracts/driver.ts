import type { Capabilities } from '../../src/domain/operation';
import type { AccessWish } from '../../src/domain/reservation';
import type { Call, CredentialSecret, Driver, Thing } from '../../src/drivers/driver';
import { DriverError } from '../../src/drivers/driver';
import { listed } from '../helpers/listed';

/** A back end of its own for one test, with two installations on it. */
export interface DriverFixture {
  driver: Driver;
  /** A driver of another installation on the same back end. */
  stranger: Driver;
  kind: Thing['kind'];
  /** A login beside the driver: does the thing really let this credential in? */
  letsIn(thing: Thing, credential: CredentialSecret): Promise<boolean>;
  /**
   * Opens a session and holds it; `cut` resolves when it is ended from the other side. Absent where
   * there are none.
   */
  holdSession?(thing: Thing, credential: CredentialSecret): Promise<{ cut: Promise<void> }>;
  /** A key pair in OpenSSH form. */
  keys: { publicKey: string; privateKey: string };
  /** Ends what the test made. */
  close(): Promise<void>;
}

export interface DriverUnderTest {
  capabilities: Capabilities;
  make: () => Promise<DriverFixture>;
}

let count = 0;
const run = `${process.pid}-${Date.now().toString(36)}`;

/** Ids rise, as those of operations do. */
const newId = (prefix: string) => `${prefix}-${run}-${String(++count).padStart(6, '0')}`;

/** A call of a new operation, or of a given one. */
export function callOf(
  operationId = newId('op'),
  attempt = 1,
  signal: AbortSignal = AbortSignal.timeout(30_000),
): Call {
  return { operationId, attempt, requestId: null, signal };
}

/** A thing that is still to be made. */
export function newThing(kind: Thing['kind'], pool = newId('pool')): Thing {
  return {
    resourceId: newId('res'),
    pool,
    name: 'thing-1',
    kind,
    type: 'small',
    spec: {},
    generation: 1,
    handle: null,
  };
}

/** Matches a DriverError, of this scope if one is given. */
function faulty(scope?: 'resource' | 'backend'): unknown {
  return expect.objectContaining({ name: 'DriverError', ...(scope && { scope }) });
}

/**
 * What every driver promises, whatever it lends. Cases of a capability that the driver lacks are
 * left out.
 */
export function describeDriver(name: string, { capabilities, make }: DriverUnderTest): void {
  describe(`the ${name} driver keeps the contract`, () => {
    let fixture: DriverFixture;
    let driver: Driver;
    beforeEach(async () => {
      fixture = await make();
      driver = fixture.driver;
    });
    afterEach(() => fixture.close());

    const provisioned = async (): Promise<Thing> => {
      const thing = newThing(fixture.kind);
      return { ...thing, handle: (await driver.provision(thing, callOf())).handle };
    };
    const handlesOf = async (thing: Thing) =>
      (await listed(driver, thing.pool, callOf())).map((found) => found.handle);

    test('says what it can do', () => expect(driver.capabilities).toEqual(capabilities));

    describe('making and removing', () => {
      test('a provisioned thing is sound and listed with its labels', async () => {
        const thing = newThing(fixture.kind);
        const call = callOf();
        const { handle } = await driver.provision(thing, call);
        expect(await listed(driver, thing.pool, callOf())).toEqual([
          { handle, resourceId: thing.resourceId, operationId: call.operationId },
        ]);
        await expect(driver.verify({ ...thing, handle }, null, callOf())).resolves.toMatchObject({
          ok: true,
        });
      });

      test('a retry of provision leaves one thing, and the late first attempt none more', async () => {
        const thing = newThing(fixture.kind);
        const { operationId } = callOf();
        const first = await driver.provision(thing, callOf(operationId, 1));
        const second = await driver.provision(thing, callOf(operationId, 2));
        expect(second.handle).not.toBe(first.handle);
        expect(await handlesOf(thing)).toEqual([second.handle]);
        await expect(driver.provision(thing, callOf(operationId, 1))).rejects.toEqual(
          faulty('resource'),
        );
        expect(await handlesOf(thing)).toEqual([second.handle]);
      });

      test('what is gone does not verify, and destroying or removing it again is no error', async () => {
        const thing = await provisioned();
        await driver.destroy(thing, callOf());
        expect(await handlesOf(thing)).toEqual([]);
        await expect(driver.verify(thing, null, callOf())).resolves.toMatchObject({ ok: false });
        await driver.destroy(thing, callOf());
        await driver.remove(
          { handle: thing.handle!, resourceId: thing.resourceId, operationId: 'x' },
          callOf(),
        );
      });

      test('destroy removes what an attempt left whose answer was lost', async () => {
        const thing = await provisioned();
        await driver.destroy({ ...thing, handle: null }, callOf());
        expect(await handlesOf(thing)).toEqual([]);
      });

      test('remove takes one listed thing and leaves its neighbour', async () => {
        const thing = await provisioned();
        const neighbour = newThing(fixture.kind, thing.pool);
        const { handle } = await driver.provision(neighbour, callOf());
        const found = (await listed(driver, thing.pool, callOf())).find(
          (each) => each.handle === thing.handle,
        );
        await driver.remove(found!, callOf());
        expect(await handlesOf(thing)).toEqual([handle]);
      });

      test('another installation neither sees nor removes it', async () => {
        const thing = await provisioned();
        expect(await listed(fixture.stranger, thing.pool, callOf())).toEqual([]);
        await fixture.stranger.remove(
          { handle: thing.handle!, resourceId: thing.resourceId, operationId: 'x' },
          callOf(),
        );
        await fixture.stranger.destroy(thing, callOf());
        expect(await handlesOf(thing)).toEqual([thing.handle]);
      });
    });

    describe('deadlines', () => {
      test('after the deadline every call fails with a DriverError and nothing is made', async () => {
        const thing = newThing(fixture.kind);
        const late = callOf(undefined, 1, AbortSignal.abort());
        await expect(driver.provision(thing, late)).rejects.toEqual(faulty());
        await expect(listed(driver, thing.pool, late)).rejects.toEqual(faulty());
        expect(await handlesOf(thing)).toEqual([]);
        const made = await provisioned();
        await expect(driver.verify(made, null, late)).rejects.toEqual(faulty());
        await expect(driver.clean(made, null, late)).rejects.toEqual(faulty());
        await expect(driver.destroy(made, late)).rejects.toEqual(faulty());
        expect(await handlesOf(made)).toEqual([made.handle]);
      });
    });

    describe('cleaning', () => {
      test('a retry leaves one sound thing', async () => {
        const thing = await provisioned();
        const { operationId } = callOf();
        await driver.clean(thing, null, callOf(operationId, 1));
        const { handle } = await driver.clean(thing, null, callOf(operationId, 2));
        expect(await handlesOf(thing)).toEqual([handle]);
        await expect(driver.verify({ ...thing, handle }, null, callOf())).resolves.toMatchObject({
          ok: true,
        });
      });

      test('a thing that is gone fails to clean, or comes back; it is never silently passed over', async () => {
        const thing = await provisioned();
        await driver.destroy(thing, callOf());
        const cleaned = await driver.clean(thing, null, callOf()).catch((error: unknown) => error);
        if (cleaned instanceof DriverError) expect(cleaned.scope).toBe('resource');
        else expect(await handlesOf(thing)).toEqual([(cleaned as { handle: string }).handle]);
      });
    });

    if (capabilities.opensAccess) describeAccess(() => fixture, provisioned);
    if (capabilities.rotates) describeRotation(() => fixture, provisioned);
  });
}

type Provisioned = () => Promise<Thing>;

function describeAccess(current: () => DriverFixture, provisioned: Provisioned): void {
  describe('access', () => {
    let fixture: DriverFixture;
    let driver: Driver;
    let thing: Thing;
    beforeEach(async () => {
      fixture = current();
      driver = fixture.driver;
      thing = await provisioned();
    });
    const open = (wish: AccessWish = {}, call = callOf()) => driver.openAccess(thing, wish, call);

    test('a name and a password are made up where none is wished, and they work', async () => {
      const access = await open();
      expect(access).toMatchObject({ username: expect.any(String), password: expect.any(String) });
      await expect(fixture.letsIn(thing, access)).resolves.toBe(true);
      await expect(fixture.letsIn(thing, { ...access, password: 'wrong' })).resolves.toBe(false);
      await expect(driver.checkCredential(thing, access, callOf())).resolves.toBe('accepted');
      await expect(
        driver.checkCredential(thing, { ...access, password: 'wrong' }, callOf()),
      ).resolves.toBe('refused');
    });

    test('a wished name and password are taken', async () => {
      const access = await open({ username: 'ada', password: 'correct horse' });
      expect(access).toMatchObject({ username: 'ada', password: 'correct horse' });
      await expect(
        fixture.letsIn(thing, { username: 'ada', password: 'correct horse' }),
      ).resolves.toBe(true);
    });

    test('a wished key works, and no password is made beside it', async () => {
      const { publicKey, privateKey } = fixture.keys;
      const access = await open({ username: 'ada', publicKey });
      expect(access.password).toBeUndefined();
      await expect(fixture.letsIn(thing, { username: 'ada', privateKey, publicKey })).resolves.toBe(
        true,
      );
    });

    test('a retry ends what the first attempt opened; the late first attempt changes nothing', async () => {
      const call = callOf();
      const wish = { username: 'ada' };
      const first = await open(wish, call);
      const second = await open(wish, { ...call, attempt: 2 });
      await expect(fixture.letsIn(thing, first)).resolves.toBe(false);
      await expect(open(wish, call)).rejects.toEqual(faulty('resource'));
      await expect(fixture.letsIn(thing, second)).resolves.toBe(true);
    });

    test('close ends the login and cuts sessions; closing again is no error', async () => {
      const access = await open();
      const session = await fixture.holdSession?.(thing, access);
      await driver.closeAccess(thing, access, callOf());
      await session?.cut;
      await expect(fixture.letsIn(thing, access)).resolves.toBe(false);
      await driver.closeAccess(thing, access, callOf());
      await expect(driver.verify(thing, null, callOf())).resolves.toMatchObject({ ok: true });
    });

    test('close ends also an access whose credential never arrived', async () => {
      const access = await open({ username: 'ada' });
      await driver.closeAccess(thing, null, callOf());
      await expect(fixture.letsIn(thing, access)).resolves.toBe(false);
    });

    test('an opening that comes after the closing opens nothing', async () => {
      const opening = callOf();
      await driver.closeAccess({ ...thing, generation: thing.generation + 1 }, null, callOf());
      const wish = { username: 'ada', password: 'known before' };
      await expect(open(wish, opening)).rejects.toEqual(faulty('resource'));
      await expect(fixture.letsIn(thing, wish)).resolves.toBe(false);
    });

    test('a closing that comes after a later opening ends nothing', async () => {
      const closing = callOf();
      const access = await driver.openAccess(
        { ...thing, generation: thing.generation + 1 },
        {},
        callOf(),
      );
      await expect(driver.closeAccess(thing, null, closing)).rejects.toEqual(faulty('resource'));
      await expect(fixture.letsIn(thing, access)).resolves.toBe(true);
    });

    test('close is no error where the thing is gone', async () => {
      await driver.destroy(thing, callOf());
      await driver.closeAccess(thing, { username: 'ada', password: 'x' }, callOf());
    });

    test('a check of a thing that is gone is a failure and not a refusal', async () => {
      const access = await open();
      await driver.destroy(thing, callOf());
      await expect(driver.checkCredential(thing, access, callOf())).rejects.toEqual(
        faulty('resource'),
      );
    });

    test(
      'after cleaning the old login is refused, and a late cleaning leaves the next holder ' +
        'alone',
      async () => {
        const old = await open({ username: 'ada', password: 'old one' });
        const stale = thing;
        const cleaning = callOf();
        const { handle } = await driver.clean(stale, null, { ...cleaning, attempt: 2 });
        thing = { ...stale, handle, generation: stale.generation + 1 };
        await expect(fixture.letsIn(thing, old)).resolves.toBe(false);
        const next = await open({ username: 'ada', password: 'new one' });
        await expect(driver.clean(stale, null, cleaning)).rejects.toEqual(faulty('resource'));
        await driver
          .closeAccess(stale, old, { ...cleaning, attempt: 1 })
          .catch((error: unknown) => expect(error).toEqual(faulty('resource')));
        await expect(fixture.letsIn(thing, next)).resolves.toBe(true);
        expect((await listed(driver, thing.pool, callOf())).map((found) => found.handle)).toEqual([
          handle,
        ]);
      },
    );
  });
}

function describeRotation(current: () => DriverFixture, provisioned: Provisioned): void {
  describe('rotation', () => {
    let fixture: DriverFixture;
    let driver: Driver;
    let thing: Thing;
    let first: CredentialSecret;
    beforeEach(async () => {
      fixture = current();
      driver = fixture.driver;
      thing = await provisioned();
      first = await driver.issueCredential(thing, null, callOf());
    });

    test('the issued credential works beside the current one, which dies only when it is retired', async () => {
      const next = await driver.issueCredential(thing, first, callOf());
      await expect(driver.checkCredential(thing, next, callOf())).resolves.toBe('accepted');
      await expect(driver.checkCredential(thing, first, callOf())).resolves.toBe('accepted');
      await driver.retireCredential(thing, first, next, callOf());
      await expect(driver.checkCredential(thing, first, callOf())).resolves.toBe('refused');
      await expect(fixture.letsIn(thing, next)).resolves.toBe(true);
      await driver.retireCredential(thing, first, next, callOf());
    });

    test('a retry ends the orphan of the earlier attempt; the late attempt ends nothing', async () => {
      const call = callOf();
      const orphan = await driver.issueCredential(thing, first, call);
      const next = await driver.issueCredential(thing, first, { ...call, attempt: 2 });
      await expect(driver.checkCredential(thing, orphan, callOf())).resolves.toBe('refused');
      await expect(driver.issueCredential(thing, first, call)).rejects.toEqual(faulty('resource'));
      for (const live of [first, next])
        await expect(fixture.letsIn(thing, live)).resolves.toBe(true);
    });

    test(
      'what an operation that was given up has issued ends with the old credential, or with ' +
        'the first that there is',
      async () => {
        const forgotten = await driver.issueCredential(thing, first, callOf());
        const next = await driver.issueCredential(thing, first, callOf());
        await driver.retireCredential(thing, first, next, callOf());
        for (const dead of [first, forgotten])
          await expect(driver.checkCredential(thing, dead, callOf())).resolves.toBe('refused');
        await expect(fixture.letsIn(thing, next)).resolves.toBe(true);
        const afresh = await driver.issueCredential(thing, null, callOf());
        await expect(driver.checkCredential(thing, next, callOf())).resolves.toBe('refused');
        await expect(fixture.letsIn(thing, afresh)).resolves.toBe(true);
      },
    );

    test('nothing is issued to somebody who shows a wrong credential', async () => {
      const wrong =
        first.token === undefined ? { ...first, password: 'wrong' } : { token: 'wrong' };
      await expect(driver.issueCredential(thing, wrong, callOf())).rejects.toEqual(
        faulty('resource'),
      );
    });

    test('verification with a refused credential fails', async () => {
      const next = await driver.issueCredential(thing, first, callOf());
      await driver.retireCredential(thing, first, next, callOf());
      await expect(driver.verify(thing, next, callOf())).resolves.toMatchObject({ ok: true });
      await expect(driver.verify(thing, first, callOf())).resolves.toMatchObject({ ok: false });
    });
  });
}
