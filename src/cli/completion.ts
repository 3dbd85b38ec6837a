import { Argument, type Command } from 'commander';
import { COMPLETIONS, type CommandShape, type Shell } from './completion-scripts';
import { addExamples } from './examples';

const SHELLS = Object.keys(COMPLETIONS) as Shell[];

/** `holdfast completion SHELL`: a script that completes our commands and options. */
export function addCompletion(program: Command): void {
  const command = program.command('completion');
  addExamples(command, ['completion bash > ~/.local/share/bash-completion/completions/holdfast'])
    .addArgument(new Argument('<shell>', 'The shell that is to read it.').choices(SHELLS))
    .description(
      'Print a script that completes commands and options in your shell. ' +
        'See docs/cli.md for where to put it.',
    )
    .action((shell: Shell) => void process.stdout.write(COMPLETIONS[shell](shapeOf(program))));
}

/**
 * The commands of the program with their options and arguments, read from the program itself.
 */
export function shapeOf(command: Command): CommandShape {
  const help = command.createHelp();
  return {
    name: command.name(),
    about: firstSentence(command.description()),
    options: help
      .visibleOptions(command)
      .map(({ short, long, description, required, optional, argChoices }) => ({
        names: [short, long].filter((name) => name !== undefined),
        about: firstSentence(description),
        takesValue: required || optional,
        values: argChoices ?? [],
      })),
    arguments: command.registeredArguments.map((argument) => argument.argChoices ?? null),
    commands: help.visibleCommands(command).map(shapeOf),
  };
}

function firstSentence(text: string): string {
  return (/^.*?[.;:](?=\s|$)/.exec(text)?.[0] ?? text).replace(/[.;:]$/, '');
}
