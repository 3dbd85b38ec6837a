import { makeToken, sameSecret } from '../../crypto/tokens';
import { UNBOUNDED, type Attempt } from '../../crypto/attempt';
import type { Passwords } from '../../crypto/passwords';
import { DomainError, notFound } from '../../domain/errors';
import { earlier } from '../../domain/loans/lease';
import { checkCaller } from '../../domain/people/caller';
import { onceById } from '../../domain/idempotency';
import { MAX_PRIORITY } from '../../domain/queue/scheduling';
import {
  ADMIN_SCOPES,
  comparable,
  isAdmin,
  mayGrant,
  maySetPassword,
  type Principal,
  type Scope,
  type User,
} from '../../domain/people/user';
import {
  changeUser,
  createOwnToken,
  createUser,
  deleteUser,
  revokeToken,
  setUp,
  type NewUser,
  type UserFields,
} from '../../domain/people/users';
import { userByUsername } from './by-username';
import type { Engine } from '../engine';
import type { CallContext } from '../loans/reservations';
import { draftToken, draftUser, type TokenInput, type UserInput } from './drafts';

export type { TokenInput, UserInput };

/** The default scopes of a token: enough to borrow. */
const DEFAULT_SCOPES: Scope[] = ['read', 'reserve'];

/** Users, and the tokens that act for them. */
export class Users {
  constructor(
    private readonly engine: Engine,
    private readonly passwords: Passwords,
    /** Printed at the first start, or given by SETUP_TOKEN. */
    private readonly setupToken: string,
  ) {}

  /**
   * Makes the first admin, given the setup token. Returns the user's id and the secret of a token
   * with every scope but `secrets`. `attempt` bounds guesses. Errors: `unauthenticated`,
   * `rate_limited`, `already_set_up`, `conflict`.
   */
  async setUp(
    setupToken: string,
    input: UserInput & { email: string; password: string },
    attempt = UNBOUNDED,
  ): Promise<{ userId: string; token: string }> {
    this.checkSetupToken(setupToken, attempt);
    return this.makeFirstAdmin(input);
  }

  /**
   * Checks the setup token, which proves that the caller runs the server. Errors: `unauthenticated`,
   * `rate_limited`.
   */
  checkSetupToken(presented: string, attempt: Attempt): void {
    attempt.admit();
    if (sameSecret(presented, this.setupToken)) return;
    attempt.refused();
    throw new DomainError('unauthenticated', 'This is not the setup token.', 'setupToken');
  }

  /**
   * Makes the first admin without the setup token, for a command at the server itself. Errors:
   * `already_set_up`, `conflict`.
   */
  async makeFirstAdmin(
    input: UserInput & { email: string; password: string },
  ): Promise<{ userId: string; token: string }> {
    // Checked before the password is hashed: hashing is slow, and open to anybody with the token.
    if (await this.isSetUp())
      throw new DomainError('already_set_up', 'This server has an admin already; sign in as one.');
    const user = await this.draft({ ...input, role: 'admin' });
    const secret = makeToken();
    const userId = await this.engine.store.transact(
      { load: 'user', ...lookup(user) },
      (snapshot, now) =>
        setUp(
          snapshot,
          { ...user, createdAt: now },
          draftToken(
            this.engine.newId(),
            user.id,
            { name: 'setup', scopes: [...ADMIN_SCOPES] },
            secret,
            MAX_PRIORITY,
            now,
          ),
        ),
    );
    return { userId, token: secret };
  }

  /** Is there an admin already? */
  isSetUp(): Promise<boolean> {
    return this.engine.store.read.hasAdmin();
  }

  /**
   * Returns the user's id. Errors: `conflict`, `idempotency_mismatch`, `unauthenticated` (`caller`
   * lost the right meanwhile).
   */
  async create(
    input: UserInput,
    { idempotencyKey }: CallContext,
    caller?: Principal,
  ): Promise<string> {
    const user = await this.draft(input);
    return this.engine.store.transact(
      { load: 'user', ...lookup(user), ...(caller ? { caller } : {}) },
      (snapshot, now) => {
        if (caller) checkCaller(caller, snapshot.caller, now);
        return createUser(snapshot, { ...user, createdAt: now });
      },
      onceById(idempotencyKey),
    );
  }

  /**
   * Changes a user: oneself, or anybody as an admin. Only admins give roles. A new password ends all
   * tokens of the user. Errors: `forbidden`, `not_found`, `conflict`, `unauthenticated` (the
   * principal lost the right meanwhile).
   */
  async change(
    principal: Principal,
    id: string,
    input: Partial<UserInput>,
    expected: readonly number[] | null,
  ): Promise<void> {
    this.requireSelf(principal, id);
    if (input.role !== undefined && !isAdmin(principal))
      throw new DomainError('forbidden', 'Only an admin may change roles.', 'role');
    // GitHub sign-in recognises users by their address, so nobody may claim one that is not proven.
    if (input.email !== undefined && !isAdmin(principal))
      throw new DomainError('forbidden', 'Only an admin may change e-mail addresses.', 'email');
    const { password, ...fields } = input;
    if (password !== undefined) requirePasswordRight(principal, id);
    const set: UserFields = {
      ...fields,
      ...(fields.email ? { email: comparable(fields.email), emailSelfDeclared: false } : {}),
    };
    if (password !== undefined) set.passwordHash = await this.passwords.hash(password);
    const ask = { id, email: set.email ?? null, username: set.username ?? null, caller: principal };
    const by = principal.userId === id ? 'self' : 'other';
    await this.engine.store.transact({ load: 'user', ...ask }, (snapshot, now) => {
      checkCaller(principal, snapshot.caller, now);
      return changeUser(snapshot, snapshot.user, { id, set, by, expected, now });
    });
  }

