import { notFound } from '../../domain/errors';
import { answerOnce, type IdempotencyKey } from '../../domain/idempotency';
import type { Email, GithubIdentifier } from '../../domain/people/user';
import { createUser } from '../../domain/people/users';
import type { Engine } from '../../service/engine';
import { addEmail, addGithubIdentifier, isAccount, newAccount } from './rules';

/** A user as this API shows one. */
export interface Account {
  id: string;
  username: string;
}

/** Who somebody is elsewhere. Nothing that is written here is verified, so it signs nobody in. */
export class Identities {
  constructor(private readonly engine: Engine) {}

  /** Makes an account and gives the bytes of the answer. Errors: `conflict`, `idempotency_mismatch`. */
  createAccount(username: string, once: IdempotencyKey): Promise<string> {
    const { store, newId } = this.engine;
    const id = newId();
    return store.transact({ load: 'user', id, email: null, username, once }, (snapshot, now) =>
      answerOnce(once, snapshot.remembered, now, () => {
        const { changes } = createUser(snapshot, newAccount(id, username, now), null);
        return { changes, value: { id, username } };
      }),
    );
  }

  /** Gives the bytes of the answer. Errors: `not_found`, `idempotency_mismatch`. */
  addEmail(accountId: string, email: string, once: IdempotencyKey): Promise<string> {
    const { store, newId } = this.engine;
    const added = { id: newId(), userId: accountId, email, verifiedAt: null };
    return store.transact(
      { load: 'identity', userId: accountId, email, githubId: null, once },
      (snapshot, createdAt) =>
        answerOnce(once, snapshot.remembered, createdAt, () => {
          const found = addEmail(snapshot.user, snapshot.email, { ...added, createdAt });
          return { ...found, value: viewEmail(found.value) };
        }),
    );
  }

  /** Gives the bytes of the answer. Errors: `not_found`, `conflict`, `idempotency_mismatch`. */
  addGithubIdentifier(accountId: string, githubId: string, once: IdempotencyKey): Promise<string> {
    const { store, newId } = this.engine;
    const added = { id: newId(), userId: accountId, githubId, verifiedAt: null };
    return store.transact(
      { load: 'identity', userId: accountId, email: null, githubId, once },
      ({ user, githubIdentifier, remembered }, createdAt) =>
        answerOnce(once, remembered, createdAt, () => {
          const linked = addGithubIdentifier(user, githubIdentifier, { ...added, createdAt });
          return { ...linked, value: viewGithub(linked.value) };
        }),
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
  async githubIdentifier(githubId: string): Promise<ReturnType<typeof viewGithub>> {
    const found = await this.engine.store.read.githubIdentifier(githubId);
    if (!found) throw notFound('GitHub identifier', githubId);
    return viewGithub(found);
  }

  /** The addresses that were linked to an account. Errors: `not_found`. */
  async emails(accountId: string): Promise<ReturnType<typeof viewEmail>[]> {
    const { read } = this.engine.store;
    const user = await read.userById(accountId);
    if (!user || user.disabledAt !== null) throw notFound('account', accountId);
    return (await read.emailsOf(accountId)).map(viewEmail);
  }
}

function viewEmail({ id, userId, email }: Email) {
  return { id, accountId: userId, email };
}

function viewGithub({ id, userId, githubId }: GithubIdentifier) {
  return { id, accountId: userId, githubId };
}
