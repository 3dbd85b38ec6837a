import type { Decision } from '../../domain/change';
import { DomainError, notFound } from '../../domain/errors';
import { addEmail, addGithubIdentifier } from '../../domain/people/identities';
import { answerOnce, type IdempotencyKey } from '../../domain/idempotency';
import type { Email, GithubIdentifier, Principal, User } from '../../domain/people/user';
import { createUser } from '../../domain/people/users';
import type { Engine } from '../engine';

/** A user as the identities API knows one. */
export interface Account {
  id: string;
  username: string;
}

/** Who somebody is elsewhere. What is written here is unverified and signs nobody in. */
export class Identities {
  constructor(private readonly engine: Engine) {}

  /**
   * A user without a password, never an admin. Gives the answer's bytes. Errors: `conflict`,
   * `idempotency_mismatch`.
   */
  createAccount(username: string, once: IdempotencyKey): Promise<string> {
    const { store, newId } = this.engine;
    const none = { email: null, vmRole: null, passwordHash: null, disabledAt: null } as const;
    const user = {
      id: newId(),
      name: username,
      username,
      role: 'user',
      origin: 'identities',
      ...none,
      version: 1,
    } as const;
    return store.transact(
      { load: 'user', id: user.id, email: null, username, once },
      (snapshot, now) =>
        answerOnce(once, snapshot.remembered, now, () => {
          const { changes, value: id } = createUser(snapshot, { ...user, createdAt: now }, null);
          return { changes, value: { id, username } };
        }),
    );
  }

  /** Gives the answer's bytes. Errors: `not_found`, `idempotency_mismatch`. */
  addEmail(accountId: string, email: string, once: IdempotencyKey): Promise<string> {
    const { store, newId } = this.engine;
    const added = { id: newId(), userId: accountId, email, verifiedAt: null };
    return store.transact(
      { load: 'identity', userId: accountId, email, githubId: null, once },
      (snapshot, createdAt) =>
        answerOnce(once, snapshot.remembered, createdAt, () =>
          presented(addEmail(snapshot.user, snapshot.email, { ...added, createdAt }), emailOf),
        ),
    );
  }

  /** Gives the answer's bytes. Errors: `not_found`, `conflict`, `idempotency_mismatch`. */
  addGithubIdentifier(accountId: string, githubId: string, once: IdempotencyKey): Promise<string> {
    const { store, newId } = this.engine;
    const added = { id: newId(), userId: accountId, githubId, verifiedAt: null };
    return store.transact(
      { load: 'identity', userId: accountId, email: null, githubId, once },
      (snapshot, createdAt) =>
        answerOnce(once, snapshot.remembered, createdAt, () =>
          presented(
            addGithubIdentifier(snapshot.user, snapshot.githubIdentifier, { ...added, createdAt }),
            githubOf,
          ),
        ),
    );
  }

  /** Errors: `not_found`. */
  async account(by: { id: string } | { username: string }): Promise<Account> {
    const { read } = this.engine.store;
    const user = 'id' in by ? await read.userById(by.id) : await read.userByUsername(by.username);
    if (!isAccount(user)) throw notFound('account', 'id' in by ? by.id : by.username);
    return { id: user.id, username: user.username };
  }

  /** Errors: `not_found`. */
  async githubIdentifier(githubId: string) {
    const found = await this.engine.store.read.githubIdentifier(githubId);
    if (!found) throw notFound('GitHub identifier', githubId);
    return githubOf(found);
  }

  /** The addresses that were linked to an account. Errors: `not_found`. */
  async emails(accountId: string) {
    const { read } = this.engine.store;
    const user = await read.userById(accountId);
    if (!user || user.disabledAt !== null) throw notFound('account', accountId);
    return (await read.emailsOf(accountId)).map(emailOf);
  }
}

/**
 * One writes one's own identity with the scope `self`, and anybody's with `identity:write`. Errors:
 * `forbidden`.
 */
export function requireIdentity({ userId, scopes }: Principal, accountId: string | null): void {
  const own = userId === accountId;
  if ((own && scopes.includes('self')) || scopes.includes('identity:write')) return;
  throw new DomainError('forbidden', `This needs the scope ${own ? 'self' : 'identity:write'}.`);
}

function isAccount(user: User | null): user is User & { username: string } {
  return (
    user !== null && user.disabledAt === null && user.username !== null && user.origin !== 'system'
  );
}

function presented<T, A extends { id: string }>(
  { changes, value }: Decision<T>,
  show: (value: T) => A,
): Decision<A> {
  return { changes, value: show(value) };
}

function emailOf({ id, userId, email }: Email) {
  return { id, accountId: userId, email };
}

function githubOf({ id, userId, githubId }: GithubIdentifier) {
  return { id, accountId: userId, githubId };
}
