import type { components, paths } from './v1.d.ts';

/** The bodies of v1 by name, from the document of the API. */
export type Schemas = components['schemas'];
export type Reservation = Schemas['Reservation'];
export type NewReservation = Schemas['NewReservation'];
export type ReservationItem = NewReservation['items'][number];
export type HeldResource = Reservation['resources'][number];
export type WaitingItem = Schemas['WaitingItem'];
export type Event = Schemas['Event'];
export type Pool = Schemas['Pool'];
export type Overview = Schemas['Overview'];
export type PoolOverview = Schemas['PoolOverview'];
export type Resource = Schemas['Resource'];
export type User = Schemas['User'];
export type Token = Schemas['Token'];
export type Webhook = Schemas['Webhook'];

export type Path = keyof paths;
export type Method = 'get' | 'post' | 'patch' | 'delete';

/** An operation of v1; never if the path has no such method. */
export type Operation<M extends Method, P extends Path> = Extract<paths[P][M], object>;

/** The body that an operation takes. */
export type BodyOf<O> = O extends { requestBody: { content: { 'application/json': infer Body } } }
  ? Body
  : never;

/** The query of an operation. */
export type QueryOf<O> = O extends { parameters: { query?: infer Query } }
  ? Given<NonNullable<Query>>
  : object;

/** An operation without a query has `never` there. */
type Given<Query> = [Query] extends [never] ? object : Query;

type Content<R> = R extends { content: { 'application/json': infer Body } }
  ? Body
  : R extends { content: { 'image/svg+xml': infer Picture } }
    ? Picture
    : undefined;

/** The body of the answers below 300. */
export type AnswerOf<O> = O extends { responses: infer Responses }
  ? { [Status in keyof Responses]: Content<Responses[Status]> }[keyof Responses]
  : never;

/** The entries of a list. */
export type EntryOf<O> = AnswerOf<O> extends { items: (infer Entry)[] } ? Entry : never;
