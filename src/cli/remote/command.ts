import type { Command } from 'commander';
import { addExamples } from '../examples';
import { connectionOptions } from './connect';
import { outputOptions } from './output';

/** The help of a command. */
export interface About {
  /** Its purpose, in a sentence or two. */
  about: string;
  /** Command lines without `holdfast`. */
  examples: readonly string[];
}

/** Adds a command that calls a server, with the options for that. */
export function remoteCommand(parent: Command, name: string, { about, examples }: About): Command {
  const command = parent.command(name).description(about);
  addExamples(command, examples);
  return connectionOptions(command);
}

/** Adds a command that calls a server and writes what it gets. */
export function showingCommand(parent: Command, name: string, about: About): Command {
  return outputOptions(remoteCommand(parent, name, about));
}
