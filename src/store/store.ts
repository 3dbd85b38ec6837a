import type { Decision } from '../domain/change';
import type { Once } from '../domain/idempotency';
import type { Load, LoadName, Loads } from './loads';
import type { Reads } from './reads';

/**
 * The database. All writes of the service go through `transact`: load a small snapshot, decide,
 * apply, in one immediate transaction. A second implementation provides the loads, the changes and
 * the reads, and no use case.
 */
export interface Store {
  /**
   * Loads a snapshot, has `decide` say what to change, applies that and appends its events, all or
   * nothing. `decide` is synchronous and pure; `now` (epoch ms, never going back) is read once
   * after the transaction began. Resolves when the changes are durable. Errors: whatever `decide`
   * throws, with nothing written; DomainError `busy` when others hold the lock for too long; the
   * database's own error when it cannot write.
   */
  transact<K extends LoadName, T>(
    load: Load<K>,
    decide: (snapshot: Loads[K]['gives'], now: number) => Decision<T>,
    once?: Once<T>,
  ): Promise<T>;

  readonly read: Reads;

  /** The domain's time without a transaction, for views; epoch ms. */
  now(): number;

  /**
   * Calls `listener` after anybody, in any process, has committed something; returns how to stop
   * that.
   */
  onChange(listener: () => void): () => void;

  /** A fact by name; null if it was never set. */
  metadata(name: string): Promise<string | null>;
  setMetadata(name: string, value: string): Promise<void>;
  /** Sets a fact unless it is set, and gives what it is then: of several processes one wins. */
  claimMetadata(name: string, value: string): Promise<string>;

  /** Rows that this connection has written since it was opened. */
  written(): number;

  /** A job finished a pass. */
  beat(job: string): Promise<void>;
  heartbeats(): Promise<Record<string, number>>;

  /** Forgets a bounded number of rows that ended before these times (epoch ms); gives how many. */
  prune(before: Retention, limit: number): Promise<number>;

  /** Throws the database's error if it cannot be written. */
  probe(): Promise<void>;

  close(): Promise<void>;
}

/** What is older than this is forgotten; epoch ms. */
export interface Retention {
  events: number;
  /**
   * Of ended reservations, destroyed resources, and API tokens that were revoked or have expired.
   */
  reservations: number;
  idempotency: number;
  operations: number;
}
