/**
 * Code generated at the start for each statement: rows are created by object literals of their own,
 * and their fields are read by name. Only then does V8 treat all rows of a table as one kind of
 * object. Objects that are built field by field, or copied by code that handles many tables, become
 * dictionaries or are looked up slowly, and their readers are several times slower.
 */

/** The text of an object literal; the values are texts too. */
export function literal(fields: readonly (readonly [name: string, value: string])[]): string {
  return `({ ${fields.map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(', ')} })`;
}

/**
 * A function of `parameters` that gives what `text` says, in which `known` can be named. The text
 * holds names of the schema, never data.
 */
export function compiled<A extends unknown[], R>(
  parameters: string,
  text: string,
  known: Record<string, unknown>,
): (...given: A) => R {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const make = new Function(...Object.keys(known), `return (${parameters}) => ${text};`) as (
    ...known: unknown[]
  ) => (...given: A) => R;
  return make(...Object.values(known));
}
