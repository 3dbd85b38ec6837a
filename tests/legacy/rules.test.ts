import { DomainError } from '../../src/domain/errors';
import type { Principal } from '../../src/domain/people/user';
import { isOwn, itemFor } from '../../src/legacy/acctpool/rules';
import { byName, refusal } from '../../src/legacy/containers/rules';
import { requireIdentity } from '../../src/legacy/identities/rules';
import { blockRefusal, spellings } from '../../src/legacy/tokens/rules';
import {
  changeVmUser,
  createVmUser,
  isVmAdmin,
  leaveVms,
  type VmUserState,
} from '../../src/legacy/vms/user-rules';
import { checkoutLength, isInPool, stateOf } from '../../src/legacy/vms/vm-rules';
import { somebody } from '../helpers/engine';
import { aPool, aReservation, aResource, aUser } from '../store/rows';

const user = (id: string, fields = {}) => ({ ...aUser(id, fields), number: 1 });
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'none';
  } catch (error) {
    return (error as DomainError).code;
  }
};

describe('users of the VM reservation API', () => {
  const state = (fields: Partial<VmUserState> = {}): VmUserState => ({
    user: user('u1', { origin: 'vms' }),
    vmUser: { userId: 'u1', number: 4, role: 'user' },
    vmUsers: { users: 2, admins: 1, highest: 9 },
    sameEmail: null,
    sameUsername: [],
    admins: 1,
    live: 0,
    ...fields,
  });
  const putIn = ({ changes }: { changes: { do: string }[] }) =>
    changes.find((change) => change.do === 'putVmUser');

  test('get the number after the highest that was ever given', () => {
    expect(putIn(createVmUser(state(), aUser('u2'), 'user', false))).toEqual({
      do: 'putVmUser',
      vmUser: { userId: 'u2', number: 10, role: 'user' },
    });
  });

  test('come unasked only if first, and the first is an admin', () => {
    const empty = state({ vmUsers: { users: 0, admins: 0, highest: 0 } });
    expect(putIn(createVmUser(empty, aUser('u2'), 'user', true))).toMatchObject({
      vmUser: { number: 1, role: 'admin' },
    });
    expect(codeOf(() => createVmUser(state(), aUser('u2'), 'user', true))).toBe('already_set_up');
  });

  test('choose an address that proves nothing', () => {
    const { changes } = changeVmUser(state(), 'u1', { email: 'a@b.c' }, 'self', 7);
    expect(changes).toContainEqual({
      do: 'setUser',
      id: 'u1',
      set: { email: 'a@b.c', emailSelfDeclared: true, version: 2 },
    });
  });

  test.each([
    ['nobody raises their own role', state(), 'admin', 'self', 'forbidden'],
    [
      'the last admin stays one',
      state({ vmUser: { userId: 'u1', number: 4, role: 'admin' } }),
      'user',
      'admin',
      'conflict',
    ],
    [
      'an admin of Holdfast is out of reach',
      state({ user: user('u1', { role: 'admin' }) }),
      'user',
      'admin',
      'forbidden',
    ],
    [
      'a deleted user is not there',
      state({ user: user('u1', { disabledAt: 5 }) }),
      'user',
      'admin',
      'not_found',
    ],
    [
      'nor is a user whom the API does not know',
      state({ vmUser: null }),
      'user',
      'admin',
      'not_found',
    ],
  ] as const)('%s', (_what, snapshot, role, by, code) => {
    expect(codeOf(() => changeVmUser(snapshot, 'u1', { role }, by, 7))).toBe(code);
  });

  test('are deleted when they leave only if the API made them', () => {
    const drop = { do: 'dropVmUser', userId: 'u1' };
    expect(leaveVms(state(), 'u1', 7)).toMatchObject({ value: true });
    const imported = state({ user: user('u1', { origin: 'import' }) });
    expect(leaveVms(imported, 'u1', 7)).toEqual({ value: false, changes: [drop] });
    const deleted = state({ user: user('u1', { origin: 'vms', disabledAt: 5 }) });
    expect(leaveVms(deleted, 'u1', 7)).toEqual({ value: false, changes: [drop] });
  });

  test('are admins in person only', () => {
    const admin = { user: user('u1'), vmUser: { userId: 'u1', number: 1, role: 'admin' } } as const;
    const by = (scopes: Principal['scopes']) => isVmAdmin({ ...somebody(), scopes }, admin);
    expect([by(['read', 'self']), by(['read', 'reserve'])]).toEqual([true, false]);
    expect(isVmAdmin(somebody(), null)).toBe(false);
  });
});

