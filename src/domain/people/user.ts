export const SCOPES = ['read', 'reserve', 'self', 'admin', 'identity:write'] as const;
/**
 * `read`: see pools, resources, one's reservations. `reserve`: borrow. `self`: one's profile and
 * tokens.
 */
export type Scope = (typeof SCOPES)[number];

/** The scopes of a caller who signs in with a password: enough for one's own things. */
export const OWN_SCOPES: readonly Scope[] = ['read', 'reserve', 'self'];

export type Role = 'user' | 'admin';

/**
 * The maker of a user: an admin through v1, one of the legacy APIs, GitHub, an import, or Holdfast
 * itself.
 */
export type UserOrigin = 'v1' | 'vms' | 'identities' | 'github' | 'import' | 'system';

export interface User {
  id: string;
  /** Small integer id, for APIs that want one. */
  number: number;
  name: string;
  email: string | null;
  /**
   * Did somebody other than an admin of this server choose `email`? Then it proves nothing, and
   * nobody signs in by it.
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
}

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
  /** Its secret came from another system: any text, not one of ours. */
  imported: boolean;
  createdAt: number;
}

/** The caller, and the rights of the credential. */
export interface Principal {
  userId: string;
  userName: string;
  role: Role;
  /** null with a password. */
  apiTokenId: string | null;
  scopes: readonly Scope[];
  maxPriority: number;
  /**
   * The end of the credential, epoch ms; absent if it has none. Credentials made with it end no
   * later.
   */
  expiresAt?: number;
  /** Stands for many people, as a whole API does: the caps for one user do not apply. */
  shared?: true;
}

/** May this principal act on everybody's things? The role and the scope are both needed. */
export function isAdmin(principal: Principal): boolean {
  return principal.role === 'admin' && principal.scopes.includes('admin');
}

/**
 * May this principal set their own password? It lets in without an end and with all of
 * `OWN_SCOPES`: a credential that ends, or can do less, would make itself more than it is. Admins
 * may do as much to anybody.
 */
export function maySetPassword(principal: Principal): boolean {
  return (
    isAdmin(principal) ||
    (principal.expiresAt === undefined &&
      OWN_SCOPES.every((scope) => principal.scopes.includes(scope)))
  );
}

/**
 * An e-mail address of a user; unverified until somebody who can know has said so, and then it may
 * sign in.
 */
export interface Email {
  id: string;
  userId: string;
  email: string;
  /** The source that keeps it up to date; absent if there is none. */
  source?: 'github' | null;
  verifiedAt: number | null;
  createdAt: number;
}

/** A GitHub account of a user; `githubId` in decimal. Unverified until GitHub has said so. */
export interface GithubIdentifier {
  id: string;
  userId: string;
  githubId: string;
  verifiedAt: number | null;
  createdAt: number;
}

/**
 * A public key by which a user logs in over SSH to what they borrow: one line of an authorized_keys
 * file.
 */
export interface SshKey {
  id: string;
  userId: string;
  key: string;
  source: 'github';
  createdAt: number;
}
