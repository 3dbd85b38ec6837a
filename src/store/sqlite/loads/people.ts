import { and, asc, eq, gt, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Load, Loads } from '../../loads';
import { given, upTo } from '../parameters';
import type { Db } from '../database';
import {
  githubLookUp,
  isAdminSql,
  sessionLookUp,
  tokenLookUp,
  userLookUps,
} from '../people-look-ups';
import { callerReader } from '../queries/callers';
import { reader } from '../rows';
import { apiTokens, emails, githubIdentifiers, sessions, userCounts, users } from '../schema';

/** A user, and the other users with the same address or name. */
export function userLoader(db: Db) {
  const { byId, byEmail, byUsername } = userLookUps(db);
  const admins = reader(
    db
      .select({ count: sql<number>`count(*)` })
      .from(users)
      .where(isAdminSql),
  );
  const live = reader(
    db
      .select({ count: sql<number>`coalesce(sum(${userCounts.count}), 0)` })
      .from(userCounts)
      .where(eq(userCounts.userId, given('id'))),
  );
  const caller = callerReader(db);
  return ({ id, email, username, ...ask }: Load<'user'>): Loads['user']['gives'] => ({
    user: id === null ? null : (byId.get({ id }) ?? null),
    sameEmail: email === null ? null : (byEmail.get({ email }) ?? null),
    sameUsername: username === null ? [] : byUsername.all({ username }),
    admins: admins.get()!.count,
    live: id === null ? 0 : live.get({ id })!.count,
    ...(ask.caller ? { caller: caller(ask.caller) } : {}),
  });
}

/** A user, and the users with this GitHub account or address. */
export function identityLoader(db: Db) {
  const { byId } = userLookUps(db);
  const github = githubLookUp(db);
  const address = reader(
    db
      .select()
      .from(emails)
      .where(and(eq(emails.userId, given('userId')), eq(emails.email, given('email')))),
  );
  const addresses = reader(
    db
      .select({ count: sql<number>`count(*)` })
      .from(emails)
      .where(eq(emails.userId, given('userId'))),
  );
  return ({ userId, githubId, email }: Load<'identity'>): Loads['identity']['gives'] => ({
    user: byId.get({ id: userId }) ?? null,
    githubIdentifier: githubId === null ? null : (github.get({ githubId }) ?? null),
    email: email === null ? null : (address.get({ userId, email }) ?? null),
    addresses: email === null ? 0 : addresses.get({ userId })!.count,
  });
}

/** The candidates for a GitHub account. */
export function signInLoader(db: Db) {
  const { byId, byEmail, byUsername } = userLookUps(db);
  const identifier = githubLookUp(db);
  const link = reader(
    db
      .select({ id: githubIdentifiers.id })
      .from(githubIdentifiers)
      .where(
        and(eq(githubIdentifiers.userId, given('userId')), isNotNull(githubIdentifiers.verifiedAt)),
      )
      .limit(upTo(1)),
  );
  return ({ githubId, emails: addresses, username }: Load<'signIn'>): Loads['signIn']['gives'] => {
    const known = identifier.get({ githubId }) ?? null;
    const byAddress = addresses.flatMap((email) => byEmail.get({ email }) ?? []);
    return {
      identifier: known,
      owner: (known && byId.get({ id: known.userId })) ?? null,
      byEmail: byAddress.map((user) => ({
        user,
        linked: link.get({ userId: user.id }) !== undefined,
      })),
      sameUsername: byUsername.all({ username }),
    };
  };
}

/** An API token by id, and how many tokens of a user work. */
export function tokenLoader(db: Db) {
  const byId = tokenLookUp(db);
  const caller = callerReader(db);
  const { userId, revokedAt, expiresAt } = apiTokens;
  const ofUser = and(eq(userId, given('userId')), isNull(revokedAt));
  const count = { count: sql<number>`count(*)` };
  // Two counts, so that the index leads past those that have expired.
  const lasting = reader(
    db
      .select(count)
      .from(apiTokens)
      .where(and(ofUser, isNull(expiresAt))),
  );
  const expiring = reader(
    db
      .select(count)
      .from(apiTokens)
      .where(and(ofUser, gt(expiresAt, given('now')))),
  );
  const working = (owner: string, now: number) =>
    lasting.get({ userId: owner })!.count + expiring.get({ userId: owner, now })!.count;
  return ({ id, ownerId, ...ask }: Load<'token'>, now: number): Loads['token']['gives'] => ({
    token: id === null ? null : (byId.get({ id }) ?? null),
    ...(ownerId === undefined ? {} : { working: working(ownerId, now) }),
    ...(ask.caller ? { caller: caller(ask.caller) } : {}),
  });
}

/** A session, and all of a user by the same token, the one used last at the end. */
export function sessionLoader(db: Db) {
  const byId = sessionLookUp(db);
  const caller = callerReader(db);
  const ofCredential = reader(
    db
      .select()
      .from(sessions)
      .where(
        and(
          eq(sessions.userId, given('userId')),
          sql`${sessions.apiTokenId} is ${given('apiTokenId')}`,
        ),
      )
      .orderBy(asc(sessions.lastSeenAt)),
  );
  return ({ id, of, ...ask }: Load<'session'>): Loads['session']['gives'] => ({
    session: id === null ? null : (byId.get({ id }) ?? null),
    ofCredential: of === undefined ? [] : ofCredential.all({ ...of }),
    ...(ask.caller ? { caller: caller(ask.caller) } : {}),
  });
}
