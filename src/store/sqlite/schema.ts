import { sql } from 'drizzle-orm';
import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import type { AccessState } from '../../domain/loans/allocation';
import type { CredentialState } from '../../domain/lifecycle/credential';
import type { EventType } from '../../domain/event';
import type { VmUser } from '../../domain/legacy';
import type {
  Capabilities,
  OperationKind,
  OperationOutcome,
  OperationStep,
} from '../../domain/lifecycle/operation';
import type {
  Kind,
  Labels,
  PoolOrigin,
  PoolPolicy,
  PoolType,
  Sizing,
} from '../../domain/pools/pool';
import type {
  Api,
  EndReason,
  RequestItem,
  Reservation,
  ReservationStatus,
} from '../../domain/loans/reservation';
import type { AdminState, ResourceStatus } from '../../domain/lifecycle/resource';
import { PROMOTED_BELOW } from '../../domain/queue/ranks';
import type { Role, Scope, UserOrigin } from '../../domain/people/user';

/**
 * Times are epoch ms. Wherever SQLite can express a promise of the domain, an index or a check here
 * enforces it, too.
 */

export const pools = sqliteTable('pools', {
  id: text('id').primaryKey(),
  name: text('name').notNull().unique(),
  kind: text('kind').$type<Kind>().notNull(),
  driver: text('driver').notNull(),
  settings: text('settings', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  simulate: integer('simulate', { mode: 'boolean' }).notNull().default(false),
  sizing: text('sizing').$type<Sizing>().notNull(),
  size: integer('size').notNull(),
  spares: integer('spares').notNull().default(0),
  types: text('types', { mode: 'json' }).$type<PoolType[]>().notNull(),
  labels: text('labels', { mode: 'json' }).$type<Labels>().notNull(),
  policy: text('policy', { mode: 'json' }).$type<PoolPolicy>().notNull(),
  capabilities: text('capabilities', { mode: 'json' }).$type<Capabilities>().notNull(),
  origin: text('origin').$type<PoolOrigin>().notNull(),
  deletingAt: integer('deleting_at'),
  version: integer('version').notNull(),
  createdAt: integer('created_at').notNull(),
});

export const classes = sqliteTable(
  'resource_classes',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    poolId: text('pool_id')
      .notNull()
      .references(() => pools.id, { onDelete: 'cascade' }),
    type: text('type').notNull(),
  },
  (table) => [uniqueIndex('resource_classes_by_pool_and_type').on(table.poolId, table.type)],
);

export const resources = sqliteTable(
  'resources',
  {
    id: text('id').primaryKey(),
    poolId: text('pool_id').notNull(),
    classId: integer('class_id').notNull(),
    name: text('name').notNull(),
    number: integer('number').notNull(),
    kind: text('kind').$type<Kind>().notNull(),
    type: text('type').notNull(),
    status: text('status').$type<ResourceStatus>().notNull(),
    adminState: text('admin_state').$type<AdminState>().notNull(),
    generation: integer('generation').notNull(),
    reason: text('reason'),
    handle: text('handle'),
    nextOperation: text('next_operation').$type<OperationKind>(),
    dueAt: integer('due_at'),
    operationId: text('operation_id'),
    failures: integer('failures').notNull(),
    rank: integer('rank').notNull(),
    heldFor: text('held_for'),
    heldItem: integer('held_item'),
    verifiedAt: integer('verified_at'),
    rotatedAt: integer('rotated_at'),
    cleanedAt: integer('cleaned_at'),
    expiresAt: integer('expires_at'),
    unprovenSince: integer('unproven_since'),
    shrinks: integer('shrinks', { mode: 'boolean' }).notNull().default(false),
    createdAt: integer('created_at').notNull(),
    changedAt: integer('changed_at').notNull(),
    destroyedAt: integer('destroyed_at'),
  },
  (table) => [
    uniqueIndex('resources_by_name')
      .on(table.name)
      .where(sql`${table.destroyedAt} is null`),
    // The definition of *available*; domain/lifecycle/resource.ts agrees with it.
    index('resources_available')
      .on(table.classId, table.rank)
      .where(
        sql.join(
          [
            sql`${table.status} = 'available'`,
            sql`${table.adminState} = 'in_service'`,
            sql`${table.heldFor} is null`,
          ],
          sql` and `,
        ),
      ),
    index('resources_due')
      .on(table.poolId, table.nextOperation, table.dueAt)
      .where(sql`${table.dueAt} is not null`),
    index('resources_held')
      .on(table.heldFor)
      .where(sql`${table.heldFor} is not null`),
    index('resources_by_number')
      .on(table.classId, table.number)
      .where(sql`${table.destroyedAt} is null`),
    index('resources_by_pool')
      .on(table.poolId, table.number)
      .where(sql`${table.destroyedAt} is null`),
    // Lists are in order of id: each class and status is a list of its own, and a page is merged
    // from them.
    index('resources_listed')
      .on(table.classId, table.status, table.id)
      .where(sql`${table.destroyedAt} is null`),
    index('resources_destroyed')
      .on(table.destroyedAt)
      .where(sql`${table.destroyedAt} is not null`),
  ],
);

