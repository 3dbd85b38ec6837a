/** A wrong body, as text, and what is wrong with it. */
export interface Mutation {
  what: string;
  text: string;
  /** The path of the wrong field; undefined for the body as a whole. */
  at?: string;
  /**
   * `type`: another type than the right one; `unknown`: a field that does not exist; `unfit`: text
   * that cannot be stored; `broken`: no body at all. Everything else is `odd`: it may be accepted,
   * if it is handled well.
   */
  kind: 'type' | 'unknown' | 'unfit' | 'broken' | 'odd';
}

type Json = null | boolean | number | string | Json[] | { [field: string]: Json };
type Path = (string | number)[];

const HUGE = '123456789012345678901234567890';
const LONG = 'x'.repeat(20_000);
/** JSON that JSON.stringify would not write; replaces a mark. */
const WRITTEN: Record<string, string> = {
  'a huge number': HUGE,
  '1e400': '1e400',
  '-1': '-1',
  '1.5': '1.5',
  'right to left': '"\\u202e\\u2066abc"',
  'a long text': JSON.stringify(LONG),
  'an empty text': '""',
};
/** Text that cannot be stored as it is. */
const UNFIT: Record<string, string> = {
  'a lone surrogate': '"\\ud800"',
  'half of a pair': '"a\\udc00b"',
  'a NUL': '"a\\u0000b"',
};
const WRONG_TYPES: Record<string, string> = {
  null: 'null',
  'a boolean': 'true',
  'a number': '7',
  'a text': '"word"',
  'a list': '[[]]',
  'an object': '{"a":{}}',
  'a deep one': deep(30_000),
};

/**
 * Each field of a body replaced by each wrong value, fields that do not exist, and bodies that are
 * none.
 */
export function mutationsOf(body: Record<string, unknown>): Mutation[] {
  const good = body as { [field: string]: Json };
  const paths = pathsOf(good);
  const objects = paths.filter((path) => typeName(valueAt(good, path)) === 'an object');
  const unknown = ['nosuchfield', '__proto__', 'constructor', LONG].map((name) => ({
    what: `unknown field ${name.slice(0, 20)}`,
    at: name,
    text: withField(good, name),
    kind: 'unknown' as const,
  }));
  const nested = objects.map((path) => ({
    what: `unknown field in ${spell(path)}`,
    at: spell(path),
    text: withText(good, [...path, 'no such field!'], '[1]'),
    kind: 'unknown' as const,
  }));
  const twice = Object.keys(good).map((name) => ({
    what: `${name} comes twice`,
    at: name,
    text: withField(good, name, '{"a":[]}'),
    kind: 'odd' as const,
  }));
  const unfitName = {
    what: 'a name that is no text',
    text: withField(good, 'a\u0000'),
    kind: 'unfit' as const,
  };
  return [
    ...paths.flatMap((path) => replaced(good, path)),
    ...unknown,
    ...nested,
    ...twice,
    unfitName,
    ...BROKEN,
  ];
}

function replaced(good: { [field: string]: Json }, path: Path): Mutation[] {
  const was = typeName(valueAt(good, path));
  const by = (
    texts: Record<string, string>,
    kindOf: (what: string) => Mutation['kind'],
  ): Mutation[] =>
    Object.entries(texts).map(([what, text]) => ({
      what: `${spell(path)} is ${what}`,
      at: spell(path),
      text: withText(good, path, text),
      kind: kindOf(what),
    }));
  const isType = (what: string) => (what === was ? 'odd' : 'type');
  return [...by(WRONG_TYPES, isType), ...by(WRITTEN, () => 'odd'), ...by(UNFIT, () => 'unfit')];
}

export const BROKEN: Mutation[] = [
  {
    what: 'objects to the ground',
    text: `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`,
    kind: 'unknown',
  },
  { what: 'nothing', text: '', kind: 'odd' },
  { what: 'a byte order mark', text: '\ufeff{}', kind: 'odd' },
  ...Object.entries({
    'half of it': '{"name": "a',
    null: 'null',
    'a number': '5',
    'a text': '"word"',
    'a list': '[1]',
    'lists to the ground': deep(100_000),
    'a megabyte': JSON.stringify({ name: 'x'.repeat(1_000_000) }),
    'single quotes': "{'name': 'a'}",
    'more than one': '{}{}',
    'a comment': '{} // nothing',
  }).map(([what, text]): Mutation => ({ what, text, kind: 'broken' })),
];

function deep(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

function pathsOf(value: Json, at: Path = []): Path[] {
  const own = at.length > 0 ? [at] : [];
  if (Array.isArray(value))
    return [...own, ...value.flatMap((entry, index) => pathsOf(entry, [...at, index]))];
  if (typeof value !== 'object' || value === null) return own;
  return [
    ...own,
    ...Object.entries(value).flatMap(([name, entry]) => pathsOf(entry, [...at, name])),
  ];
}

function valueAt(value: Json, path: Path): Json {
  return path.reduce<Json>((here, step) => (here as Record<string, Json>)[step]!, value);
}

function withText(body: Json, path: Path, text: string): string {
  const copy = structuredClone(body);
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string, Json>;
  parent[path.at(-1)!] = '\u0001here\u0001';
  return JSON.stringify(copy).replace('"\\u0001here\\u0001"', () => text);
}

function withField(body: { [field: string]: Json }, name: string, text = '1'): string {
  const comma = Object.keys(body).length > 0 ? ',' : '';
  return `${JSON.stringify(body).slice(0, -1)}${comma}${JSON.stringify(name)}:${text}}`;
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return { boolean: 'a boolean', number: 'a number', string: 'a text', object: 'an object' }[
    typeof value as 'boolean'
  ];
}

function spell(path: Path): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${step}`,
    )
    .join('');
}
