import { Option, type Command } from 'commander';
import { addExamples } from './examples';
import { lazily } from './lazily';

/** `holdfast serve`: serves until SIGTERM or SIGINT; SIGHUP reloads the pools file. */
export function addServe(program: Command): void {
  const command = program.command('serve');
  addExamples(command, [
    'serve',
    'serve --port 8081 --data-dir /var/lib/holdfast --pools pools.yaml',
  ])
    .addOption(new Option('--port <port>', 'The port; 0 for any that is free.').env('PORT'))
    .addOption(new Option('--host <address>', 'The address to listen at.').env('HOST'))
    .addOption(new Option('--data-dir <directory>', 'The directory of the data.').env('DATA_DIR'))
    .addOption(new Option('--pools <file>', 'The pools file.').env('POOLS_FILE'))
    .description(
      'Serve the API. The configuration is read from the environment and .env (see .env.example); ' +
        'the options count before them.',
    )
    .action(lazily(async () => (await import('./server/serve.js')).serve));
}
