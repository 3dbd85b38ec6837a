import { sharedClock, type Clock } from '../../clock';
import { SERVER, type Author } from '../../domain/author';
import type { Change, Decision } from '../../domain/change';
import { DomainError } from '../../domain/errors';
import { decideOnce, IDEMPOTENCY_KEPT_FOR, type Once } from '../../domain/idempotency';
import { BusyError, GroupCommit } from '../../sqlite/group-commit';
import type { LockWaiters } from '../../sqlite/lock-waiters';
import { hasSqliteCode } from '../../sqlite/open';
import { DataVersion } from '../../sqlite/data-version';
import { concernsOf, EVERYBODY } from '../concerns';
import type { Load, LoadName, Loads } from '../loads';
import type { Reads } from '../reads';
import type { Store } from '../store';
import { applier } from './apply';
import { authorsOf, type Authors } from './authors';
import { ChangeWatch } from './change-watch';
import { connect, type Db } from './database';
import { installation } from './metadata';
import { eventReads } from './reads/events';
import { deadlineReads } from './reads/deadlines';
import { idempotencyReader } from './reads/idempotency';
import { lazily, lazy } from './lazy';
import { loaders } from './loads';
import { poolCache, type PoolCache } from './pool-cache';
import { prune } from './prune';
import { answersOf, runner } from './queries/answers';
import type { Run } from './queries/types';
import { timelineReads } from './reads/timeline';
import { knownTokens, type KnownTokens } from './reads/known-tokens';
import { historyReads } from './reads/history';
import { legacyReads } from './reads/legacy';
import { loanReads } from './reads/loans';
import { metricReads } from './reads/metrics';
import { overviewReads } from './reads/overview';
import { peopleReads } from './reads/people';
import { reservationReads } from './reads/reservations';
import { resourceReads } from './reads/resources';
import { returnReads } from './reads/returns';
import { waitingReads } from './reads/waiting';
import { webhookReads } from './reads/webhooks';
import { highWaterMark, workReads } from './reads/work';

export interface SqliteStoreOptions {
  /** The clock of the process; a monotonic one by default. */
  clock?: Clock;
  /** How often to look for other connections' commits, in ms. */
  watchMs?: number;
  /** How long a write may wait for other connections, in ms. */
  busyDeadlineMs?: number;
  /** False: commits of other threads are noticed at the next poll, not at once. */
  prompt?: boolean;
  /** True: after each transaction, the lock is left to others that wait, as long as it was held. */
  yields?: boolean;
  /** The connections of this process that wait for the lock; if absent, others may always wait. */
  waiters?: LockWaiters;
  /** Hears of each commit, for the metrics: its tasks, and how long it took in ms. */
  onMeasured?: (tasks: number, ms: number) => void;
  /** How long an idempotency key is remembered, in ms; a day by default. */
  idempotencyKeptFor?: number;
}

/**
 * Opens the store on a database whose schema is up to date (see `upgrade`). One connection, for one
 * thread.
 */
export function openSqliteStore(file: string, options: SqliteStoreOptions = {}): Store {
  const db = connect(file);
  const clock = options.clock ?? sharedClock();
  const dataVersion = new DataVersion(db.$client);
  const mark = highWaterMark(db, dataVersion);
  const now = () => mark.atLeast(clock.now());
  const watch = new ChangeWatch(
    db.$client,
    options.watchMs ?? 25,
    options.prompt === false ? null : () => commits.retry(),
  );
  const pools = poolCache(db);
  const authors = authorsOf(db);
  const tokens = knownTokens(db, dataVersion);
  /** The concerns of the open transaction so far. */
  let concerns = 0;
  const commits = new GroupCommit<number>(db.$client, {
    onBegin: () => {
      pools.begin();
      dataVersion.ask();
      return mark.begin(clock.now());
    },
    onCommit: () => {
      pools.doubt();
      tokens.forget();
      watch.committed(concerns);
      concerns = 0;
    },
    onUndo: () => {
      pools.forget();
      authors.forget();
      concerns = 0;
    },
    busyDeadlineMs: options.busyDeadlineMs,
    yields: options.yields,
    waiters: options.waiters,
    onMeasured: options.onMeasured,
  });
  const write: Write = (work, concern) =>
    commits
      .run((at) => {
        const value = work(at);
        concerns |= concern();
        return value;
      })
      .catch(translateFault);
  const run = runner(answersOf(db, pools));
  const read = lazy(() => translating(reads(db, pools, tokens, run)));
  return {
    transact: transactor({ db, pools, authors, run, write }, options.idempotencyKeptFor),
    get read() {
      return read();
    },
    now,
    onChange: (listener, concern) => watch.add(listener, concern),
    rowsWritten: rowsWrittenBy(db),
    ...bookkeeping(db, write),
    close: async () => {
      await commits.idle();
      watch.close();
      db.$client.close();
    },
  };
}

