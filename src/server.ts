import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { DRIVERS } from './drivers';
import { systemAuthor } from './domain/author';
import { assets } from './assets';
import { boot } from './boot';
import { buildInfo } from './build-info';
import type { Config } from './config';
import type { Env } from './environment';
import { DataDirectory } from './data-directory';
import { createApp } from './http/app';
import { Connections } from './http/connections';
import { refuseWhileStarting } from './http/starting';
import { createTimedServer } from './http/timeouts';
import type { LegacyOptions } from './legacy';
import { allRoutes } from './routes';
import { newId } from './ids';
import type { Collector } from './metrics/collector';
import { Agents } from './mcp/agents';
import { serveMetrics } from './metrics-server';
import { listen } from './listen';
import { connectionLimits } from './open-files';
import { plainLines } from './log';
import { examplePoolsFile } from './pools-file/example';
import { loadPoolsFile } from './pools-file/load';
import type { PoolsFile } from './pools-file/parse';
import type { Prepared } from './preflight';
import { createScheduler } from './job-threads';
import { engineFor, type Engine } from './service/engine';
import { hasLoadedPools } from './service/pools/loaded-pools';
import { poolNotices } from './service/pools/notices';
import { keepPoolsFile, type AppliedFile } from './service/pools/pools-file-wait';
import { Listening } from './service/installation/listening';
import { asStorageError } from './storage-error';
import { voidClaimsOf, recoverAll } from './service/installation/recovery';
import { keepTakingOver } from './service/installation/take-over';

/** How long open requests may take to end when the server stops, in ms. */
const DRAIN = 5_000;
const SWEEP_EVERY = 20;
const POOLS_FILE = systemAuthor('pools file');

export interface RunningServer {
  /** The address at which it listens. */
  url: string;
  /** The setup token, if this start made it; it is shown only once. */
  newSetupToken: string | null;
  /** The page that makes the first admin; with the setup token, if this start made it. */
  setupPage: string;
  /** Is there an admin? */
  isSetUp: boolean;
  /** Sentences about the pools that an operator should know. */
  notices: string[];
  /**
   * Reads the pools file again and applies what has changed in it; false: there is none. Errors:
   * ConfigError, with nothing changed, and those of the database.
   */
  reload(env: Env): Promise<boolean>;
  /** Stops accepting calls, answers open ones, stops the jobs, and closes the database. */
  stop(): Promise<void>;
}

/**
 * Starts everything that was prepared and begins to serve. Errors: ConfigError, MasterKeyError, DomainError,
 * StorageError, DamagedError, or the system's error if it cannot listen.
 */
export async function startServer(prepared: Prepared, log: Logger): Promise<RunningServer> {
  try {
    return await start(prepared, log);
  } catch (error) {
    throw asStorageError(error, new DataDirectory(prepared.config.dataDir).database);
  }
}

/** Browsers keep what is behind the # to themselves: the token reaches no log on the way. */
function setupPage(url: string, token: string | null): string {
  return `${url.replace(/\/$/, '')}/#/setup${token === null ? '' : `?token=${token}`}`;
}

