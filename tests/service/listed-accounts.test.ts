import { importFile } from '../../src/api/import-file';
import { passwords } from '../../src/crypto/passwords';
import { importAll } from '../../src/legacy/import';
import { Pools } from '../../src/service/pools/pools';
import { keepPoolsFile } from '../../src/service/pools/pools-file-wait';
import { Resources } from '../../src/service/lifecycle/resources';
import { until } from '../../src/service/wait-until';
import { codeOf, somebody, TestEngine } from '../helpers/engine';

/**
 * Accounts listed in a file, beside resources that the server makes and that an admin removes:
 * names, numbers and sizes agree.
 */

const ann = somebody('ann');
const NO_CONTEXT = { requestId: null, idempotencyKey: null };

interface Listed {
  name: string;
  type?: string;
  username?: string;
}

const account = ({ name, type, username = `user-${name}` }: Listed) =>
  `{ name: ${name}, username: ${username}, password: secret${type ? `, type: ${type}` : ''} }`;
const LAB = (names: (string | Listed)[], { pool = 'lab', provisions = false } = {}) =>
  `{ name: ${pool}, kind: account, driver: simulated, simulate: true, settings: { provisions: ` +
  `${provisions} }, accounts: ` +
  `[${names.map((name) => account(typeof name === 'string' ? { name } : name)).join(', ')}] ` +
  '}';
const FILE = (...pools: string[]) => `pools: [${pools.join(', ')}]`;

async function start(...pools: string[]) {
  const test = await TestEngine.start({ pools: FILE(...pools) });
  const apply = async (...next: string[]) => {
    const warnings = await test.load(FILE(...next));
    await test.settle();
    return warnings;
  };
  const sizeOf = async (name = 'lab') => (await test.engine.store.read.pool(name))!.size;
  return {
    test,
    apply,
    sizeOf,
    pools: new Pools(test.engine),
    resources: new Resources(test.engine),
  };
}

/** Imports an account as `holdfast import` does. */
const importAccount = (test: TestEngine, { pool, name }: { pool: string; name: string }) =>
  importAll(
    test.engine,
    passwords(Buffer.alloc(32, 1), { cost: 4 }),
    importFile.parse({
      accounts: [{ pool, name, username: `user-${name}`, password: 'secret' }],
    }),
  );

const available = (...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, 'available']));

describe('a name that the server would choose next', () => {
  it('is skipped if a listed account of the pool has it', async () => {
    const { test, pools } = await start(LAB(['lab-3', 'lab-4'], { provisions: true }));
    await pools.change('lab', { size: 5 }, null);
    await test.settle();
    expect(await test.statuses('lab')).toEqual(
      available('lab-3', 'lab-4', 'lab-5', 'lab-6', 'lab-7'),
    );
    await pools.change('lab', { size: 7 }, null);
    await test.settle();
    expect(Object.values(await test.statuses('lab'))).toHaveLength(7);
  });

  it('is skipped if something in another pool has it', async () => {
    const { test } = await start(
      LAB(['boxes-1', 'boxes-3']),
      '{ name: boxes, kind: container, driver: simulated, size: 2 }',
    );
    expect(await test.statuses('boxes')).toEqual(available('boxes-2', 'boxes-4'));
  });

  it('is skipped if a resource is added by hand, or imported', async () => {
    const { test, resources } = await start(
      LAB(['boxes-1']),
      '{ name: boxes, kind: container, driver: simulated, sizing: manual }',
    );
    await resources.add('boxes', undefined, NO_CONTEXT);
    await test.settle();
    expect(await test.statuses('boxes')).toEqual(available('boxes-2'));
  });

  it(
    'is not taken from a resource that the server made: the account is reported, ' +
      'retried, and not counted',
    async () => {
      const { test, apply, sizeOf, resources } = await start(LAB(['one'], { provisions: true }));
      await new Pools(test.engine).change('lab', { size: 2 }, null);
      await test.settle();
      expect(await test.statuses('lab')).toEqual(available('one', 'lab-2'));
      const both = LAB(['one', 'lab-2'], { provisions: true });
      expect(await apply(both)).toEqual([
        expect.stringContaining(
          'account lab-2 of pool lab was left out: another resource has that name',
        ),
      ]);
      expect(await sizeOf()).toBe(2);
      await resources.delete('lab-2');
      await test.settle();
      expect(await apply(both)).toEqual([]);
      expect([await test.statuses('lab'), await sizeOf()]).toEqual([available('one', 'lab-2'), 2]);
    },
  );
});

