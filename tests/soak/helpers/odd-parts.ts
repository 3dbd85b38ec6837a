import type { z } from 'zod';
import type { Route } from '../../../src/http/route';

/** One odd thing about a call outside its body. */
export interface OddPart {
  what: string;
  /** The path with its parameters, without the query. */
  path?: string;
  query?: string;
  headers?: Record<string, string>;
  /** The parameter that must be named if this is refused, and whether it must be refused. */
  at?: string;
  refused?: true;
}

const TEXTS: Record<string, string> = {
  nothing: '',
  NUL: 'a%00b',
  'no UTF-8': '%FF',
  'half of an escape': '%E0%A4%A',
  'half of a pair': '%ED%A0%80',
  'a way up': '..%2F..%2Fetc%2Fpasswd',
  'an emoji': '%F0%9F%92%A9',
  'right to left': '%E2%80%AE%E2%81%A6abc',
  SQL: "';%20drop%20table%20users;%20--",
  'much of it': 'x'.repeat(3_000),
  'a prototype': '__proto__',
};
/** No whole numbers, or too large ones. */
const NUMBERS = [
  '-1',
  '1.5',
  '1e400',
  '99999999999999999999',
  'NaN',
  'Infinity',
  'one',
  '0x',
  '1,5',
  '%D9%A1',
];
/** Parameters that are numbers, wherever they are. */
const NUMERIC = ['limit', 'wait', 'duration', 'count', 'githubId', 'n'];

/**
 * Each parameter of a route's path replaced by each odd value; `good`: the path with existing ids.
 */
export function oddPaths(route: Route, good: string): OddPart[] {
  const [, name] = /\{(\w+)\}/.exec(route.path) ?? [];
  if (name === undefined) return [];
  // An empty parameter would be another path.
  const odd = Object.entries(TEXTS).filter(([what]) => what !== 'nothing');
  const texts = odd.map(([what, text]): OddPart => ({
    what: `${name} is ${what}`,
    path: route.path.replace(/\{\w+\}/, text),
    at: name,
    ...(what === 'NUL' ? { refused: true } : {}),
  }));
  const numbers = NUMERIC.includes(name)
    ? NUMBERS.map((text): OddPart => ({
        what: `${name} is ${text}`,
        path: route.path.replace(/\{\w+\}/, text),
        at: name,
        refused: true,
      }))
    : [];
  return [
    ...texts,
    ...numbers,
    { what: 'a slash more', path: `${good}/` },
    { what: 'capitals', path: good.toUpperCase() },
  ];
}

/** The rest of a query that it needs for the odd part to be looked at. */
const NEEDED: Record<string, string> = { '/reserve': 'username=lab' };

/** Each parameter of a route's query, and some that do not exist, in each odd way. */
export function oddQueries(route: Route): OddPart[] {
  const known = Object.keys((route.query as z.ZodObject | undefined)?.shape ?? {}).filter(
    (name) => name !== 'token',
  );
  const unknown = [
    'nosuch=1',
    '__proto__=1',
    '__proto__[a]=1',
    'constructor=1',
    '%=%',
    '%00=1',
    '=1',
    '&&&',
    `${'a=1&'.repeat(2_000)}`,
  ].map((query): OddPart => ({ what: `query ${query.slice(0, 20)}`, query }));
  const needed = NEEDED[route.path];
  return [...unknown, ...known.flatMap((name) => oddValues(name))].map((part) =>
    needed && !needed.startsWith(`${part.at}=`)
      ? { ...part, query: `${needed}&${part.query}` }
      : part,
  );
}

function oddValues(name: string): OddPart[] {
  const part = (value: string, more: Partial<OddPart> = {}): OddPart => ({
    what: `${name}=${value.slice(0, 20)}`,
    query: `${name}=${value}`,
    at: name,
    ...more,
  });
  const texts = Object.entries(TEXTS).map(([what, text]) =>
    part(text, what === 'NUL' ? { refused: true } : {}),
  );
  const numbers = NUMERIC.includes(name)
    ? NUMBERS.map((text) => part(text, { refused: true }))
    : [];
  return [
    ...texts,
    ...numbers,
    part(`1&${name}=2`, { refused: true }),
    { what: `${name}[]`, query: `${name}[]=1` },
    { what: `${name}[a]`, query: `${name}[a]=1` },
  ];
}

/** Meaningful headers with bad values. */
export const ODD_HEADERS: readonly Record<string, string>[] = [
  ...['', 'W/"1"', '"abc"', 'abc', '"1", "2"', `"${'9'.repeat(400)}"`, '"\u00fc"'].map((tag) => ({
    'If-Match': tag,
  })),
  ...['', 'a b', 'x'.repeat(300), '\u00fc', '__proto__'].map((key) => ({ 'Idempotency-Key': key })),
  ...[
    'wait=-1',
    'wait=99999999999999999999',
    'wait=1.5',
    'wait=',
    'wait=abc, wait',
    'x'.repeat(3_000),
  ].map((prefer) => ({ Prefer: prefer })),
  ...['', 'x', '\u00fc', 'x'.repeat(3_000)].map((id) => ({ 'X-Request-ID': id })),
  ...[
    '',
    'Bearer',
    'Basic',
    'Basic !!!',
    'Basic Og==',
    'Digest x',
    `Bearer ${'x'.repeat(5_000)}`,
    'Bearer \u00fc',
    'bearer a b',
  ].map((shown) => ({ Authorization: shown })),
  ...[
    '',
    'text/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-7',
    'application/json;;;',
    'json',
    'application/json, text/xml',
  ].map((type) => ({ 'Content-Type': type })),
  ...['gzip', 'br', 'deflate', 'compress', 'gzip, gzip'].map((encoding) => ({
    'Content-Encoding': encoding,
  })),
  { Cookie: '=;=;;holdfast_github=%00' },
  { Accept: 'image/png' },
  { 'X-HTTP-Method-Override': 'DELETE' },
];
