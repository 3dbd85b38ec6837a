import type { Command } from 'commander';

/** Shows examples below the help of a command; command lines without `holdfast`. */
export function addExamples(command: Command, examples: readonly string[]): Command {
  const title = examples.length === 1 ? 'Example' : 'Examples';
  const lines = examples.map((line) => `  holdfast ${line}`);
  return command.addHelpText('after', `\n${title}:\n${lines.join('\n')}`);
}
