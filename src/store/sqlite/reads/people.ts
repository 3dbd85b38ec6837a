import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { Reads } from '../../reads';
import type { Db } from '../database';
import { apiTokens, emails, githubIdentifiers, sshKeys, users } from '../schema';

type PeopleReads = Pick<Reads, 'userById' | 'userByEmail' | 'userByUsername' | 'userByVmNumber' | 'vmUsers' | 'users' | 'emailsOf' | 'githubIdentifier' | 'sshKeysOf' | 'tokenByHash' | 'liveTokens' | 'tokenById' | 'tokensOf'>;

/** Look-ups of users and their tokens. */
export function peopleReads(db: Db): PeopleReads {
  const byId = db.select().from(users).where(eq(users.id, sql.placeholder('id'))).prepare();
  const byEmail = db.select().from(users).where(eq(users.email, sql.placeholder('email'))).prepare();
  const byUsername = db.select().from(users).where(eq(users.username, sql.placeholder('username'))).prepare();
  const byVmNumber = db.select().from(users).where(eq(users.vmNumber, sql.placeholder('vmNumber'))).prepare();
  const ofVms = db.select().from(users).where(gt(users.vmNumber, sql.placeholder('after'))).orderBy(asc(users.vmNumber)).limit(sql.placeholder('limit')).prepare();
  const ofOrigin = db
    .select()
    .from(users)
    .where(and(eq(users.origin, sql.placeholder('origin')), gt(users.id, sql.placeholder('after'))))
    .orderBy(asc(users.id))
    .limit(sql.placeholder('limit'))
    .prepare();
  const addresses = db.select().from(emails).where(eq(emails.userId, sql.placeholder('userId'))).orderBy(asc(emails.id)).prepare();
  const github = db.select().from(githubIdentifiers).where(eq(githubIdentifiers.githubId, sql.placeholder('githubId'))).prepare();
  const keys = db.select().from(sshKeys).where(eq(sshKeys.userId, sql.placeholder('userId'))).orderBy(asc(sshKeys.id)).prepare();
  const page = db.select().from(users).where(gt(users.id, sql.placeholder('after'))).orderBy(asc(users.id)).limit(sql.placeholder('limit')).prepare();
  const byHash = db
    .select({ token: apiTokens, user: users })
    .from(apiTokens)
    .innerJoin(users, eq(users.id, apiTokens.userId))
    .where(eq(apiTokens.hash, sql.placeholder('hash')))
    .prepare();
  const live = db
    .select({ count: sql<number>`count(*)` })
    .from(apiTokens)
    .where(and(isNull(apiTokens.revokedAt), or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, sql.placeholder('now')))))
    .prepare();
  const token = db.select().from(apiTokens).where(eq(apiTokens.id, sql.placeholder('id'))).prepare();
  const tokens = db
    .select()
    .from(apiTokens)
    .where(and(eq(apiTokens.userId, sql.placeholder('userId')), gt(apiTokens.id, sql.placeholder('after'))))
    .orderBy(asc(apiTokens.id))
    .limit(sql.placeholder('limit'))
    .prepare();
  return {
    userById: async (id) => byId.get({ id }) ?? null,
    userByEmail: async (email) => byEmail.get({ email }) ?? null,
    userByUsername: async (username) => byUsername.get({ username }) ?? null,
    userByVmNumber: async (vmNumber) => byVmNumber.get({ vmNumber }) ?? null,
    vmUsers: async (after, limit) => ofVms.all({ after, limit }),
    users: async ({ after, limit }, origin) => (origin ? ofOrigin.all({ after: after ?? '', limit, origin }) : page.all({ after: after ?? '', limit })),
    emailsOf: async (userId) => addresses.all({ userId }),
    githubIdentifier: async (githubId) => github.get({ githubId }) ?? null,
    sshKeysOf: async (userId) => keys.all({ userId }),
    tokenByHash: async (hash) => byHash.get({ hash }) ?? null,
    liveTokens: async (now) => live.get({ now })!.count,
    tokenById: async (id) => token.get({ id }) ?? null,
    tokensOf: async (userId, { after, limit }) => tokens.all({ userId, after: after ?? '', limit }),
  };
}
