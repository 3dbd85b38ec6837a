import { LRUCache } from 'lru-cache';
import { hashToken, looksLikeToken, TOKEN_PREFIX } from '../../crypto/tokens';
import { UNBOUNDED, type Attempt } from '../../crypto/attempt';
import type { Passwords } from '../../crypto/passwords';
import { nothing } from '../../domain/change';
import { isUseNews, noteUse, signsIn, type Session } from '../../domain/people/session';
import { checkCaller, isLive, refusedCredential } from '../../domain/people/caller';
import { MAX_PRIORITY } from '../../domain/queue/scheduling';
import {
  ADMIN_SCOPES,
  comparable,
  OWN_SCOPES,
  rightsAs,
  type ApiToken,
  type Principal,
  type Scope,
  type User,
} from '../../domain/people/user';
import type { Engine } from '../engine';

export type { Attempt };

/** A token's last use is written at most this often; ms. */
const LAST_USE_GRAIN = 60_000;
/** The most tokens and sessions whose notes are remembered. */
const MOST_NOTED = 10_000;

/**
 * The proof of identity that a caller presents. `userId` is for an API that has its own names for
 * users; null if it knows nobody by the name, which takes as long to refuse.
 */
export type PresentedCredential =
  | { token: string }
  | { email: string; password: string }
  | { userId: string | null; name?: string; password: string };

/** Finds out who is calling. */
export class Authentication {
  /** Users whose password is being hashed anew. */
  private readonly hashing = new Set<string>();
  /** When the last use of a token or a session was noted, for those used last; epoch ms. */
  private readonly noted = new LRUCache<string, number>({ max: MOST_NOTED });

  constructor(
    private readonly engine: Engine,
    private readonly passwords: Passwords,
  ) {}

  /**
   * Returns the caller. `attempt` bounds guesses. Errors: `unauthenticated`, the same whatever is
   * wrong; `rate_limited`; `busy` when too many sign in at once.
   */
  async identify(presented: PresentedCredential, attempt = UNBOUNDED): Promise<Principal> {
    const isGuess = mayBeGuessed(presented);
    if (isGuess) attempt.admit();
    const found =
      'token' in presented
        ? await this.byToken(presented.token)
        : await this.byPassword(presented, attempt);
    if (found) return found;
    // Those of passwords are counted where they are compared.
    if (isGuess && 'token' in presented) attempt.refused();
    throw refusedCredential();
  }

  /**
   * Returns the caller whose browser holds this secret of a session. Errors: `unauthenticated`, the
   * same whatever is wrong.
   */
  async identifySession(secret: string): Promise<Principal> {
    const { store } = this.engine;
    const found = await store.read.sessionByHash(hashToken(secret));
    const now = store.now();
    if (!found || !signsIn(found.session, found, now)) throw refusedCredential();
    const { session, user, token } = found;
    this.noteSession(session, now);
    const { id, expiresAt } = session;
    return { ...(token ? withToken(user, token) : inPerson(user)), session: { id, expiresAt } };
  }

  /**
   * Looks again at a credential, before an answer that was held for a while. Errors:
   * `unauthenticated` if it no longer signs in.
   */
  async recheck(principal: Principal): Promise<void> {
    const { store } = this.engine;
    const { userId, apiTokenId, session: by } = principal;
    const [user, token, session] = await Promise.all([
      store.read.userById(userId),
      apiTokenId === null ? null : store.read.tokenById(apiTokenId),
      by === undefined ? null : store.read.sessionById(by.id),
    ]);
    checkCaller(principal, { user, token, session }, store.now());
  }

