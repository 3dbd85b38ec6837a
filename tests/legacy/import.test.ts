import { join } from 'node:path';
import bcrypt from 'bcrypt';
import { importFile } from '../../src/api/import-file';
import { passwords } from '../../src/crypto/passwords';
import { Authentication } from '../../src/service/people/authentication';
import { importAll, type ImportCounts } from '../../src/legacy/import';
import { Reservations } from '../../src/service/loans/reservations';
import { Pools } from '../../src/service/pools/pools';
import { openForReading } from '../../src/sqlite/open';
import { miscounted } from '../helpers/counters';
import { somebody, TestEngine } from '../helpers/engine';

const POOLS = `
pools:
  - { name: free, kind: account, driver: simulated, simulate: true, size: 1 }
  - { name: vms, kind: vm, driver: simulated, simulate: true, size: 1, types: [{ name: small }],
      lease: { openEnded: true } }
  - { name: tokens, kind: token, driver: simulated, simulate: true, sizing: manual,
      settings: { rotates: false } }
`;

async function start() {
  const test = await TestEngine.start({ pools: POOLS });
  const hashes = passwords(Buffer.alloc(32, 1), { cost: 4 });
  const run = async (file: unknown): Promise<ImportCounts> => {
    const counts = await importAll(test.engine, hashes, importFile.parse(file));
    await test.settle();
    return counts;
  };
  return { test, run, authentication: new Authentication(test.engine, hashes) };
}

const ANN = { name: 'Ann', email: 'Ann@example.com', password: 'correct horse' };

