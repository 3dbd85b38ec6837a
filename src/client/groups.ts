import type { AnswerOf, BodyOf, EntryOf, Method, Operation, Path, QueryOf } from './api';
import { UnexpectedAnswerError } from './errors';
import { Listing, type Page } from './listing';
import { filledPath } from './paths';
import { ROUTES, type ClientRoute, type Shape } from './routes';
import { newKey, type Ask, type Reply } from './transport';

/** Options of every call, beside those of its query. */
export interface CallOptions {
  /** Gives up the call; a write may have taken effect all the same. */
  signal?: AbortSignal;
  /** The ETag under which the thing was read, without quotes: a change since then refuses the call. */
  ifMatch?: string;
  /** A key of your own: the call takes effect once under it, also after a restart of the caller. */
  idempotencyKey?: string;
}

type Tail<Text extends string> = Text extends `${string}{${string}}${infer Rest}` ? Rest : never;

/** One string for each parameter in a path. */
type Parameters<P extends string> = P extends `${string}{${string}}${string}`
  ? [id: string, ...Parameters<Tail<P>>]
  : [];

type Last<O> = [options?: QueryOf<O> & CallOptions];

type Arguments<S extends Shape, P extends Path, O> = S extends 'body'
  ? [...Parameters<P>, body: BodyOf<O>, ...Last<O>]
  : [...Parameters<P>, ...Last<O>];

type CallOf<M extends Method, P extends Path, S extends Shape> = (
  ...given: Arguments<S, P, Operation<M, P>>
) => S extends 'pages' ? Listing<EntryOf<Operation<M, P>>> : Promise<AnswerOf<Operation<M, P>>>;

type MethodOf<R> = R extends ClientRoute<infer M, infer P, infer S> ? CallOf<M, P, S> : never;

/** The methods of the client, group by group. */
export type Groups = {
  [G in keyof typeof ROUTES]: {
    [N in keyof (typeof ROUTES)[G]]: MethodOf<(typeof ROUTES)[G][N]>;
  };
};

type AnyRoute = ClientRoute<Method, Path, Shape>;

/** Makes the methods of all routes; each calls by `call`. */
export function groupsOf(call: (ask: Ask) => Promise<Reply>): Groups {
  const methods = (group: Record<string, AnyRoute>) =>
    Object.fromEntries(
      Object.entries(group).map(([name, route]) => [name, methodOf(route, call)] as const),
    );
  return Object.fromEntries(
    Object.entries(ROUTES).map(([name, group]) => [name, methods(group)] as const),
  ) as unknown as Groups;
}

function methodOf(route: AnyRoute, call: (ask: Ask) => Promise<Reply>) {
  if (route.shape !== 'pages')
    return async (...given: unknown[]): Promise<unknown> => (await call(askOf(route, given))).body;
  return (...given: unknown[]): unknown =>
    new Listing(async (cursor) => {
      const ask = askOf(route, given);
      const query = cursor === null ? ask.query : { ...ask.query, cursor };
      return pageIn(await call({ ...ask, query }));
    });
}

/** Errors: `UnexpectedAnswerError` if the answer is no page of a list. */
function pageIn({ status, body }: Reply): Page<unknown> {
  const page = body as Partial<Page<unknown>> | null | undefined;
  if (!Array.isArray(page?.items)) throw new UnexpectedAnswerError(status, 'it is no list');
  return { items: page.items, nextCursor: page.nextCursor ?? null };
}

/**
 * The call that a method makes of its arguments: parameters of the path, body, options. Errors:
 * `InvalidError` for a parameter that no path can hold.
 */
function askOf({ method, path, shape, keyed }: AnyRoute, given: unknown[]): Ask {
  const rest = [...given];
  const filled = filledPath(path, rest.splice(0, path.match(/\{/g)?.length));
  const body = shape === 'body' ? rest.shift() : undefined;
  const { signal, ifMatch, idempotencyKey, ...query } = (rest.shift() ?? {}) as CallOptions;
  return {
    method: method.toUpperCase(),
    path: filled,
    query,
    body,
    signal,
    ifMatch,
    idempotencyKey: idempotencyKey ?? (keyed ? newKey() : undefined),
  };
}
