import type { Allocation } from './loans/allocation';
import type { Credential, CredentialState } from './lifecycle/credential';
import type { NewEvent } from './event';
import type { VmUser } from './legacy';
import type { Operation } from './lifecycle/operation';
import type { Kind, Pool } from './pools/pool';
import type { Reservation } from './loans/reservation';
import type { Resource } from './lifecycle/resource';
import type { ApiToken, Email, GithubIdentifier, SshKey, User } from './people/user';

/** One row of a waiting request: one item in one of the lines that can serve it. */
export interface QueueEntry {
  reservationId: string;
  item: number;
  classId: number;
  /** The one resource that the item names, or null. */
  resourceId: string | null;
  count: number;
  /** How many of `count` are not yet set aside. */
  missing: number;
  /** Smaller is served first; see scheduling.ts. */
  rank: number;
  requestedAt: number;
}

/** The stored outcome of a request that was made under an idempotency key. */
export interface IdempotencyRecord {
  principal: string;
  method: string;
  path: string;
  key: string;
  requestHash: string;
  /** The id of the thing that came of it. */
  resultId: string;
  /** The answer's bytes, for the API that promises them back; holds no secret. */
  answer: string | null;
  createdAt: number;
}

/** The breaker of a pool's driver. */
export interface Breaker {
  poolId: string;
  /** Back-end failures in a row. */
  failures: number;
  openUntil: number;
  /** The back end's last error message; holds no secret. */
  reason: string;
  /** Since when it fails. */
  since: number;
}

/** The kind-specific, non-secret facts of a resource: where it is, how it runs. */
export type DetailFields = Record<string, string | number | undefined>;

/**
 * All that a decision can do to a store. A store carries each out as it stands, in this order, and
 * adds nothing of its own: what one change entails for other rows is said here, or is a change
 * itself. It answers `Queries`, too.
 */
export type Change =
  | { do: 'createPool'; pool: Pool }
  | { do: 'setPool'; id: string; set: Partial<Omit<Pool, 'id' | 'name'>> }
  /** Gives a pool a class for each of these types, unless it has it already. */
  | { do: 'addClasses'; poolId: string; types: string[] }
  /** Takes all entries out of the queues of a pool. */
  | { do: 'clearQueues'; poolId: string }
  /** Removes a pool with its classes and its breaker. */
  | { do: 'deletePool'; id: string }
  | { do: 'createResource'; resource: Resource }
  | { do: 'setResource'; id: string; set: Partial<Omit<Resource, 'id' | 'poolId'>> }
  /** Adds to the details that are known, or replaces those of the same name. */
  | { do: 'setDetails'; resourceId: string; kind: Kind; details: DetailFields }
  | { do: 'allocate'; allocation: Allocation }
  | {
      do: 'setAllocation';
      id: string;
      set: Partial<Pick<Allocation, 'access' | 'sealedAccess' | 'endedAt'>>;
    }
  | { do: 'createReservation'; reservation: Reservation }
  | { do: 'setReservation'; id: string; set: Partial<Omit<Reservation, 'id' | 'userId' | 'items'>> }
  | { do: 'enqueue'; wait: QueueEntry }
  | { do: 'setMissing'; reservationId: string; item: number; missing: number }
  /** A resource that was held for this item is lost to it again: it misses one more. */
  | { do: 'releaseHold'; reservationId: string; item: number }
  | { do: 'setRank'; reservationId: string; rank: number }
  | { do: 'dequeue'; reservationId: string }
  | { do: 'createOperation'; operation: Operation }
  | {
      do: 'setOperation';
      id: string;
      set: Partial<Omit<Operation, 'id' | 'resourceId' | 'poolId'>>;
    }
  | { do: 'putCredential'; credential: Credential }
  | { do: 'setCredential'; id: string; state: CredentialState }
  | { do: 'dropCredential'; id: string }
  /** Replaces the breaker of its pool; one without failures is removed. */
  | { do: 'setBreaker'; breaker: Breaker }
  | { do: 'createUser'; user: Omit<User, 'number'> }
  | { do: 'setUser'; id: string; set: Partial<Omit<User, 'id' | 'number'>> }
  | { do: 'createToken'; token: ApiToken }
  | { do: 'setToken'; id: string; set: Partial<Pick<ApiToken, 'revokedAt' | 'lastUsedAt'>> }
  /** All that the user still has. */
  | { do: 'revokeTokens'; userId: string; revokedAt: number }
  | { do: 'addEmail'; email: Email }
  | { do: 'addGithubIdentifier'; identifier: GithubIdentifier }
  /** Links a GitHub account, and unlinks it from its previous user. */
  | { do: 'linkGithub'; identifier: GithubIdentifier }
  /**
   * Replaces the addresses and keys of a user that come from one source. An address or key from
   * elsewhere stays as it is; such an address becomes verified.
   */
  | { do: 'replaceEmails'; userId: string; source: 'github'; emails: Email[] }
  | { do: 'replaceSshKeys'; userId: string; source: 'github'; keys: SshKey[] }
  | { do: 'saveIdempotencyRecord'; record: IdempotencyRecord }
  /** Side data of the legacy APIs; see legacy.ts. */
  | { do: 'putVmUser'; vmUser: VmUser }
  | { do: 'dropVmUser'; userId: string }
  | { do: 'append'; event: NewEvent };

/**
 * The result of a decision: the changes to apply, and the value that the caller gets once they are
 * durable.
 */
export interface Decision<T> {
  changes: Change[];
  value: T;
}

/** A decision without changes. */
export function nothing<T>(value: T): Decision<T> {
  return { changes: [], value };
}
