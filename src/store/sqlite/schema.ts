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
import type { Capabilities, OperationKind } from '../../domain/lifecycle/operation';
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
import type { AdminState, ListedFields, ResourceStatus } from '../../domain/lifecycle/resource';
import type { WayBack } from '../../domain/returns/way-back';
import { PROMOTED_BELOW } from '../../domain/queue/ranks';
import { nullableJson } from './schema-json';

export * from './schema-counts';
export * from './schema-history';
export * from './schema-operations';
export * from './schema-people';
export * from './schema-returns';
export * from './schema-service';
export * from './schema-webhooks';

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
  // Outside the domain's pool, which is cached by version: how far a changed policy has reached.
  replanAfter: text('replan_after'),
  replanExpiry: integer('replan_expiry', { mode: 'boolean' }).notNull().default(false),
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
    fields: nullableJson<ListedFields>('fields'),
    seatOf: text('seat_of'),
    status: text('status').$type<ResourceStatus>().notNull(),
    adminState: text('admin_state').$type<AdminState>().notNull(),
    maintenanceUntil: integer('maintenance_until'),
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
    heldUntil: integer('held_until'),
    backAt: integer('back_at'),
    verifiedAt: integer('verified_at'),
    rotatedAt: integer('rotated_at'),
    cleanedAt: integer('cleaned_at'),
    expiresAt: integer('expires_at'),
    unprovenSince: integer('unproven_since'),
    wayBack: nullableJson<WayBack>('way_back'),
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
    index('resources_held_in_class')
      .on(table.classId, table.heldUntil)
      .where(sql`${table.heldFor} is not null`),
    // Lent ones that can be lent again: by the end of their loan, or of those without one by its start.
    index('resources_lent')
      .on(table.classId, table.backAt, table.changedAt)
      .where(sql`${table.status} = 'allocated' and ${table.adminState} = 'in_service'`),
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
    // Of a column that no loan writes, so that none pays for it.
    index('resources_back_from_maintenance')
      .on(table.maintenanceUntil)
      .where(sql`${table.maintenanceUntil} is not null`),
    index('resources_seats')
      .on(table.poolId)
      .where(sql`${table.seatOf} is not null and ${table.destroyedAt} is null`),
    index('resources_destroyed')
      .on(table.destroyedAt)
      .where(sql`${table.destroyedAt} is not null`),
  ],
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

export const hosts = sqliteTable('hosts', {
  resourceId: ofResource(),
  host: text('host'),
  port: integer('port'),
  hostKey: text('host_key'),
  powerState: text('power_state'),
  extra: extra(),
});

export const items = sqliteTable('items', {
  resourceId: ofResource(),
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
    requestedBy: text('requested_by'),
    status: text('status').$type<ReservationStatus>().notNull(),
    endReason: text('end_reason').$type<EndReason>(),
    endDetail: text('end_detail'),
    items: text('items', { mode: 'json' }).$type<RequestItem[]>().notNull(),
    priority: integer('priority').notNull(),
    duration: integer('duration'),
    maximum: integer('maximum'),
    heartbeat: integer('heartbeat'),
    prepare: integer('prepare').notNull(),
    notice: integer('notice'),
    onRelease: text('on_release').$type<Reservation['onRelease']>().notNull(),
    note: text('note'),
    sealedAccess: text('sealed_access'),
    requestId: text('request_id'),
    traceparent: text('traceparent'),
    via: text('via').$type<Api>().notNull(),
    requestedAt: integer('requested_at').notNull(),
    startsAt: integer('starts_at'),
    endsAt: integer('ends_at'),
    heartbeatBy: integer('heartbeat_by'),
    endedAt: integer('ended_at'),
    deadlineAt: integer('deadline_at'),
    noticeAt: integer('notice_at'),
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
    parked: integer('parked', { mode: 'boolean' }).notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.reservationId, table.item, table.classId] }),
    index('queue_entries_in_order')
      .on(table.classId, table.rank, table.reservationId)
      .where(sql`${table.missing} > 0 and ${table.resourceId} is null and ${table.parked} = 0`),
    index('queue_entries_by_age')
      .on(table.classId, table.requestedAt, table.reservationId)
      .where(sql`${table.missing} > 0 and ${table.rank} >= ${sql.raw(String(PROMOTED_BELOW))}`),
    index('queue_entries_named')
      .on(table.resourceId, table.parked, table.rank)
      .where(sql`${table.resourceId} is not null`),
    index('queue_entries_parked')
      .on(table.reservationId)
      .where(sql`${table.parked} = 1`),
    index('queue_entries_by_count').on(table.classId, table.count),
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
