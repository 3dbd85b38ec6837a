import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { DRIVERS } from './drivers';
import { nightlyBackup, type NightlySettings } from './backup/nightly';
import { monotonicClock, type ClockBase } from './clock';
import type { Config } from './config';
import { systemRandom } from './crypto/random';
import { sealer } from './crypto/sealing';
import { idsBy } from './ids';
import { makeLog } from './log';
import { Drivers } from './service/lifecycle/drivers';
import { runJobLoop, type PassLog } from './service/jobs/job-loop';
import type { KeptFor } from './service/installation/housekeeping';
import { makeJob, type Job, type JobContext, type JobName } from './service/jobs/jobs';
import { abandonClaims } from './service/installation/start';
import { openSqliteStore } from './store/sqlite/sqlite-store';

/** What a process tells its worker threads. Holds the master key: it never leaves the process. */
export interface WorkerSettings {
  dataDir: string;
  /** base64. */
  masterKey: string;
  installation: string;
  instance: string;
  clockBase: ClockBase;
  driverVariables: Config['driverVariables'];
  logLevel: Config['logLevel'];
  logFormat: Config['logFormat'];
  keptFor: KeptFor;
  /** The nightly backup; undefined: none is made. */
  backup: NightlySettings | undefined;
}

/** Runs one job in this worker thread until Bree says `cancel`. */
export async function runJob(name: JobName | 'backup'): Promise<void> {
  parentPort?.postMessage('up');
  const settings = workerData as WorkerSettings;
  const log = makeLog({
    level: settings.logLevel,
    format: settings.logFormat,
    base: { job: name },
  });
  const clock = monotonicClock(settings.clockBase);
  // Only what is given back is waited for to the millisecond; the others would be woken by every
  // commit for nothing. Callers go first.
  const store = openSqliteStore(join(settings.dataDir, 'holdfast.db'), {
    clock,
    prompt: name === 'reconcile',
    yields: true,
  });
  const engine = {
    store,
    sealer: sealer(Buffer.from(settings.masterKey, 'base64')),
    random: systemRandom,
    newId: idsBy(clock),
  };
  const { dataDir, installation, driverVariables: variables, keptFor } = settings;
  const drivers = new Drivers(DRIVERS, { dataDir, installation, variables, random: systemRandom });
  // Bree runs a job once at a time: a claim under this name is that of a thread that died.
  const worker = `${settings.instance}/${name}`;
  await abandonClaims(engine, worker);
  const stop = new AbortController();
  parentPort?.on('message', (message) => {
    if (message === 'cancel') stop.abort();
  });
  const tell: PassLog = {
    passed: (fields) => (fields.written > 0 ? log.info(fields, 'pass') : log.debug(fields, 'pass')),
    failed: (error) => log.error({ err: error }, 'pass failed'),
  };
  await runJobLoop(
    name,
    jobOf(name, { engine, drivers, worker, log, keptFor }, settings),
    store,
    stop.signal,
    tell,
  );
  await drivers.close();
  await store.close();
  parentPort?.close();
}

function jobOf(
  name: JobName | 'backup',
  context: JobContext,
  { dataDir, backup }: WorkerSettings,
): Job {
  if (name !== 'backup') return makeJob(name, context);
  return nightlyBackup(context, join(dataDir, 'holdfast.db'), backup!);
}
