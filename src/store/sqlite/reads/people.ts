import { and, asc, desc, eq, gt, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Reads } from '../../reads';
import { given, upTo } from '../parameters';
import type { Db } from '../database';
import {
  githubLookUp,
  isAdminSql,
  sessionLookUp,
  tokenLookUp,
  userLookUps,
} from '../people-look-ups';
import { reader } from '../rows';
import { apiTokens, emails, sessions, sshKeys, users } from '../schema';
import type { TokenReader } from './known-tokens';

type PeopleReads = Pick<
  Reads,
  | 'hasAdmin'
  | 'userById'
  | 'userNames'
  | 'usersCalled'
  | 'userByEmail'
  | 'usersByName'
  | 'users'
  | 'highestPasswordCost'
  | 'leavingUsers'
  | 'emailsOf'
  | 'githubIdentifier'
  | 'sshKeysOf'
  | 'tokenByHash'
  | 'liveTokens'
  | 'tokenById'
  | 'tokensOf'
  | 'sessionByHash'
  | 'sessionById'
  | 'sessionsOf'
>;

type SessionReads = Pick<Reads, 'sessionByHash' | 'sessionById' | 'sessionsOf'>;

function sessionReads(db: Db): SessionReads {
  const byHash = reader(
    db
      .select({ session: sessions, user: users, token: apiTokens })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .leftJoin(apiTokens, eq(apiTokens.id, sessions.apiTokenId))
      .where(eq(sessions.hash, given('hash'))),
  );
  const byId = sessionLookUp(db);
  const ofUser = reader(
    db
      .select({ session: sessions, token: apiTokens })
      .from(sessions)
      .leftJoin(apiTokens, eq(apiTokens.id, sessions.apiTokenId))
      .where(eq(sessions.userId, given('userId')))
      .orderBy(desc(sessions.lastSeenAt)),
  );
  return {
    sessionByHash: async (hash) => byHash.get({ hash }) ?? null,
    sessionById: async (id) => byId.get({ id }) ?? null,
    sessionsOf: async (userId) => ofUser.all({ userId }),
  };
}

/** Look-ups of users, their tokens and their sessions. */
export function peopleReads(db: Db, tokenByHash: TokenReader): PeopleReads {
  const { byId, byEmail, byUsername } = userLookUps(db);
  const github = githubLookUp(db);
  const token = tokenLookUp(db);
  const called = reader(
    db
      .select()
      .from(users)
      .where(eq(users.name, given('name')))
      .limit(upTo('limit')),
  );
  const names = reader(
    db
      .select({ id: users.id, name: users.name })
      .from(users)
      .where(sql`${users.id} in (select value from json_each(${given('ids')}))`),
  );
  const admin = reader(db.select({ id: users.id }).from(users).where(isAdminSql).limit(upTo(1)));
  const ofOrigin = reader(
    db
      .select()
      .from(users)
      .where(and(eq(users.origin, given('origin')), gt(users.id, given('after'))))
      .orderBy(asc(users.id))
      .limit(upTo('limit')),
  );
  const cost = reader(
    db
      .select({ highest: sql<string | null>`max(substr(${users.passwordHash}, -56, 2))` })
      .from(users),
  );
  const leaving = reader(
    db
      .select({ id: users.id })
      .from(users)
      .where(isNotNull(users.leavingSince))
      .orderBy(asc(users.leavingSince))
      .limit(upTo('limit')),
  );
  const addresses = reader(
    db
      .select()
      .from(emails)
      .where(eq(emails.userId, given('userId')))
      .orderBy(asc(emails.id))
      .limit(upTo('limit')),
  );
  const keys = reader(
    db
      .select()
      .from(sshKeys)
      .where(eq(sshKeys.userId, given('userId')))
      .orderBy(asc(sshKeys.id))
      .limit(upTo('limit')),
  );
  const page = reader(
    db
      .select()
      .from(users)
      .where(gt(users.id, given('after')))
      .orderBy(asc(users.id))
      .limit(upTo('limit')),
  );
  const live = reader(
    db
      .select({ count: sql<number>`count(*)` })
      .from(apiTokens)
      .where(
        and(
          isNull(apiTokens.revokedAt),
          or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, given('now'))),
        ),
      ),
  );
  const tokens = reader(
    db
      .select()
      .from(apiTokens)
      .where(and(eq(apiTokens.userId, given('userId')), gt(apiTokens.id, given('after'))))
      .orderBy(asc(apiTokens.id))
      .limit(upTo('limit')),
  );
  return {
    ...sessionReads(db),
    hasAdmin: async () => admin.get() !== undefined,
    userById: async (id) => byId.get({ id }) ?? null,
    userNames: async (ids) => names.all({ ids: JSON.stringify(ids) }),
    usersCalled: async (name, limit) => called.all({ name, limit }),
    userByEmail: async (email) => byEmail.get({ email }) ?? null,
    usersByName: async (username) => byUsername.all({ username }),
    users: async ({ after, limit }, origin) =>
      origin
        ? ofOrigin.all({ after: after ?? '', limit, origin })
        : page.all({ after: after ?? '', limit }),
    highestPasswordCost: async () => cost.get()!.highest,
    leavingUsers: async (limit) => leaving.all({ limit }).map(({ id }) => id),
    emailsOf: async (userId, limit) => addresses.all({ userId, limit }),
    githubIdentifier: async (githubId) => github.get({ githubId }) ?? null,
    sshKeysOf: async (userId, limit) => keys.all({ userId, limit }),
    tokenByHash: async (hash) => tokenByHash(hash),
    liveTokens: async (now) => live.get({ now })!.count,
    tokenById: async (id) => token.get({ id }) ?? null,
    tokensOf: async (userId, { after, limit }) => tokens.all({ userId, after: after ?? '', limit }),
  };
}
