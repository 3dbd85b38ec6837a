import type { Logger } from 'pino';
import { callerEnvironment, readEnvironment, type Env } from '../../environment';
import { makeLog } from '../../log';
import { EXIT } from '../exit-codes';
import { LogOutput } from '../../log-output';
import { preflight, type Prepared } from '../../preflight';
import { takeSignals, type Signal } from '../../signals';
import { startServer, type RunningServer } from '../../server';
import { welcome } from './welcome';

const STDERR = 2;

/** The flags of `serve`, which count before the variables. */
export interface ServeOptions {
  port?: string;
  host?: string;
  dataDir?: string;
  pools?: string;
}

/** Serves until a signal ends it. Errors: those of `preflight` and `startServer`. */
export async function serve(options: ServeOptions): Promise<void> {
  const own = { ...callerEnvironment(), ...variablesOf(options) };
  const prepared = forPeople(await preflight(own));
  const { config, warnings } = prepared;
  const log = makeLog({ level: config.logLevel, format: config.logFormat });
  for (const { field, file, line, message } of warnings)
    log.warn({ variable: field, file, line }, message);
  const serving = new Serving(log, own);
  takeSignals((signal) => serving.take(signal));
  const server = await startServer(prepared, log);
  if (server.newSetupToken)
    new LogOutput(STDERR).write(
      `Setup token (shown once, for POST /v1/setup): ${server.newSetupToken}\n` +
        `Set up in a browser: ${server.setupPage}\n`,
    );
  // Precedes the line that announces it: a reader of that line may stop it at once.
  serving.begin(server);
  log.info({ url: server.url }, 'serving');
  if (isWatched()) {
    const { dataDir } = options;
    const variables: Record<string, string> =
      dataDir === undefined ? {} : { DATA_DIR: config.dataDir };
    new LogOutput(STDERR).write(`${welcome(server, variables, process.stderr.columns)}\n`);
  }
}

function variablesOf({ port, host, dataDir, pools }: ServeOptions): Env {
  const set = { PORT: port, HOST: host, DATA_DIR: dataDir, POOLS_FILE: pools };
  return Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
}

/** Does somebody look at both outputs? */
function isWatched(): boolean {
  return process.stdout.isTTY && process.stderr.isTTY;
}

/** At a terminal, the log is for people unless LOG_FORMAT says otherwise. */
function forPeople(prepared: Prepared): Prepared {
  if (!isWatched() || prepared.env.LOG_FORMAT) return prepared;
  return { ...prepared, config: { ...prepared.config, logFormat: 'pretty' } };
}

/** A server as the signals see it: SIGTERM and SIGINT end it, SIGHUP reloads the pools file. */
class Serving {
  private server: RunningServer | null = null;
  private isStopping = false;
  private reloadAtStart = false;
  private reloading = Promise.resolve();

  constructor(
    private readonly log: Logger,
    private readonly own: Env,
  ) {}

  begin(server: RunningServer): void {
    this.server = server;
    if (this.reloadAtStart) this.reload(server);
  }

  take(signal: Signal): void {
    if (this.isStopping) return;
    if (signal !== 'SIGHUP') return this.stop(signal);
    if (this.server === null) this.reloadAtStart = true;
    else this.reload(this.server);
  }

  private stop(signal: Signal): void {
    this.isStopping = true;
    this.log.info({ signal }, 'stopping');
    // A start that is cut off is a crash, which every start expects; nobody was served yet.
    if (this.server === null) process.exit(EXIT.done);
    this.server.stop().then(
      () => process.exit(EXIT.done),
      (error: unknown) => {
        this.log.error({ err: error }, 'stopping failed');
        process.exit(EXIT.failed);
      },
    );
  }

  private reload(server: RunningServer): void {
    this.reloading = this.reloading.then(async () => {
      try {
        const isReloaded = await server.reload(readEnvironment(this.own));
        this.log.info(
          {},
          isReloaded ? 'the pools file was reloaded' : 'SIGHUP: there is no POOLS_FILE to reload',
        );
      } catch (error) {
        this.log.error({ err: error }, 'the pools file was not reloaded');
      }
    });
  }
}
