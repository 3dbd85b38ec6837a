import { hashToken, looksLikeToken, TOKEN_PREFIX } from '../../crypto/tokens';
import type { Passwords } from '../../crypto/passwords';
import { DomainError } from '../../domain/errors';
import { MAX_PRIORITY } from '../../domain/queue/scheduling';
import {
  comparable,
  OWN_SCOPES,
  SCOPES,
  type ApiToken,
  type Principal,
  type Scope,
  type User,
} from '../../domain/people/user';
import type { Engine } from '../engine';

/** A token's last use is written at most this often; ms. */
const LAST_USE_GRAIN = 60_000;

/**
 * The proof of identity that a caller presents. `userId` is for an API that has its own names for
 * users; null if it knows nobody by that name, which takes as long to refuse.
 */
export type PresentedCredential =
  | { token: string }
  | { email: string; password: string }
  | { userId: string | null; password: string };

/** Finds out who is calling. */
export class Authentication {
  constructor(
    private readonly engine: Engine,
    private readonly passwords: Passwords,
  ) {}

  /**
   * Gives the caller. Errors: `unauthenticated`, the same whatever is wrong; `busy` when too many
   * sign in at once.
   */
  async identify(presented: PresentedCredential): Promise<Principal> {
    if ('token' in presented) return this.byToken(presented.token);
    return this.byPassword(await this.named(presented), presented.password);
  }

  /** A digest by which a request is recognised again: see `Passwords`. */
  fingerprint(request: string): string {
    return this.passwords.fingerprint(request);
  }

  private async named(by: { email: string } | { userId: string | null }): Promise<User | null> {
    const { read } = this.engine.store;
    if ('email' in by) return read.userByEmail(comparable(by.email));
    return by.userId === null ? null : read.userById(by.userId);
  }

  private async byToken(secret: string): Promise<Principal> {
    const { store } = this.engine;
    // Imported secrets have any form; one in Holdfast's own form must also have its checksum.
    const plausible = looksLikeToken(secret) || !secret.startsWith(TOKEN_PREFIX);
    const found = plausible ? await store.read.tokenByHash(hashToken(secret)) : null;
    const now = store.now();
    if (!found || !isLive(found.token, now) || found.user.disabledAt !== null) throw refused();
    this.noteUse(found.token, now);
    const { token, user } = found;
    const ends = token.expiresAt === null ? {} : { expiresAt: token.expiresAt };
    return Object.assign(principal(user, token.id, token.scopes, token.maxPriority), ends);
  }

  private async byPassword(user: User | null, password: string): Promise<Principal> {
    const known = user && user.disabledAt === null ? user.passwordHash : null;
    if (!(await this.passwords.verify(password, known)) || !user) throw refused();
    // The check is slow: meanwhile the user may have been disabled, or been given another password
    // or role.
    const now = await this.engine.store.read.userById(user.id);
    if (!now || now.passwordHash !== known) throw refused();
    return now.role === 'admin'
      ? principal(now, null, SCOPES, MAX_PRIORITY)
      : principal(now, null, OWN_SCOPES, 0);
  }

  /** Not awaited: a note that comes late does no harm. */
  private noteUse(token: ApiToken, now: number): void {
    if (token.lastUsedAt !== null && now - token.lastUsedAt < LAST_USE_GRAIN) return;
    const { store } = this.engine;
    void store
      .transact({ load: 'token', id: token.id }, () => ({
        changes: [{ do: 'setToken', id: token.id, set: { lastUsedAt: now } }],
        value: null,
      }))
      .catch(() => undefined);
  }
}

function isLive(token: ApiToken, now: number): boolean {
  return token.revokedAt === null && (token.expiresAt === null || token.expiresAt > now);
}

function principal(
  user: User,
  apiTokenId: string | null,
  scopes: readonly Scope[],
  maxPriority: number,
): Principal {
  return { userId: user.id, userName: user.name, role: user.role, apiTokenId, scopes, maxPriority };
}

function refused(): DomainError {
  return new DomainError(
    'unauthenticated',
    'The credential is missing, wrong, expired or revoked.',
  );
}
