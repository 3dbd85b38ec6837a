export const ACTOR_KINDS = ['user', 'token', 'job', 'system', 'legacy'] as const;

/**
 * `user`: signed in by password. `token`: a user by an API token. `job`: a job in the background.
 * `system`: the server itself, or a command at it. `legacy`: a legacy API in its own name.
 */
export type ActorKind = (typeof ACTOR_KINDS)[number];

/**
 * The author of a transaction: who acts, as known at that time, and the call through which. It is
 * written beside every event of the transaction. One flat object, because each event copies it.
 */
export interface Author {
  actorKind: ActorKind;
  /** The id of the user; the name of a job, a command or a route, where nobody has signed in. */
  actorId: string;
  actorName: string;
  /** The token of the user; null without one. */
  actorToken: string | null;
  /** The X-Request-ID of the call, or of the call that a job carries out; null without one. */
  requestId: string | null;
  /** The traceparent (W3C) of that call; null without one. */
  traceparent: string | null;
  /** The address of the caller; null for a call that did not come over HTTP. */
  address: string | null;
}

const NO_CALL = { actorToken: null, requestId: null, traceparent: null, address: null } as const;

/** The server itself, or a part or command of it by name. */
export function systemAuthor(name = 'server'): Author {
  return { actorKind: 'system', actorId: name, actorName: name, ...NO_CALL };
}

/** A job by name. */
export function jobAuthor(name: string): Author {
  return { actorKind: 'job', actorId: name, actorName: name, ...NO_CALL };
}

/** The author of transactions that name none. */
export const SERVER: Author = systemAuthor();
