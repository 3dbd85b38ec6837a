import type { Event, Reservation } from './api';
import { borrow, type BorrowOptions } from './borrow';
import { systemClock, systemTimers, type Clock, type Timers } from './clock';
import { endingWatch } from './ending-watch';
import { follow, type FollowOptions } from './follow';
import { followOverview, type OverviewNews } from './follow-overview';
import { groupsOf, type Groups } from './groups';
import type { Loan, Watch } from './loan';
import { untilServed, type ServedOptions } from './served';
import { call, type Ask, type Connection, type Reply } from './transport';

/** Where the server is, and who calls. */
export interface HoldfastOptions {
  /** The address of the server, such as `https://holdfast.example.org`. */
  url: string;
  /** An API token; or else `username` and `password`; or neither, for what anybody may call. */
  token?: string;
  /** A user name or e-mail address. */
  username?: string;
  password?: string;
  /** Sent with each call, such as `X-Requested-With` from a page that has a session. */
  headers?: Readonly<Record<string, string>>;
  /** How long to retry a call that may be repeated, in ms; 30,000 by default. */
  retryFor?: number;
  /** For tests, and for platforms of their own; those of the platform by default. */
  fetch?: typeof fetch;
  clock?: Clock;
  timers?: Timers;
  /** From 0 up to 1; spreads retries. */
  random?: () => number;
}

/** A client of one server. It holds no connection of its own. */
export class Holdfast {
  readonly #connection: Connection;
  readonly #watch: Watch;
  readonly reservations: Groups['reservations'];
  readonly pools: Groups['pools'];
  readonly resources: Groups['resources'];
  readonly users: Groups['users'];
  readonly tokens: Groups['tokens'];
  readonly sessions: Groups['sessions'];
  readonly returns: Groups['returns'];
  /** `list` gives those of the past; `follow` those to come, for as long as they are read. */
  readonly events: Groups['events'] & {
    follow: (options?: FollowOptions) => AsyncGenerator<Event, void, undefined>;
  };
  readonly webhooks: Groups['webhooks'];
  readonly me: Groups['me'];
  /** `get` gives all pools as they are; `follow` also what changes, for as long as it is read. */
  readonly overview: Groups['overview'] & {
    follow: (options?: { signal?: AbortSignal }) => AsyncGenerator<OverviewNews, void, undefined>;
  };
  /** Of all pools together; `pools.history` gives that of one. */
  readonly history: Groups['history'];
  readonly stats: Groups['stats'];
  readonly setup: Groups['setup'];
  readonly github: Groups['github'];

  constructor(options: HoldfastOptions) {
    this.#connection = connectionOf(options);
    this.#watch = endingWatch(this.#connection);
    const groups = groupsOf((ask) => this.request(ask));
    this.reservations = groups.reservations;
    this.pools = groups.pools;
    this.resources = groups.resources;
    this.users = groups.users;
    this.tokens = groups.tokens;
    this.sessions = groups.sessions;
    this.returns = groups.returns;
    this.events = {
      ...groups.events,
      follow: (asked = {}) => follow(this.#connection, asked),
    };
    this.webhooks = groups.webhooks;
    this.me = groups.me;
    this.overview = {
      ...groups.overview,
      follow: ({ signal } = {}) => followOverview(this.#connection, signal),
    };
    this.history = groups.history;
    this.stats = groups.stats;
    this.setup = groups.setup;
    this.github = groups.github;
  }

  /**
   * Borrows resources: waits in the queue if it has to, and gives the loan once everything is held.
   * Errors: `NotServedError` after `wait` and if the request was refused, `UnavailableNowError` with
   * `wait: 0`, `InvalidDurationError`; the reason of the signal; those of any call.
   */
  borrow(options: BorrowOptions): Promise<Loan> {
    return borrow(this.#connection, this.#watch, options);
  }

  /**
   * Waits for a reservation that was made before, by its id, until it neither queues nor is being
   * prepared; gives it, also if it has ended by then. The request stays as it is if that fails.
   * Errors: `NotFoundError`; the reason of the signal; those of any call.
   */
  async untilServed(id: string, options: ServedOptions = {}): Promise<Reservation> {
    return (await untilServed(this.#connection, id, options)).body;
  }

  /**
   * Makes any call, and gives its answer with status and headers. It is repeated only while that is
   * safe. Errors: a `ProblemError` for a refusal, `ConnectionError`, `UnexpectedAnswerError`.
   */
  request<Body = unknown>(ask: Ask): Promise<Reply<Body>> {
    return call(this.#connection, ask) as Promise<Reply<Body>>;
  }
}

function connectionOf(options: HoldfastOptions): Connection {
  const { url, fetch: fetchNow = (...given) => fetch(...given) } = options;
  const { clock = systemClock(), timers = systemTimers } = options;
  const { random = () => Math.random(), retryFor = 30_000 } = options;
  return {
    url: url.replace(/\/+$/, ''),
    authorization: authorizationOf(options),
    headers: options.headers ?? {},
    ...{ fetch: fetchNow, clock, timers, random, retryFor },
  };
}

function authorizationOf({ token, username, password }: HoldfastOptions): string | undefined {
  if (token !== undefined) return `Bearer ${token}`;
  if (username === undefined) return undefined;
  const bytes = new TextEncoder().encode(`${username}:${password ?? ''}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
