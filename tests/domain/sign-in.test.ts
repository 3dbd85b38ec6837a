import type { Change } from '../../src/domain/change';
import {
  SIGN_IN_LASTS,
  signIn,
  type GithubProfile,
  type SignInSnapshot,
} from '../../src/domain/people/sign-in';
import type { GithubIdentifier, User } from '../../src/domain/people/user';
import { MAX_PRIORITY } from '../../src/domain/queue/ranks';
import { aUser } from './support/objects';
import { codeOf } from './support/thrown';
import { aContext, NOW } from './support/world';

/** Whom GitHub's word lets in, and as whom, told on plain rows. */

const ORGS = ['Ocean'];
const user = (fields: Partial<User> = {}): User => ({ number: 1, ...aUser('u1', fields) });
const link = (fields: Partial<GithubIdentifier> = {}): GithubIdentifier => ({
  id: 'g1',
  userId: 'u1',
  githubId: '7',
  verifiedAt: 1,
  createdAt: 1,
  ...fields,
});
const PROFILE: GithubProfile = {
  githubId: '7',
  login: 'ann',
  name: 'Ann\nof Ocean',
  emails: ['ann@example.org', 'second@example.org'],
  keys: ['ssh-ed25519 A'],
  orgs: [],
};
const STRANGER: SignInSnapshot = {
  identifier: null,
  owner: null,
  byEmail: [],
  sameUsername: [],
};
const attempt = (snapshot: Partial<SignInSnapshot>, profile: Partial<GithubProfile> = {}) =>
  signIn(
    { ...STRANGER, ...snapshot },
    { profile: { ...PROFILE, ...profile }, orgs: ORGS, tokenHash: 'hash' },
    aContext(),
  );
const member = { orgs: ['other', 'oceaN'] };
const invited = (fields: Partial<User> = {}, linked = false) => ({
  byEmail: [{ user: user(fields), linked }],
});
const owned = (fields: Partial<User> = {}, identifier = link()) => ({
  identifier,
  owner: user(fields),
});
const made = (changes: Change[]) =>
  changes.flatMap((change) => (change.do === 'createUser' ? [change.user] : []))[0];
const token = (changes: Change[]) =>
  changes.flatMap((change) => (change.do === 'createToken' ? [change.token] : []))[0]!;
const links = (changes: Change[]) =>
  changes.flatMap((change) => (change.do === 'linkGithub' ? [change.identifier] : []));

describe('the user with this account', () => {
  it('is let in, once GitHub itself has confirmed the link', () => {
    const { changes, value } = attempt(owned());
    expect([value, made(changes), links(changes)]).toEqual(['u1', undefined, []]);
    expect(codeOf(() => attempt(owned({}, link({ verifiedAt: null }))))).toBe('forbidden');
  });

  it('who came as a member stays only as long as that lasts', () => {
    expect(codeOf(() => attempt(owned({ origin: 'github' })))).toBe('forbidden');
    expect(attempt(owned({ origin: 'github' }), member).value).toBe('u1');
  });

  it('who was deleted stays out, member or not, until somebody invites them again', () => {
    const gone = owned({ disabledAt: 1 });
    expect(codeOf(() => attempt(gone, member))).toBe('forbidden');
    const again = attempt({ ...gone, byEmail: [{ user: user({ id: 'u2' }), linked: false }] });
    expect(again.value).toBe('u2');
    expect(links(again.changes)).toMatchObject([{ userId: 'u2', githubId: '7', verifiedAt: NOW }]);
  });

  it('takes precedence over one with the same address', () => {
    const both = { ...owned(), byEmail: [{ user: user({ id: 'u2' }), linked: false }] };
    expect(attempt(both).value).toBe('u1');
  });
});

