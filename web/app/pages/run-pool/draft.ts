import { durationValue, writtenDuration } from '../../parts/written-duration';
import type { Schemas } from '../../server/client';
import { InputError } from '../../server/field-errors';
import { POLICY, type PolicyField } from './policy';

export type Pool = Schemas['Pool'];
/** The text in each field, by its path. */
export type Texts = Readonly<Record<string, string>>;

/** The fields that a pool has. */
export function fieldsOf({ sizing }: Pool): PolicyField[] {
  return POLICY.flatMap(({ fields }) => fields).filter(
    ({ isManaged }) => !isManaged || sizing === 'managed',
  );
}

/** A pool as the fields show it. */
export function textsOf(pool: Pool): Texts {
  return Object.fromEntries(fieldsOf(pool).map((field) => [field.path, textOf(pool, field)]));
}

function textOf(pool: Pool, { path, kind }: PolicyField): string {
  const value = path
    .split('.')
    .reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], pool);
  if (kind === 'json') return JSON.stringify(value ?? {}, null, 2);
  if (kind === 'duration' && value !== undefined) return writtenDuration(value as number | null);
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The fields whose texts differ. */
export function changedFields(fields: readonly PolicyField[], from: Texts, to: Texts) {
  return fields.filter(({ path }) => (from[path] ?? '') !== (to[path] ?? ''));
}

/**
 * The change that leads from one state of the fields to another, with nothing but the leaves that
 * differ. Errors: `InputError` for text that is no JSON.
 */
export function changeBetween(
  fields: readonly PolicyField[],
  from: Texts,
  to: Texts,
): Schemas['PoolChange'] {
  const change: Record<string, unknown> = {};
  for (const field of changedFields(fields, from, to)) {
    const value = valueOf(field, from[field.path] ?? '', to[field.path] ?? '');
    const [group, leaf] = field.path.split('.') as [string, string?];
    if (leaf === undefined) change[group] = value;
    else change[group] = { ...(change[group] as object | undefined), [leaf]: value };
  }
  return change;
}

function valueOf({ path, kind, isMerged }: PolicyField, from: string, to: string): unknown {
  switch (kind) {
    case 'count':
      return to.trim() === '' ? to : Number(to);
    case 'duration':
      return durationValue(to);
    case 'flag':
      return to === 'true';
    case 'choice':
      return to === '' ? null : to;
    case 'json':
      return isMerged ? mergeBetween(jsonIn(path, from), jsonIn(path, to)) : jsonIn(path, to);
  }
}

function jsonIn(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(path, `${path}: this is no JSON; look at its quotes, commas and braces.`);
  }
}

/** The JSON merge patch (RFC 7396) that makes one value the other. */
function mergeBetween(from: unknown, to: unknown): unknown {
  if (!isObject(from) || !isObject(to)) return to;
  const removed = Object.keys(from).filter((key) => !(key in to));
  const set = Object.entries(to).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(from[key]),
  );
  return Object.fromEntries([
    ...removed.map((key) => [key, null] as const),
    ...set.map(([key, value]) => [key, mergeBetween(from[key], value)] as const),
  ]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
