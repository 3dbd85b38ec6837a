import { jobAuthor } from '../../domain/author';
import type { OperationKind } from '../../domain/lifecycle/operation';
import type { Pool } from '../../domain/pools/pool';
import { engineFor } from '../engine';
import { announceEnds } from '../loans/ending-notices';
import { expireOverdue } from '../loans/expiry';
import { countHistory } from '../installation/history-keeping';
import { prune, pruneEvery } from '../installation/housekeeping';
import { tellerOfFailingPools } from '../lifecycle/failing-pools';
import { tellerOfQuarantined } from '../lifecycle/quarantined';
import { sweep } from '../lifecycle/orphans';
import { OperationRunner } from '../lifecycle/operation-runner';
import type { Job, JobContext, JobLog } from './job';
import { JOB_NAMES, type JobName } from './job-names';
import { Reconciler } from './reconciler';
import { webhooksJob } from '../webhooks/job';

export { JOB_NAMES, type JobName, type Job, type JobContext, type JobLog };

const RECONCILED: OperationKind[] = ['openAccess', 'closeAccess', 'clean', 'provision', 'destroy'];
const ROTATED: OperationKind[] = ['issueCredential', 'retireCredential'];
const VERIFIED: OperationKind[] = ['verify'];

const TELL_EVERY = 1_000;
const ANNOUNCE_EVERY = 1_000;
const TIDY_EVERY = 60_000;
const SWEEP_EVERY = 60_000;
const SWEEP_DEADLINE = 30_000;

/** Makes a job by name, which is the author of what it changes. */
export function makeJob(name: JobName, { engine, ...rest }: JobContext): Job {
  const context = { ...rest, engine: engineFor(engine, jobAuthor(name)) };
  switch (name) {
    case 'expire':
      return { runOnce: expiring(context), idle: async () => {}, rest: 50 };
    case 'reconcile':
      return reconcile(context);
    case 'verify':
      return { ...operationsJob(context, VERIFIED), rest: 200 };
    case 'rotate':
      return { ...operationsJob(context, ROTATED), rest: 200 };
    case 'prune':
      return {
        runOnce: everyMs(context, pruneEvery(context.keptFor), async () => {
          // Counted first: what is forgotten can be counted no more.
          await countHistory(context.engine);
          await prune(context.engine, context.keptFor);
        }),
        idle: async () => {},
        rest: 500,
      };
    case 'webhooks':
      return webhooksJob(context);
  }
}

/** Ends what is overdue; ends that are near are looked for once a second. */
function expiring(context: JobContext): () => Promise<number | null> {
  const announce = everyMs(context, ANNOUNCE_EVERY, () => announceEnds(context.engine));
  return async () => {
    const next = await expireOverdue(context.engine);
    await announce();
    return next;
  };
}

function operationsJob(context: JobContext, kinds: OperationKind[]): Job {
  return jobOf(context, runnerOf(context, kinds));
}

function runnerOf(
  { engine, drivers, worker, log }: JobContext,
  kinds: OperationKind[],
): OperationRunner {
  return new OperationRunner(engine, drivers, kinds, worker, (error) =>
    log.error({ err: error }, 'a report could not be written'),
  );
}

function jobOf(context: JobContext, runner: OperationRunner): Job {
  const { engine, drivers } = context;
  const tidy = everyMs(context, TIDY_EVERY, async () =>
    drivers.retain(await engine.store.read.pools()),
  );
  return {
    idle: () => runner.idle(),
    runOnce: async () => {
      await tidy();
      return runner.pass();
    },
  };
}

/** Level-triggered: it looks at the present state, not at events, so nothing is missed for good. */
function reconcile(context: JobContext): Job {
  const { engine } = context;
  const runner = runnerOf(context, RECONCILED);
  const operations = jobOf(context, runner);
  const reconciler = new Reconciler(engine);
  const tellers = [tellerOfFailingPools, tellerOfQuarantined].map((teller) =>
    everyMs(context, TELL_EVERY, teller(engine, context.log)),
  );
  const sweepAll = sweeper(context);
  let sweeping: Promise<void> = Promise.resolve();
  // Not awaited: a back end that lists slowly, or not at all, must not delay other calls.
  const orphans = everyMs(context, SWEEP_EVERY, async () => void (sweeping = sweepAll()));
  return {
    idle: async () => void (await Promise.all([runner.idle(), sweeping])),
    // Somebody may be waiting for what is due now; a pass does more, and takes its time.
    changed: () => runner.look(),
    runOnce: async () => {
      const next = [await reconciler.runOnce(), await orphans()];
      for (const tell of tellers) next.push(await tell());
      const due = await operations.runOnce();
      return Math.min(...next, due ?? Infinity);
    },
  };
}

/**
 * Sweeps all pools. A pool that cannot be swept is logged once, and again only after it recovered
 * or the reason changed.
 */
function sweeper({ engine, drivers, log }: JobContext): () => Promise<void> {
  let told = new Map<string, string>();
  return async () => {
    const failing = new Map<string, string>();
    const note = (pool: Pool, error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      if (told.get(pool.id) !== message)
        log.error({ pool: pool.name, err: error }, 'the pool could not be swept');
      failing.set(pool.id, message);
    };
    try {
      const removed = await sweep(engine, drivers, SWEEP_DEADLINE, note);
      if (removed > 0) log.info({ removed }, 'orphans removed');
      told = failing;
    } catch (error) {
      log.error({ err: error }, 'the pools could not be swept');
    }
  };
}

/**
 * Does something at most this often, the first time at once; returns when it is next due (epoch
 * ms).
 */
function everyMs(
  { engine }: JobContext,
  period: number,
  work: () => Promise<unknown>,
): () => Promise<number> {
  let due = 0;
  return async () => {
    if (engine.store.now() >= due) {
      await work();
      due = engine.store.now() + period;
    }
    return due;
  };
}
