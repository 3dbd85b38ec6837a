import type { Command } from 'commander';
import { lazily } from './lazily';
import { addExamples } from './examples';

/** `holdfast serve`: serves until SIGTERM or SIGINT; SIGHUP reloads the pools file. */
export function addServe(program: Command): void {
  const command = program.command('serve');
  addExamples(command, ['serve'])
    .description(
      'Serve the API. The configuration is read from the environment and .env (see .env.example).',
    )
    .action(lazily(async () => (await import('./server/serve.js')).serve));
}
