import type { Decision } from '../domain/change';
import type { Once } from '../domain/idempotency';
import type { Cutoffs } from '../domain/retention';
import type { Load, LoadName, Loads } from './loads';
import type { Reads } from './reads';

/**
 * The database. All writes of the service go through `transact`: load a small snapshot, decide,
 * apply, in one transaction.
 *
 * A second implementation (PostgreSQL, say) answers the domain's queries (`domain/query.ts`),
 * carries out its changes (`domain/change.ts`) and provides the reads, and no rule: how a load is
 * put together stands in `plans.ts`. It promises:
 *
 * - **Isolation.** Transactions are serializable, and what is decided in one is decided on what
 *   all earlier ones have left. The schema holds the promises that it can: one live allocation and
 *   one live operation of a resource, unique names.
 * - **Time.** A transaction's `now` is read once, after it has begun. Of two transactions the one
 *   that commits later never has the earlier `now`, and none has an earlier one than the newest
 *   event; epoch ms. That holds over processes and restarts.
 * - **Events.** `seq` rises in the order in which events become visible: once a reader has seen an
 *   event, none with a smaller `seq` appears. Numbers may be missing. A database that hands out
 *   numbers before the commit must hold back what is later (by a lock around the append, or by
 *   reading no further than the oldest transaction under way).
 * - **Order of ids.** They are ASCII, and compared as bytes everywhere: in pages, in queues, and by
 *   the domain in JavaScript. PostgreSQL needs `COLLATE "C"` for that.
 *
 * A transaction is not free: on a network it takes some round trips and a flush. Those that are
 * asked for in one turn of the event loop may share a commit, each isolated from the failures of the
 * others; so are the ends of overdue reservations, refusals, and the ends after a restore. One after
 * the other come each entry of an import, each step of a resizing (200 resources), and each page of
 * a start-up or restore.
 *
 * Behind no port stand, because each is a property of the file: who else serves it (presence and
 * `src/sqlite/instances.ts`), backup and restore, and re-keying (`rekey.ts` here, which reads
 * and writes sealed columns only). Another store brings its own, at the same places of `boot.ts`,
 * `backup/` and `cli/`.
 */
export interface Store {
  /**
   * Loads a snapshot, has `decide` say what to change, applies that and appends its events, all or
   * nothing. `decide` is synchronous and pure: it may be called several times, where the
   * transaction has to be run again, and only what it returns last counts. Resolves when the
   * changes are durable. Errors: whatever `decide` throws, with nothing written; DomainError `busy`
   * when others hold the lock for too long, or the database cannot write.
   */
  transact<K extends LoadName, T>(
    load: Load<K>,
    decide: (snapshot: Loads[K]['gives'], now: number) => Decision<T>,
    once?: Once<T>,
  ): Promise<T>;

  readonly read: Reads;

  /**
   * The domain's time without a transaction, for views and timers; epoch ms. Never before the
   * newest event that this store has read or written, and otherwise the clock of the process: it is
   * answered from memory, so a store on a network may lag behind what others have just committed.
   * No decision is made on it.
   */
  now(): number;

  /**
   * Calls `listener` after anybody, in any process, has committed something, soon, and perhaps once
   * for several commits or for none; gives how to stop that.
   */
  onChange(listener: () => void): () => void;

  /** A fact of the installation by name; null if it was never set. */
  metadata(name: string): Promise<string | null>;
  setMetadata(name: string, value: string): Promise<void>;
  /** Sets a fact unless it is set, and gives the value that it has then: one process wins. */
  claimMetadata(name: string, value: string): Promise<string>;

  /**
   * Rows that this store has written since it was opened, by its own count: a job that wrote none
   * had nothing to do.
   */
  rowsWritten(): number;

  /** Notes that a job has just finished a pass. */
  beat(job: string): Promise<void>;
  /** When each job last finished a pass; epoch ms. */
  heartbeats(): Promise<Record<string, number>>;

  /**
   * Forgets a bounded number of rows of each kind that ended before these times: events, but never
   * the newest, which the clock goes by; ended reservations with their allocations; destroyed
   * resources that no allocation is left of; finished operations; idempotency keys; API tokens that
   * were revoked or have expired, but no imported ones: the same file imported again would bring
   * them back to life. Gives how many.
   */
  prune(before: Cutoffs, limit: number): Promise<number>;

  /** Writes a little. Errors: the database's own, if it cannot be written. */
  probe(): Promise<void>;

  close(): Promise<void>;
}
