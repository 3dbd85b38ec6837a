import { hashToken } from '../../crypto/tokens';
import {
  comparable,
  type ApiToken,
  type Role,
  type Scope,
  type UserOrigin,
} from '../../domain/people/user';
import type { NewUser } from '../../domain/people/users';

export interface UserInput {
  name: string;
  email?: string;
  username?: string;
  password?: string;
  role?: Role;
  origin?: UserOrigin;
}

export interface TokenInput {
  name: string;
  scopes?: Scope[];
  /** ms; undefined: never. */
  expiresIn?: number;
  maxPriority?: number;
}

/** A user who is still to be stored; the transaction sets `createdAt`. */
export function draftUser(
  id: string,
  { name, email, username, role = 'user', origin = 'v1' }: Omit<UserInput, 'password'>,
  passwordHash: string | null,
): NewUser {
  return {
    id,
    name,
    email: email === undefined ? null : comparable(email),
    username: username ?? null,
    role,
    emailSelfDeclared: false,
    origin,
    passwordHash,
    disabledAt: null,
    createdAt: 0,
    version: 1,
  };
}

/** A token that is still to be stored; `now` in epoch ms. */
export function draftToken(
  id: string,
  userId: string,
  { name, scopes = [], expiresIn }: TokenInput,
  secret: string,
  maxPriority: number,
  now: number,
): ApiToken {
  return {
    id,
    userId,
    name,
    hash: hashToken(secret),
    scopes,
    maxPriority,
    createdAt: now,
    expiresAt: expiresIn === undefined ? null : now + expiresIn,
    lastUsedAt: null,
    revokedAt: null,
    imported: false,
    parentId: null,
  };
}