/**
 * How many resources of a class are in each state; kept by triggers, so that counting never scans
 * the resources.
 */
export const classCounts = sqliteTable(
  'class_counts',
  {
    classId: integer('class_id').notNull(),
    status: text('status').$type<ResourceStatus>().notNull(),
    adminState: text('admin_state').$type<AdminState>().notNull(),
    held: integer('held', { mode: 'boolean' }).notNull(),
    count: integer('count').notNull(),
  },
  (table) => [primaryKey({ columns: [table.classId, table.status, table.adminState, table.held] })],
);

const ofResource = () =>
  text('resource_id')
    .primaryKey()
    .references(() => resources.id, { onDelete: 'cascade' });
const extra = () =>
  text('extra', { mode: 'json' }).$type<Record<string, string | number>>().notNull();

export const accounts = sqliteTable('accounts', {
  resourceId: ofResource(),
  username: text('username'),
  extra: extra(),
});

export const vms = sqliteTable('vms', {
  resourceId: ofResource(),
  host: text('host'),
  port: integer('port'),
  hostKey: text('host_key'),
  powerState: text('power_state'),
  extra: extra(),
});

export const containers = sqliteTable('containers', {
  resourceId: ofResource(),
  host: text('host'),
  port: integer('port'),
  hostKey: text('host_key'),
  powerState: text('power_state'),
  extra: extra(),
});

export const lentTokens = sqliteTable('lent_tokens', {
  resourceId: ofResource(),
  /** SHA-256 of the token, by which its resource is found. */
  valueHash: text('value_hash').unique(),
  extra: extra(),
});

export const credentials = sqliteTable(
  'credentials',
  {
    id: text('id').primaryKey(),
    resourceId: text('resource_id')
      .notNull()
      .references(() => resources.id, { onDelete: 'cascade' }),
    state: text('state').$type<CredentialState>().notNull(),
    sealed: text('sealed').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    index('credentials_by_resource').on(table.resourceId),
    uniqueIndex('credentials_one_current')
      .on(table.resourceId)
      .where(sql`${table.state} = 'current'`),
  ],
);

export const reservations = sqliteTable(
  'reservations',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    apiTokenId: text('api_token_id'),
    status: text('status').$type<ReservationStatus>().notNull(),
    endReason: text('end_reason').$type<EndReason>(),
    endDetail: text('end_detail'),
    items: text('items', { mode: 'json' }).$type<RequestItem[]>().notNull(),
    priority: integer('priority').notNull(),
    duration: integer('duration'),
    maximum: integer('maximum'),
    heartbeat: integer('heartbeat'),
    prepare: integer('prepare').notNull(),
    onRelease: text('on_release').$type<Reservation['onRelease']>().notNull(),
    note: text('note'),
    sealedAccess: text('sealed_access'),
    requestId: text('request_id'),
    via: text('via').$type<Api>().notNull(),
    requestedAt: integer('requested_at').notNull(),
    startsAt: integer('starts_at'),
    endsAt: integer('ends_at'),
    heartbeatBy: integer('heartbeat_by'),
    endedAt: integer('ended_at'),
    deadlineAt: integer('deadline_at'),
    overtaken: integer('overtaken').notNull(),
    credentialsHidden: integer('credentials_hidden', { mode: 'boolean' }).notNull().default(false),
  },
  (table) => [
    index('reservations_deadline')
      .on(table.deadlineAt)
      .where(sql`${table.deadlineAt} is not null`),
    index('reservations_by_user').on(table.userId, table.id),
    // Lists are in order of id, so every index that they use contains it.
    index('reservations_by_user_and_status').on(table.userId, table.status, table.id),
    index('reservations_by_status').on(table.status, table.id),
    index('reservations_ended')
      .on(table.endedAt)
      .where(sql`${table.endedAt} is not null`),
    index('reservations_unserved')
      .on(table.endedAt)
      .where(sql`${table.endedAt} is not null and ${table.startsAt} is null`),
  ],
);

export const allocations = sqliteTable(
  'allocations',
  {
    id: text('id').primaryKey(),
    resourceId: text('resource_id').notNull(),
    reservationId: text('reservation_id').notNull(),
    item: integer('item').notNull(),
    generation: integer('generation').notNull(),
    access: text('access').$type<AccessState>().notNull(),
    sealedAccess: text('sealed_access'),
    startedAt: integer('started_at').notNull(),
    endedAt: integer('ended_at'),
  },
  (table) => [
    // Promise 1: a resource has one holder.
    uniqueIndex('allocations_one_holder')
      .on(table.resourceId)
      .where(sql`${table.endedAt} is null`),
    index('allocations_by_reservation').on(table.reservationId),
  ],
);

