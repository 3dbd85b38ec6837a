import type { Command } from 'commander';
import { lazily } from './lazily';
import { addExamples } from './examples';

/** `holdfast check-config`: would a server start with this? Creates and changes nothing. */
export function addCheckConfig(program: Command): void {
  const command = program.command('check-config');
  addExamples(command, ['check-config'])
    .description(
      'Check the environment, .env, the pools file, the master key and the database, as `serve` ' +
        'does. Changes nothing. Names every problem and exits with 78 if a server would not start.',
    )
    .action(lazily(async () => (await import('./server/check-config.js')).checkConfig));
}