  /** Has the time of a credential passed? That alone, without a look at the database. */
  hasExpired({ expiresAt = Infinity, session }: Principal): boolean {
    return Math.min(expiresAt, session?.expiresAt ?? Infinity) <= this.engine.store.now();
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

  private async byToken(secret: string): Promise<Principal | null> {
    const { store } = this.engine;
    // Imported secrets have any form; one in Holdfast's own form must also have its checksum.
    const plausible = looksLikeToken(secret) || !secret.startsWith(TOKEN_PREFIX);
    const found = plausible ? await store.read.tokenByHash(hashToken(secret)) : null;
    const now = store.now();
    if (!found || !isLive(found.token, now) || found.user.disabledAt !== null) return null;
    this.noteUse(found.token, now);
    return withToken(found.user, found.token);
  }

  private async byPassword(
    presented: Exclude<PresentedCredential, { token: string }>,
    attempt: Attempt,
  ): Promise<Principal | null> {
    const { read } = this.engine.store;
    const name = 'email' in presented ? presented.email : (presented.name ?? '');
    const likeness = { name, cost: Number((await read.highestPasswordCost()) ?? 0) };
    const { password } = presented;
    let user = await this.named(presented);
    for (;;) {
      const known = user && user.disabledAt === null ? user.passwordHash : null;
      const isRight = await this.passwords.verify(password, known, attempt, likeness);
      if (!isRight || !user || known === null) return null;
      // The check is slow: meanwhile the user may have been disabled, or been given another password
      // or role.
      const now = await read.userById(user.id);
      if (!now || now.passwordHash === null) return null;
      if (now.passwordHash === known) {
        if (this.passwords.isOutdated(known)) await this.hashAnew(now, password);
        return inPerson(now);
      }
      user = now;
    }
  }

  /**
   * Brings an imported hash, or one of another cost, to the configured cost. If it fails, the next
   * sign-in tries again.
   */
  private async hashAnew({ id, passwordHash: known }: User, password: string): Promise<void> {
    if (this.hashing.has(id)) return;
    this.hashing.add(id);
    const ask = { load: 'user', id, email: null, username: null } as const;
    try {
      const passwordHash = await this.passwords.hash(password);
      await this.engine.store.transact(ask, ({ user }) =>
        user?.passwordHash === known
          ? { changes: [{ do: 'setUser', id, set: { passwordHash } }], value: null }
          : nothing(null),
      );
    } catch {
      // The caller has signed in; only the hash stays as it was.
    } finally {
      this.hashing.delete(id);
    }
  }

  /**
   * Not awaited: a note that comes late does no harm. A burst makes one note, although each of its
   * calls may see the token as it was before.
   */
  private noteUse(token: ApiToken, now: number): void {
    const last = Math.max(token.lastUsedAt ?? -Infinity, this.noted.get(token.id) ?? -Infinity);
    if (now - last < LAST_USE_GRAIN) return;
    this.noted.set(token.id, now);
    const { store } = this.engine;
    void store
      .transact({ load: 'token', id: token.id }, () => ({
        changes: [{ do: 'setToken', id: token.id, set: { lastUsedAt: now } }],
        value: null,
      }))
      .catch(() => void this.noted.delete(token.id));
  }

  /** Not awaited either, and once for a burst. */
  private noteSession({ id, lastSeenAt }: Session, now: number): void {
    const last = Math.max(lastSeenAt, this.noted.get(id) ?? -Infinity);
    if (!isUseNews({ lastSeenAt: last }, now)) return;
    this.noted.set(id, now);
    void this.engine.store
      .transact({ load: 'session', id }, ({ session }) => noteUse(session, now))
      .catch(() => void this.noted.delete(id));
  }
}

/**
 * Could the credential be guessed? A password could, and so could a token that came from another
 * system; Holdfast's own tokens, and the secrets of sessions, have 256 random bits.
 */
export function mayBeGuessed(presented: object): boolean {
  if ('session' in presented) return false;
  return !('token' in presented && String(presented.token).startsWith(TOKEN_PREFIX));
}

function withToken(user: User, token: ApiToken): Principal {
  const { scopes, maxPriority } = rightsAs(user.role, token);
  const ends = token.expiresAt === null ? {} : { expiresAt: token.expiresAt };
  return { ...principal(user, token.id, scopes, maxPriority), ...ends };
}

function inPerson(user: User): Principal {
  const found =
    user.role === 'admin'
      ? principal(user, null, ADMIN_SCOPES, MAX_PRIORITY)
      : principal(user, null, OWN_SCOPES, 0);
  return { ...found, passwordVersion: user.passwordVersion ?? 0 };
}

function principal(
  user: User,
  apiTokenId: string | null,
  scopes: readonly Scope[],
  maxPriority: number,
): Principal {
  return { userId: user.id, userName: user.name, role: user.role, apiTokenId, scopes, maxPriority };
}