test('a VM is held, idle or in maintenance, and stays in the pool while it is lent', () => {
  const vm = (status: Parameters<typeof aResource>[1]) => aResource('r1', status);
  expect(stateOf(vm({ status: 'allocated', adminState: 'draining' }))).toBe('held');
  expect(stateOf(vm({ status: 'available' }))).toBe('idle');
  expect(stateOf(vm({ status: 'dirty' }))).toBe('maintenance');
  expect(isInPool(vm({ status: 'allocated', adminState: 'draining' }))).toBe(true);
  expect(isInPool(vm({ status: 'available', adminState: 'draining' }))).toBe(false);
  expect(isInPool(vm({ status: 'destroying' }))).toBe(false);
});

test('a checkout lasts until check-in where the pool allows it, else as long as may be', () => {
  const pool = (fields: object) => {
    const { policy, ...rest } = aPool();
    return { ...rest, policy: { ...policy, lease: { ...policy.lease, ...fields } } };
  };
  expect(checkoutLength(pool({ openEnded: true }))).toEqual({ duration: null });
  expect(checkoutLength(pool({ openEnded: false, maximum: 5 }))).toEqual({ duration: 5 });
  expect(checkoutLength(pool({ openEnded: false, maximum: null }))).toEqual({});
});

test('acctpool sees account pools only, and its own tokens’ reservations', () => {
  const pools = [
    aPool(),
    { ...aPool(), name: 'other' },
    { ...aPool(), name: 'v', kind: 'vm' as const },
  ];
  const type = aPool().types[0]!.name;
  expect(itemFor(type, pools, null)).toEqual({ kind: 'account', type, count: 1 });
  expect(itemFor(type, pools, ['other', 'gone'])).toMatchObject({ pools: ['other'] });
  expect(codeOf(() => itemFor(type, pools, ['v']))).toBe('invalid');
  const own = aReservation('v1', { userId: 'u1', apiTokenId: 't1' });
  const caller = { ...somebody(), userId: 'u1', apiTokenId: 't1' };
  expect(isOwn(own, caller)).toBe(true);
  expect(isOwn(own, { ...caller, apiTokenId: 't2' })).toBe(false);
});

test('the container manager never claims that as many are free as were asked for', () => {
  const said = (code: 'unavailable_now' | 'over_maximum' | 'unsupported', available: number) =>
    refusal(new DomainError(code, 'no'), 2, available).message;
  expect(said('unavailable_now', 5)).toBe('Only 1 containers available');
  expect(said('unavailable_now', 0)).toBe('Only 0 containers available');
  expect(said('unsupported', 5)).toBe('These containers take no users.');
  expect(said('over_maximum', 5)).toBe('no');
  expect(byName(['box-10', 'box-2'], (name) => name)).toEqual(['box-2', 'box-10']);
});

test('a UUID names its token in capitals, too', () => {
  const uuid = '3FA85F64-5717-4562-B3FC-2C963F66AFA6';
  expect(spellings(uuid)).toEqual([uuid, uuid.toLowerCase()]);
  expect(spellings(uuid.toLowerCase())).toEqual([uuid.toLowerCase()]);
  expect(spellings('Any-Text')).toEqual(['Any-Text']);
});

test('every way of having no token is the same error, and others stay what they are', () => {
  expect(blockRefusal(new DomainError('unsatisfiable', 'x'))).toMatchObject({
    code: 'unavailable_now',
    message: 'No free tokens',
  });
  const other = new Error('broken');
  expect(blockRefusal(other)).toBe(other);
});

test('an identity is written by its owner, or with a scope of its own', () => {
  const write = (scopes: Principal['scopes'], accountId: string | null) =>
    codeOf(() => requireIdentity({ ...somebody(), userId: 'u1', scopes }, accountId));
  expect(write(['self'], 'u1')).toBe('none');
  expect(write(['self'], 'u2')).toBe('forbidden');
  expect(write(['self'], null)).toBe('forbidden');
  expect(write(['read'], 'u1')).toBe('forbidden');
  expect(write(['identity:write'], 'u2')).toBe('none');
});
