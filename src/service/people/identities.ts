import type { Decision } from '../../domain/change';
import { DomainError, notFound } from '../../domain/errors';
import { addEmail, addGithubIdentifier } from '../../domain/people/identities';
import type { IdempotencyKey, Once } from '../../domain/idempotency';
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
  createAccount(username: string, key: IdempotencyKey): Promise<string> {
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
      { load: 'user', id: user.id, email: null, username },
      (snapshot, now) => {
        const { changes } = createUser(snapshot, { ...user, createdAt: now });
        return { changes, value: JSON.stringify({ id: user.id, username }) };
      },
      onceByAnswer(key),
    );
  }

  /** Gives the answer's bytes. Errors: `not_found`, `idempotency_mismatch`. */
  addEmail(accountId: string, email: string, key: IdempotencyKey): Promise<string> {
    const { store, newId } = this.engine;
    const added = { id: newId(), userId: accountId, email, verifiedAt: null };
    return store.transact(
      { load: 'identity', userId: accountId, email, githubId: null },
      (snapshot, createdAt) =>
        asAnswer(addEmail(snapshot.user, snapshot.email, { ...added, createdAt }), emailOf),
      onceByAnswer(key),
    );
  }

  /** Gives the answer's bytes. Errors: `not_found`, `conflict`, `idempotency_mismatch`. */
  addGithubIdentifier(accountId: string, githubId: string, key: IdempotencyKey): Promise<string> {
    const { store, newId } = this.engine;
    const added = { id: newId(), userId: accountId, githubId, verifiedAt: null };
    return store.transact(
      { load: 'identity', userId: accountId, email: null, githubId },
      (snapshot, createdAt) =>
        asAnswer(
          addGithubIdentifier(snapshot.user, snapshot.githubIdentifier, { ...added, createdAt }),
          githubOf,
        ),
      onceByAnswer(key),
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

/** This API promises a repeated request the very bytes of the first answer; they hold no secret. */
function onceByAnswer(key: IdempotencyKey): Once<string> {
  return {
    key,
    save: (answer) => ({ resultId: (JSON.parse(answer) as { id: string }).id, answer }),
    replay: ({ answer }) => answer!,
  };
}

function asAnswer<T>({ changes, value }: Decision<T>, show: (value: T) => object) {
  return { changes, value: JSON.stringify(show(value)) };
}

function emailOf({ id, userId, email }: Email) {
  return { id, accountId: userId, email };
}

function githubOf({ id, userId, githubId }: GithubIdentifier) {
  return { id, accountId: userId, githubId };
}
