export const SCOPES = ['read', 'reserve', 'self', 'admin', 'identity:write'] as const;
/** `read`: see pools, resources, one's reservations. `reserve`: borrow. `self`: one's profile and tokens. */
export type Scope = (typeof SCOPES)[number];

export type Role = 'user' | 'admin';

export interface User {
  id: string;
  /** Small integer id, for APIs that want one. */
  number: number;
  name: string;
  email: string | null;
  username: string | null;
  role: Role;
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
  createdAt: number;
}

/** Who is calling, and what the credential allows. */
export interface Principal {
  userId: string;
  userName: string;
  role: Role;
  /** null with a password. */
  apiTokenId: string | null;
  scopes: readonly Scope[];
  maxPriority: number;
}

/** May this principal act on everybody's things? The role and the scope are both needed. */
export function isAdmin(principal: Principal): boolean {
  return principal.role === 'admin' && principal.scopes.includes('admin');
}
