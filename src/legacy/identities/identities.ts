import type { Decision } from '../../domain/change';
import { notFound } from '../../domain/errors';
import type { IdempotencyKey, Once } from '../../domain/idempotency';
import {
  MOST_ADDRESSES,
  type Email,
  type GithubIdentifier,
  type Principal,
} from '../../domain/people/user';
import { createUser } from '../../domain/people/users';
import type { Engine } from '../../service/engine';
import {
  addEmail,
  addGithubIdentifier,
  isAccount,
  isProven,
  newAccount,
  requireSight,
} from './rules';
import { userByUsername } from '../../service/people/by-username';

/** A user in the form that this API shows. */
export interface Account {
  id: string;
  username: string;
}

/** The identities of users elsewhere. None of them is verified, so they do not sign anybody in. */
export class Identities {
  constructor(private readonly engine: Engine) {}

  /** Makes an account and gives the bytes of the answer. Errors: `conflict`, `idempotency_mismatch`. */
  createAccount(username: string, key: IdempotencyKey): Promise<string> {
    const { store, newId } = this.engine;
    const id = newId();
    return store.transact(
      { load: 'user', id, email: null, username },
      (snapshot, now) => {
        const { changes } = createUser(snapshot, newAccount(id, username, now));
        return { changes, value: JSON.stringify({ id, username }) };
      },
      onceByAnswer(key),
    );
  }

  /** Returns the bytes of the answer. Errors: `not_found`, `conflict`, `idempotency_mismatch`. */
  addEmail(accountId: string, email: string, key: IdempotencyKey): Promise<string> {
    const { store, newId } = this.engine;
    const added = { id: newId(), userId: accountId, email, verifiedAt: null };
    return store.transact(
      { load: 'identity', userId: accountId, email, githubId: null },
      (snapshot, createdAt) =>
        asAnswer(
          addEmail(snapshot.user, snapshot.email, { ...added, createdAt }, snapshot.addresses),
          viewEmail,
        ),
      onceByAnswer(key),
    );
  }

  /**
   * Returns the bytes of the answer. `vouched`: the writer may write the identities of others.
   * Errors: `not_found`, `conflict`, `idempotency_mismatch`.
   */
  addGithubIdentifier(
    accountId: string,
    githubId: string,
    vouched: boolean,
    key: IdempotencyKey,
  ): Promise<string> {
    const { store, newId } = this.engine;
    const added = { id: newId(), userId: accountId, githubId, verifiedAt: null, vouched };
    return store.transact(
      { load: 'identity', userId: accountId, email: null, githubId },
      ({ user, githubIdentifier: taken }, createdAt) =>
        asAnswer(addGithubIdentifier(user, taken, { ...added, createdAt }), viewGithub),
      onceByAnswer(key),
    );
  }

  /** Finds an account. Errors: `not_found`. */
  async account(by: { id: string } | { username: string }): Promise<Account> {
    const { read } = this.engine.store;
    const user =
      'id' in by ? await read.userById(by.id) : await userByUsername(this.engine, by.username);
    if (!isAccount(user)) throw notFound('account', 'id' in by ? by.id : by.username);
    return { id: user.id, username: user.username };
  }

  /**
   * Finds a linked GitHub account: one's own or, for those who may see others, one that is proven.
   * Errors: `not_found`, `forbidden`.
   */
  async githubIdentifier(
    principal: Principal,
    githubId: string,
  ): Promise<ReturnType<typeof viewGithub>> {
    const found = await this.engine.store.read.githubIdentifier(githubId);
    requireSight(principal, found?.userId ?? null);
    const isShown = found && (found.userId === principal.userId || isProven(found));
    if (!isShown) throw notFound('GitHub identifier', githubId);
    return viewGithub(found);
  }

  /** Returns the addresses that were linked to an account. Errors: `not_found`, `forbidden`. */
  async emails(principal: Principal, accountId: string): Promise<ReturnType<typeof viewEmail>[]> {
    requireSight(principal, accountId);
    const { read } = this.engine.store;
    const user = await read.userById(accountId);
    if (!user || user.disabledAt !== null) throw notFound('account', accountId);
    return (await read.emailsOf(accountId, MOST_ADDRESSES)).map(viewEmail);
  }
}

/** A repeated request gets the very bytes of the first answer; they hold no secret. */
function onceByAnswer(key: IdempotencyKey): Once<string> {
  return {
    key,
    save: (answer) => ({ resultId: (JSON.parse(answer) as { id: string }).id, answer }),
    replay: ({ answer }) => answer!,
  };
}

function asAnswer<T>(
  { changes, value }: Decision<T>,
  view: (value: T) => object,
): Decision<string> {
  return { changes, value: JSON.stringify(view(value)) };
}

function viewEmail({ id, userId, email }: Email) {
  return { id, accountId: userId, email };
}

function viewGithub({ id, userId, githubId }: GithubIdentifier) {
  return { id, accountId: userId, githubId };
}
