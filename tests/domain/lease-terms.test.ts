import { checkAccess, leaseTerms } from '../../src/domain/loans/lease-terms';
import { rightsAs, SCOPES } from '../../src/domain/people/user';
import type { LeasePolicy, Pool } from '../../src/domain/pools/pool';
import { poolOf } from './support/lifecycle';

/** The terms of a loan from several pools: of each limit the strictest. */

function lending(lease: Partial<LeasePolicy>, can: Partial<Pool['capabilities']> = {}): Pool {
  const pool = poolOf({ can });
  return { ...pool, policy: { ...pool.policy, lease: { ...pool.policy.lease, ...lease } } };
}
const terms = (pools: Pool[], duration?: number | null) => leaseTerms(pools, { duration }, 0);
const thrown = (decide: () => unknown) => {
  try {
    decide();
  } catch (error) {
    const { code, field, message } = error as { code: string; field?: unknown; message: string };
    return { code, field, message };
  }
  return null;
};

describe('a duration', () => {
  const short = lending({ default: 30, maximum: 60 });
  const long = lending({ default: 50, maximum: 90 });
  const endless = lending({ default: null, maximum: null, openEnded: true });

  it('is by default the shortest, up to the smallest maximum', () => {
    expect(terms([long, short])).toMatchObject({ duration: 30, maximum: 60 });
    expect(terms([long, short], 60)).toMatchObject({ duration: 60, maximum: 60 });
    expect(terms([endless, long])).toMatchObject({ duration: 50, maximum: 90 });
    expect(terms([endless], 1_000_000)).toMatchObject({ duration: 1_000_000, maximum: null });
  });

  it('beyond a maximum is refused, naming it in seconds', () => {
    const pool = lending({ maximum: 60_000 });
    expect(thrown(() => terms([pool], 60_001))).toMatchObject({
      code: 'over_maximum',
      field: 'duration',
      message: expect.stringContaining('at most 60 seconds') as string,
    });
  });

  it('without an end needs the leave of every pool', () => {
    expect(terms([endless])).toMatchObject({ duration: null, maximum: null });
    expect(terms([endless, lending({ maximum: 60, openEnded: true })], null).duration).toBeNull();
    for (const pools of [[endless, long], [long], [long, endless]])
      expect(thrown(() => terms(pools, null))).toMatchObject({
        code: 'invalid',
        field: 'duration',
      });
  });
});

describe('an end that is asked for', () => {
  const pool = lending({ default: 30, maximum: 60 });
  const until = (endsAt: number) => leaseTerms([pool], { endsAt }, 100);

  it('is a duration from now on, up to the maximum', () => {
    expect(until(160)).toMatchObject({ duration: 60, maximum: 60 });
    expect(thrown(() => until(161))).toMatchObject({ code: 'over_maximum', field: 'endsAt' });
  });

  it('lies ahead', () => {
    expect(thrown(() => until(100))).toMatchObject({ code: 'invalid', field: 'endsAt' });
  });
});

describe('a silence that is asked for', () => {
  const silence = (heartbeat: number, ...pools: Pool[]) =>
    leaseTerms(pools, { heartbeat }, 0).heartbeat;
  const quiet = lending({ heartbeat: null, grace: 3 });
  const strict = lending({ heartbeat: 10, grace: 2 });

  it('has the smallest grace, and needs no pool that asks for heartbeats', () => {
    expect(silence(50, quiet)).toBe(53);
    expect(silence(10, quiet, strict)).toBe(12);
  });

  it('is no longer than the pools allow', () => {
    expect(thrown(() => silence(11, strict))).toMatchObject({
      code: 'over_maximum',
      field: 'heartbeat',
    });
  });
});

it('a heartbeat is due in the shortest silence, with the grace of its own pool', () => {
  const quiet = lending({ heartbeat: null, grace: 1 });
  const [fast, slow] = [lending({ heartbeat: 10, grace: 9 }), lending({ heartbeat: 15, grace: 1 })];
  expect([[quiet], [quiet, fast], [fast, slow]].map((pools) => terms(pools).heartbeat)).toEqual([
    null,
    19,
    16,
  ]);
});

it('a preparation may take as long as the slowest pool that opens access', () => {
  const opening = (prepare: number) => lending({ prepare }, { opensAccess: true });
  const closed = lending({ prepare: 99 });
  expect(terms([closed]).prepare).toBe(0);
  expect(terms([closed, opening(5), opening(7)]).prepare).toBe(7);
});

describe('a wish for access', () => {
  const closed = lending({});
  const byPassword = lending({}, { opensAccess: true, accessByKey: false });
  const byKey = lending({}, { opensAccess: true, accessByKey: true });
  const KEY = { publicKey: 'ssh-ed25519 A' };

  it.each<[string, Pool[], Parameters<typeof checkAccess>[1], unknown]>([
    ['none at all', [closed], null, null],
    ['a name where none is opened', [closed], { username: 'me' }, 'access'],
    ['a name where one is opened', [closed, byPassword], { username: 'me' }, null],
    ['a key where keys are taken', [closed, byKey], KEY, null],
    ['a key where one takes none', [byKey, byPassword], KEY, ['access', 'publicKey']],
  ])('%s', (_what, pools, wish, field) => {
    const found = thrown(() => checkAccess(pools, wish));
    expect(found && [found.code, found.field]).toEqual(field && ['unsupported', field]);
  });
});

it('a token has the rights of its role: priority and other people are for admins', () => {
  const all = { scopes: [...SCOPES], maxPriority: 7 };
  expect(rightsAs('admin', all)).toEqual(all);
  expect(rightsAs('user', all)).toEqual({
    scopes: ['read', 'reserve', 'self', 'secrets'],
    maxPriority: 0,
  });
  expect(rightsAs('user', { scopes: ['read'], maxPriority: -3 })).toEqual({
    scopes: ['read'],
    maxPriority: -3,
  });
});
