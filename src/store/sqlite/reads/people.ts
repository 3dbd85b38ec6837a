import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { Reads } from '../../reads';
import { upTo } from '../bounds';
import type { Db } from '../database';
import { reader } from '../rows';
import { apiTokens, emails, githubIdentifiers, sshKeys, users } from '../schema';
import type { TokenReader } from './known-tokens';

type PeopleReads = Pick<
  Reads,
  | 'hasAdmin'
  | 'userById'
  | 'userByEmail'
  | 'userByUsername'
  | 'users'
  | 'emailsOf'
  | 'githubIdentifier'
  | 'sshKeysOf'
  | 'tokenByHash'
  | 'liveTokens'
  | 'tokenById'
  | 'tokensOf'
>;

/** Look-ups of users and their tokens. */
export function peopleReads(db: Db, tokenByHash: TokenReader): PeopleReads {
  const byId = reader(
    db
      .select()
      .from(users)
      .where(eq(users.id, sql.placeholder('id'))),
  );
  const admin = reader(
    db
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.role, 'admin'), isNull(users.disabledAt)))
      .limit(upTo(1)),
  );
  const byEmail = reader(
    db
      .select()
      .from(users)
      .where(eq(users.email, sql.placeholder('email'))),
  );
  const byUsername = reader(
    db
      .select()
      .from(users)
      .where(eq(users.username, sql.placeholder('username'))),
  );
  const ofOrigin = reader(
    db
      .select()
      .from(users)
      .where(
        and(eq(users.origin, sql.placeholder('origin')), gt(users.id, sql.placeholder('after'))),
      )
      .orderBy(asc(users.id))
      .limit(upTo(sql.placeholder('limit'))),
  );
  const addresses = reader(
    db
      .select()
      .from(emails)
      .where(eq(emails.userId, sql.placeholder('userId')))
      .orderBy(asc(emails.id)),
  );
  const github = reader(
    db
      .select()
      .from(githubIdentifiers)
      .where(eq(githubIdentifiers.githubId, sql.placeholder('githubId'))),
  );
  const keys = reader(
    db
      .select()
      .from(sshKeys)
      .where(eq(sshKeys.userId, sql.placeholder('userId')))
      .orderBy(asc(sshKeys.id)),
  );
  const page = reader(
    db
      .select()
      .from(users)
      .where(gt(users.id, sql.placeholder('after')))
      .orderBy(asc(users.id))
      .limit(upTo(sql.placeholder('limit'))),
  );
  const live = reader(
    db
      .select({ count: sql<number>`count(*)` })
      .from(apiTokens)
      .where(
        and(
          isNull(apiTokens.revokedAt),
          or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, sql.placeholder('now'))),
        ),
      ),
  );
  const token = reader(
    db
      .select()
      .from(apiTokens)
      .where(eq(apiTokens.id, sql.placeholder('id'))),
  );
  const tokens = reader(
    db
      .select()
      .from(apiTokens)
      .where(
        and(
          eq(apiTokens.userId, sql.placeholder('userId')),
          gt(apiTokens.id, sql.placeholder('after')),
        ),
      )
      .orderBy(asc(apiTokens.id))
      .limit(upTo(sql.placeholder('limit'))),
  );
  return {
    hasAdmin: async () => admin.get() !== undefined,
    userById: async (id) => byId.get({ id }) ?? null,
    userByEmail: async (email) => byEmail.get({ email }) ?? null,
    userByUsername: async (username) => byUsername.get({ username }) ?? null,
    users: async ({ after, limit }, origin) =>
      origin
        ? ofOrigin.all({ after: after ?? '', limit, origin })
        : page.all({ after: after ?? '', limit }),
    emailsOf: async (userId) => addresses.all({ userId }),
    githubIdentifier: async (githubId) => github.get({ githubId }) ?? null,
    sshKeysOf: async (userId) => keys.all({ userId }),
    tokenByHash: async (hash) => tokenByHash(hash),
    liveTokens: async (now) => live.get({ now })!.count,
    tokenById: async (id) => token.get({ id }) ?? null,
    tokensOf: async (userId, { after, limit }) => tokens.all({ userId, after: after ?? '', limit }),
  };
}
