import { checkCaller, isLive } from '../../src/domain/people/caller';
import {
  isAdmin,
  maySetPassword,
  SCOPES,
  type Principal,
  type User,
} from '../../src/domain/people/user';
import {
  changeUser,
  createToken,
  createUser,
  deleteUser,
  leave,
  revokeToken,
  setUp,
  type Neighbours,
  type UserChange,
} from '../../src/domain/people/users';
import { isVmUser } from '../../src/domain/legacy';
import { aToken, aUser } from './support/objects';
import { codeOf } from './support/thrown';

/** Who there is, and what their credentials are worth, told on plain rows. */

const NOW = 1_000;
const user = (fields: Partial<User> = {}): User => ({ number: 1, ...aUser('u1', fields) });
const other = user({ id: 'u2' });
const alone: Neighbours = { sameEmail: null, sameUsername: [], admins: 2 };
const thrown = (decide: () => unknown) => {
  try {
    decide();
  } catch (error) {
    const { code, field } = error as { code: string; field?: string };
    return [code, field];
  }
  return [];
};

describe('a new user', () => {
  it('is made, and an event says with which role', () => {
    expect(createUser(alone, user({ role: 'admin' }))).toEqual({
      changes: [
        { do: 'createUser', user: user({ role: 'admin' }) },
        { do: 'append', event: { type: 'user.created', userId: 'u1', data: { role: 'admin' } } },
      ],
      value: 'u1',
    });
  });

  it.each<[string, Partial<Neighbours>, Partial<User>, string | undefined]>([
    ['whose address is taken', { sameEmail: other }, {}, 'email'],
    ['whose name is taken', { sameUsername: [other] }, { username: 'ann' }, 'username'],
    ['named like the server', {}, { username: 'System-x' }, 'username'],
    [
      'named like the server, by the server',
      {},
      { username: 'system-x', origin: 'system' },
      undefined,
    ],
    ['with a name of their own', { sameUsername: [user()] }, { username: 'ann' }, undefined],
  ])('%s', (_who, neighbours, fields, field) => {
    expect(thrown(() => createUser({ ...alone, ...neighbours }, user(fields)))).toEqual(
      field === undefined ? [] : ['conflict', field],
    );
  });

  it('is the first admin only where there is none, and brings a token', () => {
    const token = aToken('t1', 'u1');
    const { changes, value } = setUp({ ...alone, admins: 0 }, user(), token);
    expect(value).toBe('u1');
    expect(changes.map((change) => change.do)).toEqual([
      'createUser',
      'append',
      'createToken',
      'append',
    ]);
    expect(codeOf(() => setUp({ ...alone, admins: 1 }, user(), token))).toBe('already_set_up');
    const taken = { ...alone, admins: 0, sameEmail: other };
    expect(codeOf(() => setUp(taken, user(), token))).toBe('conflict');
  });
});

