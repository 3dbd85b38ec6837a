/** A JSON Schema (2020-12), as far as the API documents use it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  items?: Schema;
  format?: string;
  [keyword: string]: unknown;
}

/** The schemas of a document, by the name in their `$ref`. */
export type Schemas = Readonly<Record<string, Schema>>;

/** One of the forms that a value may have: a schema with at most one type, and no choice in it. */
export type Form = Schema & { type?: string };

/** A schema together with those that it refers to. */
export interface Known {
  schema: Schema;
  schemas: Schemas;
}

/**
 * All forms of the values of a schema; keywords beside a choice hold for each of its forms. A `$ref`
 * to an unknown schema throws.
 */
export function formsOf({ schema, schemas }: Known): Form[] {
  const { $ref, anyOf, oneOf, ...rest } = schema;
  if ($ref !== undefined) return formsOf({ schema: { ...named($ref, schemas), ...rest }, schemas });
  const choice = anyOf ?? oneOf;
  if (choice) return choice.flatMap((each) => formsOf({ schema: { ...rest, ...each }, schemas }));
  return typesOf(rest).map(([type, values]) => ({ ...rest, type, ...values }));
}

/** The types of a schema, each with its values if they alone tell it. */
function typesOf({ type, ...rest }: Schema): [string | undefined, { enum?: unknown[] }][] {
  if (Array.isArray(type)) return type.map((each) => [each, {}]);
  const values = type === undefined ? valuesOf(rest) : null;
  return values ? values.map((value) => [typeOf(value), { enum: [value] }]) : [[type, {}]];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function named($ref: string, schemas: Schemas): Schema {
  const found = schemas[$ref.slice($ref.lastIndexOf('/') + 1)];
  if (!found) throw new Error(`${$ref} leads nowhere.`);
  return found;
}

/** The values that a schema lists; null if it lists none, so that any of its type will do. */
export function valuesOf({ enum: values, const: only }: Schema): unknown[] | null {
  if (values) return values;
  return only === undefined ? null : [only];
}
