import type Database from 'better-sqlite3';
import { LockTurns, type LockTurnsOptions } from './lock-turns';
import { hasSqliteCode } from './open';

export interface GroupCommitOptions<C> extends LockTurnsOptions {
  /** Runs right after BEGIN; its result is passed to every task of the batch. */
  onBegin?: () => C;
  /** Runs right after each COMMIT, before any task is answered. */
  onCommit?: () => void;
  /** Hears of each transaction that has ended well: its tasks, and how long it took in ms. */
  onMeasured?: (tasks: number, ms: number) => void;
  /** Runs after a rollback: anything read in the transaction is void. */
  onUndo?: () => void;
  /** The most tasks in one transaction. */
  maxBatch?: number;
  /** How long a task may wait for another connection's lock, in ms. */
  busyDeadlineMs?: number;
}

/**
 * Another connection held the write lock for longer than a task may wait; the task had no effect.
 */
export class BusyError extends Error {
  readonly code = 'SQLITE_BUSY';

  constructor(cause: unknown) {
    super('The database was locked by another connection for too long.', { cause });
    this.name = 'BusyError';
  }
}

interface Queued<C> {
  run: (context: C) => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
  deadline: number;
}

type Reply = () => void;

/** After these errors the state of the whole transaction is in doubt, not only that of one task. */
const FATAL = ['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_NOMEM'];

/**
 * A task failed after it had written: its batch must be rolled back and run again, each task in a
 * transaction of its own.
 */
class BatchPoisoned extends Error {}

const DEFAULT_BATCH = 64;
const DEFAULT_BUSY_DEADLINE = 5_000;

/**
 * Runs the tasks queued in one turn of the event loop, and those that these tasks queue, in one
 * BEGIN IMMEDIATE … COMMIT, and answers none before the COMMIT. A task that throws before it has
 * written is rejected alone. One that throws later poisons the batch, which is then run again with
 * a transaction for each task. (With a savepoint for each task that would not be necessary, but
 * SQLite copies every page written under one: a tenth of all time.) So a task may run twice, and
 * must have no effect outside the database, except that it may queue others.
 * The connection should have a busy timeout of 0: waiting is done here, with timers, so that the
 * thread keeps serving meanwhile.
 */
export class GroupCommit<C = undefined> {
  private readonly queue: Queued<C>[] = [];
  private readonly idleWaiters: Reply[] = [];
  private readonly maxBatch: number;
  private readonly busyDeadlineMs: number;
  private readonly statements: ReturnType<typeof prepare>;
  private readonly turns: LockTurns;
  private scheduled = false;
  /** The number of tasks at the head of the queue that get a transaction each. */
  private isolated = 0;

  constructor(
    private readonly connection: Database.Database,
    private readonly options: GroupCommitOptions<C> = {},
  ) {
    this.maxBatch = options.maxBatch ?? DEFAULT_BATCH;
    this.busyDeadlineMs = options.busyDeadlineMs ?? DEFAULT_BUSY_DEADLINE;
    this.statements = prepare(connection);
    this.turns = new LockTurns(() => this.drain(), options);
  }

  /**
   * Queues `task`, which must be synchronous and may use the connection freely except for BEGIN,
   * COMMIT and ROLLBACK. Returns its result once it is durable. Errors: those of the task, which
   * alone is rolled back; that of a failed COMMIT or an unsound database, for the whole batch;
   * BusyError.
   */
  run<T>(task: (context: C) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const deadline = performance.now() + this.busyDeadlineMs;
      this.queue.push({
        run: task,
        resolve: resolve as (value: unknown) => void,
        reject,
        deadline,
      });
      if (this.scheduled) return;
      this.scheduled = true;
      this.turns.schedule();
    });
  }

  /**
   * Ends a pause, for callers that know that another connection has committed: whoever was waited
   * for, or was given way to, is done.
   */
  retry(): void {
    this.turns.retry();
  }

  /** Resolves when nothing is queued or running. */
  idle(): Promise<void> {
    if (!this.scheduled) return Promise.resolve();
    return new Promise((resolve) => this.idleWaiters.push(resolve));
  }

  private drain(): void {
    try {
      this.statements.begin.run();
    } catch (error) {
      if (hasSqliteCode(error, 'SQLITE_BUSY')) return this.tryLater(error);
      for (const queued of this.takeBatch()) queued.reject(error);
      return this.next();
    }
    this.turns.stopWaiting();
    const batch = this.takeBatch();
    const begun = performance.now();
    const replies = this.commit(batch);
    const took = performance.now() - begun;
    this.turns.wasHeld(took);
    try {
      if (replies) {
        this.options.onCommit?.();
        this.options.onMeasured?.(replies.length, took);
      }
    } finally {
      replies?.forEach((reply) => reply());
      this.next();
    }
  }

  private takeBatch(): Queued<C>[] {
    if (this.isolated === 0) return this.queue.splice(0, this.maxBatch);
    this.isolated -= 1;
    return this.queue.splice(0, 1);
  }

  /**
   * Commits a batch and gives the answers of its tasks. If it had to be rolled back, gives null; its
   * tasks are rejected or queued again.
   */
  private commit(batch: Queued<C>[]): Reply[] | null {
    try {
      const context = this.options.onBegin?.() as C;
      const replies: Reply[] = [];
      while (replies.length < batch.length) {
        const alone = batch.length === 1;
        replies.push(this.attempt(batch[replies.length]!, context, alone));
        if (replies.length === batch.length) batch.push(...this.takeFollowers(batch.length));
      }
      this.statements.commit.run();
      return replies;
    } catch (error) {
      if (this.connection.inTransaction) this.statements.rollback.run();
      this.options.onUndo?.();
      if (error instanceof BatchPoisoned) {
        this.queue.unshift(...batch);
        this.isolated = batch.length;
      } else for (const queued of batch) queued.reject(error);
      return null;
    }
  }

  /** Takes from the queue, to which the tasks of the batch may have added while they ran. */
  private takeFollowers(taken: number): Queued<C>[] {
    return this.isolated === 0 ? this.queue.splice(0, this.maxBatch - taken) : [];
  }

  /** A task that is `alone` in its transaction needs no isolation: the rollback undoes it. */
  private attempt(queued: Queued<C>, context: C, alone: boolean): Reply {
    const before = this.statements.written.get();
    try {
      const value = queued.run(context);
      if (isThenable(value)) throw new TypeError('A task in a transaction must be synchronous.');
      return () => queued.resolve(value);
    } catch (error) {
      // SQLite may have rolled everything back by itself.
      if (alone || hasSqliteCode(error, ...FATAL) || !this.connection.inTransaction) throw error;
      if (this.statements.written.get() !== before) throw new BatchPoisoned();
      return () => queued.reject(error);
    }
  }

  private tryLater(error: unknown): void {
    const now = performance.now();
    while (this.queue.length > 0 && this.queue[0]!.deadline <= now)
      this.queue.shift()!.reject(new BusyError(error));
    if (this.queue.length === 0) return this.next();
    this.turns.wasRefused();
  }

  private next(): void {
    if (this.queue.length > 0) return this.turns.schedule();
    this.turns.stopWaiting();
    this.scheduled = false;
    for (const resolve of this.idleWaiters.splice(0)) resolve();
  }
}

function prepare(connection: Database.Database) {
  return {
    begin: connection.prepare('BEGIN IMMEDIATE'),
    commit: connection.prepare('COMMIT'),
    rollback: connection.prepare('ROLLBACK'),
    written: connection.prepare<[], number>('SELECT total_changes()').pluck(),
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
