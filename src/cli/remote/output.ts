import { Option, type Command } from 'commander';
import { tell } from '../alone';
import { Refusal } from '../exit-codes';
import { harmless } from '../plain';
import { assignmentsOf, fieldOf, lineOf } from './fields';
import { factsOf, tableOf, type Column } from './table';
import { twin } from './twins';

export const FORMATS = ['table', 'json', 'yaml', 'name', 'env'] as const;
export type Format = (typeof FORMATS)[number];

interface OutputOptions {
  output: Format;
  field?: string;
}

/** One thing, in the shape of the API and as people read it. */
export interface Shown {
  body: unknown;
  /** For `-o name`: its id or name. */
  name: string;
  /** The facts for people, or their text. */
  facts: Parameters<typeof factsOf>[0] | string;
}

/** A list, in the shape of the API and as people read it. */
export interface ShownList<Row> {
  rows: readonly Row[];
  name: (row: Row) => string;
  columns: readonly Column<Row>[];
  /** The sentence for an empty list. */
  none: string;
}

/** Adds the options that say how the answer is written. */
export function outputOptions(command: Command): Command {
  const output = new Option('-o, --output <format>', 'How to write it.').choices(FORMATS);
  const field = new Option('--field <path>', 'Only this field, such as counts.available.');
  return command
    .addOption(twin(output, 'HOLDFAST_OUTPUT').default('table').helpGroup('Output:'))
    .addOption(twin(field, 'HOLDFAST_FIELD').helpGroup('Output:'));
}

/** The format that a command was asked for. */
export function formatOf(command: Command): Format {
  return command.optsWithGlobals<OutputOptions>().output;
}

/** Writes one thing to stdout. Errors: Refusal `missing` if it has no such field. */
export async function show(command: Command, { body, name, facts }: Shown): Promise<void> {
  const { output, field } = command.optsWithGlobals<OutputOptions>();
  if (field) return writeData(lineOf(present(fieldOf(body, field), field)));
  if (output === 'table') return write(typeof facts === 'string' ? facts : factsOf(facts));
  writeData(output === 'name' ? name : await written(body, output));
}

/** Writes a list to stdout; with `--field`, that of each entry, a line each. */
export async function showList<Row>(command: Command, list: ShownList<Row>): Promise<void> {
  const { rows, name, columns, none } = list;
  const { output, field } = command.optsWithGlobals<OutputOptions>();
  if (field) return rows.forEach((row) => writeData(lineOf(fieldOf(row, field))));
  if (output === 'name') return rows.forEach((row) => writeData(name(row)));
  if (output !== 'table')
    return writeData(await written({ items: rows, nextCursor: null }, output));
  if (rows.length === 0) return tell(none);
  write(tableOf(rows, columns));
}

/** A thing as JSON, YAML or assignments for a shell. */
async function written(body: unknown, format: 'json' | 'yaml' | 'env'): Promise<string> {
  if (format === 'json') return JSON.stringify(body, null, 2);
  if (format === 'env') return assignmentsOf(body).join('\n');
  // Loaded only now: most calls need no YAML.
  const { stringify } = await import('yaml');
  return stringify(body).trimEnd();
}

function present(value: unknown, field: string): unknown {
  if (value === undefined) throw new Refusal('missing', `--field: there is no ${field}.`);
  return value;
}

/** Writes data of a server to stdout: as it is for a program, and harmless to a terminal. */
export function writeData(text: string): void {
  write(process.stdout.isTTY ? harmless(text) : text);
}

/** Writes a line, or several, to stdout, in which nothing of a server can do harm. */
export function write(text: string): void {
  process.stdout.write(`${text}\n`);
}
