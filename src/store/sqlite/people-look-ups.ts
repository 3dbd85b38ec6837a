import { eq, sql } from 'drizzle-orm';
import type { Db } from './database';
import { given } from './parameters';
import { reader } from './rows';
import { apiTokens, githubIdentifiers, sessions, users } from './schema';

/** An admin who is not deleted: the index `users_admins` needs these words, without a parameter. */
export const isAdminSql = sql`${users.role} = 'admin' and ${users.disabledAt} is null`;

/** Users by what identifies them, for loads and reads alike. */
export function userLookUps(db: Db) {
  return {
    byId: reader(
      db
        .select()
        .from(users)
        .where(eq(users.id, given('id'))),
    ),
    byEmail: reader(
      db
        .select()
        .from(users)
        .where(eq(users.email, given('email'))),
    ),
    /** All users whose names differ from `username` in case at most. */
    byUsername: reader(
      db
        .select()
        .from(users)
        // Usernames are ASCII, which is all that SQLite's lower() knows.
        .where(sql`lower(${users.username}) = lower(${given('username')})`),
    ),
  };
}

/** A GitHub account by its number. */
export function githubLookUp(db: Db) {
  return reader(
    db
      .select()
      .from(githubIdentifiers)
      .where(eq(githubIdentifiers.githubId, given('githubId'))),
  );
}

/** A token by its id. */
export function tokenLookUp(db: Db) {
  return reader(
    db
      .select()
      .from(apiTokens)
      .where(eq(apiTokens.id, given('id'))),
  );
}

/** A session by its id. */
export function sessionLookUp(db: Db) {
  return reader(
    db
      .select()
      .from(sessions)
      .where(eq(sessions.id, given('id'))),
  );
}