describe('an account that returns while its old resource is being destroyed', () => {
  const back = async (during: (test: TestEngine) => Promise<void>) => {
    const started = await start(LAB(['one', 'two']));
    await started.test.load(FILE(LAB(['two'])));
    await during(started.test);
    return started;
  };

  it('is reported, and imported once that is gone', async () => {
    const { test, apply, sizeOf } = await back(async (it) =>
      expect((await it.resource('one')).status).toBe('destroying'),
    );
    const before = (await test.resource('one')).id;
    expect(await test.load(FILE(LAB(['one', 'two'])))).toEqual([
      expect.stringContaining(
        'account one of pool lab was left out: the resource of that name is still being removed',
      ),
    ]);
    await test.settle();
    expect([await test.statuses('lab'), await sizeOf()]).toEqual([available('two'), 1]);
    expect(await apply(LAB(['one', 'two']))).toEqual([]);
    expect([await test.statuses('lab'), await sizeOf()]).toEqual([available('one', 'two'), 2]);
    expect((await test.resource('one')).id).not.toBe(before);
  });

  it('is imported by the running server that read the file', async () => {
    const { test } = await back(async () => undefined);
    const said: string[] = [];
    const kept = await keepPoolsFile(test.engine, test.poolsFile(FILE(LAB(['one', 'two']))), {
      warn: (message) => said.push(message),
      error: (fields) => said.push(JSON.stringify(fields)),
    });
    const isNew = async () =>
      (await test.engine.store.read.resource('one'))?.resource.status === 'provisioning';
    expect([said.length, await isNew()]).toEqual([1, false]);
    await test.runner().settle();
    expect(await until(test.engine.store, isNew, 10_000)).toBe(true);
    await kept.stop();
    await test.settle();
    expect(await test.statuses('lab')).toEqual(available('one', 'two'));
    expect(said).toHaveLength(1);
  });

  it('is reported if an admin has removed its type from the pool meanwhile', async () => {
    const two = { name: 'two', type: 'free' };
    const both = LAB([{ name: 'one', type: 'lite' }, two]);
    const { test, apply, sizeOf, pools } = await start(both);
    await test.load(FILE(LAB([two])));
    await test.load(FILE(both));
    await pools.change('lab', { types: [{ name: 'free', share: 1, spec: {} }] }, null);
    await test.settle();
    expect(await apply(both)).toEqual([
      expect.stringContaining('account one of pool lab was left out: an admin removed its type'),
    ]);
    expect([await test.statuses('lab'), await sizeOf()]).toEqual([available('two'), 1]);
  });

  it('may return in another pool of the file', async () => {
    const { test, apply } = await start(LAB(['one', 'two']), LAB(['three'], { pool: 'den' }));
    const moved = [LAB(['two']), LAB(['three', 'one'], { pool: 'den' })];
    expect(await apply(...moved)).toEqual([expect.stringContaining('account one of pool den')]);
    expect(await apply(...moved)).toEqual([]);
    expect([await test.statuses('lab'), await test.statuses('den')]).toEqual([
      available('two'),
      available('one', 'three'),
    ]);
  });
});