async function start(
  { config, poolsFile, binding }: Prepared,
  log: Logger,
): Promise<RunningServer> {
  // Listen before anything is opened: an address that is taken must change nothing.
  // Until everything is ready, callers are asked to try again.
  const tryAgain = refuseWhileStarting(newId);
  const server = createTimedServer(tryAgain);
  const limits = connectionLimits(config.connections);
  const connections = new Connections(limits);
  connections.watch(server);
  const url = await listen(server, config);
  // Bound as early, for the same reason.
  let collector: Collector | null = null;
  const metrics = await serveMetrics(config.metrics, () => collector, log);
  const booted = await boot(config, (message) => log.warn(message));
  const { services, heard, shareClock, workerSettings, presence, directory, newSetupToken } =
    booted;
  const { engine, waiting, drivers } = services;
  if (presence.first) log.info({ resources: await recoverAll(engine) }, 'recovered');
  let pools = await loadPools(engine, poolsFile, log);
  const notices = await poolNotices(engine, DRIVERS);
  for (const notice of notices) log.warn(notice);
  const instances = directory.join(workerSettings.instance);
  presence.settle();
  await waiting.start();
  const app = createApp({
    routes: allRoutes({
      build: buildInfo(),
      legacy: legacyOptions(config),
      github: services.github !== null,
      metrics: services.metrics !== null,
      mcp: config.mcp ? ownNames(config) : null,
    }),
    services,
    logger: log,
    requestLines: plainLines(log),
    newId,
    trustProxy: config.trustProxy,
    pages: assets,
    publicUrl: config.publicUrl,
    maxBody: config.maxBody,
    rates: config.rates,
    connections,
  });
  const agents = new Agents({
    app,
    version: buildInfo().version,
    onFault: (error) => log.error({ err: error }, 'a tool of an agent failed'),
  });
  services.mcp = agents;
  const listening = new Listening(engine, heard, log, shareClock);
  await listening.start(presence.first);
  server.off('request', tryAgain);
  server.on('request', app);
  const isSetUp = await services.users.isSetUp();
  if (newSetupToken === null && !isSetUp)
    log.warn(
      'There is no admin yet. Run `holdfast setup`, or POST /v1/setup with the setup token: ' +
        'SETUP_TOKEN, or else the one printed at the first start.',
    );
  if (config.legacyApi === 'open')
    log.warn(
      'LEGACY_API=open: the legacy routes need no credential. They answer to ' +
        `${config.legacyOpenCidrs.join(', ')}.`,
    );
  await booted.collector?.start();
  collector = booted.collector;
  const scheduler = createScheduler(workerSettings, log, (told) => collector?.add(told));
  await scheduler.start();
  await binding?.begin((error) => log.warn({ err: error }, 'threads could not be bound'));
  const stopTakingOver = keepTakingOver(engine, instances, log);
  return {
    url,
    newSetupToken: isSetUp ? null : newSetupToken,
    setupPage: setupPage(config.publicUrl ?? url, newSetupToken),
    isSetUp,
    notices,
    reload: async (newEnv) => {
      if (config.poolsFile === undefined) return false;
      const file = loadPoolsFile(config.poolsFile, DRIVERS, newEnv);
      await pools?.stop();
      pools = await keepPoolsFile(engineFor(engine, POOLS_FILE), file, log);
      for (const notice of await poolNotices(engine, DRIVERS)) log.warn(notice);
      return true;
    },
    stop: async () => {
      // While their calls are still answered.
      await agents.stop();
      const closed = Promise.all([close(server), metrics && close(metrics)]);
      binding?.stop();
      waiting.stop();
      await pools?.stop();
      await closed;
      await listening.stop();
      await stopTakingOver();
      await scheduler.stop();
      // A job that had to be terminated may have left claims behind.
      await voidClaimsOf(engine, `${workerSettings.instance}/`);
      await drivers.close();
      await collector?.stop();
      await engine.store.close();
      instances.leave();
      presence.leave();
    },
  };
}

/** Applies the pools file, or, on a fresh database without one, the built-in example. */
async function loadPools(
  engine: Engine,
  file: PoolsFile | null,
  log: Logger,
): Promise<AppliedFile | null> {
  if (!file && (await hasLoadedPools(engine))) return null;
  return keepPoolsFile(engineFor(engine, POOLS_FILE), file ?? examplePoolsFile(DRIVERS), log);
}

/** Resolves when the last request has been answered, or cut off at the deadline. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN);
    // Otherwise a connection answered only now would be kept alive for its next request.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
  });
}

/** In open mode the legacy routes answer under this machine's names and that of PUBLIC_URL. */
function legacyOptions(config: Config): LegacyOptions {
  const { legacyApi: mode, legacyOpenCidrs: openCidrs } = config;
  return { mode, openCidrs, hosts: ownNames(config) };
}

/** The names under which browsers on this machine, and those of PUBLIC_URL, call this server. */
function ownNames({ host, publicUrl }: Config): string[] {
  return [
    'localhost',
    '127.0.0.1',
    '[::1]',
    host,
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
  ];
}
