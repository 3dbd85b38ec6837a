import type { Session } from '../../../src/domain/people/session';
import type { Delivery, Webhook } from '../../../src/domain/webhooks/webhook';
import type { ReturnRecord } from '../../../src/domain/returns/record';
import type { Allocation } from '../../../src/domain/loans/allocation';
import type { QueueEntry } from '../../../src/domain/change';
import type { Operation } from '../../../src/domain/lifecycle/operation';
import { defaultPolicy, type Pool } from '../../../src/domain/pools/pool';
import type { Reservation } from '../../../src/domain/loans/reservation';
import type { Resource } from '../../../src/domain/lifecycle/resource';
import type { ApiToken, User } from '../../../src/domain/people/user';

/** Things of the domain for tests, whole and plausible; each may be varied. */

export function aPool(fields: Partial<Pool> = {}): Pool {
  const capabilities = {
    provisions: true,
    rotates: true,
    opensAccess: false,
    accessByKey: false,
    staticCredential: true,
    leavesNothing: false,
    simulates: false,
    replaces: false,
  };
  const rest = {
    kind: 'account',
    driver: 'simulated',
    settings: { a: 1 },
    simulate: false,
    sizing: 'managed',
    size: 3,
    spares: 0,
    types: [{ name: 'free', share: 1, spec: { cpu: 2 } }],
    labels: { zone: 'eu' },
  } as const;
  return {
    id: 'p1',
    name: 'pool',
    ...rest,
    types: [...rest.types],
    policy: defaultPolicy('account'),
    capabilities,
    origin: 'api',
    deletingAt: null,
    version: 1,
    createdAt: 1,
    ...fields,
  };
}

export function aResource(id: string, fields: Partial<Resource> = {}): Resource {
  const unset = {
    reason: null,
    handle: null,
    nextOperation: null,
    dueAt: null,
    operationId: null,
    heldFor: null,
    heldItem: null,
    heldUntil: null,
    backAt: null,
  };
  const never = {
    verifiedAt: null,
    rotatedAt: null,
    cleanedAt: null,
    expiresAt: null,
    destroyedAt: null,
    unprovenSince: null,
    shrinks: false,
  };
  const number = Number(id.replace(/\D/g, ''));
  const standing = {
    kind: 'account',
    type: 'free',
    fields: null,
    seatOf: null,
    wayBack: null,
    status: 'available',
    adminState: 'in_service',
    maintenanceUntil: null,
  } as const;
  return {
    id,
    poolId: 'p1',
    classId: 1,
    name: `pool-${id}`,
    number,
    ...standing,
    generation: 0,
    ...unset,
    failures: 0,
    rank: number,
    ...never,
    createdAt: 1,
    changedAt: 1,
    ...fields,
  };
}

export function aReservation(id: string, fields: Partial<Reservation> = {}): Reservation {
  const unset = {
    endReason: null,
    endDetail: null,
    note: null,
    sealedAccess: null,
    requestId: null,
    traceparent: null,
    apiTokenId: null,
    requestedBy: null,
  };
  const unlived = {
    startsAt: null,
    endsAt: null,
    heartbeatBy: null,
    endedAt: null,
    deadlineAt: null,
    noticeAt: null,
  };
  const terms = {
    priority: 0,
    duration: 60_000,
    maximum: null,
    heartbeat: null,
    prepare: 1_000,
    notice: null,
    onRelease: 'clean',
    via: 'v1',
  } as const;
  return {
    id,
    userId: 'u1',
    status: 'active',
    items: [{ pool: 'pool', count: 1 }],
    ...unset,
    ...terms,
    requestedAt: 1,
    ...unlived,
    overtaken: 0,
    credentialsHidden: false,
    ...fields,
  };
}

export function anAllocation(
  resourceId: string,
  reservationId: string,
  fields: Partial<Allocation> = {},
): Allocation {
  return {
    id: `${resourceId}.1`,
    resourceId,
    reservationId,
    item: 0,
    generation: 1,
    access: 'none',
    sealedAccess: null,
    startedAt: 1,
    endedAt: null,
    ...fields,
  };
}

