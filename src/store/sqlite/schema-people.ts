import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { VmUser } from '../../domain/legacy';
import type { Role, Scope, UserOrigin } from '../../domain/people/user';

/** The tables about people; the rules of schema.ts hold here, too. */

export const users = sqliteTable(
  'users',
  {
    number: integer('number').primaryKey({ autoIncrement: true }),
    id: text('id').notNull().unique(),
    name: text('name').notNull(),
    email: text('email').unique(),
    emailSelfDeclared: integer('email_self_declared', { mode: 'boolean' }).notNull().default(false),
    username: text('username').unique(),
    role: text('role').$type<Role>().notNull(),
    origin: text('origin').$type<UserOrigin>().notNull(),
    passwordHash: text('password_hash'),
    disabledAt: integer('disabled_at'),
    createdAt: integer('created_at').notNull(),
    version: integer('version').notNull(),
    passwordVersion: integer('password_version'),
    leavingSince: integer('leaving_since'),
  },
  (table) => [
    // Migrations 0012 and 0013 add users_password_cost and users_by_username by hand: drizzle-kit
    // cannot write their expressions.
    index('users_leaving')
      .on(table.leavingSince)
      .where(sql`${table.leavingSince} is not null`),
    index('users_admins')
      .on(table.role)
      .where(sql`${table.role} = 'admin' and ${table.disabledAt} is null`),
  ],
);

/** The VM reservation API's data about its users; nothing else reads it. */
export const vmUsers = sqliteTable('vm_users', {
  userId: text('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  number: integer('number').notNull().unique(),
  role: text('role').$type<VmUser['role']>().notNull(),
});

export const apiTokens = sqliteTable(
  'api_tokens',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    name: text('name').notNull(),
    hash: text('hash').notNull().unique(),
    scopes: text('scopes', { mode: 'json' }).$type<Scope[]>().notNull(),
    maxPriority: integer('max_priority').notNull(),
    expiresAt: integer('expires_at'),
    lastUsedAt: integer('last_used_at'),
    revokedAt: integer('revoked_at'),
    imported: integer('imported', { mode: 'boolean' }).notNull(),
    parentId: text('parent_id'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    index('api_tokens_by_user').on(table.userId, table.id),
    index('api_tokens_unrevoked')
      .on(table.userId, table.expiresAt)
      .where(sql`${table.revokedAt} is null`),
    index('api_tokens_by_parent')
      .on(table.parentId)
      .where(sql`${table.parentId} is not null`),
    index('api_tokens_revoked')
      .on(table.revokedAt)
      .where(sql`${table.revokedAt} is not null`),
    index('api_tokens_expiring')
      .on(table.expiresAt)
      .where(sql`${table.expiresAt} is not null`),
  ],
);

export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    hash: text('hash').notNull().unique(),
    apiTokenId: text('api_token_id'),
    passwordVersion: integer('password_version'),
    address: text('address'),
    userAgent: text('user_agent'),
    createdAt: integer('created_at').notNull(),
    lastSeenAt: integer('last_seen_at').notNull(),
    idle: integer('idle').notNull(),
    expiresAt: integer('expires_at').notNull(),
    endsAt: integer('ends_at').notNull(),
  },
  (table) => [
    index('sessions_by_user').on(table.userId, table.lastSeenAt),
    index('sessions_ending').on(table.endsAt),
  ],
);

export const emails = sqliteTable(
  'emails',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    email: text('email').notNull(),
    source: text('source').$type<'github'>(),
    verifiedAt: integer('verified_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [uniqueIndex('emails_once').on(table.userId, table.email)],
);

export const githubIdentifiers = sqliteTable(
  'github_identifiers',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    githubId: text('github_id').notNull().unique(),
    verifiedAt: integer('verified_at'),
    vouched: integer('vouched', { mode: 'boolean' }).notNull().default(false),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('github_identifiers_by_user').on(table.userId)],
);

export const sshKeys = sqliteTable(
  'ssh_keys',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    key: text('key').notNull(),
    source: text('source').$type<'github'>().notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [uniqueIndex('ssh_keys_once').on(table.userId, table.key)],
);
