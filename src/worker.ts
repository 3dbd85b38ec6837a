import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { DRIVERS } from './drivers';
import { nightlyBackup, type NightlySettings } from './backup/nightly';
import { sharedClock, type ClockBase } from './clock';
import type { Config } from './config';
import { systemRandom } from './crypto/random';
import { sealer } from './crypto/sealing';
import { idsBy } from './ids';
import { makeLog } from './log';
import type { Tally } from './metrics/tally';
import { Drivers } from './service/lifecycle/drivers';
import { passLog } from './pass-log';
import { runJobLoop } from './service/jobs/job-loop';
import type { KeptFor } from './service/installation/housekeeping';
import { HeardUntil } from './service/installation/listening';
import { makeJob, type Job, type JobContext, type JobName } from './service/jobs/jobs';
import { voidClaimsOf } from './service/installation/recovery';
import { LockWaiters } from './sqlite/lock-waiters';
import type { Sender } from './service/webhooks/sender';
import { openSqliteStore } from './store/sqlite/sqlite-store';

/** Passed by a process to its worker threads. Holds the master key, so it never leaves the process. */
export interface WorkerSettings {
  dataDir: string;
  /** base64. */
  masterKey: string;
  installation: string;
  instance: string;
  /** Of the software. */
  version: string;
  clockBase: ClockBase;
  /** The memory of the process's clock. */
  clockAhead: SharedArrayBuffer;
  /** The memory of `HeardUntil`. */
  heard: SharedArrayBuffer;
  /** The memory of `LockWaiters`. */
  lockWaiters: SharedArrayBuffer;
  driverVariables: Config['driverVariables'];
  logLevel: Config['logLevel'];
  logFormat: Config['logFormat'];
  keptFor: KeptFor;
  /** Whether the threads tell what they measure. */
  metrics: boolean;
  /** The addresses, networks and hosts besides public ones that webhooks may have. */
  webhookAllow: string[];
  /** The nightly backup; undefined if none is made. */
  backup: NightlySettings | undefined;
}

/** Passed to one worker thread besides. */
interface ThreadSettings extends WorkerSettings {
  prompt: boolean;
}

/** Runs one job in this worker thread until Bree sends `cancel`. */
export async function runJob(name: JobName | 'backup'): Promise<void> {
  parentPort?.postMessage('up');
  const settings = workerData as ThreadSettings;
  const log = makeLog({
    level: settings.logLevel,
    format: settings.logFormat,
    base: { job: name },
  });
  const clock = sharedClock(settings.clockBase, settings.clockAhead);
  const tally = settings.metrics ? await tallyOf(name) : null;
  // Threads yield the write lock to the callers of the HTTP thread.
  const store = openSqliteStore(join(settings.dataDir, 'holdfast.db'), {
    clock,
    prompt: settings.prompt,
    yields: true,
    waiters: new LockWaiters(settings.lockWaiters),
    onMeasured: tally?.onMeasured,
  });
  const engine = {
    store,
    sealer: sealer(Buffer.from(settings.masterKey, 'base64')),
    random: systemRandom,
    newId: idsBy(clock),
    version: settings.version,
    heard: new HeardUntil(settings.heard).get,
    onDriverCall: tally?.onDriverCall,
  };
  const { dataDir, installation, driverVariables: variables, keptFor } = settings;
  const drivers = new Drivers(DRIVERS, {
    dataDir,
    installation,
    variables,
    random: systemRandom,
    now: () => clock.now(),
    log: (fields, line) => log.info(fields, line),
  });
  // Bree never runs a job twice at once, so a claim under this name belongs to a thread that died.
  const worker = `${settings.instance}/${name}`;
  await voidClaimsOf(engine, worker);
  const stop = new AbortController();
  parentPort?.on('message', (message) => {
    if (message === 'cancel') stop.abort();
  });
  await runJobLoop(
    name,
    jobOf(name, { engine, drivers, worker, log, keptFor, sender: senderOf(settings) }, settings),
    store,
    stop.signal,
    passLog(log),
  );
  await drivers.close();
  await store.close();
  tally?.stop();
  parentPort?.close();
}

/** Loaded only where metrics are wanted. Its messages go to the main thread. */
async function tallyOf(name: string): Promise<Tally> {
  const { Tally } = await import('./metrics/tally.js');
  return new Tally(name, (tallied) => parentPort?.postMessage(tallied));
}

/** Loaded by the one job that needs it, and not before. */
function senderOf({ webhookAllow }: WorkerSettings): () => Promise<Sender> {
  return async () => (await import('./outbound/webhook-sender.js')).webhookSender(webhookAllow);
}

function jobOf(
  name: JobName | 'backup',
  context: JobContext,
  { dataDir, backup }: WorkerSettings,
): Job {
  if (name !== 'backup') return makeJob(name, context);
  return nightlyBackup(context, join(dataDir, 'holdfast.db'), backup!);
}
