import type { Command } from 'commander';
import type { Logger } from 'pino';
import { readConfig, readEnvironment } from '../config';
import { makeLog } from '../log';
import { LogOutput } from '../log-output';
import { misspelledIn } from '../misspelled';
import { startServer, type RunningServer } from '../server';

const STDERR = 2;

/** `holdfast serve`: serves until SIGTERM or SIGINT. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .description(
      'Serve the API. The configuration is read from the environment and .env (see .env.example).',
    )
    .action(serve);
}

async function serve(): Promise<void> {
  const env = readEnvironment();
  const config = readConfig();
  const log = makeLog({ level: config.logLevel, format: config.logFormat });
  for (const { name, meant } of misspelledIn(env))
    log.warn(
      { variable: name, meant },
      'an unknown variable is ignored; it is probably misspelled',
    );
  const server = await startServer(config, env, log);
  if (server.newSetupToken)
    new LogOutput(STDERR).write(
      `Setup token (shown once, for POST /v1/setup): ${server.newSetupToken}\n`,
    );
  // Precedes the line that announces it: a reader of that line may stop it at once.
  stopOnSignal(server, log);
  log.info({ url: server.url }, 'serving');
}

function stopOnSignal(server: RunningServer, log: Logger): void {
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
