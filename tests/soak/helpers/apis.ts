import type { Route } from '../../../src/http/route';

/**
 * The APIs of the route table, as the headings of their routes name them; `v1` is every route of
 * no legacy API.
 */
export const APIS = [
  'v1',
  'acctpool',
  'Container manager',
  'Token pool',
  'VM reservation',
  'Identities',
] as const;
export type Api = (typeof APIS)[number];

/** The API that a route belongs to. Throws for one that no test knows. */
export function apiOf({ formatError, tag, summary }: Route): Api {
  const name = formatError ? tag?.name : 'v1';
  const api = APIS.find((each) => each === name);
  if (!api) throw new Error(`Which API is "${summary}" of?`);
  return api;
}

/** `get /v1/pools/{name}` */
export function nameOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

/**
 * How each API refuses, by its contract; gives the sentence, or null if the text is not a refusal
 * of that API.
 */
export function sentenceOf(api: Api, type: string, text: string): string | null {
  if (api === 'v1')
    return type.startsWith('application/problem+json') ? (fieldsOf(text).detail ?? null) : null;
  if (!type.startsWith('application/json')) return null;
  const { error, message, Message } = fieldsOf(text);
  if (api === 'VM reservation') return message ?? Message ?? null;
  if (api === 'Token pool' && text === '["Invalid token id"]') return 'Invalid token id';
  return error ?? null;
}

function fieldsOf(text: string): Partial<Record<string, string>> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<Record<string, string>>;
  } catch {
    return {};
  }
}
