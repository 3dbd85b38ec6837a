import type { Change, Decision } from '../change';
import { DomainError } from '../errors';
import type { DecisionContext } from '../context';
import { madeOneLine } from '../plain-text';
import { MAX_PRIORITY } from '../queue/ranks';
import {
  isSystemName,
  mayBeAdmin,
  MOST_ADDRESSES,
  MOST_KEYS,
  type ApiToken,
  type GithubIdentifier,
  type User,
  type UserOrigin,
} from './user';
import { givesWay } from './taken';
import { createToken, createUser, type NewUser } from './users';

/** A person's profile, as GitHub reports it. */
export interface GithubProfile {
  /** Decimal; stays the same when the login changes. */
  githubId: string;
  login: string;
  name: string | null;
  /** Verified addresses only, the primary one first; see `comparable`. */
  emails: string[];
  /** SSH public keys, each one line. */
  keys: string[];
  /** Logins of organisations. */
  orgs: string[];
}

export interface SignInSnapshot {
  /**
   * The user linked to this GitHub account; the link counts only if GitHub itself set `verifiedAt`.
   */
  identifier: GithubIdentifier | null;
  owner: User | null;
  /**
   * Users with one of the profile's addresses, in its order; `linked`: with a verified GitHub
   * account already.
   */
  byEmail: { user: User; linked: boolean }[];
  sameUsername: User[];
}

export interface SignInAttempt {
  profile: GithubProfile;
  /** Organisations whose members need no invitation. */
  orgs: readonly string[];
  /** SHA-256 of the secret of the API token to make, hex. */
  tokenHash: string;
}

/** How long the token of a sign-in is valid; ms. */
export const SIGN_IN_LASTS = 30 * 24 * 3_600_000;

/** Users that an admin made, and has thereby invited. */
const INVITED: readonly UserOrigin[] = ['v1', 'import'];
const LOGIN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/**
 * Signs in a person that GitHub vouches for: the user with this verified account, else an invited
 * user with the same verified address, else a new user if a listed organisation has this member.
 * Replaces addresses and keys, and makes a token. The value is the user's id. Errors: `forbidden`.
 */
export function signIn(
  snapshot: SignInSnapshot,
  attempt: SignInAttempt,
  context: DecisionContext,
): Decision<string> {
  const known = knownUser(snapshot, attempt);
  if (known)
    return {
      changes: [
        ...linked(snapshot, attempt, known.id, context),
        ...admitted(attempt, known, context),
      ],
      value: known.id,
    };
  if (shutOut(snapshot) || !isMember(attempt)) throw refusal();
  const user = newUserOf(snapshot, attempt.profile, context);
  const sameEmail = user.email === null ? null : holderOf(snapshot, user.email);
  const { changes } = createUser({ sameEmail, sameUsername: [], admins: 1 }, user);
  return {
    changes: [
      ...changes,
      ...linked(snapshot, attempt, user.id, context),
      ...admitted(attempt, user, context),
    ],
    value: user.id,
  };
}

function knownUser(snapshot: SignInSnapshot, attempt: SignInAttempt): User | null {
  const owner = verifiedOwner(snapshot);
  // A user who came as a member of an organisation may stay only as long as that lasts.
  if (owner && owner.disabledAt === null)
    return owner.origin !== 'github' || isMember(attempt) ? owner : null;
  // An invitation can be used once: an address that changes hands later does not hand over the
  // user. An address that its user could choose freely is no invitation at all.
  const invited = (user: User) =>
    user.disabledAt === null && !user.emailSelfDeclared && INVITED.includes(user.origin);
  return snapshot.byEmail.find(({ user, linked: taken }) => !taken && invited(user))?.user ?? null;
}

/** The owner of the link, unless GitHub has not confirmed it: such a link means nothing. */
function verifiedOwner({ identifier, owner }: SignInSnapshot): User | null {
  return identifier && identifier.verifiedAt !== null ? owner : null;
}