describe('an invitation', () => {
  it.each<[string, Partial<SignInSnapshot>, boolean]>([
    ['of an admin', invited(), true],
    ['of an import', invited({ origin: 'import' }), true],
    ['that was used already', invited({}, true), false],
    ['of one who was deleted', invited({ disabledAt: 1 }), false],
    ['by an address of their own choice', invited({ emailSelfDeclared: true }), false],
    ['of the VM reservation API', invited({ origin: 'vms' }), false],
    ['of the identities API', invited({ origin: 'identities' }), false],
  ])('%s', (_whose, snapshot, isIn) => {
    expect(codeOf(() => attempt(snapshot))).toBe(isIn ? undefined : 'forbidden');
  });

  it('links the account, for good', () => {
    const { changes, value } = attempt(invited());
    expect([value, made(changes)]).toEqual(['u1', undefined]);
    expect(links(changes)).toMatchObject([{ userId: 'u1', githubId: '7', verifiedAt: NOW }]);
    expect(changes).toContainEqual({
      do: 'append',
      event: { type: 'user.linked', userId: 'u1', data: { githubId: '7' } },
    });
  });

  it('confirms a link that the user had claimed', () => {
    const claimed = { ...invited(), ...owned({}, link({ verifiedAt: null })) };
    expect(links(attempt(claimed).changes)).toMatchObject([{ verifiedAt: NOW }]);
  });
});

describe('a member of a listed organisation', () => {
  it('becomes a user, in any case of its name, and no admin', () => {
    const { changes, value } = attempt({}, member);
    expect(made(changes)).toMatchObject({
      id: value,
      name: 'Ann of Ocean',
      email: 'ann@example.org',
      username: 'ann',
      role: 'user',
      origin: 'github',
      passwordHash: null,
      emailSelfDeclared: false,
      createdAt: NOW,
    });
    expect(links(changes)).toMatchObject([{ userId: value }]);
    expect(token(changes).userId).toBe(value);
  });

  it('of another one, or of none, is refused', () => {
    for (const orgs of [['other'], [], ['Ocean2']])
      expect(codeOf(() => attempt({}, { orgs }))).toBe('forbidden');
  });

  it.each<[string, Partial<SignInSnapshot>, Partial<GithubProfile>, object]>([
    ['no name that is taken', { sameUsername: [user()] }, {}, { username: null }],
    ['no name of the server', {}, { login: 'system-x' }, { username: null }],
    ['no odd name', {}, { login: '-ann' }, { username: null }],
    [
      'no address that is taken',
      invited({ email: 'ann@example.org', origin: 'vms' }),
      {},
      { email: null },
    ],
    [
      'an address beside another',
      invited({ email: 'b@example.org', origin: 'vms' }),
      {},
      { email: 'ann@example.org' },
    ],
    ['no address without one', {}, { emails: [] }, { email: null }],
    ['the login where no name is given', {}, { name: null }, { name: 'ann' }],
    ['the login where the name is empty', {}, { name: ' ' }, { name: 'ann' }],
    ['a name of 200 characters', {}, { name: 'x'.repeat(300) }, { name: 'x'.repeat(200) }],
  ])('gets %s', (_what, snapshot, profile, expected) => {
    expect(made(attempt(snapshot, { ...member, ...profile }).changes)).toMatchObject(expected);
  });
});

describe('a sign-in', () => {
  it('replaces the addresses and keys of the last one', () => {
    const { changes } = attempt(owned());
    expect(changes).toMatchObject([
      {
        do: 'replaceEmails',
        userId: 'u1',
        source: 'github',
        emails: [
          { email: 'ann@example.org', verifiedAt: NOW },
          { email: 'second@example.org', verifiedAt: NOW },
        ],
      },
      { do: 'replaceSshKeys', userId: 'u1', source: 'github', keys: [{ key: 'ssh-ed25519 A' }] },
      { do: 'createToken' },
      { do: 'append' },
    ]);
  });

  it.each<[string, Partial<User>, string[], number]>([
    ['a user', {}, ['read', 'reserve', 'self'], 0],
    ['an admin', { role: 'admin' }, ['read', 'reserve', 'self', 'admin'], MAX_PRIORITY],
    [
      'an admin who may be none',
      { role: 'admin', origin: 'identities' },
      ['read', 'reserve', 'self'],
      0,
    ],
  ])('gives %s a token for thirty days', (_who, fields, scopes, maxPriority) => {
    expect(token(attempt(owned(fields)).changes)).toMatchObject({
      name: 'github',
      hash: 'hash',
      scopes,
      maxPriority,
      imported: false,
      parentId: null,
      expiresAt: NOW + SIGN_IN_LASTS,
      revokedAt: null,
    });
    expect(SIGN_IN_LASTS).toBe(2_592_000_000);
  });
});
