import { randomUUID } from 'node:crypto';
import fc, { type Arbitrary } from 'fast-check';
import type { Route } from '../../../src/http/route';
import { BROKEN } from '../../soak/helpers/mutations';
import { ODD_HEADERS, oddPaths, oddQueries } from '../../soak/helpers/odd-parts';
import type { AccessRow } from '../../soak/helpers/access-rows';
import { bodyOf } from '../route-bodies';
import { fitting, type Resolve, type Schema } from './values';

export const CALLERS = ['anonymous', 'user', 'other', 'admin', 'metrics', 'wrong'] as const;
export type CallerName = (typeof CALLERS)[number];

/** What an operation reads, as documented. */
export interface ReadOperation {
  parameters?: { in: string; name: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** A call before it is sent: `~id~` and the like stand for what exists then. */
export interface GeneratedCall {
  caller: CallerName;
  /** Without its query, and encoded. */
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body?: unknown;
  /** Sent instead of `body`. */
  text?: string;
  /** Sent instead of `query`. */
  rawQuery?: string;
}

/** A route, its row among those that try who may call it, and how it is documented. */
export interface Described {
  route: Route;
  row: AccessRow | undefined;
  operation: ReadOperation;
  resolve: Resolve;
}

/** Calls of a route: right as far as the document tells, right but for one part, and hostile. */
export function callsOf(described: Described): Arbitrary<GeneratedCall> {
  const right = rightCalls(described);
  return fc.oneof(
    { arbitrary: right, weight: 2 },
    { arbitrary: fc.tuple(right, breakages).map(([call, how]) => broken(call, how)), weight: 1 },
    {
      arbitrary: fc.tuple(right, oddities(described)).map(([call, odd]) => ({ ...call, ...odd })),
      weight: 1,
    },
  );
}

function rightCalls({ route, row, operation, resolve }: Described): Arbitrary<GeneratedCall> {
  const { parameters = [], requestBody } = operation;
  const texts = (place: string) => {
    const found = parameters.filter((each) => each.in === place);
    const fields = found.map(({ name, schema }) => [
      name,
      fitting(schema, resolve, name).map(textOf),
    ]);
    const requiredKeys = found.filter(({ required }) => required).map(({ name }) => name);
    return fc.record(Object.fromEntries(fields) as Record<string, Arbitrary<string>>, {
      requiredKeys,
    });
  };
  const schema = requestBody?.content['application/json']?.schema;
  return fc.record({
    // An admin gets furthest, and comes most often.
    caller: fc.oneof(fc.constant('admin' as const), fc.constantFrom(...CALLERS)),
    path: pathsOf(route, parameters, resolve),
    query: fc.oneof(texts('query'), knownQueries(row)),
    headers: fc.tuple(texts('header'), accepted).map(([own, more]) => ({ ...own, ...more })),
    ...(schema ? { body: bodies(route, row, schema, resolve) } : {}),
  });
}

/** Streams and texts are answers, too; a UUID is what the identities API asks for. */
const accepted = fc
  .record(
    {
      Accept: fc.constantFrom('*/*', 'application/json', 'text/event-stream', 'text/plain'),
      'Last-Event-ID': fc.nat().map(String),
      'X-Request-ID': fc.uuid(),
    },
    { requiredKeys: ['X-Request-ID'] },
  )
  .map((headers): Record<string, string> => ({ ...headers }));

function knownQueries(row: AccessRow | undefined): Arbitrary<Record<string, string>> {
  if (!row?.query) return fc.constant({});
  const { query } = row;
  return fc.nat(50).map((made) => Object.fromEntries(new URLSearchParams(query(made, '~id~'))));
}

function pathsOf(
  { path, method }: Route,
  parameters: NonNullable<ReadOperation['parameters']>,
  resolve: Resolve,
): Arbitrary<string> {
  const parameter = parameters.find((each) => each.in === 'path');
  if (!parameter) return fc.constant(path);
  const any = fitting(parameter.schema, resolve, parameter.name).map(textOf);
  // Other calls need these; the thing that is to be deleted is made anew.
  const lasting = method === 'delete' ? [] : ['~owner~', 'lab', 'lab-1', '1'];
  const known = fc.constantFrom('~id~', 'open', ...lasting);
  return fc
    .oneof(
      { arbitrary: fc.constant('~id~'), weight: 3 },
      { arbitrary: known, weight: 1 },
      { arbitrary: any, weight: 1 },
    )
    .map((value) => path.replace(/\{\w+\}/, () => inPath(value)));
}

/** By the schema alone; the example with some fields by the schema; or one known to do something. */
function bodies(
  route: Route,
  row: AccessRow | undefined,
  schema: Schema,
  resolve: Resolve,
): Arbitrary<unknown> {
  const whole = fitting(schema, resolve);
  const more = someFields(schema, resolve);
  const example = more.map((given) => ({ ...bodyOf(route), ...given }));
  if (!row?.body) return fc.oneof(whole, example);
  const { body } = row;
  const known = fc.nat(50).map((made) => body(made, '~id~'));
  return fc.oneof(
    { arbitrary: known, weight: 2 },
    { arbitrary: fc.tuple(known, more).map(([own, given]) => ({ ...own, ...given })), weight: 2 },
    { arbitrary: example, weight: 1 },
    { arbitrary: whole, weight: 1 },
  );
}

/** One field or two of an object: more of them often contradict each other. */
function someFields(schema: Schema, resolve: Resolve): Arbitrary<Record<string, unknown>> {
  const { properties = {} } = schema.$ref === undefined ? schema : resolve(schema.$ref);
  const fields = Object.entries(properties).map(([name, field]) =>
    fitting(field, resolve, name).map((value) => ({ [name]: value })),
  );
  if (fields.length === 0) return fc.constant({});
  return fc
    .tuple(fc.oneof(...fields), fc.oneof(...fields, fc.constant({})))
    .map(([one, other]): Record<string, unknown> => ({ ...one, ...other }));
}

const WRONG = [
  ...[null, true, -1, 1.5, 1e300, 0, '', 'x', 'x'.repeat(5_000), '\ud800', 'a\u0000b', '\u202eabc'],
  ...[[], [[]], {}, { a: {} }, '__proto__', '0x1', '1e3', ' 1 ', '9'.repeat(30)],
] as const;
const breakages = fc.record({
  where: fc.nat(1_000),
  wrong: fc.constantFrom<unknown>(...WRONG, undefined),
});

/** The call with one value replaced by a wrong one, or left out. */
function broken(
  call: GeneratedCall,
  { where, wrong }: { where: number; wrong?: unknown },
): GeneratedCall {
  const copy = structuredClone(call);
  const places = [
    ...placesIn(copy.body),
    ...placesIn(copy.query),
    ...placesIn(copy.headers).filter(([, name]) => name !== 'X-Request-ID'),
  ];
  const [holder, name] = places[where % Math.max(places.length, 1)] ?? [null, ''];
  if (holder === null) return { ...copy, body: wrong };
  const isText = holder === copy.query || holder === copy.headers;
  if (wrong === undefined) delete holder[name];
  else holder[name] = isText ? textOf(wrong) : wrong;
  return copy;
}

type Holder = Record<string, unknown>;

function placesIn(value: unknown): [Holder, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    [value as Holder, name] as [Holder, string],
    ...placesIn(inner),
  ]);
}

