import { Pools } from '../../src/service/pools/pools';
import { Resources } from '../../src/service/lifecycle/resources';
import { codeOf, somebody, TestEngine } from '../helpers/engine';

/** Resources that a pools file lists: their fields, their secrets and their seats. */

const [ann, bob] = [somebody('ann'), somebody('bob')];

interface Entry {
  name: string;
  seats?: number;
  fields?: Record<string, string | number>;
  secrets?: Record<string, string>;
}

/** A pool whose driver makes, rotates and cleans nothing unless `settings` say so. */
const POOL = (resources: Entry[], settings: object = {}) =>
  JSON.stringify({
    name: 'lab',
    kind: 'item',
    driver: 'simulated',
    simulate: true,
    settings: { provisions: false, rotates: false, leavesNothing: true, ...settings },
    resources,
  });
const SECRET = 'hush-hush';
const one = (fields: Entry['fields'], password = SECRET): Entry => ({
  name: 'one',
  fields,
  secrets: { username: 'u', password },
});

async function start(...pools: string[]) {
  const test = await TestEngine.start({ pools: `{ pools: [${pools.join(', ')}] }` });
  const apply = async (...next: string[]) => {
    const warnings = await test.load(`{ pools: [${next.join(', ')}] }`);
    await test.settle();
    return warnings;
  };
  const sizeOf = async () => (await test.engine.store.read.pool('lab'))!.size;
  const resources = new Resources(test.engine);
  return { test, apply, sizeOf, resources, pools: new Pools(test.engine) };
}

const names = async (test: TestEngine) => Object.keys(await test.statuses('lab')).sort();

describe('a listed resource', () => {
  it('shows its fields to everybody and its secrets to the holder alone', async () => {
    const { test, resources } = await start(POOL([one({ host: 'a', port: 22 })]));
    const loan = await test.reserve(ann, { pool: 'lab' });
    expect(loan.resources[0]).toMatchObject({
      details: { host: 'a', port: 22 },
      credentials: expect.objectContaining({ password: SECRET }) as object,
    });
    const others = await test.view(bob, loan.id);
    expect(others.resources[0]).toMatchObject({ details: { host: 'a' }, credentials: null });
    expect((await resources.find('one')).details).toEqual({ host: 'a', port: 22 });
    const { read } = test.engine.store;
    const open = [await resources.find('one'), await read.eventsAfter(0, 1000), await read.pools()];
    expect(JSON.stringify(open)).not.toContain(SECRET);
    expect(await test.engine.store.metadata('pools_file')).not.toContain(SECRET);
  });

  it('keeps its fields through cleaning and rotation', async () => {
    const { test, resources } = await start(
      POOL([one({ host: 'a' })], { leavesNothing: false, rotates: true }),
    );
    const { id } = await test.reserve(ann, { pool: 'lab' });
    await test.release(ann, id);
    await test.settle();
    expect(await test.statuses('lab')).toEqual({ one: 'available' });
    expect((await resources.find('one')).details).toEqual({ host: 'a' });
  });

  it('gets changed fields and is verified with them, and keeps its credential', async () => {
    const { test, apply, resources } = await start(POOL([one({ host: 'a', port: 22 })]));
    const before = (await test.resource('one')).verifiedAt!;
    test.clock.advance(5);
    await apply(POOL([one({ host: 'b' }, 'another')]));
    expect((await resources.find('one')).details).toEqual({ host: 'b' });
    expect((await test.resource('one')).verifiedAt).toBeGreaterThan(before);
    const loan = await test.reserve(ann, { pool: 'lab' });
    expect(loan.resources[0]!.credentials).toMatchObject({ password: SECRET });
  });

  it('that is lent shows changed fields to its holder, and stays lent', async () => {
    const { test, apply } = await start(POOL([one({ host: 'a' })]));
    const { id } = await test.reserve(ann, { pool: 'lab' });
    await apply(POOL([one({ host: 'b' })]));
    expect(await test.view(ann, id)).toMatchObject({
      status: 'active',
      resources: [{ details: { host: 'b' } }],
    });
  });

  it('that an admin removed is left alone when its fields change', async () => {
    const { test, apply, resources } = await start(POOL([one({ host: 'a' })]));
    await resources.delete('one');
    await test.settle();
    expect(await apply(POOL([one({ host: 'b' })]))).toEqual([]);
    expect(await names(test)).toEqual([]);
  });

  it('does not take the place of one that the driver made under its name', async () => {
    const sized = '{ name: den, kind: item, driver: simulated, simulate: true, size: 1 }';
    const listing = (text: string) =>
      text.replace('size: 1', 'resources: [{ name: den-1, fields: { host: a } }]');
    const { apply, resources } = await start(sized);
    expect(await apply(listing(sized))).toEqual([
      expect.stringContaining('resource den-1 of pool den was left out: another resource'),
    ]);
    expect((await resources.find('den-1').catch(() => null))?.resource.fields ?? null).toBeNull();
  });
});

