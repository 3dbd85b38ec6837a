import { z } from 'zod';
import { misspelledKeys, reportIssue, tryParse, type FieldPath, type Report } from './problem';

/** A check has read a part of the file that is wrong, and reported already; `ifRight` ends there. */
export class PartIsWrong extends Error {
  constructor() {
    super('The part of the file is wrong.');
    this.name = 'PartIsWrong';
  }
}

/**
 * Runs a check on the parts of the file that it reads. Gives undefined, without a report of its own,
 * as soon as it reads a wrong one: checks of other parts go on.
 */
export function ifRight<T>(check: () => T): T | undefined {
  try {
    return check();
  } catch (error) {
    if (error instanceof PartIsWrong) return undefined;
    throw error;
  }
}

/** Runs a check on every entry of a list that is right. */
export function eachRight<T>(list: readonly T[], check: (entry: T, index: number) => void): void {
  for (let index = 0; index < list.length; index++) ifRight(() => check(list[index]!, index));
}

/** The entries of a list that are right. */
export function rightOf<T>(list: readonly T[]): T[] {
  const right: T[] = [];
  eachRight(list, (entry) => void right.push(entry));
  return right;
}

/** A part that is right; undefined in its place means that it is wrong. */
export type Part<T> = { value: T } | undefined;

/** The part that `find` gives; it is wrong if `find` reads a wrong one. */
export function part<T>(find: () => T): Part<T> {
  return ifRight(() => ({ value: find() }));
}

/** The value of a part. A wrong one ends the check that asks for it (see `ifRight`). */
export function valueOf<T>(part: Part<T>): T {
  return part ? part.value : wrong();
}

/** Ends the check that calls it: a part that it needs is wrong, and reported already. */
export function wrong(): never {
  throw new PartIsWrong();
}

/** The object of these parts. Reading a wrong one ends the check that reads it (see `ifRight`). */
export function fromParts<T extends object>(parts: { [Field in keyof T]-?: Part<T[Field]> }): T {
  return withParts({}, Object.entries<Part<unknown>>(parts)) as T;
}

/** A list of what `map` gives for each entry; entries for which it reads a wrong part are wrong. */
export function mapRight<T, U>(list: readonly T[], map: (entry: T, index: number) => U): U[] {
  const parts = Array.from({ length: list.length }, (_, index) =>
    part(() => map(list[index]!, index)),
  );
  return withParts([], [...parts.entries()]) as U[];
}

/**
 * Parses a value by a schema, part by part. Reports every problem below `base`; the parts without one
 * can be read as the schema gives them, and reading another ends the check that does (see `ifRight`).
 * Gives undefined if no part can be read.
 */
export function parsedParts<T>(
  schema: z.ZodType<T>,
  value: unknown,
  base: FieldPath,
  report: Report,
): Part<T> {
  const { data, issues } = tryParse(schema, value);
  if (issues.length === 0) return { value: data as T };
  const parts = partsOf(schema, value);
  const own = parts ? issues.filter(({ issue }) => issue.path.length === 0) : issues;
  own.forEach((issue) => reportIssue(base, issue, report));
  if (!parts) return undefined;
  // A key that is there under a wrong name is not missing as well.
  const misspelled = new Set<PropertyKey>(own.flatMap(misspelledKeys));
  const read = parts.entries.map(([key, entry, content]): [PropertyKey, Part<unknown>] => {
    const isThere = content !== undefined || !misspelled.has(key);
    return [key, isThere ? parsedParts(entry, content, [...base, key], report) : undefined];
  });
  // A list that is too short or too long is wrong in whole, but its entries have been looked at.
  if (parts.isList && own.length > 0) return undefined;
  return { value: withParts(parts.isList ? [] : {}, read) as T };
}

interface Parts {
  isList: boolean;
  entries: [key: PropertyKey, schema: z.ZodType, content: unknown][];
}

/** The parts of an object or a list; null for a value that is right or wrong as a whole. */
function partsOf(schema: z.ZodType, value: unknown): Parts | null {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return partsOf(schema.unwrap() as z.ZodType, value);
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    const entry = schema.element as z.ZodType;
    return { isList: true, entries: value.map((content, index) => [index, entry, content]) };
  }
  if (!(schema instanceof z.ZodObject) || !isObject(value)) return null;
  const shape = Object.entries(schema.shape) as [string, z.ZodType][];
  return { isList: false, entries: shape.map(([key, entry]) => [key, entry, value[key]]) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withParts(whole: object, parts: readonly [PropertyKey, Part<unknown>][]): object {
  for (const [key, found] of parts) {
    if (!found) Object.defineProperty(whole, key, { get: wrong, enumerable: true });
    else if (found.value !== undefined) Object.assign(whole, { [key]: found.value });
  }
  return whole;
}
