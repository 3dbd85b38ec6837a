import { importFile } from '../../src/api/import-file';
import { passwords } from '../../src/crypto/passwords';
import { importAll } from '../../src/legacy/import';
import { Resources } from '../../src/service/lifecycle/resources';
import { poolNotices } from '../../src/service/pools/notices';
import { Pools } from '../../src/service/pools/pools';
import { somebody, TestEngine } from '../helpers/engine';

/** A simulated pool would replace real passwords by made-up ones, so it takes none by mistake. */

const NO_CONTEXT = { requestId: null, idempotencyKey: null };
const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 1 }
  - { name: trial, kind: account, driver: simulated, simulate: true, size: 1 }
  - { name: vms, kind: vm, driver: simulated, size: 0 }
  - { name: tokens, kind: token, driver: simulated, sizing: manual }
`;

async function start() {
  const test = await TestEngine.start({ pools: POOLS });
  const hashes = passwords(Buffer.alloc(32, 1), { cost: 4 });
  const run = (file: unknown) => importAll(test.engine, hashes, importFile.parse(file));
  return { test, run, resources: new Resources(test.engine) };
}

const account = (pool: string) => ({ pool, username: 'real', password: 'real password' });

describe('an import', () => {
  it.each([
    ['accounts[0].pool', { accounts: [account('lab')] }],
    ['accounts[1].pool', { accounts: [account('trial'), account('lab')] }],
    ['vms[0].pool', { vms: [{ pool: 'vms', name: 'vm-7' }] }],
    ['tokens[0].pool', { tokens: [{ pool: 'tokens', value: 'a-token' }] }],
  ])('is refused for %s, which is only simulated, and changes nothing', async (field, file) => {
    const { test, run } = await start();
    const before = await test.engine.store.read.counts();
    await expect(run({ users: [{ name: 'Ann', username: 'ann' }], ...file })).rejects.toMatchObject(
      { code: 'unsupported', field, message: expect.stringContaining('simulate: true') as string },
    );
    expect(await test.engine.store.read.counts()).toEqual(before);
    expect(await test.engine.store.read.usersByName('ann')).toEqual([]);
  });

  it('is taken where the pool says so, from the next call on', async () => {
    const { test, run } = await start();
    expect((await run({ accounts: [account('trial')] })).accounts.imported).toBe(1);
    await new Pools(test.engine).change('lab', { simulate: true }, null);
    expect((await run({ accounts: [account('lab')] })).accounts.imported).toBe(1);
  });
});

test('a password that an admin supplies is refused by a simulated pool, and stored nowhere', async () => {
  const { test, resources } = await start();
  const loan = await test.reserve(somebody('ann'), { pool: 'lab' });
  await test.release(somebody('ann'), loan.id);
  await test.settle();
  const { id } = await test.resource('lab-1');
  const before = await test.engine.store.read.credential(id);
  const secret = { username: 'real', password: 'real password' };
  await expect(resources.giveCredential('lab-1', secret, NO_CONTEXT)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('simulate: true') as string,
  });
  expect(await test.engine.store.read.credential(id)).toEqual(before);
});

test('a pools file that lists accounts in a simulated pool is refused unless it says simulate', async () => {
  const { test } = await start();
  const listed = (rest: string) =>
    `pools: [{ name: mine, kind: account, driver: simulated, ${rest} ` +
    'accounts: [{ username: real, password: real password }] }]';
  expect(() => test.poolsFile(listed(''))).toThrow(
    /^pools\.yaml.*: pools\[0\]\.accounts: .*write simulate: true in pool mine/,
  );
  expect(test.poolsFile(listed('simulate: true,')).pools[0]).toMatchObject({ simulate: true });
});

test('the file says simulate of a pool that exists, and takes it back', async () => {
  const { test } = await start();
  const pool = async () => (await test.engine.store.read.pool('lab'))!.simulate;
  const said = (text: string) => POOLS.replace('size: 1 }', `size: 1, simulate: ${text} }`);
  expect(await pool()).toBe(false);
  await test.load(said('true'));
  expect(await pool()).toBe(true);
  await test.load(said('false'));
  expect(await pool()).toBe(false);
});

test('the log names the simulated pools at each start', async () => {
  const { test } = await start();
  expect(await poolNotices(test.engine, test.drivers.factories)).toEqual([
    expect.stringMatching(/^Simulated: lab, trial, vms, tokens\. /),
  ]);
});
