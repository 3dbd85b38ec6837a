import type { Command, Option } from 'commander';
import { plain } from '../plain';
import { connectionOptions, patienceOf, targetOf } from './connect';
import { readContexts } from './contexts';
import { write } from './output';
import { thingsOf, type Thing } from './things';

/** A line for the shell: it offers the names of files. */
const FILES = ':files';

/** The shell puts a word into the line as it is: nothing in it may mean anything there. */
const SAFE = /^[\p{L}\p{N}_.:@%+=,/-]+$/u;

/** A word that can come next. */
interface Candidate {
  word: string;
  about: string;
}

/**
 * `holdfast __complete -- WORDS…`: the words that may stand in the place of the last one, each with a
 * tab and what it is. A shell asks for it at Tab, so it is quick, and silent if anything fails.
 */
export function addComplete(program: Command): void {
  const command = program.command('__complete', { hidden: true }).argument('[words...]', 'So far.');
  connectionOptions(command).action(async (words: string[]) => {
    const last = words.at(-1) ?? '';
    const candidates = await candidatesFor(program, words.slice(0, -1), last, command).catch(
      (): Candidate[] => [],
    );
    for (const { word, about } of candidates)
      if (word === FILES) write(FILES);
      else if (word.startsWith(last) && SAFE.test(word)) write(`${word}\t${plain(about)}`);
  });
}

async function candidatesFor(
  program: Command,
  before: readonly string[],
  last: string,
  asking: Command,
): Promise<Candidate[]> {
  const { command, given, awaiting } = placeIn(program, before);
  if (awaiting) return valuesOf(asking, command, awaiting.argChoices, awaiting.name());
  const help = command.createHelp();
  if (last.startsWith('-')) return help.visibleOptions(command).flatMap(optionOf);
  const below = help.visibleCommands(command);
  if (below.length > 0)
    return below.map((each) => ({ word: each.name(), about: firstSentence(each.description()) }));
  const { registeredArguments } = command;
  const argument = registeredArguments[given] ?? registeredArguments.findLast((a) => a.variadic);
  return argument ? valuesOf(asking, command, argument.argChoices, argument.name()) : [];
}

/** The command that words lead to, how many arguments it has, and an option without its value. */
function placeIn(program: Command, words: readonly string[]) {
  let command = program;
  let given = 0;
  let awaiting: Option | undefined;
  for (const word of words) {
    if (awaiting) {
      awaiting = undefined;
      continue;
    }
    const option = command.options.find(({ short, long }) => word === short || word === long);
    if (option?.required) awaiting = option;
    if (word.startsWith('-')) continue;
    const next = command.commands.find((each) => each.name() === word);
    if (next) command = next;
    else given += 1;
  }
  return { command, given, awaiting };
}

async function valuesOf(
  asking: Command,
  command: Command,
  choices: readonly string[] | undefined,
  name: string,
): Promise<Candidate[]> {
  if (choices) return choices.map((word) => ({ word, about: '' }));
  if (name === 'context' || command.parent?.name() === 'context') return contexts();
  const thing = thingOf(command, name);
  if (thing !== null) return thingsOf(targetOf(asking), thing, patienceFor(asking));
  return /^(file|directory|data-dir|pools|identity|.*-file|tls-.*)$/.test(name)
    ? [{ word: FILES, about: '' }]
    : [];
}

/** How long somebody who pressed Tab waits, in ms; `HOLDFAST_TIMEOUT` says otherwise. */
const PATIENCE = 1_000;

function patienceFor(asking: Command): number {
  return asking.getOptionValueSource('timeout') === 'env' ? patienceOf(asking) : PATIENCE;
}

/** The kind of thing that an argument or an option names; null: none that a server lists. */
function thingOf(command: Command, name: string): Thing | null {
  if (name === 'pool' || (name === 'name' && command.name() === 'pools')) return 'pools';
  if (name === 'resource') return 'resources';
  if (name === 'reservation') return 'reservations';
  if (name !== 'id') return null;
  const group = command.parent?.name();
  return group === 'users' || group === 'tokens' || group === 'webhooks' ? group : 'reservations';
}

function contexts(): Candidate[] {
  return Object.entries(readContexts().contexts).map(([word, { url }]) => ({ word, about: url }));
}

function optionOf({ long, description }: Option): Candidate[] {
  return long ? [{ word: long, about: firstSentence(description) }] : [];
}

function firstSentence(text: string): string {
  return (/^.*?[.;:](?=\s|$)/.exec(text)?.[0] ?? text).replace(/[.;:]$/, '');
}
