import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isOneLine } from '../domain/plain-text';
import { seatNames } from '../domain/pools/seats';
import { textOf } from '../text-file';
import { replaced } from './accounts';
import type { FieldPath, Report } from './problem';
import type { WrittenPool, WrittenResource } from './schema';
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
 * The listed resources, each seat by itself, with the values of `${NAME}` and `{ file: path }`.
 * Reports each value that cannot be had, and an unknown type.
 */
export function resourcesOf(
  written: WrittenPool,
  context: ListContext,
  report: Report,
): ListedSpec[] {
  return (written.resources ?? []).flatMap((entry, index) => {
    const at: FieldPath = ['resources', index];
    const { name, seats } = entry;
    const type = typeOf(entry, written, at, report);
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

function typeOf(
  { type }: WrittenResource,
  { types }: WrittenPool,
  at: FieldPath,
  report: Report,
): string {
  if (type === undefined) return types?.[0]?.name ?? 'default';
  if (types && !types.some(({ name }) => name === type))
    report([...at, 'type'], 'is not a type of the pool');
  return type;
}

function valuesOf(
  written: Readonly<Record<string, Value>>,
  at: FieldPath,
  context: ListContext,
  report: Report,
): Record<string, string | number> {
  const read = (value: Value, path: FieldPath) => {
    if (typeof value === 'number') return value;
    if (typeof value === 'string') return replaced(value, context.env, path, report);
    return textIn(value.file, path, context, report);
  };
  const entries = Object.entries(written);
  return Object.fromEntries(entries.map(([name, value]) => [name, read(value, [...at, name])]));
}

/** The text of a file without its last newline. Reports a file that cannot be read or says nothing. */
function textIn(file: string, path: FieldPath, { directory }: ListContext, report: Report): string {
  try {
    const text = textOf(readFileSync(resolve(directory, file))).replace(/\r?\n$/, '');
    if (text === '') report(path, 'names a file that is empty');
    else if (text.includes('\0')) report(path, 'names a file that is no text');
    return text;
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    report(path, `names a file that cannot be read (${code})`);
    return '';
  }
}
