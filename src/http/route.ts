import type { z } from 'zod';
import type { Request } from 'express';
import type { DomainError, ErrorCode } from '../domain/errors';
import type { Principal, Scope } from '../domain/people/user';
import type { CallContext } from '../service/loans/reservations';
import type { Attempt, PresentedCredential } from '../service/people/authentication';
import type { Services } from '../service/services';

/** `public`: anybody. A scope: anybody who has it. `admin`: an admin with that scope. */
export type RouteAccess = 'public' | Scope;

/**
 * A credential as a call shows it; legacy APIs also take the number of a user, and v1 the secret of a
 * session.
 */
export type ShownCredential =
  PresentedCredential | { vmNumber: number; password: string } | { session: string };

/** A parsed and authenticated call. */
export interface Call<Params, Query, Body> {
  /**
   * The services that answer the call, and write in the name of its caller; a route is data and
   * holds none of them.
   */
  services: Services;
  /** As HTTP spells it. */
  method: string;
  params: Params;
  query: Query;
  body: Body;
  principal: Principal;
  context: CallContext;
  /** The strong tags in If-Match, without quotes; null if it is missing or `*`. */
  ifMatch: readonly string[] | null;
  /** Returns the value of a cookie; null if the caller sent none. */
  cookie: (name: string) => string | null;
  /**
   * Makes the cookie that gives the browser the secret of a session for these seconds; null and 0
   * take it away.
   */
  sessionCookie: (secret: string | null, seconds: number) => string;
  /** Seconds to hold the answer for: `?wait=` or `Prefer: wait=` (RFC 7240). */
  wait: number;
  /**
   * Does the caller want a stream of events? Then it takes one of the places for held answers.
   * Errors: `busy` if none is left.
   */
  wantsStream: () => boolean;
  /** Takes one of the places for held answers until this one is sent; false if none is left. */
  holds: () => boolean;
  /** Returns a header of the call. */
  header: (name: string) => string | undefined;
  /** Returns a signal that aborts when the caller disconnects. */
  signal: () => AbortSignal;
  /** Returns the attempt that the call makes if its body holds a secret that could be guessed. */
  attempt: () => Attempt;
  /** The address of the caller. */
  address: string;
  /** Path and query as sent, for links. */
  url: string;
  /** The path of PUBLIC_URL, for links in a body; empty without one. */
  base: string;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Each goes out as a `Set-Cookie`. */
  cookies?: readonly string[];
  /** Sent piece by piece instead of a body; headers name its type. */
  stream?: AsyncIterable<string | Uint8Array>;
  /** Aborts a stream whose reader does not read on. */
  lost?: AbortSignal;
  /** A body that is no JSON, in the type that `headers` names. */
  text?: string;
  /** True where the body is an object that others get as well and nobody changes. */
  shared?: true;
}

/** A heading of an API document. */
export interface Tag {
  name: string;
  description: string;
}

/**
 * One route as data: the app, the OpenAPI document and the access tests read it, and only the app
 * calls its functions.
 */
export interface Route {
  method: 'get' | 'post' | 'patch' | 'delete';
  path: string;
  /** Its name in the API document and in clients made from that: unique in its API, never changed. */
  operationId: string;
  /** Its heading in the API document. */
  tag?: Tag;
  summary: string;
  /** More about it, where the summary is not enough. */
  description?: string;
  access: RouteAccess;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /**
   * By status: when it is sent, the schema of its body, and the other types of content in which it is
   * sent: to those who ask for them, or to all if it has no body.
   */
  answers: Record<number, { description: string; body?: z.ZodType; types?: readonly string[] }>;
  errors: ErrorCode[];
  handle: (call: Call<never, never, never>) => Promise<Answer>;
  /** Finds the caller if Authorization alone is not enough, as in the legacy APIs. */
  authenticate?: (request: Request, services: Services) => Promise<Principal>;
  /** Reads the credential that `authenticate` will look at; null without one. */
  presents?: (request: Request) => ShownCredential | null;
  /** Its body holds a secret that could be guessed, so failed calls are limited like logins. */
  signsIn?: true;
  /** Begins a sign-in elsewhere, at the cost of a call to there; few may be begun per minute. */
  startsSignIn?: true;
  /** Does a call take effect once under an `Idempotency-Key`? By default, only POST does. */
  takesKey?: boolean;
  /** True of a GET that changes something, as some of the legacy APIs do. */
  changes?: true;
  /** True where the network alone says who may call: a page could call from within it. */
  trustsNetwork?: true;
  /** True where the caller may send a body, or headers of v1, that this route does not read. */
  ignoresUnread?: true;
  /** Answered also when hardly any connection is left: a probe, or a call that gives back or keeps. */
  whenFull?: true;
  /** Turns an error into this API's own answer; without it errors are problems (RFC 9457). */
  formatError?: (error: DomainError) => Answer;
  /** The forms of the bodies that `formatError` gives. */
  errorBodies?: readonly z.ZodType[];
}

/** May a call carry an `Idempotency-Key`? */
export function takesKey({ method, access, ignoresUnread, takesKey: said }: Route): boolean {
  return said ?? (method === 'post' && access !== 'public' && !ignoresUnread);
}

/** Can a call of the route change anything? */
export function changes({ method, changes: said }: Pick<Route, 'method' | 'changes'>): boolean {
  return method !== 'get' || said === true;
}

/** The same routes, under this heading of the API document. */
export function underTag(tag: Tag, routes: readonly Route[]): Route[] {
  return routes.map((each) => ({ ...each, tag }));
}

type Out<T> = T extends z.ZodType ? z.output<T> : undefined;

interface TypedRoute<
  P extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
> extends Omit<Route, 'params' | 'query' | 'body' | 'handle'> {
  params?: P;
  query?: Q;
  body?: B;
  handle: (call: Call<Out<P>, Out<Q>, Out<B>>) => Promise<Answer>;
}

/** Defines a route, and gives its handler the types of its schemas. */
export function route<
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(definition: TypedRoute<P, Q, B>): Route {
  return definition;
}
