import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isOneLine } from '../domain/plain-text';
import { seatNames } from '../domain/pools/seats';
import { reasonOf, textOf } from '../text-file';
import { replaced, typeOf } from './accounts';
import { fromParts, mapRight, part } from './partial';
import type { FieldPath, Report } from './problem';
import type { WrittenPool } from './schema';
import type { AccountSpec, Env, ListedSpec } from './spec';

/** The context in which the values of a list are read. */
export interface ListContext {
  env: Env;
  /** The directory of the pools file, to which `{ file: path }` is relative. */
  directory: string;
}

type Value = string | number | { file: string };

/**
 * How many resources a pool lists, each seat and each account counted; null if it has no list.
 */
export function countListed({ accounts, resources }: WrittenPool): number | null {
  if (!accounts && !resources) return null;
  const seats = (resources ?? []).reduce((sum, entry) => sum + (entry.seats ?? 1), 0);
  return (accounts?.length ?? 0) + seats;
}

/** An account as a listed resource. `index`: its place in the list. */
export function asListed({ name, type, ...secrets }: AccountSpec, index: number): ListedSpec {
  return { name, type, seatOf: null, fields: {}, secrets, at: ['accounts', index] };
}

/**
 * The seats of each listed resource, with the values of `${NAME}` and `{ file: path }`; an entry can be
 * read if it is right. Reports each value that cannot be had, and an unknown type.
 */
export function resourcesOf(
  written: WrittenPool,
  context: ListContext,
  report: Report,
): ListedSpec[][] {
  return mapRight(written.resources ?? [], (entry, index): ListedSpec[] => {
    const at: FieldPath = ['resources', index];
    const { name, seats } = entry;
    const type = typeOf(entry, written.types, [...at, 'type'], report);
    const fields = valuesOf(entry.fields ?? {}, [...at, 'fields'], context, report);
    const secrets = valuesOf(entry.secrets ?? {}, [...at, 'secrets'], context, report);
    for (const [field, value] of Object.entries(fields))
      if (!isOneLine(String(value))) report([...at, 'fields', field], 'must be one line');
    const seatOf = seats === undefined ? null : name;
    const texts = secrets as Record<string, string>;
    return seatNames(name, seats).map((seat) => {
      return { name: seat, type, seatOf, fields, secrets: texts, at };
    });
  });
}

function valuesOf(
  written: Readonly<Record<string, Value>>,
  at: FieldPath,
  context: ListContext,
  report: Report,
): Record<string, string | number> {
  const read = (name: string): string | number => {
    const [value, path] = [written[name]!, [...at, name]];
    if (typeof value === 'number') return value;
    if (typeof value === 'string') return replaced(value, context.env, path, report);
    return textIn(value.file, path, context, report);
  };
  const parts = Object.keys(written).map((name) => [name, part(() => read(name))] as const);
  return fromParts<Record<string, string | number>>(Object.fromEntries(parts));
}

/** The text of a file without its last newline. Reports a file that cannot be read or says nothing. */
function textIn(file: string, path: FieldPath, { directory }: ListContext, report: Report): string {
  try {
    const text = textOf(readFileSync(resolve(directory, file))).replace(/\r?\n$/, '');
    if (text === '') report(path, 'names a file that is empty');
    else if (text.includes('\0')) report(path, 'names a file that is no text');
    return text;
  } catch (error) {
    report(path, `names a file that cannot be read (${reasonOf(error)})`);
    return '';
  }
}
