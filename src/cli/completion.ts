import { Argument, type Command } from 'commander';
import { COMPLETIONS, type CommandShape, type Shell } from './completion-scripts';

const SHELLS = Object.keys(COMPLETIONS) as Shell[];

/** `holdfast completion SHELL`: what a shell sources to complete our commands and options. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'Whose language it is to be in.').choices(SHELLS))
    .description(
      'Print a script that completes commands and options in your shell; docs/cli.md says where it goes.',
    )
    .action((shell: Shell) => void process.stdout.write(COMPLETIONS[shell](shapeOf(program))));
}

/**
 * The commands that there are, and what each takes; read off the program, so that nothing is said
 * twice.
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
