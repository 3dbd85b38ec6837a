/**
 * Code generated for each statement, so that its rows are created by an object literal of their own
 * and their fields are read by name. Only then does V8 treat the rows of a table as one kind of
 * object. A row built field by field, or copied by code that copies rows of many tables, becomes a
 * dictionary or is looked up slowly, and reading it takes several times as long.
 */

/** The text of an object literal; its values are texts, too. */
export function literal(fields: readonly (readonly [name: string, value: string])[]): string {
  return `({ ${fields.map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(', ')} })`;
}

/**
 * A function of `parameters` that returns the value of `text`, in which `known` can be named. The
 * text holds names from the schema, never data.
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