describe('a change of a user', () => {
  const change = (
    set: UserChange['set'],
    fields: Partial<UserChange> = {},
    of: User | null = user(),
    neighbours: Partial<Neighbours> = {},
  ) =>
    changeUser({ ...alone, ...neighbours }, of, {
      id: 'u1',
      set,
      by: 'self',
      expected: null,
      now: NOW,
      ...fields,
    }).changes;
  const REVOKED = { do: 'revokeTokens', userId: 'u1', revokedAt: NOW };
  const ENDED = { do: 'endSessions', userId: 'u1' };
  const HIDDEN = { do: 'hideCredentials', userId: 'u1' };
  const told = (by: UserChange['by']) => ({
    do: 'append',
    event: { type: 'user.password', userId: 'u1', data: { by } },
  });
  const [OWN, OTHERS] = [told('self'), told('other')];

  it('raises the version, and an event names the fields with their old and new values', () => {
    expect(change({ name: 'Ann', email: 'a@example.org' }, {}, user({ version: 4 }))).toEqual([
      { do: 'setUser', id: 'u1', set: { name: 'Ann', email: 'a@example.org', version: 5 } },
      {
        do: 'append',
        event: {
          type: 'user.changed',
          userId: 'u1',
          data: { fields: 'name,email' },
          changed: {
            name: { from: 'u1', to: 'Ann' },
            email: { from: null, to: 'a@example.org' },
          },
        },
      },
    ]);
  });

  it.each<[string, UserChange['set'], UserChange['by'], object[]]>([
    [
      'a password of their own ends all tokens',
      { passwordHash: 'h' },
      'self',
      [REVOKED, ENDED, OWN],
    ],
    [
      'a password by another also hides',
      { passwordHash: 'h' },
      'other',
      [REVOKED, ENDED, OTHERS, HIDDEN],
    ],
    [
      'no password any more does the same',
      { passwordHash: null },
      'other',
      [REVOKED, ENDED, OTHERS, HIDDEN],
    ],
    ['an address of their own changes nothing else', { email: 'b@x.org' }, 'self', []],
    ['an address by another hides', { email: 'b@x.org' }, 'other', [HIDDEN]],
    ['an address taken away hides', { email: null }, 'other', [HIDDEN]],
    ['a name by another changes nothing else', { name: 'B' }, 'other', []],
  ])('%s', (_what, set, by, rest) => expect(change(set, { by }).slice(2)).toEqual(rest));

  it.each([
    [null, 1],
    [4, 5],
  ])('a new password after %p raises its version to %i', (passwordVersion, next) => {
    const [first] = change({ passwordHash: 'h' }, {}, user({ passwordVersion }));
    expect(first).toMatchObject({ set: { passwordVersion: next } });
    expect(change({ name: 'x' }, {}, user({ passwordVersion }))[0]).not.toHaveProperty(
      'set.passwordVersion',
    );
  });

  it.each<[string, () => unknown, unknown[]]>([
    ['nobody', () => change({}, {}, null), ['not_found', undefined]],
    ['the deleted', () => change({}, {}, user({ disabledAt: 1 })), ['not_found', undefined]],
    ['an old version', () => change({}, { expected: [2] }), ['precondition_failed', 'version']],
    ['this version', () => change({}, { expected: [1] }), []],
    ['one of several versions', () => change({}, { expected: [2, 1] }), []],
    ['a taken address', () => change({}, {}, user(), { sameEmail: other }), ['conflict', 'email']],
    ['their own address', () => change({}, {}, user(), { sameEmail: user() }), []],
    ["the server's name", () => change({ username: 'system-x' }), ['conflict', 'username']],
    [
      'the last admin',
      () => change({ role: 'user' }, {}, user({ role: 'admin' }), { admins: 1 }),
      ['conflict', 'role'],
    ],
    ['one of two admins', () => change({ role: 'user' }, {}, user({ role: 'admin' })), []],
    ['a user who is one', () => change({ role: 'user' }, {}, user(), { admins: 1 }), []],
    ['one who may be admin', () => change({ role: 'admin' }), []],
    [
      'one who may not',
      () => change({ role: 'admin' }, {}, user({ origin: 'identities' })),
      ['conflict', 'role'],
    ],
    [
      'one who may not, but asks nothing',
      () => change({ role: 'user' }, {}, user({ origin: 'identities' })),
      [],
    ],
  ])('of %s', (_whom, decide, expected) => expect(thrown(decide)).toEqual(expected));
});

