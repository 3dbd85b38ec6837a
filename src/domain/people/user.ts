export const SCOPES = [
  'read',
  'reserve',
  'self',
  'admin',
  'identity:write',
  'metrics',
  'secrets',
] as const;
/**
 * `read`: see pools, resources and one's own reservations. `reserve`: borrow. `self`: one's own
 * profile and tokens. `metrics`: the metrics of the server, and nothing else. `secrets`: an agent
 * is shown the passwords of what it borrows; calls of v1 show them to their holder without it.
 */
export type Scope = (typeof SCOPES)[number];

/** The scopes of an admin's sign-in: all but `secrets`, which is given to a token on purpose only. */
export const ADMIN_SCOPES: readonly Scope[] = SCOPES.filter((scope) => scope !== 'secrets');

/** The scopes of a sign-in by password: everything that concerns only the user. */
export const OWN_SCOPES: readonly Scope[] = ['read', 'reserve', 'self'];

export type Role = 'user' | 'admin';

/** The scopes that a token of anybody may have. */
const FOR_ANYBODY: readonly Scope[] = [...OWN_SCOPES, 'secrets'];

/** The most further addresses, and the most SSH keys, of one user. */
export const MOST_ADDRESSES = 100;
export const MOST_KEYS = 100;

/** The most API tokens of one user that work, and of those that no longer do the most that are kept. */
export const MOST_TOKENS = 1_000;

/** The most sessions that one token made, and that one user has without a token. */
export const MOST_SESSIONS = 50;

/** The most that a credential of a user may do. */
export type Rights = Pick<ApiToken, 'scopes' | 'maxPriority'>;

/**
 * Cuts the rights of a token to those of its user's present role: only admins act for others and
 * ask for priority. A token keeps its rights in case the user becomes an admin again.
 */
export function rightsAs(role: Role, { scopes, maxPriority }: Rights): Rights {
  if (role === 'admin') return { scopes, maxPriority };
  return {
    scopes: scopes.filter((scope) => FOR_ANYBODY.includes(scope)),
    maxPriority: Math.min(maxPriority, 0),
  };
}

/**
 * The origin of a user: an admin through v1, one of the legacy APIs, GitHub, an import, or Holdfast
 * itself.
 */
export type UserOrigin = 'v1' | 'vms' | 'identities' | 'github' | 'import' | 'system';

/** Anybody can make users of these origins, so they are never admins, whatever their row says. */
const NEVER_ADMINS: readonly UserOrigin[] = ['identities', 'system'];

/** May a user of this origin be an admin? */
export function mayBeAdmin(origin: UserOrigin): boolean {
  return !NEVER_ADMINS.includes(origin);
}

/**
 * The prefix of Holdfast's own users: whoever took such a name would act as the API that it stands
 * for.
 */
export const SYSTEM_PREFIX = 'system-';

/** Is this username one of the server's own, in any case? */
export function isSystemName(username: string): boolean {
  return username.toLowerCase().startsWith(SYSTEM_PREFIX);
}

export interface User {
  id: string;
  /** A small integer id, for APIs that need one. */
  number: number;
  name: string;
  email: string | null;
  /**
   * Was `email` chosen by anybody but an admin of this server? Then it proves nothing and cannot be
   * used to sign in.
   */
  emailSelfDeclared: boolean;
  username: string | null;
  role: Role;
  origin: UserOrigin;
  /** bcrypt over the keyed digest; null: no sign-in by password. */
  passwordHash: string | null;
  disabledAt: number | null;
  createdAt: number;
  version: number;
  /** Rises with each change of the password; null: never changed. */
  passwordVersion: number | null;
  /** Deleted then, and still to lose their reservations; epoch ms. */
  leavingSince: number | null;
}

/** A user who is still to be stored. */
export type NewUser = Omit<User, 'number' | 'passwordVersion' | 'leavingSince'>;

export interface ApiToken {
  id: string;
  userId: string;
  name: string;
  /** SHA-256 of the secret, hex. */
  hash: string;
  scopes: Scope[];
  maxPriority: number;
  expiresAt: number | null;
  lastUsedAt: number | null;
  revokedAt: number | null;
  /** Its secret comes from another system and may be any text. */
  imported: boolean;
  /** The token that made it, with which it ends; null for none. */
  parentId: string | null;
  createdAt: number;
}

