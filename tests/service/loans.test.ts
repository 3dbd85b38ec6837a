import { somebody, TestEngine } from '../helpers/engine';

const ACCOUNTS = `
pools:
  - { name: free, kind: account, driver: simulated, size: 2, lease: { default: 60s } }
`;

describe('an account', () => {
  it('is made ready, lent, and returns with another password', async () => {
    const test = await TestEngine.start({ pools: ACCOUNTS });
    expect(await test.statuses('free')).toEqual({ 'free-1': 'available', 'free-2': 'available' });
    const first = await test.reserve(somebody(), { pool: 'free' });
    expect(first.status).toBe('active');
    expect(first.resources[0]!.credentials).toMatchObject({
      username: expect.any(String),
      password: expect.any(String),
    });
    expect(first.endsAt).toBe(test.clock.at + 60_000);
    await test.release(somebody(), first.id);
    expect(await test.statuses('free')).toEqual({ 'free-1': 'dirty', 'free-2': 'available' });
    await test.settle();
    expect(await test.statuses('free')).toEqual({ 'free-1': 'available', 'free-2': 'available' });
    const second = await test.reserve(somebody('bob'), { pool: 'free' });
    expect(second.resources[0]!.resource.name).toBe('free-1');
    expect(second.resources[0]!.credentials!.password).not.toBe(
      first.resources[0]!.credentials!.password,
    );
  });
});