describe('an account that an admin removed', () => {
  it.each([false, true])(
    'by deleting is not replaced when the file changes (driver that makes others: %s)',
    async (provisions) => {
      const lab = (...names: string[]) => LAB(names, { provisions });
      const { test, apply, sizeOf, resources } = await start(lab('one', 'two', 'three'));
      await resources.delete('one');
      await test.settle();
      await apply(lab('one', 'two', 'three', 'four'));
      expect([await test.statuses('lab'), await sizeOf()]).toEqual([
        available('two', 'three', 'four'),
        3,
      ]);
      await apply(lab('two', 'four'));
      expect([await test.statuses('lab'), await sizeOf()]).toEqual([available('two', 'four'), 2]);
    },
  );

  it('by deleting does not make the pool swap one type for another', async () => {
    const [one, two, three, four] = ['one', 'two', 'three', 'four'].map((name, index) => ({
      name,
      type: index < 2 ? 'free' : 'lite',
    }));
    const { test, apply, resources } = await start(LAB([one!, two!, three!], { provisions: true }));
    await resources.delete('one');
    await test.settle();
    await apply(LAB([one!, two!, three!, four!], { provisions: true }));
    expect(await test.statuses('lab')).toEqual(available('two', 'three', 'four'));
  });

  it('by draining, where the driver makes no other, leaves the pool one smaller', async () => {
    const { test, apply, sizeOf, resources } = await start(LAB(['one', 'two']));
    const loan = await test.reserve(ann, { pool: 'lab' });
    const { name } = loan.resources[0]!.resource;
    await resources.setAdminState(name, 'draining');
    expect(await sizeOf()).toBe(1);
    await resources.setAdminState(name, 'in_service');
    expect(await sizeOf()).toBe(2);
    await resources.setAdminState(name, 'draining');
    await test.release(ann, loan.id);
    await test.settle();
    await apply(LAB(['one', 'two', 'three']));
    expect([Object.keys(await test.statuses('lab')).length, await sizeOf()]).toEqual([2, 2]);
  });

  it('and does not shrink another pool', async () => {
    const den = '{ name: den, kind: account, driver: simulated, simulate: true, size: 0 }';
    const { test, apply } = await start(LAB(['one']), den);
    await importAccount(test, { pool: 'den', name: 'two' });
    const both = LAB(['one', { name: 'two', username: 'another' }]);
    expect(await apply(both, den)).toEqual([
      expect.stringContaining('account two of pool lab was left out'),
    ]);
    await apply(LAB(['one']), den);
    expect(await test.statuses('den')).toEqual(available('two'));
  });
});

describe('a change of the list', () => {
  it('may bring a type that the pool did not have', async () => {
    const { test, apply } = await start(LAB([{ name: 'one', type: 'free' }]));
    await apply(
      LAB([
        { name: 'one', type: 'free' },
        { name: 'two', type: 'lite' },
      ]),
    );
    expect((await test.resource('two')).type).toBe('lite');
    await apply(LAB([{ name: 'two', type: 'lite' }]));
    expect(await test.statuses('lab')).toEqual(available('two'));
  });

  it('that removes an account and adds it back while it is lent leaves the size alone', async () => {
    const { test, apply, sizeOf } = await start(LAB(['one', 'two']));
    const loan = await test.reserve(ann, { pool: 'lab' });
    const { name } = loan.resources[0]!.resource;
    await apply(LAB(['one', 'two'].filter((each) => each !== name)));
    expect(await sizeOf()).toBe(1);
    await apply(LAB(['one', 'two']));
    expect([await sizeOf(), (await test.resource(name)).adminState]).toEqual([2, 'in_service']);
  });

  it('may turn a pool of a size into one of accounts, and back', async () => {
    const sized = (size: number) =>
      `{ name: lab, kind: account, driver: simulated, settings: { provisions: true }, size: ${size} }`;
    const { test, apply, sizeOf } = await start(sized(2));
    await apply(LAB(['one', 'two', 'three'], { provisions: true }));
    expect([await test.statuses('lab'), await sizeOf()]).toEqual([
      available('one', 'two', 'three'),
      3,
    ]);
    await apply(sized(2));
    expect([Object.keys(await test.statuses('lab')), await sizeOf()]).toEqual([
      expect.not.arrayContaining(['one', 'two', 'three']),
      2,
    ]);
  });

  it('that was interrupted is completed', async () => {
    const { test, apply } = await start();
    const file = LAB(['one', 'two']);
    // As far as it got: the pool and one account, but no copy of the file.
    await test.load(FILE(LAB(['one'])));
    await test.engine.store.setMetadata('pools_file', '[]');
    await apply(file);
    expect(await test.statuses('lab')).toEqual(available('one', 'two'));
  });
});

describe('an import from a file of another system', () => {
  it('reports a name that is taken or still being removed, and does not count it', async () => {
    const { test } = await start(LAB(['one']), LAB(['two'], { pool: 'den' }));
    const run = (name: string) => importAccount(test, { pool: 'lab', name });
    expect(await codeOf(run('two'))).toBe('conflict');
    expect((await run('one')).accounts).toEqual({ imported: 0, present: 1 });
    await new Resources(test.engine).delete('one');
    expect(await codeOf(run('one'))).toBe('conflict');
    await test.settle();
    expect((await run('one')).accounts).toEqual({ imported: 1, present: 0 });
  });
});
