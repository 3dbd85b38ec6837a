import type { z } from 'zod';
import type { Request } from 'express';
import type { DomainError, ErrorCode } from '../domain/errors';
import type { Principal, Scope } from '../domain/people/user';
import type { CallContext } from '../service/loans/reservations';

/** `public`: anybody. A scope: who has it. `admin`: an admin with the scope. */
export type RouteAccess = 'public' | Scope;

/** A parsed and authenticated call. */
export interface Call<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  principal: Principal;
  context: CallContext;
  /** The value of If-Match without quotes, null where it is missing or `*`. */
  ifMatch: string | null;
  /** The value of a cookie; null where it did not come. */
  cookie: (name: string) => string | null;
  /** Seconds that the caller wants the answer held for: `?wait=` or `Prefer: wait=` (RFC 7240). */
  wait: number;
  /** Gives a signal that aborts when the caller has gone. */
  signal: () => AbortSignal;
  /** Path and query as they came, for links. */
  url: string;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * One route: what it needs, takes, gives, and does. The app, the OpenAPI document and the access
 * tests read this.
 */
export interface Route {
  method: 'get' | 'post' | 'patch' | 'delete';
  path: string;
  summary: string;
  access: RouteAccess;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** Status, what it means, and the schema of the body. */
  answers: Record<number, { description: string; body?: z.ZodType }>;
  errors: ErrorCode[];
  handle: (call: Call<never, never, never>) => Promise<Answer>;
  /** Tells who calls where it is not by Authorization alone: the legacy APIs have their own ways. */
  authenticate?: (request: Request) => Promise<Principal>;
  /**
   * Its body holds a secret that could be guessed: failed calls are limited as those with a wrong
   * password are.
   */
  signsIn?: true;
  /** How this route words errors; RFC 9457 where absent. */
  formatError?: (error: DomainError) => Answer;
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

/** Defines a route whose handler sees what its schemas say. */
export function route<
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(definition: TypedRoute<P, Q, B>): Route {
  return definition;
}