it('a file that was loaded by a version without fields is not imported again', async () => {
  const pool = POOL([]).replace('"item"', '"account"').replace('"resources":[]', '"accounts":[]');
  const text = pool.replace(
    '"accounts":[]',
    '"accounts":[{"name":"one","username":"u","password":"p"}]',
  );
  const { test, apply, sizeOf } = await start(text);
  const [copy] = JSON.parse((await test.engine.store.metadata('pools_file'))!) as [
    Record<string, unknown>,
  ];
  const { listed: _new, ...rest } = copy;
  await test.engine.store.setMetadata(
    'pools_file',
    JSON.stringify([{ ...rest, accounts: ['one'] }]),
  );
  await new Resources(test.engine).delete('one');
  await test.settle();
  expect(await apply(text)).toEqual([]);
  expect([await names(test), await sizeOf()]).toEqual([[], 0]);
});

describe('seats', () => {
  const seats = (count: number, name = 'cad') =>
    POOL([{ name, seats: count, fields: { host: 'a' }, secrets: { password: SECRET } }]);

  it('are lent to as many holders at once, with the same fields and secrets', async () => {
    const { test } = await start(seats(3));
    const people = ['ann', 'bob', 'cid'].map((name) => somebody(name));
    const loans = [];
    for (const person of people) loans.push(await test.reserve(person, { pool: 'lab' }));
    expect(loans.map(({ resources: [seat] }) => seat!.resource.name)).toEqual([
      'cad.1',
      'cad.2',
      'cad.3',
    ]);
    for (const { resources } of loans)
      expect(resources[0]).toMatchObject({
        details: { host: 'a' },
        credentials: expect.objectContaining({ password: SECRET }) as object,
      });
    const last = await test.reserve(somebody('dan'), { pool: 'lab' });
    expect(last.status).toBe('queued');
    await test.release(people[1]!, loans[1]!.id);
    await test.settle();
    expect(await test.view(somebody('dan'), last.id)).toMatchObject({
      status: 'active',
      resources: [{ resource: { name: 'cad.2' } }],
    });
  });

  it('become more and fewer with the file, and no loan is cut off', async () => {
    const { test, apply, sizeOf } = await start(seats(2));
    await apply(seats(3));
    expect([await names(test), await sizeOf()]).toEqual([['cad.1', 'cad.2', 'cad.3'], 3]);
    const loan = await test.reserve(ann, { pool: 'lab', count: 3 });
    await apply(seats(1));
    expect(await sizeOf()).toBe(1);
    expect((await test.view(ann, loan.id)).resources).toHaveLength(3);
    await test.release(ann, loan.id);
    await test.settle();
    expect(await names(test)).toEqual(['cad.1']);
  });

  it('are refused settings with which one seat would disturb the others', async () => {
    const { pools, test } = await start(seats(2));
    const change = (settings: object) =>
      pools.change(
        'lab',
        (pool) => ({
          settings: { ...pool.settings, ...settings },
          capabilities: { ...pool.capabilities, ...settings },
        }),
        null,
      );
    expect(await codeOf(change({ rotates: true }))).toBe('unsupported');
    expect(await codeOf(change({ leavesNothing: false }))).toBe('unsupported');
    expect(await codeOf(change({ provisions: false }))).toBe('none');
    for (const name of await names(test)) await new Resources(test.engine).delete(name);
    await test.settle();
    expect(await codeOf(change({ rotates: true }))).toBe('none');
  });

  it('stay out of a pool to which an admin gave such settings', async () => {
    const { pools, apply, test } = await start(POOL([{ name: 'one' }]));
    await pools.change(
      'lab',
      (pool) => ({
        settings: { ...pool.settings, rotates: true },
        capabilities: { ...pool.capabilities, rotates: true },
      }),
      null,
    );
    const both = POOL([{ name: 'one' }, { name: 'cad', seats: 2 }]);
    expect(await apply(both)).toEqual([
      expect.stringContaining('resource cad.1 of pool lab was left out: with the settings'),
      expect.stringContaining('resource cad.2'),
    ]);
    expect(await names(test)).toEqual(['one']);
  });
});
