import fc, { type Arbitrary } from 'fast-check';

/** As much of JSON Schema as the documents use for what callers send. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  example?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
}

/** Finds what a reference leads to. */
export type Resolve = (reference: string) => Schema;

/**
 * Fields that name something, and values that may be right for them. `~id~` and the like stand for
 * what the ground has when the call is sent.
 */
const NAMES = ['lab', 'open', 'manual', 'free', 'alpine', 'vms', 'tokens', 'nosuch'];
const USERS = ['~owner~', '~other~', 'ada@example.org', 'owner@example.org', 'nobody'];
const KNOWN: Readonly<Record<string, readonly unknown[]>> = {
  pool: NAMES,
  driver: ['simulated', 'static', 'nosuch'],
  resource: ['lab-1', 'open-1', '~id~', 'nosuch'],
  reservation: ['~id~', 'nosuch'],
  user: USERS,
  actor: [...USERS, 'reconcile'],
  onBehalfOf: USERS,
  accountId: ['~id~', '~owner~', '~other~', 'nosuch'],
  username: ['lab', 'owner', 'user1'],
  vmid: ['~id~', 1, '2', 999],
  userid: [1, '2', 999],
  token: ['~id~', 'nosuch'],
  token_uuid: ['~id~', 'nosuch'],
  setupToken: ['hf_setup', 'wrong'],
  email: ['owner@example.org', 'new@example.org', 'a@b.example'],
  url: ['https://hooks.example.org/', 'http://127.0.0.1:9/', 'https://[::1]/', 'ftp://a.example'],
  // Held answers take the time that they are asked for.
  wait: [0],
};
/** Fields of which a few are enough: each may make so many things. */
const FEW = /^(size|pool_size|count|seats|spares|minimum|concurrency)$/;
const MOST = 3;
/** Settings of the simulated driver that cost no time. */
const SETTINGS = [{}, { latencyMs: 0 }, { opensAccess: true }, { rotates: false }, { nosuch: 1 }];

const word = fc.string({ unit: 'grapheme', maxLength: 20 });

/** Values that fit a schema, as well as the schema tells. `name`: of the field. */
export function fitting(schema: Schema, resolve: Resolve, name = ''): Arbitrary<unknown> {
  const { $ref, anyOf, oneOf } = schema;
  if ($ref !== undefined) return fitting(resolve($ref), resolve, name);
  if (name === 'settings') return fc.constantFrom(...SETTINGS);
  const known = KNOWN[name];
  const plain = plainly(schema, resolve, name);
  const all = anyOf ?? oneOf;
  const any = all ? fc.oneof(...all.map((each) => fitting(each, resolve, name))) : plain;
  if (!known) return any;
  return name === 'wait'
    ? fc.constantFrom(...known)
    : fc.oneof({ arbitrary: fc.constantFrom(...known), weight: 4 }, { arbitrary: any, weight: 1 });
}

function plainly(schema: Schema, resolve: Resolve, name: string): Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.allOf) return fitting(schema.allOf[0]!, resolve, name);
  const types = [schema.type ?? []].flat();
  if (types.length > 1)
    return fc.oneof(...types.map((type) => plainly({ ...schema, type }, resolve, name)));
  switch (types[0]) {
    case 'string':
      return texts(schema);
    case 'integer':
      return numbers(schema, name);
    case 'number':
      return fc.oneof(numbers(schema, name), numbers(schema, name));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return lists(schema, resolve, name);
    case 'object':
      return objects(schema, resolve);
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

function numbers(schema: Schema, name: string): Arbitrary<number> {
  const { minimum, exclusiveMinimum, maximum = 2 ** 31 } = schema;
  const least = Math.ceil(minimum ?? (exclusiveMinimum === undefined ? 0 : exclusiveMinimum + 1));
  if (FEW.test(name)) return fc.integer({ min: least, max: Math.max(least, MOST) });
  const most = Math.min(maximum, Number.MAX_SAFE_INTEGER);
  return fc.oneof(
    fc.integer({ min: Math.max(least, Number.MIN_SAFE_INTEGER), max: most }),
    fc.integer({ min: least, max: Math.min(most, least + 100) }),
  );
}

function texts({ format, pattern, minLength = 0, maxLength = 40 }: Schema): Arbitrary<string> {
  const fits = (text: string) => text.length >= minLength && text.length <= maxLength;
  if (format === 'date-time')
    return fc
      .date({ min: new Date('1970-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (format === 'email') return fc.emailAddress();
  if (format === 'uri') return fc.webUrl();
  if (format === 'uuid') return fc.uuid();
  // Lookahead and classes of Unicode are beyond fast-check.
  const drawn = pattern?.replace(/\(\?!.*?\)/, '');
  if (drawn !== undefined && !drawn.includes('\\p'))
    return fc.stringMatching(new RegExp(drawn)).filter(fits);
  const size = { minLength, maxLength: Math.min(maxLength, minLength + 40) };
  return fc.oneof(fc.string(size), fc.string({ ...size, unit: 'grapheme' }).filter(fits));
}

function lists(schema: Schema, resolve: Resolve, name: string): Arbitrary<unknown[]> {
  const { minItems: minLength = 0, maxItems = minLength + 3 } = schema;
  const maxLength = Math.min(maxItems, minLength + 3);
  const entry = fitting(schema.items ?? {}, resolve, name.replace(/s$/, ''));
  return fc.array(entry, { minLength, maxLength });
}

function objects(schema: Schema, resolve: Resolve): Arbitrary<object> {
  const { properties = {}, required = [], additionalProperties, propertyNames } = schema;
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, fitting(field, resolve, name)]),
  );
  const known = fc.record(fields, { requiredKeys: required.filter((name) => name in fields) });
  if (typeof additionalProperties !== 'object' || Object.keys(properties).length > 0) return known;
  const key = propertyNames ? (fitting(propertyNames, resolve) as Arbitrary<string>) : word;
  return fc.dictionary(key, fitting(additionalProperties, resolve), { maxKeys: 3 });
}