  /**
   * Sets the password of a user, named by e-mail address or username, at the server itself. It has
   * the effects of a password that an admin sets. Returns the user's id. Errors: `not_found`.
   */
  async resetPassword(login: string, password: string): Promise<string> {
    const { store } = this.engine;
    const user =
      (await store.read.userByEmail(comparable(login))) ??
      (await userByUsername(this.engine, login));
    if (!user || user.disabledAt !== null) throw notFound('user', login);
    const set = { passwordHash: await this.passwords.hash(password) };
    const { id } = user;
    return store.transact({ load: 'user', id, email: null, username: null }, (snapshot, now) =>
      changeUser(snapshot, snapshot.user, { id, set, by: 'other', expected: null, now }),
    );
  }

  /**
   * Disables the user; the job `reconcile` ends their reservations. Errors: `not_found`, `conflict`.
   */
  async delete(id: string): Promise<void> {
    await this.engine.store.transact(
      { load: 'user', id, email: null, username: null },
      (snapshot, now) => deleteUser(snapshot, snapshot.user, id, now),
    );
  }

  /** Finds a user: oneself, or anybody as an admin. Errors: `not_found`. */
  async find(principal: Principal, id: string): Promise<User> {
    const user =
      principal.userId === id || isAdmin(principal)
        ? await this.engine.store.read.userById(id)
        : null;
    if (!user || user.disabledAt !== null) throw notFound('user', id);
    return user;
  }

  /**
   * Makes a token for the principal. It has no more rights than the credential that asks for it,
   * and ends with it. `secret` is null when the same request made it before. Errors: `forbidden`
   * with the scope or priority that is too much, `conflict` at the most tokens, `unauthenticated` if
   * that credential just ended.
   */
  async createToken(
    principal: Principal,
    input: TokenInput,
    { idempotencyKey }: CallContext,
  ): Promise<{ id: string; secret: string | null }> {
    const scopes =
      input.scopes ?? DEFAULT_SCOPES.filter((scope) => principal.scopes.includes(scope));
    const excess = scopes.find((scope) => !mayGrant(principal, scope));
    if (excess)
      throw new DomainError('forbidden', `You do not have the scope ${excess} yourself.`, 'scopes');
    const maxPriority = input.maxPriority ?? Math.min(principal.maxPriority, 0);
    if (maxPriority > principal.maxPriority)
      throw new DomainError(
        'forbidden',
        `Your own priority is ${principal.maxPriority} at most.`,
        'maxPriority',
      );
    const secret = makeToken();
    const draft = draftToken(
      this.engine.newId(),
      principal.userId,
      { ...input, scopes },
      secret,
      maxPriority,
      0,
    );
    const id = await this.engine.store.transact(
      { load: 'token', id: null, caller: principal, ownerId: principal.userId },
      ({ caller, working = 0 }, now) => {
        checkCaller(principal, caller, now);
        const expiresAt = earlier(
          input.expiresIn === undefined ? null : now + input.expiresIn,
          principal.expiresAt ?? null,
        );
        const parentId = principal.apiTokenId;
        return createOwnToken({ ...draft, parentId, createdAt: now, expiresAt }, working);
      },
      onceById(idempotencyKey),
    );
    return { id, secret: id === draft.id ? secret : null };
  }

  /**
   * Revokes a token and those made with it: one's own, or anybody's as an admin. Errors: `not_found`.
   */
  async revokeToken(principal: Principal, id: string): Promise<void> {
    await this.engine.store.transact({ load: 'token', id }, ({ token }, now) => {
      if (!token || (token.userId !== principal.userId && !isAdmin(principal)))
        throw notFound('token', id);
      return revokeToken(token, now);
    });
  }

  private requireSelf(principal: Principal, id: string): void {
    if (principal.userId !== id && !isAdmin(principal)) throw notFound('user', id);
  }

  private async draft({ password, ...input }: UserInput): Promise<NewUser> {
    const passwordHash = password === undefined ? null : await this.passwords.hash(password);
    return draftUser(this.engine.newId(), input, passwordHash);
  }
}

/** Errors: `forbidden`. */
function requirePasswordRight(principal: Principal, userId: string): void {
  if (!maySetPassword(principal, principal.userId === userId ? 'own' : 'others'))
    throw new DomainError(
      'forbidden',
      'A session, or a token that expires or lacks one of the scopes read, reserve and self, cannot ' +
        'set the password of its own user: send the present password as well (Basic).',
      'password',
    );
}

function lookup({ id, email, username }: NewUser): {
  id: string;
  email: string | null;
  username: string | null;
} {
  return { id, email, username };
}
