import pino from 'pino';
import { readConfig, readEnvironment } from './config';
import { ConfigError } from './config-error';
import { MasterKeyError } from './crypto/master-key';
import { DomainError } from './domain/errors';
import { startServer, type RunningServer } from './server';

/** EX_CONFIG of sysexits.h. */
const EXIT_CONFIG = 78;

async function main(): Promise<void> {
  const env = readEnvironment();
  const config = readConfig();
  const log = pino({ level: config.logLevel, base: undefined });
  const server = await startServer(config, env, log);
  if (server.newSetupToken) process.stderr.write(`Setup token (shown once, for POST /v1/setup): ${server.newSetupToken}\n`);
  // Before anybody hears that it serves: who hears it may stop it.
  stopOnSignal(server, log);
  log.info({ url: server.url }, 'serving');
}

function stopOnSignal(server: RunningServer, log: pino.Logger): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  const misconfigured = error instanceof ConfigError || error instanceof MasterKeyError || error instanceof DomainError;
  process.stderr.write(`holdfast: ${misconfigured ? error.message : String(error instanceof Error ? (error.stack ?? error.message) : error)}\n`);
  process.exit(misconfigured ? EXIT_CONFIG : 1);
});
