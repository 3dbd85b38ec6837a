import { Pools } from '../../src/service/pools/pools';
import { somebody, TestEngine } from '../helpers/engine';

/**
 * Point 6: only changes since the pools file was last loaded are applied, and nothing is done
 * twice.
 */

const ann = somebody('ann');
const account = (name: string) =>
  `{ name: ${name}, username: ${name}, password: first-of-${name} }`;
const LAB = (names: string[]) =>
  'pools: [{ name: lab, kind: account, driver: simulated, simulate: true, settings: { provisions: false }, ' +
  `accounts: [${names.map(account).join(', ')}] }]`;
const FREE = (rest: string) => `pools: [{ name: free, kind: account, driver: simulated, ${rest} }]`;

async function start(pools: string) {
  const test = await TestEngine.start({ pools });
  const apply = async (text: string) => {
    const warnings = await test.load(text);
    await test.settle();
    return warnings;
  };
  const pool = async (name = 'free') => (await test.engine.store.read.pool(name))!;
  return { test, apply, pool, pools: new Pools(test.engine) };
}

describe('a pools file', () => {
  it('applied twice does nothing the second time', async () => {
    const { test, apply, pool } = await start(FREE('size: 2'));
    const before = [await pool(), await test.engine.store.read.lastSeq()];
    expect(await apply(FREE('size: 2'))).toEqual([]);
    expect([await pool(), await test.engine.store.read.lastSeq()]).toEqual(before);
  });

  it('when edited, changes what was edited, under live leases', async () => {
    const { test, apply, pool } = await start(FREE('size: 2'));
    const loan = await test.reserve(ann, { pool: 'free', count: 2 });
    await apply(FREE('size: 1, lease: { default: 5m }'));
    expect(await pool()).toMatchObject({ size: 1, policy: { lease: { default: 300_000 } } });
    expect(await test.view(ann, loan.id)).toMatchObject({ status: 'active', endsAt: loan.endsAt });
    await test.release(ann, loan.id);
    await test.settle();
    expect(await test.statuses('free')).toEqual({ 'free-1': 'available' });
  });

  it("does not undo an admin's changes, and applies the rest", async () => {
    const { apply, pool, pools } = await start(FREE('size: 2, labels: { zone: eu }'));
    await pools.change('free', { size: 4 }, null);
    await apply(FREE('size: 2, labels: { zone: eu }'));
    expect((await pool()).size).toBe(4);
    await apply(FREE('size: 2, labels: { zone: us }'));
    expect(await pool()).toMatchObject({ size: 4, labels: { zone: 'us' } });
    await apply(FREE('size: 3, labels: { zone: us }'));
    expect((await pool()).size).toBe(3);
  });

  it('does not touch a pool made through the API', async () => {
    const { apply, pool, pools } = await start(FREE('size: 1'));
    const {
      id: _id,
      version: _version,
      createdAt: _createdAt,
      deletingAt: _deletingAt,
      ...fields
    } = await pool();
    await pools.create(
      { ...fields, name: 'mine', origin: 'api' },
      { requestId: null, idempotencyKey: null },
    );
    const warnings = await apply(
      'pools: [{ name: mine, kind: account, driver: simulated, size: 9 }]',
    );
    expect(warnings).toEqual([expect.stringContaining('mine')]);
    expect((await pool('mine')).size).toBe(1);
  });

  it('without one of its former pools removes that pool, once its last loan has ended', async () => {
    const { test, apply } = await start(FREE('size: 1'));
    const loan = await test.reserve(ann, { pool: 'free' });
    await apply('pools: []');
    expect((await test.view(ann, loan.id)).resources[0]!.credentials).not.toBeNull();
    await test.release(ann, loan.id);
    await test.settle();
    await test.settle();
    expect(await test.engine.store.read.pool('free')).toBeNull();
  });

  it('does not bring back what an admin removed', async () => {
    const { test, apply, pools } = await start(FREE('size: 1'));
    await pools.delete('free', null);
    await test.settle();
    await test.settle();
    expect(await apply(FREE('size: 1'))).toEqual([expect.stringContaining('an admin removed it')]);
    expect(await test.engine.store.read.pool('free')).toBeNull();
  });
});

describe('listed accounts', () => {
  it('are imported with their credentials, and rotated before they are lent', async () => {
    const { test } = await start(LAB(['one', 'two']));
    expect(await test.statuses('lab')).toEqual({ one: 'available', two: 'available' });
    const { resource, credentials } = (await test.reserve(ann, { pool: 'lab' })).resources[0]!;
    expect(credentials!.username).toBe(resource.name);
    expect(test.letsIn(resource, credentials!)).toBe(true);
    expect(
      test.letsIn(resource, { username: resource.name, password: `first-of-${resource.name}` }),
    ).toBe(false);
  });

  it(
    'are imported once: never again after a rotation, even if their password in the ' +
      'file changes',
    async () => {
      const { test, apply } = await start(LAB(['one']));
      const before = await test.engine.store.read.lastSeq();
      await apply(LAB(['one']).replace('first-of-one', 'another'));
      expect(await test.engine.store.read.lastSeq()).toBe(before);
      const { resource, credentials } = (await test.reserve(ann, { pool: 'lab' })).resources[0]!;
      expect(test.letsIn(resource, credentials!)).toBe(true);
      expect(test.letsIn(resource, { username: 'one', password: 'another' })).toBe(false);
    },
  );

  it('that are added join the others', async () => {
    const { test, apply, pool } = await start(LAB(['one']));
    const loan = await test.reserve(ann, { pool: 'lab' });
    await apply(LAB(['one', 'two']));
    expect(await test.statuses('lab')).toEqual({ one: 'allocated', two: 'available' });
    expect([(await pool('lab')).size, (await test.view(ann, loan.id)).status]).toEqual([
      2,
      'active',
    ]);
  });

  it.each([true, false])(
    'that are removed go, and only these (driver that makes others: %s)',
    async (provisions) => {
      const file = (names: string[]) =>
        LAB(names).replace('provisions: false', `provisions: ${provisions}`);
      const { test, apply, pool } = await start(file(['one', 'two', 'three']));
      await apply(file(['two', 'three']));
      expect(await test.statuses('lab')).toEqual({ two: 'available', three: 'available' });
      expect((await pool('lab')).size).toBe(2);
    },
  );

  it('that are removed while they are lent go when the loan ends', async () => {
    const { test, apply } = await start(LAB(['one', 'two']));
    const loan = await test.reserve(ann, { pool: 'lab' });
    const { name } = loan.resources[0]!.resource;
    await apply(LAB(['one', 'two'].filter((each) => each !== name)));
    expect((await test.view(ann, loan.id)).resources[0]!.credentials).not.toBeNull();
    await test.release(ann, loan.id);
    await test.settle();
    expect(Object.keys(await test.statuses('lab'))).toEqual(
      ['one', 'two'].filter((each) => each !== name),
    );
  });

  it('that return while they still drain are kept', async () => {
    const { test, apply } = await start(LAB(['one', 'two']));
    const loan = await test.reserve(ann, { pool: 'lab' });
    const { name } = loan.resources[0]!.resource;
    await apply(LAB(['one', 'two'].filter((each) => each !== name)));
    await apply(LAB(['one', 'two']));
    await test.release(ann, loan.id);
    await test.settle();
    expect(await test.statuses('lab')).toEqual({ one: 'available', two: 'available' });
  });
});
