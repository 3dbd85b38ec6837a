import { hashToken } from '../../crypto/tokens';
import { DomainError, notFound } from '../../domain/errors';
import { madeOneLine } from '../../domain/plain-text';
import { checkCaller } from '../../domain/people/caller';
import {
  beginSession,
  endSession,
  SESSION_TIMES,
  signsIn,
  type Session,
  type SessionTimes,
} from '../../domain/people/session';
import type { Principal } from '../../domain/people/user';
import type { Engine } from '../engine';

/** Tells a secret of a session from a token: neither is taken for the other. */
const PREFIX = 'hfs_';
const SECRET_BYTES = 32;
/** The most that is kept of the name of a browser, in characters. */
const LONGEST_NAME = 200;

/** A session that has just begun. Its cookie holds the secret, which is kept nowhere else. */
export interface Begun {
  session: Session;
  secret: string;
}

/** The sessions of people who sign in with a browser. */
export class Sessions {
  constructor(
    private readonly engine: Engine,
    private readonly times: SessionTimes = SESSION_TIMES,
  ) {}

  /**
   * Begins a session with the rights of the principal, and its end. `browser`: how the browser calls
   * itself. Errors: `forbidden` for a session, which would otherwise outlast itself;
   * `unauthenticated` if the credential has just ended.
   */
  async begin(principal: Principal, browser: string | undefined): Promise<Begun> {
    if (principal.session)
      throw new DomainError('forbidden', 'Sign in with a password or a token, not with a session.');
    const { store, random, author, newId } = this.engine;
    const secret = PREFIX + random.secret(SECRET_BYTES);
    const draft = {
      id: newId(),
      hash: hashToken(secret),
      address: author?.address ?? null,
      userAgent: browser === undefined ? null : madeOneLine(browser).slice(0, LONGEST_NAME),
      by: principal,
      times: this.times,
    };
    const { userId, apiTokenId } = principal;
    const session = await store.transact(
      { load: 'session', id: null, of: { userId, apiTokenId }, caller: principal },
      (snapshot, now) => {
        checkCaller(principal, snapshot.caller, now);
        return beginSession(snapshot, draft, now);
      },
    );
    return { session, secret };
  }

  /** The principal's open sessions, the one used last first. */
  async list({ userId }: Principal): Promise<Session[]> {
    const { store } = this.engine;
    const [user, found] = await Promise.all([
      store.read.userById(userId),
      store.read.sessionsOf(userId),
    ]);
    const now = store.now();
    return found
      .filter(({ session, token }) => user !== null && signsIn(session, { user, token }, now))
      .map(({ session }) => session);
  }

  /** Ends a session of the principal. Errors: `not_found`. */
  async end({ userId }: Principal, id: string): Promise<void> {
    await this.engine.store.transact({ load: 'session', id }, ({ session }) => {
      if (!session || session.userId !== userId) throw notFound('session', id);
      return endSession(session);
    });
  }

  /** Ends the session by which the principal calls. Errors: `not_found` if it is no session. */
  async endOwn(principal: Principal): Promise<void> {
    const { session } = principal;
    if (!session) throw new DomainError('not_found', 'This call was not made in a session.');
    await this.end(principal, session.id);
  }
}