/** Parts that no honest client sends. */
function oddities({ route }: Described): Arbitrary<Partial<GeneratedCall>> {
  const paths = oddPaths(route, route.path.replace(/\{\w+\}/, '~id~')).map(({ path }) => path!);
  const raw = fc.string({ unit: 'binary', maxLength: 30 });
  const header = fc.constantFrom('If-Match', 'Idempotency-Key', 'Prefer', 'Accept', 'traceparent');
  return fc.oneof(
    fc.constantFrom(...oddQueries(route).map(({ query }) => ({ rawQuery: query! }))),
    fc.dictionary(raw, raw, { maxKeys: 2 }).map((query) => ({ query })),
    fc.constantFrom(...BROKEN.map(({ text }) => ({ text }))),
    raw.map((text) => ({ text })),
    fc.json({ maxDepth: 3 }).map((text) => ({ text })),
    fc.constantFrom(...ODD_HEADERS.map((headers) => ({ headers: withId(headers) }))),
    fc.tuple(header, raw).map(([name, value]) => ({ headers: withId({ [name]: value }) })),
    ...(paths.length > 0 ? [fc.constantFrom(...paths.map((path) => ({ path })))] : []),
    ...(/\{\w+\}/.test(route.path)
      ? [raw.map((value) => ({ path: route.path.replace(/\{\w+\}/, () => inPath(value)) }))]
      : []),
  );
}

function withId(headers: Record<string, string>): Record<string, string> {
  return { 'X-Request-ID': randomUUID(), ...headers };
}

/** A value as a parameter has it. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Encoded; an empty one or dots alone would be another path. */
function inPath(value: string): string {
  const text = /^\.{0,2}$/.test(value) ? 'nothing' : value;
  return encodeURIComponent(text.toWellFormed());
}
