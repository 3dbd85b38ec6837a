import type { Command } from 'commander';

/** A command that does something: `context` does not, `context list` does. */
export interface Leaf {
  name: string;
  command: Command;
}

/** All commands of the program that do something, in the order of the help. */
export function leavesOf(command: Command, names: string[] = []): Leaf[] {
  const below = command
    .createHelp()
    .visibleCommands(command)
    .filter((each) => each.name() !== 'help');
  return below.length === 0
    ? [{ name: names.join(' '), command }]
    : below.flatMap((each) => leavesOf(each, [...names, each.name()]));
}
