import { buildInfo } from './build-info';
import { DRIVERS } from './drivers';
import { monotonicMs, sharedClock, type ClockBase } from './clock';
import type { Config } from './config';
import { loadMasterKey, presentMasterKey, requireMasterKey } from './crypto/master-key';
import { passwords as makePasswords, type Passwords } from './crypto/passwords';
import { systemRandom } from './crypto/random';
import { sealer, type Sealer } from './crypto/sealing';
import { DataDirectory } from './data-directory';
import { freeSpace } from './durable';
import { githubOf } from './github-setup';
import { makeToken } from './crypto/tokens';
import { idsBy } from './ids';
import { Drivers } from './service/lifecycle/drivers';
import type { Engine } from './service/engine';
import { missingBackup } from './backup/nightly';
import { watchHealth } from './service/installation/health';
import { createServices, type Services } from './service/services';
import { HeardUntil } from './service/installation/listening';
import { openInstallation } from './service/installation/identity';
import { LockWaiters } from './sqlite/lock-waiters';
import type { Presence } from './sqlite/presence';
import type { Collector } from './metrics/collector';
import type { Store } from './store/store';
import type { WorkerSettings } from './worker';

const CLOCK_BASE = 'clock_base';
const SETUP_AAD = 'facts/setup_token/value';

/** Everything that a serving process needs, opened and wired. */
export interface Booted {
  services: Services;
  passwords: Passwords;
  /** When callers could be heard; nobody has been yet. */
  heard: HeardUntil;
  /** Makes processes that join later begin with the present time of this one. */
  shareClock: () => Promise<void>;
  workerSettings: WorkerSettings;
  /** This process among those that serve the database. */
  presence: Presence;
  directory: DataDirectory;
  /** The metrics, which have not begun to count; null: none are wanted. */
  collector: Collector | null;
  /** The setup token, if this call made it; nobody has seen it yet. */
  newSetupToken: string | null;
}

/**
 * Opens the data directory and registers this process among those that serve it. `warn` gets
 * sentences for people. Errors: MasterKeyError, DomainError `conflict` (a newer schema, another
 * master key), Error if another process takes too long to get ready.
 */
export async function boot(config: Config, warn: (message: string) => void): Promise<Booted> {
  const directory = new DataDirectory(config.dataDir);
  // A given key comes first: an invalid one leaves nothing behind.
  if (!config.masterKey && !config.masterKeyFile) directory.make();
  const masterKey = masterKeyOf(config, directory, warn);
  const presence = await directory.enter();
  const before = directory.upgrade(config.backup?.directory, presence.first);
  if (before !== null) warn(`The database was upgraded. A copy of it as it was before: ${before}`);
  const base = await clockBase(directory, presence.first);
  const clock = sharedClock(base);
  const newId = idsBy(clock);
  const waiters = new LockWaiters();
  const store = directory.openStore({
    clock,
    idempotencyKeptFor: config.keptFor.idempotency,
    waiters,
    onMeasured:
      config.metrics === 'off' ? undefined : (tasks, ms) => collector?.onMeasured(tasks, ms),
  });
  const collector = config.metrics === 'off' ? null : await collectorOf(store, directory, config);
  // Until it listens, no silence ends anything.
  const heard = new HeardUntil();
  const engine: Engine & { version: string } = {
    store,
    sealer: sealer(masterKey),
    random: systemRandom,
    newId,
    version: buildInfo().version,
    caps: config.caps,
    heard: heard.get,
  };
  const { id: installation, pepper } = await openInstallation(store, engine.sealer, newId);
  const setup = await setupToken(store, engine.sealer, config.setupToken);
  const { dataDir, driverVariables, logLevel, logFormat, keptFor, backup } = config;
  const drivers = new Drivers(DRIVERS, {
    dataDir,
    installation,
    variables: driverVariables,
    random: systemRandom,
    now: () => clock.now(),
  });
  const passwords = makePasswords(pepper, { cost: config.bcryptCost });
  const health = watchHealth(engine, {
    disk: { free: () => freeSpace(dataDir), least: config.minFreeDisk },
    ...(backup ? { backups: missingBackup(backup, store.now()) } : {}),
  });
  const services = {
    ...createServices(engine, drivers, passwords, setup.token, githubOf(config), config.sessions),
    health,
    metrics: config.metrics === 'api' ? collector : null,
  };
  const workerSettings = {
    dataDir,
    masterKey: masterKey.toString('base64'),
    installation,
    instance: newId(),
    version: engine.version,
    clockBase: base,
    clockAhead: clock.ahead,
    heard: heard.memory,
    lockWaiters: waiters.memory,
    driverVariables,
    logLevel,
    logFormat,
    keptFor,
    metrics: collector !== null,
    webhookAllow: config.webhookAllow,
    backup,
  };
  return {
    services,
    passwords,
    heard,
    shareClock: () => store.setMetadata(CLOCK_BASE, JSON.stringify(clock.base())),
    workerSettings,
    presence,
    directory,
    collector,
    newSetupToken: setup.isNew ? setup.token : null,
  };
}

/** The master key, which is made with a new database only. Errors: MasterKeyError. */
function masterKeyOf(
  config: Config,
  directory: DataDirectory,
  warn: (message: string) => void,
): Buffer {
  const present = presentMasterKey(config, warn);
  if (present) return present;
  // Another process may have made both meanwhile, the key before the database.
  const isSealed = directory.inspect()?.keyId !== undefined;
  return (isSealed ? requireMasterKey : loadMasterKey)(config, warn);
}

/** Loaded only where metrics are wanted, because loading the library alone does something. */
async function collectorOf(
  store: Store,
  directory: DataDirectory,
  { dataDir, minFreeDisk }: Config,
): Promise<Collector> {
  const { Collector } = await import('./metrics/collector.js');
  return new Collector(store, {
    walSize: () => directory.walSize(),
    freeDisk: () => freeSpace(dataDir),
    leastDisk: minFreeDisk,
  });
}

/**
 * All processes on one machine share the clock base of the first, which is never behind the time
 * that the database has recorded.
 */
async function clockBase(directory: DataDirectory, first: boolean): Promise<ClockBase> {
  const store = directory.openStore();
  try {
    const own: ClockBase = { wall: store.now(), monotonic: monotonicMs() };
    if (first) await store.setMetadata(CLOCK_BASE, JSON.stringify(own));
    return JSON.parse(await store.claimMetadata(CLOCK_BASE, JSON.stringify(own))) as ClockBase;
  } finally {
    await store.close();
  }
}

async function setupToken(
  store: Store,
  { seal, open }: Sealer,
  given: string | undefined,
): Promise<{ token: string; isNew: boolean }> {
  if (given !== undefined) return { token: given, isNew: false };
  const made = makeToken();
  const token = open(SETUP_AAD, await store.claimMetadata('setup_token', seal(SETUP_AAD, made)));
  return { token, isNew: token === made };
}
