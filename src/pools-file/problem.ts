import type { z } from 'zod';
import { nearest } from './nearest';
import { plainWords } from './wording';

/** A field of the file, by keys and positions from the root. */
export type FieldPath = readonly PropertyKey[];

/** Notes a problem of a field. The message must quote no value of the file. */
export type Report = (path: FieldPath, message: string) => void;

/**
 * Parses a value by a schema. Reports every problem below `base`, in plain words, and then gives
 * undefined.
 */
export function parsed<T>(
  schema: z.ZodType<T>,
  value: unknown,
  base: FieldPath,
  report: Report,
): T | undefined {
  const { data, issues } = tryParse(schema, value);
  issues.forEach((issue) => reportIssue(base, issue, report));
  return data;
}

/** A problem that zod found, and the keys that are allowed where one is unknown. */
export interface Issue {
  issue: z.core.$ZodIssue;
  known: readonly string[];
}

/** Parses a value by a schema; a wrong value has issues and no data. */
export function tryParse<T>(schema: z.ZodType<T>, value: unknown): { data?: T; issues: Issue[] } {
  const known = new Map<string, readonly string[]>();
  const { data, error } = schema.safeParse(value, {
    reportInput: true,
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') known.set(placeOf(issue.path), keysOf(issue.inst));
      return plainWords(issue);
    },
  });
  const issues = (error?.issues ?? []).map((issue) => ({
    issue,
    known: known.get(placeOf(issue.path)) ?? [],
  }));
  return issues.length > 0 ? { issues } : { data: data, issues };
}

/** Reports a problem below `base`; each unknown key is one of its own. */
export function reportIssue(base: FieldPath, { issue, known }: Issue, report: Report): void {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    issue.keys.forEach((key) => report([...path, key], wordsOfUnknown(key, known)));
  else report(path, issue.input === undefined && path.length > 0 ? 'is missing' : issue.message);
}

function wordsOfUnknown(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  if (meant !== undefined) return `is not a known key; do you mean ${meant}?`;
  if (known.length === 0) return 'is not a known key';
  return `is not a known key; known are ${known.join(', ')}`;
}

/** The known keys that the unknown ones are probably meant to be. */
export function misspelledKeys({ issue, known }: Issue): string[] {
  return issue.code === 'unrecognized_keys'
    ? issue.keys.flatMap((key) => nearest(key, known) ?? [])
    : [];
}

function placeOf(path: readonly PropertyKey[] | undefined): string {
  return JSON.stringify((path ?? []).map(String));
}

/** The keys of the object, or of the record over an enumeration, in whose place a key is unknown. */
function keysOf(schema: unknown): readonly string[] {
  const { shape, keyType } = (schema as z.ZodType)._zod.def as {
    shape?: object;
    keyType?: { options?: string[] };
  };
  return shape ? Object.keys(shape) : (keyType?.options ?? []);
}
