import type { Logger } from 'pino';
import { readEnvironment } from '../../environment';
import { makeLog } from '../../log';
import { EXIT } from '../exit-codes';
import { LogOutput } from '../../log-output';
import { preflight } from '../../preflight';
import { takeSignals, type Signal } from '../../signals';
import { startServer, type RunningServer } from '../../server';

const STDERR = 2;

/** Serves until a signal ends it. Errors: those of `preflight` and `startServer`. */
export async function serve(): Promise<void> {
  const prepared = await preflight();
  const { config, warnings } = prepared;
  const log = makeLog({ level: config.logLevel, format: config.logFormat });
  for (const { field, file, line, message } of warnings)
    log.warn({ variable: field, file, line }, message);
  const serving = new Serving(log);
  takeSignals((signal) => serving.take(signal));
  const server = await startServer(prepared, log);
  if (server.newSetupToken)
    new LogOutput(STDERR).write(
      `Setup token (shown once, for POST /v1/setup): ${server.newSetupToken}\n`,
    );
  // Precedes the line that announces it: a reader of that line may stop it at once.
  serving.begin(server);
  log.info({ url: server.url }, 'serving');
}

/** A server as the signals see it: SIGTERM and SIGINT end it, SIGHUP reloads the pools file. */
class Serving {
  private server: RunningServer | null = null;
  private isStopping = false;
  private reloadAtStart = false;
  private reloading = Promise.resolve();

  constructor(private readonly log: Logger) {}

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
        const isReloaded = await server.reload(readEnvironment());
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
