/** A body that is wrong, as text, and what is wrong with it. */
export interface Mutation {
  what: string;
  text: string;
  /** A type or a field that no schema allows: it must be refused. Else it may be taken, if it is taken well. */
  refused: boolean;
}

type Json = null | boolean | number | string | Json[] | { [field: string]: Json };
type Path = (string | number)[];

const HUGE = '123456789012345678901234567890';
const LONG = 'x'.repeat(20_000);
/** JSON that JSON.stringify would not write: put in for a mark. */
const WRITTEN: Record<string, string> = {
  'a huge number': HUGE,
  '1e400': '1e400',
  '-1': '-1',
  '1.5': '1.5',
  'a lone surrogate': '"\\ud800"',
  'a NUL': '"a\\u0000b"',
  'right to left': '"\\u202e\\u2066abc"',
  'a long text': JSON.stringify(LONG),
  'an empty text': '""',
};
const WRONG_TYPES: Record<string, string> = { null: 'null', 'a boolean': 'true', 'a number': '7', 'a text': '"word"', 'a list': '[[]]', 'an object': '{"a":{}}', 'a deep one': deep(30_000) };

/** Each field of a body replaced by each wrong thing, fields that do not exist, and bodies that are none. */
export function mutationsOf(body: Record<string, unknown>): Mutation[] {
  const good = body as { [field: string]: Json };
  const replaced = pathsOf(good).flatMap((path) => {
    const was = typeName(valueAt(good, path));
    const types = Object.entries(WRONG_TYPES).map(([what, text]) => ({ what: `${spell(path)} is ${what}`, text: withText(good, path, text), refused: what === 'a deep one' && was !== 'an object' }));
    const odd = Object.entries(WRITTEN).map(([what, text]) => ({ what: `${spell(path)} is ${what}`, text: withText(good, path, text), refused: false }));
    return [...types, ...odd];
  });
  const objects = [[] as Path, ...pathsOf(good).filter((path) => typeName(valueAt(good, path)) === 'an object')];
  const unknown = ['nosuchfield', '__proto__', 'constructor', LONG].map((name) => ({ what: `unknown field ${name.slice(0, 20)}`, text: withField(good, name), refused: true }));
  const nested = objects.filter((path) => path.length > 0).map((path) => ({ what: `unknown field in ${spell(path)}`, text: withText(good, [...path, 'no such field!'], '[1]'), refused: true }));
  return [...replaced, ...unknown, ...nested, ...BROKEN];
}

export const BROKEN: Mutation[] = [
  { what: 'nothing', text: '', refused: false },
  { what: 'half of it', text: '{"name": "a', refused: true },
  { what: 'null', text: 'null', refused: true },
  { what: 'a number', text: '5', refused: true },
  { what: 'a text', text: '"word"', refused: true },
  { what: 'a list', text: '[]', refused: true },
  { what: 'lists to the ground', text: deep(100_000), refused: true },
  { what: 'objects to the ground', text: `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`, refused: true },
  { what: 'a megabyte', text: JSON.stringify({ name: 'x'.repeat(1_000_000) }), refused: true },
  { what: 'a byte order mark', text: '\ufeff{}', refused: false },
];

function deep(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

function pathsOf(value: Json, at: Path = []): Path[] {
  const own = at.length > 0 ? [at] : [];
  if (Array.isArray(value)) return [...own, ...value.flatMap((entry, index) => pathsOf(entry, [...at, index]))];
  if (typeof value !== 'object' || value === null) return own;
  return [...own, ...Object.entries(value).flatMap(([name, entry]) => pathsOf(entry, [...at, name]))];
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

function withField(body: { [field: string]: Json }, name: string): string {
  return JSON.stringify(body).replace(/}$/, `${Object.keys(body).length > 0 ? ',' : ''}${JSON.stringify(name)}:1}`);
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return { boolean: 'a boolean', number: 'a number', string: 'a text', object: 'an object' }[typeof value as 'boolean'];
}

function spell(path: Path): string {
  return path.join('.');
}
