import { z } from 'zod';
import { instantOf } from './instants';

/** The values of an answer: one for each field of its schema, instants in epoch ms. */
type Source<T extends z.ZodObject> = { [Field in keyof z.input<T>]: unknown };

/**
 * Makes a function that shows the fields of `schema` and nothing else. Instants become RFC 3339 in
 * UTC; any other value is shown as it is, and a missing one is left out.
 */
export function renderer<T extends z.ZodObject>(schema: T): (source: Source<T>) => z.input<T> {
  const fields = Object.entries(schema.shape).map(([name, field]) => ({
    name,
    // Each is a copy of `instant` with a description of its own.
    isInstant:
      (field instanceof z.ZodNullable ? field.unwrap() : field) instanceof z.ZodISODateTime,
  }));
  return (source) => {
    const shown: Record<string, unknown> = {};
    for (const { name, isInstant } of fields) {
      const value = source[name as keyof Source<T>];
      if (value !== undefined) shown[name] = isInstant ? instantOf(value as number | null) : value;
    }
    return shown as z.input<T>;
  };
}

/** Returns the fields without those that a driver left undefined. */
export function present(
  fields: Record<string, string | number | undefined>,
): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      (entry): entry is [string, string | number] => entry[1] !== undefined,
    ),
  );
}
