import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { Reads } from '../../reads';
import type { Db } from '../database';
import { apiTokens, users } from '../schema';

type PeopleReads = Pick<Reads, 'userById' | 'userByEmail' | 'users' | 'tokenByHash' | 'tokenById' | 'tokensOf'>;

export function peopleReads(db: Db): PeopleReads {
  const byId = db.select().from(users).where(eq(users.id, sql.placeholder('id'))).prepare();
  const byEmail = db.select().from(users).where(eq(users.email, sql.placeholder('email'))).prepare();
  const page = db.select().from(users).where(gt(users.id, sql.placeholder('after'))).orderBy(asc(users.id)).limit(sql.placeholder('limit')).prepare();
  const byHash = db
    .select({ token: apiTokens, user: users })
    .from(apiTokens)
    .innerJoin(users, eq(users.id, apiTokens.userId))
    .where(eq(apiTokens.hash, sql.placeholder('hash')))
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
    users: async ({ after, limit }) => page.all({ after: after ?? '', limit }),
    tokenByHash: async (hash) => byHash.get({ hash }) ?? null,
    tokenById: async (id) => token.get({ id }) ?? null,
    tokensOf: async (userId, { after, limit }) => tokens.all({ userId, after: after ?? '', limit }),
  };
}