/** The queues: one row for each item of a queued reservation in each class that can serve it. */
export const queueEntries = sqliteTable(
  'queue_entries',
  {
    reservationId: text('reservation_id')
      .notNull()
      .references(() => reservations.id, { onDelete: 'cascade' }),
    item: integer('item').notNull(),
    classId: integer('class_id').notNull(),
    resourceId: text('resource_id'),
    count: integer('count').notNull(),
    missing: integer('missing').notNull(),
    rank: integer('rank').notNull(),
    requestedAt: integer('requested_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.reservationId, table.item, table.classId] }),
    index('queue_entries_in_order')
      .on(table.classId, table.rank, table.reservationId)
      .where(sql`${table.missing} > 0 and ${table.resourceId} is null`),
    index('queue_entries_by_age')
      .on(table.classId, table.requestedAt, table.reservationId)
      .where(sql`${table.missing} > 0 and ${table.rank} >= ${sql.raw(String(PROMOTED_BELOW))}`),
    index('queue_entries_named')
      .on(table.resourceId, table.rank)
      .where(sql`${table.resourceId} is not null`),
    index('queue_entries_by_count').on(table.classId, table.count),
  ],
);

/**
 * How many rows of `queue_entries` each queue has that still miss something; kept by triggers, like
 * `class_counts`.
 */
export const queueLengths = sqliteTable('queue_lengths', {
  classId: integer('class_id').primaryKey(),
  count: integer('count').notNull(),
});

/**
 * How many reservations a user has in each status except `ended`, and how many resources those ask
 * for; kept by triggers, like `class_counts`.
 */
export const userCounts = sqliteTable(
  'user_counts',
  {
    userId: text('user_id').notNull(),
    status: text('status').$type<ReservationStatus>().notNull(),
    count: integer('count').notNull(),
    resources: integer('resources').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.userId, table.status] })],
);

/** How many ended reservations of a user are kept; kept by triggers, like `class_counts`. */
export const endedCounts = sqliteTable(
  'ended_counts',
  { userId: text('user_id').primaryKey(), count: integer('count').notNull() },
  (table) => [index('ended_counts_by_count').on(table.count)],
);

export const operations = sqliteTable(
  'operations',
  {
    id: text('id').primaryKey(),
    resourceId: text('resource_id').notNull(),
    poolId: text('pool_id').notNull(),
    kind: text('kind').$type<OperationKind>().notNull(),
    step: text('step').$type<OperationStep>().notNull(),
    generation: integer('generation').notNull(),
    allocationId: text('allocation_id'),
    attempt: integer('attempt').notNull(),
    claimedBy: text('claimed_by'),
    claimedUntil: integer('claimed_until').notNull(),
    outcome: text('outcome').$type<OperationOutcome>(),
    error: text('error'),
    requestId: text('request_id'),
    createdAt: integer('created_at').notNull(),
    finishedAt: integer('finished_at'),
  },
  (table) => [
    // A resource has one operation at a time.
    uniqueIndex('operations_one_live')
      .on(table.resourceId)
      .where(sql`${table.finishedAt} is null`),
    index('operations_claimed')
      .on(table.poolId, table.claimedUntil)
      .where(sql`${table.finishedAt} is null`),
    // Spelled out: SQLite uses it only for a condition without a parameter.
    index('operations_superseded')
      .on(table.poolId, table.claimedUntil)
      .where(sql`${table.outcome} = 'superseded'`),
    index('operations_finished')
      .on(table.finishedAt)
      .where(sql`${table.finishedAt} is not null`),
  ],
);

export const breakers = sqliteTable('breakers', {
  poolId: text('pool_id')
    .primaryKey()
    .references(() => pools.id, { onDelete: 'cascade' }),
  failures: integer('failures').notNull(),
  openUntil: integer('open_until').notNull(),
  reason: text('reason').notNull().default(''),
  since: integer('since').notNull().default(0),
});

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

export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    principal: text('principal').notNull(),
    method: text('method').notNull(),
    path: text('path').notNull(),
    key: text('key').notNull(),
    requestHash: text('request_hash').notNull(),
    resultId: text('result_id').notNull(),
    answer: text('answer'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.principal, table.method, table.path, table.key] }),
    index('idempotency_keys_by_age').on(table.createdAt),
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

export const events = sqliteTable('events', {
  seq: integer('seq').primaryKey({ autoIncrement: true }),
  at: integer('at').notNull(),
  type: text('type').$type<EventType>().notNull(),
  poolId: text('pool_id'),
  resourceId: text('resource_id'),
  reservationId: text('reservation_id'),
  userId: text('user_id'),
  data: text('data', { mode: 'json' })
    .$type<Record<string, string | number | boolean | null>>()
    .notNull(),
});

/** Single facts of the installation: its id, sealed keys, the pools file as last loaded. */
export const metadata = sqliteTable('metadata', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
});

/** When each job last finished a pass. */
export const jobHeartbeats = sqliteTable('job_heartbeats', {
  job: text('job').primaryKey(),
  at: integer('at').notNull(),
});
