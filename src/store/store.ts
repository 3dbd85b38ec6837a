import type { Author } from '../domain/author';
import type { Decision } from '../domain/change';
import type { Once } from '../domain/idempotency';
import type { Cutoffs } from '../domain/retention';
import type { Concern } from './concerns';
import type { Load, LoadName, Loads } from './loads';
import type { Reads } from './reads';

/**
 * The entry of `metadata` that says that a change of the master key was begun: its value is the new
 * key's id. While it is there, nothing serves.
 */
export const REKEY_MARKER = 'rekey';

/**
 * The database. All writes of the service go through `transact`: it loads a small snapshot, decides
 * and applies, in one transaction.
 *
 * A second implementation (PostgreSQL, say) answers the domain's queries (`domain/query.ts`),
 * applies its changes (`domain/change.ts`) and provides the reads, but contains no rules:
 * `plans.ts` says how a load is composed. It promises:
 *
 * - **Isolation.** Transactions are serializable, and each decision sees the effects of all earlier
 *   ones. The schema enforces what it can: one live allocation and one live operation of a
 *   resource, unique names.
 * - **Time.** A transaction reads `now` once, after it has begun. Of two transactions, the one that
 *   commits later never has the earlier `now`, and none has a `now` before the newest event; epoch
 *   ms. That holds across processes and restarts.
 * - **Events.** `seq` rises in the order in which events become visible: once a reader has seen an
 *   event, none with a smaller `seq` appears. Numbers may be missing. A database that assigns
 *   numbers before the commit must hold back later events (by a lock around the append, or by
 *   reading no further than the oldest transaction in progress).
 * - **Order of ids.** Ids are ASCII and compared as bytes everywhere: in pages, in queues, and by
 *   the domain in JavaScript. PostgreSQL needs `COLLATE "C"` for that.
 *
 * A transaction is not free: on a network it takes some round trips and a flush. Transactions
 * started in one turn of the event loop may share a commit, each isolated from the failures of the
 * others; so may the ends of overdue reservations, refusals, and the ends after a restore. The
 * entries of an import, the steps of a resizing (200 resources), and the pages of a start-up or
 * restore run one after the other.
 *
 * Some features depend on the file itself and have no port: seeing which processes serve it
 * (presence and `src/sqlite/instances.ts`), backup and restore, and re-keying (`rekey.ts` here,
 * which reads and writes sealed columns only). Another store brings its own, in the same places of
 * `boot.ts`, `backup/` and `cli/`.
 */
export interface Store {
  /**
   * Loads a snapshot, lets `decide` say what to change, and applies that with its events, all or
   * nothing. `decide` is synchronous and pure: it may be called again if the transaction has to be
   * repeated, and only its last result counts. Each event bears `author`, by default the server
   * itself: an engine is made for an author (`engineFor`). Resolves when the changes are durable. Errors:
   * whatever `decide` throws, with nothing written; DomainError `busy` when others hold the lock
   * for too long, or the database cannot write.
   */
  transact<K extends LoadName, T>(
    load: Load<K>,
    decide: (snapshot: Loads[K]['gives'], now: number) => Decision<T>,
    once?: Once<T>,
    author?: Author,
  ): Promise<T>;

  readonly read: Reads;

  /**
   * The domain's time outside a transaction, for views and timers; epoch ms. Never before the
   * newest event that this store has read or written, and otherwise the clock of the process. It is
   * answered from memory, so a store on a network may lag behind the latest commits of others. No
   * decision is based on it.
   */
  now(): number;

  /**
   * Calls `listener` soon after a commit of any process, perhaps once for several commits or
   * without one; returns a function that stops that. With a concern, commits of this process that
   * have nothing to do with it may go untold, or be told a little later.
   */
  onChange(listener: () => void, concern?: Concern): () => void;

  /** A fact about the installation by name; null if it was never set. */
  metadata(name: string): Promise<string | null>;
  setMetadata(name: string, value: string): Promise<void>;
  /** Sets a fact unless it is set already, and gives its value: one process wins. */
  claimMetadata(name: string, value: string): Promise<string>;

  /**
   * The number of rows that this store has written since it was opened: a job that wrote none had
   * nothing to do.
   */
  rowsWritten(): number;

  /** Records that a job has just finished a pass. */
  beat(job: string): Promise<void>;
  /** When each job last finished a pass; epoch ms. */
  heartbeats(): Promise<Record<string, number>>;

  /**
   * Deletes a bounded number of rows of each kind that ended before these times: events, except the
   * newest, which the clock depends on; ended reservations with their allocations; destroyed
   * resources without allocations; finished operations and deliveries; deleted webhooks; idempotency
   * keys; API tokens that were revoked or have expired, except imported ones, which another import of
   * the same file would revive. Returns their number.
   */
  prune(before: Cutoffs, limit: number): Promise<number>;

  /** Writes a single row. Errors: the database's own, if it cannot be written. */
  probe(): Promise<void>;

  close(): Promise<void>;
}
