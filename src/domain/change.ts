import type { StoredTally } from './history/tally';
import type { Allocation } from './loans/allocation';
import type { Credential, CredentialState } from './lifecycle/credential';
import type { NewEvent } from './event';
import type { VmUser } from './legacy';
import type { Operation } from './lifecycle/operation';
import type { Kind, Pool } from './pools/pool';
import type { Reservation } from './loans/reservation';
import type { Resource } from './lifecycle/resource';
import type { ReturnRecord } from './returns/record';
import type { Delivery, Webhook } from './webhooks/webhook';
import type {
  ApiToken,
  Email,
  GithubIdentifier,
  NewUser,
  Session,
  SshKey,
  User,
} from './people/user';

/** One row of a queued request: one item in one of the queues that can serve it. */
export interface QueueEntry {
  reservationId: string;
  item: number;
  classId: number;
  /** The one resource that the item names, or null. */
  resourceId: string | null;
  count: number;
  /** How many of `count` are not held for it yet. */
  missing: number;
  /** Smaller is served first; see scheduling.ts. */
  rank: number;
  requestedAt: number;
  /** Others go past, because something that the request lacks cannot come by itself. */
  parked: boolean;
}

/** The stored result of the first request made under an idempotency key. */
export interface IdempotencyRecord {
  principal: string;
  method: string;
  path: string;
  key: string;
  requestHash: string;
  /** The id of what the request made. */
  resultId: string;
  /** The bytes of the answer, for an API that promises to repeat them; holds no secret. */
  answer: string | null;
  createdAt: number;
}

/** The breaker of a pool's driver. */
export interface Breaker {
  poolId: string;
  /** Consecutive back-end failures. */
  failures: number;
  openUntil: number;
  /** The last error of the back end; holds no secret. */
  reason: string;
  /** The time of the first of these failures. */
  since: number;
}

/** Kind-specific, non-secret facts about a resource: its address, how it runs. */
export type DetailFields = Record<string, string | number | undefined>;

/**
 * Everything a decision can do to a store. A store carries out the changes literally and in order,
 * and adds nothing of its own: consequences for other rows are part of a change or changes of their
 * own. `Queries` is the other half, which a store answers.
 */
export type Change =
  | { do: 'createPool'; pool: Pool }
  | { do: 'setPool'; id: string; set: Partial<Omit<Pool, 'id' | 'name'>> }
  /** Adds the classes for these types that the pool does not have yet. */
  | { do: 'addClasses'; poolId: string; types: string[] }
  /** Removes all entries from the queues of a pool. */
  | { do: 'clearQueues'; poolId: string }
  /** Removes a pool with its classes and its breaker. */
  | { do: 'deletePool'; id: string }
  | { do: 'createResource'; resource: Resource }
  | { do: 'setResource'; id: string; set: Partial<Omit<Resource, 'id' | 'poolId'>> }
  /** Adds these details, replacing those of the same name. */
  | { do: 'setDetails'; resourceId: string; kind: Kind; details: DetailFields }
  | { do: 'allocate'; allocation: Allocation }
  | {
      do: 'setAllocation';
      id: string;
      set: Partial<Pick<Allocation, 'access' | 'sealedAccess' | 'endedAt'>>;
    }
  | { do: 'createReservation'; reservation: Reservation }
  | { do: 'setReservation'; id: string; set: Partial<Omit<Reservation, 'id' | 'userId' | 'items'>> }
  | { do: 'enqueue'; entry: QueueEntry }
  | { do: 'setMissing'; reservationId: string; item: number; missing: number }
  /** A resource held for this item was taken away again: the item misses one more. */
  | { do: 'releaseHold'; reservationId: string; item: number }
  /** Parks a queued request, or ends that. */
  | { do: 'setParked'; reservationId: string; parked: boolean }
  /**
   * The idle resources of a pool are yet to be planned anew: those after this id, none if it is
   * null. `expiry`: their idle expiry begins anew, too; once set, this holds for all that are left.
   */
  | { do: 'replan'; poolId: string; after: string | null; expiry?: boolean }
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
  /** Replaces the breaker of its pool; a breaker without failures is removed. */
  | { do: 'setBreaker'; breaker: Breaker }
  | { do: 'createUser'; user: NewUser }
  | { do: 'setUser'; id: string; set: Partial<Omit<User, 'id' | 'number'>> }
  | { do: 'createToken'; token: ApiToken }
  | { do: 'setToken'; id: string; set: Partial<Pick<ApiToken, 'revokedAt' | 'lastUsedAt'>> }
  /** Removes the oldest tokens of a user that are of no use at `now`, but for the last `keep`. */
  | { do: 'forgetDeadTokens'; userId: string; now: number; keep: number }
  /** Revokes all tokens of the user that are still valid. */
  | { do: 'revokeTokens'; userId: string; revokedAt: number }
  /** Revokes all tokens made with this one, and with those, that are still valid. */
  | { do: 'revokeDescendants'; tokenId: string; revokedAt: number }
  | { do: 'createSession'; session: Session }
  | { do: 'setSession'; id: string; set: Pick<Session, 'lastSeenAt' | 'endsAt'> }
  | { do: 'endSession'; id: string }
  /** Ends all sessions of a user; of everybody, if it is null. */
  | { do: 'endSessions'; userId: string | null }
  /** Hides the credentials of all live reservations of the user (`credentialsHidden`). */
  | { do: 'hideCredentials'; userId: string }
  | { do: 'addEmail'; email: Email }
  | { do: 'addGithubIdentifier'; identifier: GithubIdentifier }
  /** Links a GitHub account, taking it from its previous user, if any. */
  | { do: 'linkGithub'; identifier: GithubIdentifier }
  /**
   * Replaces the addresses or keys that a source reported for a user. An address or key that came
   * from elsewhere stays as it is, but such an address becomes verified.
   */
  | { do: 'replaceEmails'; userId: string; source: 'github'; emails: Email[] }
  | { do: 'replaceSshKeys'; userId: string; source: 'github'; keys: SshKey[] }
  | { do: 'saveIdempotencyRecord'; record: IdempotencyRecord }
  /** Replaces a fact about the installation. */
  | { do: 'setMetadata'; name: string; value: string }
  /** Data that only the legacy APIs use; see legacy.ts. */
  | { do: 'putVmUser'; vmUser: VmUser }
  | { do: 'dropVmUser'; userId: string }
  | { do: 'createWebhook'; webhook: Webhook }
  | { do: 'setWebhook'; id: string; set: Partial<Omit<Webhook, 'id' | 'userId'>> }
  /** Adds a delivery, or replaces the one of the same id. */
  | { do: 'putDelivery'; delivery: Delivery }
  | { do: 'setDelivery'; id: string; set: Partial<Omit<Delivery, 'id' | 'webhookId' | 'seq'>> }
  /** Adds a record to the chain of returns, and appends the event that says so. */
  | { do: 'addReturn'; record: ReturnRecord }
  /** Stores a tally of the history in place of the one of the same key. */
  | { do: 'putTally'; stored: StoredTally }
  | { do: 'append'; event: NewEvent };

/** A decision: the changes to apply, and the value that the caller gets once they are durable. */
export interface Decision<T> {
  changes: Change[];
  value: T;
}

/** A decision without changes. */
export function nothing<T>(value: T): Decision<T> {
  return { changes: [], value };
}
