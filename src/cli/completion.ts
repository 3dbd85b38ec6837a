import { Argument, type Command } from 'commander';
import { COMPLETIONS, type Shell } from './completion-scripts';
import { addExamples } from './examples';

const SHELLS = Object.keys(COMPLETIONS) as Shell[];

/** `holdfast completion SHELL`: a script that completes our commands, options, pools and ids. */
export function addCompletion(program: Command): void {
  const command = program.command('completion');
  addExamples(command, ['completion bash > ~/.local/share/bash-completion/completions/holdfast'])
    .addArgument(new Argument('<shell>', 'The shell that is to read it.').choices(SHELLS))
    .description(
      'Print a script that completes commands, options, pools and ids in your shell. ' +
        'See docs/cli.md for where to put it.',
    )
    .action((shell: Shell) => void process.stdout.write(COMPLETIONS[shell]));
}