/** The sign-in of one browser. It has the rights of the credential that made it. Times in epoch ms. */
export interface Session {
  id: string;
  userId: string;
  /** SHA-256 of the secret in the cookie, hex. */
  hash: string;
  /** The token that made it, with which it ends; null: a password did. */
  apiTokenId: string | null;
  /** For a password, the user's `passwordVersion` then: another one ends the session. */
  passwordVersion: number | null;
  /** The address from which it was made; null if unknown. */
  address: string | null;
  /** The browser, as it calls itself; null if it does not. */
  userAgent: string | null;
  createdAt: number;
  /** To within a minute. */
  lastSeenAt: number;
  /** How long it lasts without a call; ms. */
  idle: number;
  /** When it ends however much it is used. */
  expiresAt: number;
  /** When it ends unless it is used. */
  endsAt: number;
}

/** The caller, and the rights of the credential. */
export interface Principal {
  userId: string;
  userName: string;
  role: Role;
  /** null for a sign-in by password. */
  apiTokenId: string | null;
  scopes: readonly Scope[];
  maxPriority: number;
  /**
   * When the credential expires, epoch ms; absent if never. Everything made with it expires with
   * it.
   */
  expiresAt?: number;
  /** For a sign-in by password, the user's `passwordVersion` then. */
  passwordVersion?: number;
  /** The session of a browser by which the user calls; absent for any other credential. */
  session?: { id: string; expiresAt: number };
  /** True for a whole API that stands for many people: the caps for one user do not apply. */
  shared?: true;
}

/** May this principal act for everybody? Both the role and the scope are needed. */
export function isAdmin(principal: Principal): boolean {
  return principal.role === 'admin' && principal.scopes.includes('admin');
}

/**
 * May this principal make a token with this scope? They need it themselves. `secrets` shows an agent
 * no more than `read` and `reserve` show to any caller, so that these two are enough to give it.
 */
export function mayGrant({ role, scopes }: Principal, scope: Scope): boolean {
  if (scope === 'admin') return role === 'admin' && scopes.includes('admin');
  const needed: Scope[] = scope === 'secrets' ? ['read', 'reserve'] : [scope];
  return scopes.includes(scope) || needed.every((each) => scopes.includes(each));
}

/**
 * May this principal set the password of a user: their own, or that of another? Only admins set those
 * of others. A password never expires and grants all of `OWN_SCOPES`, so a credential that expires or
 * can do less would escalate itself. Nobody sets their own in a session: whoever took it could shut
 * its user out.
 */
export function maySetPassword(principal: Principal, whose: 'own' | 'others'): boolean {
  if (whose === 'others') return isAdmin(principal);
  if (principal.session !== undefined) return false;
  const isWhole = OWN_SCOPES.every((scope) => principal.scopes.includes(scope));
  return isAdmin(principal) || (principal.expiresAt === undefined && isWhole);
}

/**
 * Normalizes an e-mail address, to be stored and compared. Only ASCII is lower-cased: some other
 * Unicode letters become a `k` or an `i`, which would turn somebody else's mailbox into yours
 * (Unicode Technical Report 36, 2.10.2).
 */
export function comparable(email: string): string {
  return email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * An e-mail address of a user. It is unverified until a trusted source confirms it; only then can
 * it be used to sign in.
 */
export interface Email {
  id: string;
  userId: string;
  email: string;
  /** The source that keeps it up to date; absent if none does. */
  source?: 'github' | null;
  verifiedAt: number | null;
  createdAt: number;
}

/** A GitHub account of a user; `githubId` in decimal. It is unverified until GitHub confirms it. */
export interface GithubIdentifier {
  id: string;
  userId: string;
  githubId: string;
  verifiedAt: number | null;
  /** Written by one who may write the identities of others; false: its user claims it. */
  vouched?: boolean;
  createdAt: number;
}

/**
 * A public key with which a user logs in to borrowed resources over SSH: one line of an
 * authorized_keys file.
 */
export interface SshKey {
  id: string;
  userId: string;
  key: string;
  source: 'github';
  createdAt: number;
}