describe('a deleted user', () => {
  it('loses every way in at once, and is to lose the rest', () => {
    expect(deleteUser(alone, user({ role: 'admin', version: 4 }), 'u1', NOW)).toEqual({
      changes: [
        {
          do: 'setUser',
          id: 'u1',
          set: {
            disabledAt: NOW,
            leavingSince: NOW,
            email: null,
            username: null,
            passwordHash: null,
            version: 5,
          },
        },
        { do: 'revokeTokens', userId: 'u1', revokedAt: NOW },
        { do: 'endSessions', userId: 'u1' },
        { do: 'append', event: { type: 'user.deleted', userId: 'u1' } },
      ],
      value: 'u1',
    });
  });

  it('is not the last admin, and is not deleted twice', () => {
    const last = { ...alone, admins: 1 };
    expect(codeOf(() => deleteUser(last, user({ role: 'admin' }), 'u1', NOW))).toBe('conflict');
    expect(codeOf(() => deleteUser(last, user(), 'u1', NOW))).toBeUndefined();
    expect(codeOf(() => deleteUser(alone, user({ disabledAt: 1 }), 'u1', NOW))).toBe('not_found');
    expect(codeOf(() => deleteUser(alone, null, 'u1', NOW))).toBe('not_found');
  });

  it('is gone once nothing of theirs lives', () => {
    const left = [{ do: 'setUser', id: 'u1', set: { leavingSince: null } }];
    expect(
      [leave(user(), 1), leave(user(), 0), leave(null, 0)].map(({ changes }) => changes),
    ).toEqual([[], left, []]);
  });

  it('is unknown to the VM reservation API, as is one who lost the role there', () => {
    const known = (fields: Partial<User>, role: 'user' | 'none') =>
      isVmUser({ user: user(fields), vmUser: { userId: 'u1', number: 1, role } });
    expect([known({}, 'user'), known({}, 'none'), known({ disabledAt: 1 }, 'user')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('a token', () => {
  const T1 = { token: 't1', name: 't1', scopes: 'read', expiresAt: null };

  it('is made with an event that names it, and holds no secret', () => {
    const { changes, value } = createToken(aToken('t1', 'u1'));
    expect(value).toBe('t1');
    expect(changes[1]).toEqual({
      do: 'append',
      event: { type: 'token.created', userId: 'u1', data: T1 },
    });
  });

  it('that is revoked takes along those it made, once', () => {
    expect(revokeToken(aToken('t1', 'u1'), NOW).changes).toEqual([
      { do: 'setToken', id: 't1', set: { revokedAt: NOW } },
      { do: 'revokeDescendants', tokenId: 't1', revokedAt: NOW },
      { do: 'append', event: { type: 'token.revoked', userId: 'u1', data: T1 } },
    ]);
    expect(revokeToken(aToken('t1', 'u1', { revokedAt: 1 }), NOW)).toEqual({
      changes: [],
      value: 't1',
    });
  });

  it.each([
    [{}, true],
    [{ expiresAt: NOW + 1 }, true],
    [{ expiresAt: NOW }, false],
    [{ revokedAt: NOW + 1 }, false],
  ])('with %j signs in: %p', (fields, live) => {
    expect(isLive(aToken('t1', 'u1', fields), NOW)).toBe(live);
  });
});

describe('a caller whose answer took a while', () => {
  const caller = (fields: Partial<Principal> = {}): Principal => ({
    userId: 'u1',
    userName: 'Ann',
    role: 'user',
    apiTokenId: 't1',
    scopes: SCOPES,
    maxPriority: 0,
    ...fields,
  });
  const inPerson = (passwordVersion?: number) => caller({ apiTokenId: null, passwordVersion });
  const token = aToken('t1', 'u1');

  it.each<[string, Principal, Partial<User>, typeof token | null, boolean]>([
    ['is let in as before', caller(), {}, token, true],
    ['was deleted', caller(), { disabledAt: 1 }, token, false],
    ['is no admin any more', caller({ role: 'admin' }), {}, token, false],
    ['is an admin still', caller({ role: 'admin' }), { role: 'admin' }, token, true],
    ['became an admin', caller(), { role: 'admin' }, token, true],
    ['has a token that is gone', caller(), {}, null, false],
    ['has a token that was revoked', caller(), {}, { ...token, revokedAt: 1 }, false],
    ['has a token that expired', caller(), {}, { ...token, expiresAt: NOW }, false],
    ['has a password of old', inPerson(1), { passwordVersion: 2 }, null, false],
    ['has this password', inPerson(2), { passwordVersion: 2 }, null, true],
    ['never changed a password', inPerson(0), { passwordVersion: null }, null, true],
    ['shows no password', inPerson(), { passwordVersion: 2 }, null, true],
  ])('%s', (_what, principal, fields, row, isIn) => {
    const rows = { user: user(fields), token: row };
    expect(codeOf(() => checkCaller(principal, rows, NOW))).toBe(
      isIn ? undefined : 'unauthenticated',
    );
  });

  it('is not asked again where an API calls in its own name', () => {
    expect(() => checkCaller(caller(), undefined, NOW)).not.toThrow();
    expect(() => checkCaller(caller(), { user: null, token: null }, NOW)).not.toThrow();
  });

  const session = { id: 's1', expiresAt: NOW };
  it.each<[Partial<Principal>, boolean, boolean]>([
    [{}, false, true],
    [{ session }, false, false],
    [{ role: 'admin', session }, true, false],
    [{ expiresAt: NOW }, false, false],
    [{ scopes: ['read', 'reserve'] }, false, false],
    [{ scopes: ['read', 'reserve', 'self'] }, false, true],
    [{ role: 'admin' }, true, true],
    [{ role: 'admin', scopes: ['admin'], expiresAt: NOW }, true, true],
    [{ role: 'admin', scopes: ['read'] }, false, false],
  ])('with %j is an admin: %p; may set their password: %p', (fields, admin, may) => {
    const by = caller(fields);
    expect([isAdmin(by), maySetPassword(by, 'own')]).toEqual([admin, may]);
    expect(maySetPassword(by, 'others')).toBe(admin);
  });
});