export function anEntry(reservationId: string, fields: Partial<QueueEntry> = {}): QueueEntry {
  return {
    reservationId,
    item: 0,
    classId: 1,
    resourceId: null,
    count: 2,
    missing: 2,
    rank: 1,
    requestedAt: 1,
    parked: false,
    ...fields,
  };
}

export function anOperation(
  id: string,
  resourceId: string,
  fields: Partial<Operation> = {},
): Operation {
  const unset = {
    allocationId: null,
    claimedBy: null,
    outcome: null,
    error: null,
    sealedMemo: null,
    requestId: null,
    traceparent: null,
    finishedAt: null,
  };
  return {
    id,
    resourceId,
    poolId: 'p1',
    kind: 'clean',
    step: 'call',
    generation: 0,
    attempt: 1,
    claimedUntil: 0,
    createdAt: 1,
    ...unset,
    ...fields,
  };
}

export function aUser(id: string, fields: Partial<User> = {}): Omit<User, 'number'> {
  return {
    id,
    name: id,
    email: null,
    username: null,
    emailSelfDeclared: false,
    role: 'user',
    origin: 'v1',
    passwordHash: null,
    disabledAt: null,
    createdAt: 1,
    version: 1,
    passwordVersion: null,
    leavingSince: null,
    ...fields,
  };
}

export function aToken(id: string, userId: string, fields: Partial<ApiToken> = {}): ApiToken {
  return {
    id,
    userId,
    name: id,
    hash: `hash-${id}`,
    scopes: ['read'],
    maxPriority: 0,
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
    imported: false,
    parentId: null,
    createdAt: 1,
    ...fields,
  };
}

export function aReturn(resourceId: string, fields: Partial<ReturnRecord> = {}): ReturnRecord {
  return {
    at: 8,
    outcome: 'returned',
    level: 'R1',
    needed: 'R1',
    cause: 'loan',
    since: 5,
    resourceId,
    resource: `name-${resourceId}`,
    kind: 'account',
    type: 'default',
    poolId: 'p1',
    pool: 'pool',
    driver: 'simulated',
    version: '1.0.0',
    generation: 2,
    reservationId: 'v1',
    steps: [],
    shown: {},
    ...fields,
  };
}

/** A webhook of the user u1. */
export function aWebhook(fields: Partial<Webhook> = {}): Webhook {
  return {
    ...{ id: 'w1', userId: 'u1', apiTokenId: null, everybody: false, state: 'active', version: 1 },
    ...{ url: 'https://hooks.example.org', types: ['lease.lost'], poolId: null, description: '' },
    ...{ reason: null, sealedSecrets: 'x', cursor: 0, replayAfter: null, replayTo: null },
    createdAt: 1,
    ...fields,
  };
}

/** A delivery to w1 that is due at once, about the reservation v1. */
export function aDelivery(fields: Partial<Delivery> = {}): Delivery {
  const { seq = 1 } = fields;
  return {
    ...{ id: `w1_${seq}`, webhookId: 'w1', seq, type: 'lease.lost', reservationId: 'v1' },
    ...{ state: 'pending', tries: 0, since: 1, nextTryAt: 1, lastTryAt: null },
    ...{ lastStatus: null, lastError: null, finishedAt: null },
    ...fields,
  };
}

/** A session of a user that a password made, open until 100. */
export function aSession(id: string, userId: string, fields: Partial<Session> = {}): Session {
  return {
    id,
    userId,
    hash: `hash-${id}`,
    apiTokenId: null,
    passwordVersion: 0,
    address: '127.0.0.1',
    userAgent: 'Browser',
    createdAt: 1,
    lastSeenAt: 1,
    idle: 99,
    expiresAt: 1_000,
    endsAt: 100,
    ...fields,
  };
}