/** A deleted user stays out until an admin invites them again; membership alone is not enough. */
function shutOut(snapshot: SignInSnapshot): boolean {
  return verifiedOwner(snapshot) !== null;
}

/** GitHub ignores the case of its logins. */
function isMember({ profile, orgs }: SignInAttempt): boolean {
  const allowed = new Set(orgs.map((org) => org.toLowerCase()));
  return profile.orgs.some((org) => allowed.has(org.toLowerCase()));
}

function refusal(): DomainError {
  return new DomainError(
    'forbidden',
    'This GitHub account is neither invited nor a member of a listed organisation: ask an ' +
      'admin to add you under one of its verified e-mail addresses.',
  );
}

function holderOf({ byEmail }: SignInSnapshot, address: string): User | null {
  return byEmail.find(({ user }) => user.email === address)?.user ?? null;
}

function newUserOf(
  snapshot: SignInSnapshot,
  { login, name, emails }: GithubProfile,
  context: DecisionContext,
): NewUser {
  const isTaken = snapshot.sameUsername.length > 0;
  const username = isTaken || !LOGIN.test(login) || isSystemName(login) ? null : login;
  const address = emails[0] ?? null;
  const holder = address === null ? null : holderOf(snapshot, address);
  const email = holder === null || givesWay(holder) ? address : null;
  const nobodyElse = {
    role: 'user',
    emailSelfDeclared: false,
    origin: 'github',
    passwordHash: null,
    disabledAt: null,
  } as const;
  return {
    id: context.newId(),
    name: madeOneLine(name ?? '').slice(0, 200) || login,
    email,
    username,
    ...nobodyElse,
    createdAt: context.now,
    version: 1,
  };
}

function linked(
  { identifier }: SignInSnapshot,
  { profile: { githubId } }: SignInAttempt,
  userId: string,
  context: DecisionContext,
): Change[] {
  if (identifier?.userId === userId && identifier.verifiedAt !== null) return [];
  return [
    {
      do: 'linkGithub',
      identifier: {
        id: context.newId(),
        userId,
        githubId,
        verifiedAt: context.now,
        createdAt: context.now,
      },
    },
    { do: 'append', event: { type: 'user.linked', userId, data: { githubId } } },
  ];
}

/** Replaces the addresses and keys from the last sign-in, and makes a token. */
function admitted(
  { profile, tokenHash }: SignInAttempt,
  user: NewUser,
  context: DecisionContext,
): Change[] {
  const { id: userId } = user;
  const made = () => ({
    id: context.newId(),
    userId,
    source: 'github' as const,
    createdAt: context.now,
  });
  return [
    {
      do: 'replaceEmails',
      userId,
      source: 'github',
      emails: profile.emails
        .slice(0, MOST_ADDRESSES)
        .map((email) => ({ ...made(), email, verifiedAt: context.now })),
    },
    {
      do: 'replaceSshKeys',
      userId,
      source: 'github',
      keys: profile.keys.slice(0, MOST_KEYS).map((key) => ({ ...made(), key })),
    },
    ...createToken(tokenFor(user, tokenHash, context.newId(), context.now)).changes,
  ];
}

function tokenFor(user: NewUser, hash: string, id: string, now: number): ApiToken {
  const admin = user.role === 'admin' && mayBeAdmin(user.origin);
  const rights: Pick<ApiToken, 'scopes' | 'maxPriority'> = {
    scopes: ['read', 'reserve', 'self', ...(admin ? (['admin'] as const) : [])],
    maxPriority: admin ? MAX_PRIORITY : 0,
  };
  return {
    id,
    userId: user.id,
    name: 'github',
    hash,
    ...rights,
    imported: false,
    parentId: null,
    createdAt: now,
    expiresAt: now + SIGN_IN_LASTS,
    lastUsedAt: null,
    revokedAt: null,
  };
}