describe('import', () => {
  it('gives nothing of one user to another whose name differs in case only', async () => {
    const { test, run } = await start();
    const githubIds = [11368271];
    await run({ users: [{ name: 'Ann', username: 'Ann' }] });
    await expect(
      run({ users: [{ name: 'Other', username: 'ann', githubIds }] }),
    ).rejects.toMatchObject({ code: 'conflict', field: 'users[0].username' });
    expect(await test.engine.store.read.githubIdentifier('11368271')).toBeNull();
    expect((await run({ users: [{ name: 'Ann', username: 'Ann', githubIds }] })).users).toEqual({
      imported: 0,
      present: 1,
    });
  });

  it('lets users sign in with their old password or bcrypt hash', async () => {
    const { run, authentication } = await start();
    const bob = {
      name: 'Bob',
      email: 'bob@example.com',
      passwordHash: await bcrypt.hash('battery staple', 4),
    };
    await run({ users: [ANN, bob] });
    await expect(
      authentication.identify({ email: 'ann@example.com', password: 'correct horse' }),
    ).resolves.toMatchObject({ userName: 'Ann', role: 'user' });
    await expect(
      authentication.identify({ email: 'bob@example.com', password: 'battery staple' }),
    ).resolves.toMatchObject({ userName: 'Bob' });
    await expect(
      authentication.identify({ email: 'bob@example.com', password: 'wrong' }),
    ).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('brings an imported hash to our own cost at the next sign-in, and all sign-ins work', async () => {
    const { test, run, authentication } = await start();
    const passwordHash = await bcrypt.hash('battery staple', 5);
    await run({ users: [{ name: 'Bob', email: 'bob@example.com', passwordHash }] });
    const stored = async () =>
      (await test.engine.store.read.userByEmail('bob@example.com'))!.passwordHash!;
    const signIn = (password: string) =>
      authentication.identify({ email: 'bob@example.com', password });
    expect(await test.engine.store.read.highestPasswordCost()).toBe('05');
    await expect(signIn('wrong')).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await stored()).toBe(`plain:${passwordHash}`);
    const all = Array.from({ length: 8 }, () => signIn('battery staple'));
    expect((await Promise.all(all)).map(({ userName }) => userName)).toEqual(Array(8).fill('Bob'));
    const now = await stored();
    expect(now).toMatch(/^\$2b\$04\$/);
    expect(await test.engine.store.read.highestPasswordCost()).toBe('04');
    await expect(signIn('battery staple')).resolves.toMatchObject({ userName: 'Bob' });
    await expect(signIn('wrong')).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await stored()).toBe(now);
  });

  it.each(['03', '16', '30'])(
    'refuses a hash of the cost %s, which would hold up all sign-ins',
    (cost) => {
      const passwordHash = `$2b$${cost}$${'a'.repeat(53)}`;
      const file = { users: [{ name: 'Bob', email: 'bob@example.com', passwordHash }] };
      expect(importFile.safeParse(file).error!.issues[0]).toMatchObject({
        path: ['users', 0, 'passwordHash'],
        message: 'must be a bcrypt hash with a cost from 4 to 15',
      });
    },
  );

  it('lets clients keep their tokens, stored as a hash and marked', async () => {
    const { test, run, authentication } = await start();
    await run({
      users: [ANN],
      apiTokens: [{ user: 'ann@example.com', name: 'ci', secret: 'an-old-secret' }],
    });
    const principal = await authentication.identify({ token: 'an-old-secret' });
    expect(principal).toMatchObject({ userName: 'Ann', scopes: ['read', 'reserve'] });
    const stored = await test.engine.store.read.tokenById(principal.apiTokenId!);
    expect(stored).toMatchObject({ imported: true });
    expect(JSON.stringify(stored)).not.toContain('an-old-secret');
  });

  it.each([{ scopes: ['identity:write'] }, { maxPriority: 1 }])(
    'gives the token of a user who is no admin no more than a user has: %j',
    async (rights) => {
      const { run } = await start();
      const token = { user: 'ann@example.com', name: 'ci', secret: 'an-old-secret', ...rights };
      await expect(run({ users: [ANN], apiTokens: [token] })).rejects.toMatchObject({
        code: 'invalid',
        field: `apiTokens[0].${Object.keys(rights)[0]}`,
      });
    },
  );

  it('gives no admin scope to the token of a user who is no admin', async () => {
    const { run } = await start();
    const file = {
      users: [ANN],
      apiTokens: [
        { user: 'ann@example.com', name: 'ci', secret: 'an-old-secret', scopes: ['admin'] },
      ],
    };
    await expect(run(file)).rejects.toMatchObject({
      code: 'invalid',
      field: 'apiTokens[0].scopes',
    });
  });

  it('rotates an imported account before anyone gets it, and grows the pool by it', async () => {
    const { test, run } = await start();
    await run({ accounts: [{ pool: 'free', username: 'old-account', password: 'old-password' }] });
    expect((await test.engine.store.read.pool('free'))!.size).toBe(2);
    const loans = [
      await test.reserve(somebody(), { pool: 'free' }),
      await test.reserve(somebody(), { pool: 'free' }),
    ];
    const lent = loans
      .map((loan) => loan.resources[0]!)
      .find(({ credentials }) => credentials!.username === 'old-account')!;
    expect(lent.credentials!.password).not.toBe('old-password');
    expect(test.cloud.tryLogin(lent.resource.handle!, 'old-account', 'old-password')).toBe(false);
    expect(
      test.cloud.tryLogin(
        lent.resource.handle!,
        'old-account',
        lent.credentials!.password as string,
      ),
    ).toBe(true);
  });

  it('leaves a VM with its holder', async () => {
    const { test, run } = await start();
    await run({ users: [ANN], vms: [{ pool: 'vms', name: 'vm-7', heldBy: 'ann@example.com' }] });
    const holder = (await test.engine.store.read.resource('vm-7'))!.holder!;
    const ann = (await test.engine.store.read.userByEmail('ann@example.com'))!;
    expect(holder.userId).toBe(ann.id);
    expect((await test.engine.store.read.reservation(holder.reservationId))!.endsAt).toBeNull();
  });

  it('does not ask again for a VM that its holder has given back', async () => {
    const { test, run } = await start();
    const file = { users: [ANN], vms: [{ pool: 'vms', name: 'vm-7', heldBy: 'ann@example.com' }] };
    await run(file);
    const { userId, reservationId } = (await test.engine.store.read.resource('vm-7'))!.holder!;
    await test.release({ ...somebody(), userId }, reservationId);
    await test.settle();
    const given = async () => ({
      holder: (await test.engine.store.read.resource('vm-7'))!.holder,
      live: await test.engine.store.read.liveReservations(),
    });
    const before = await given();
    expect(before).toEqual({ holder: null, live: { queued: 0, preparing: 0, active: 0 } });
    expect((await run(file)).vms).toEqual({ imported: 0, present: 1 });
    expect(await given()).toEqual(before);
  });

  it('asks for a VM whose import was cut off before its holder had it, and only once', async () => {
    const { test, run } = await start();
    await run({ users: [ANN] });
    const file = { vms: [{ pool: 'vms', name: 'vm-7', heldBy: 'ann@example.com' }] };
    const submit = jest.spyOn(Reservations.prototype, 'submitForId');
    submit.mockRejectedValueOnce(new Error('cut off'));
    await expect(run(file)).rejects.toThrow('cut off');
    submit.mockRestore();
    const hashes = passwords(Buffer.alloc(32, 1), { cost: 4 });
    for (let times = 0; times < 2; times += 1)
      await importAll(test.engine, hashes, importFile.parse(file));
    await test.settle();
    expect(await test.engine.store.read.liveReservations()).toMatchObject({ queued: 0, active: 1 });
    expect((await test.engine.store.read.resource('vm-7'))!.holder).not.toBeNull();
  });

  it('keeps the numbers that clients know users and VMs by', async () => {
    const { test, run } = await start();
    await run({
      users: [{ ...ANN, vmRole: 'user', vmNumber: 41 }],
      vms: [{ pool: 'vms', number: 17 }],
    });
    expect((await test.engine.store.read.vmUser({ number: 41 }))!.user.name).toBe('Ann');
    expect((await test.engine.store.read.resource('vms-17'))!.resource.number).toBe(17);
    await expect(run({ vms: [{ pool: 'vms', name: 'other', number: 17 }] })).rejects.toMatchObject({
      code: 'conflict',
      field: 'vms[0].number',
    });
  });

  it('lends an imported token by its very value', async () => {
    const { test, run } = await start();
    await run({ tokens: [{ pool: 'tokens', value: 'a-token-of-old' }] });
    const loan = await test.reserve(somebody(), { pool: 'tokens' });
    expect(loan.resources[0]!.credentials).toEqual({ token: 'a-token-of-old' });
  });

  it('changes nothing when it is repeated, and the counters agree', async () => {
    const { test, run } = await start();
    const file = {
      users: [ANN],
      apiTokens: [{ user: 'ann@example.com', name: 'ci', secret: 'an-old-secret' }],
      accounts: [{ pool: 'free', username: 'old-account', password: 'old-password' }],
      vms: [{ pool: 'vms', name: 'vm-7', heldBy: 'ann@example.com' }],
      tokens: [{ pool: 'tokens', value: 'a-token-of-old' }],
    };
    await run(file);
    const again = await run(file);
    const rows = openForReading(join(test.dataDir, 'holdfast.db'));
    expect(miscounted(rows)).toEqual([]);
    rows.close();
    expect(Object.values(again)).toEqual(Array(5).fill({ imported: 0, present: 1 }));
  });

  it.each([
    [{ users: [{ name: 'Nobody' }] }, 'users.0'],
    [
      { users: [{ ...ANN, passwordHash: 'not bcrypt', password: undefined }] },
      'users.0.passwordHash',
    ],
    [{ apiTokens: [{ user: 'x', name: 'ci', secret: 'short' }] }, 'apiTokens.0.secret'],
    [{ accountz: [] }, ''],
  ])('refuses %j before anything is written', (file, path) => {
    const { error } = importFile.safeParse(file);
    expect(error!.issues[0]!.path.join('.')).toBe(path);
  });

  it.each([
    ['accounts[0].pool', { accounts: [{ pool: 'none', username: 'u', password: 'p' }] }],
    ['accounts[0].pool', { accounts: [{ pool: 'vms', username: 'u', password: 'p' }] }],
    ['vms[0].pool', { vms: [{ pool: 'tokens' }] }],
    ['tokens[0].pool', { tokens: [{ pool: 'free', value: 'v' }] }],
    ['vms[0].type', { vms: [{ pool: 'vms', type: 'large' }] }],
    ['vms[0].heldBy', { vms: [{ pool: 'vms', name: 'db', heldBy: 'bob@example.com' }] }],
    [
      'apiTokens[0].user',
      { apiTokens: [{ user: 'bob@example.com', name: 'ci', secret: 'an-old-secret' }] },
    ],
  ])(
    'names %s, which does not exist or is of another kind, before anything is written',
    async (field, file) => {
      const { test, run } = await start();
      await expect(run({ users: [ANN], ...file })).rejects.toMatchObject({
        code: 'invalid',
        field,
      });
      expect(await test.engine.store.read.userByEmail('ann@example.com')).toBeNull();
    },
  );

  it.each([
    ['accounts', { pool: 'vms', username: 'u', password: 'p' }],
    ['vms', { pool: 'free', name: 'vm-7' }],
    ['tokens', { pool: 'free', value: 'a-token-of-old' }],
  ])('imports none of %s into a pool of another kind', async (list, entry) => {
    const { test, run } = await start();
    const before = [await test.statuses('free'), await test.statuses('vms')];
    await expect(run({ [list]: [entry] })).rejects.toMatchObject({
      code: 'invalid',
      field: `${list}[0].pool`,
    });
    expect([await test.statuses('free'), await test.statuses('vms')]).toEqual(before);
  });

  it('imports nothing of a type that the pool no longer has', async () => {
    const { test, run } = await start();
    await new Pools(test.engine).change(
      'vms',
      { types: [{ name: 'large', share: 1, spec: {} }] },
      null,
    );
    await test.settle();
    const before = await test.statuses('vms');
    await expect(
      run({ vms: [{ pool: 'vms', type: 'small', name: 'vm-7' }] }),
    ).rejects.toMatchObject({ code: 'invalid', field: 'vms[0].type' });
    await test.settle();
    expect(await test.statuses('vms')).toEqual(before);
  });

  it('imports nothing into a pool that is being deleted', async () => {
    const { test, run } = await start();
    await test.reserve(somebody(), { pool: 'free' });
    await new Pools(test.engine).delete('free', null);
    await expect(
      run({ accounts: [{ pool: 'free', username: 'u', password: 'p' }] }),
    ).rejects.toMatchObject({ code: 'invalid', field: 'accounts[0].pool' });
    expect(await test.statuses('free')).toEqual({ 'free-1': 'allocated' });
  });
});