function rowsWrittenBy({ $client }: Db): () => number {
  const total = $client.prepare<[], number>('SELECT total_changes()').pluck();
  return () => total.get()!;
}

const WRITE_POOLS: readonly Change['do'][] = ['createPool', 'setPool', 'addClasses', 'deletePool'];

/** Runs `work` in a transaction, then asks for its concerns. */
type Write = <T>(work: (now: number) => T, concerns: () => number) => Promise<T>;

interface Inside {
  db: Db;
  pools: PoolCache;
  authors: Authors;
  run: Run;
  write: Write;
}

const nobody = () => 0;
const everybody = () => EVERYBODY;

function transactor(
  { db, pools, authors, run, write }: Inside,
  keptFor = IDEMPOTENCY_KEPT_FOR,
): Store['transact'] {
  const load = loaders(db, pools, run);
  const find = lazily(() => idempotencyReader(db));
  const apply = lazy(() => applier(db, authors));
  return <K extends LoadName, T>(
    asked: Load<K>,
    decide: (snapshot: Loads[K]['gives'], now: number) => Decision<T>,
    once?: Once<T>,
    author: Author = SERVER,
  ) => {
    let made: readonly Change[] = [];
    const work = (now: number) => {
      const decideNow = () => decide(load[asked.load](asked, now), now);
      const { changes, value } = once
        ? decideOnce(once, find(once.key), now, keptFor, decideNow)
        : decideNow();
      apply()(changes, now, author);
      if (changes.some(({ do: what }) => WRITE_POOLS.includes(what))) pools.doubt();
      made = changes;
      return value;
    };
    return write(work, () => concernsOf(made));
  };
}

function reads(db: Db, pools: PoolCache, { byHash }: KnownTokens, run: Run): Reads {
  return {
    ...peopleReads(db, byHash),
    ...reservationReads(db, pools, run),
    ...deadlineReads(db),
    ...resourceReads(db, pools),
    ...workReads(db, run),
    ...loanReads(db),
    ...returnReads(db),
    ...eventReads(db),
    ...timelineReads(db),
    ...historyReads(db, run),
    ...waitingReads(db),
    ...metricReads(db),
    ...overviewReads(db),
    ...webhookReads(db),
    ...legacyReads(db),
  };
}

function bookkeeping(db: Db, write: Write) {
  const metadata = installation(db);
  return {
    metadata: async (name) => metadata.metadata(name),
    setMetadata: (name, value) => write(() => metadata.setMetadata(name, value), everybody),
    claimMetadata: (name, value) => write(() => metadata.claimMetadata(name, value), everybody),
    beat: (job) => write((now) => metadata.beat(job, now), nobody),
    heartbeats: async () => metadata.heartbeats(),
    prune: (before, limit) => write(() => prune(db, before, limit), everybody),
    probe: () => write((now) => metadata.beat('probe', now), nobody),
  } satisfies Partial<Store>;
}

/** The codes with which any statement may fail on a full or failing disk. */
const DISK_FAULTS = ['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_READONLY', 'SQLITE_CANTOPEN'];

function translateFault(error: unknown): never {
  if (error instanceof BusyError || hasSqliteCode(error, 'SQLITE_BUSY'))
    throw new DomainError('busy', 'The database is busy; try again.');
  if (hasSqliteCode(error, ...DISK_FAULTS))
    throw new DomainError(
      'busy',
      'The database is not usable at the moment; nothing was changed.',
      undefined,
      {
        cause: error,
      },
    );
  throw error;
}

/** Reads whose errors are reported like those of writes. */
function translating(reads: Reads): Reads {
  const entries = Object.entries(reads).map(
    ([name, read]: [string, (...given: never[]) => Promise<unknown>]) => {
      return [name, (...given: never[]) => read(...given).catch(translateFault)] as const;
    },
  );
  return Object.fromEntries(entries) as unknown as Reads;
}
