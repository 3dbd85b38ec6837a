import type { z } from 'zod';
import type { Capabilities } from '../domain/lifecycle/operation';
import type { Kind } from '../domain/pools/pool';
import type { AccessWish } from '../domain/loans/reservation';

/** The resource as a driver sees it. */
export interface Target {
  resourceId: string;
  pool: string;
  name: string;
  kind: Kind;
  type: string;
  /** The spec of its type in the pool. */
  spec: Record<string, string | number>;
  generation: number;
  /** What an earlier call returned; null before the first. */
  handle: string | null;
}

/** One call: what labels its doings outside, and when it must be over. */
export interface Call {
  /**
   * Id of the committed operation: everything made outside bears it, so that a retry finds its own
   * orphans.
   */
  operationId: string;
  /** Rises with each try of the same operation. */
  attempt: number;
  requestId: string | null;
  /** Aborts at the deadline; a driver stops then, and nothing it does later counts. */
  signal: AbortSignal;
}

/** What a holder logs in with. Extra fields are shown to the holder as they are. */
export interface CredentialSecret {
  username?: string;
  password?: string;
  privateKey?: string;
  [field: string]: string | number | undefined;
}

/** Where and what the thing is now; no secrets. Shown in the resource's `details`. */
export interface Details {
  host?: string;
  port?: number;
  hostKey?: string;
  powerState?: 'running' | 'stopped' | 'paused' | 'unknown';
  [field: string]: string | number | undefined;
}

export interface ProvisionResult {
  /**
   * An immutable id outside: a container's id, an overlay's path; never a name the next one also
   * bears.
   */
  handle: string;
  details: Details;
}

export type HealthCheck = { ok: true; details?: Details } | { ok: false; reason: string };

/** Something found outside that bears our label. */
export interface DiscoveredResource {
  handle: string;
  resourceId: string;
  operationId: string;
}

/**
 * `resource`: this one thing is at fault; counted towards its quarantine. `backend`: the back end
 * as a whole does not answer; opens the pool's breaker and is held against no resource.
 */
export type FaultScope = 'resource' | 'backend';

/** A driver call failed. The message may be shown to admins and must hold no secret. */
export class DriverError extends Error {
  constructor(
    readonly scope: FaultScope,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'DriverError';
  }
}

/**
 * Lends one technology. Every call may be made again with the same operation id after a crash, and
 * must then find and remove, or take over, what the earlier try left. Every method fails with a
 * DriverError only. A method whose capability is absent is never called.
 */
export interface Driver {
  readonly capabilities: Capabilities;

  /** Makes the thing. Removes what an earlier try of this operation made. */
  provision(target: Target, call: Call): Promise<ProvisionResult>;

  /** Looks whether the thing is there and sound; changes nothing that a holder could see. */
  verify(target: Target, credential: CredentialSecret | null, call: Call): Promise<HealthCheck>;

  /**
   * Leaves nothing of the last holder. The thing may come back under another handle; the old one is
   * gone then. An earlier try may have gone on to `issueCredential` before it was cut off: what
   * that made is removed too.
   */
  clean(target: Target, credential: CredentialSecret | null, call: Call): Promise<ProvisionResult>;

  /**
   * Makes a second working credential, named by the operation's id; `current` goes on working.
   * null: there is none yet, and what was issued before, for an operation that came to nothing,
   * ends. (rotates)
   */
  issueCredential(
    target: Target,
    current: CredentialSecret | null,
    call: Call,
  ): Promise<CredentialSecret>;

  /**
   * Makes `old` useless, and whatever else this driver has issued for the thing: an operation that
   * was given up may have left one that nobody knows. `current` goes on working, and what others
   * made is not touched. (rotates)
   */
  retireCredential(
    target: Target,
    old: CredentialSecret,
    current: CredentialSecret,
    call: Call,
  ): Promise<void>;

  /**
   * Tries to log in. `accepted` or `refused` only as the endpoint's own answer about this
   * credential; a time-out, a reset or an endpoint that is away is a DriverError, never `refused`.
   */
  checkCredential(
    target: Target,
    credential: CredentialSecret,
    call: Call,
  ): Promise<'accepted' | 'refused'>;

  /**
   * Opens access for one holder; a missing name or password is made here. Authorized keys let in
   * beside it. (opensAccess)
   */
  openAccess(target: Target, wish: AccessWish, call: Call): Promise<CredentialSecret>;

  /**
   * Ends what `openAccess` opened and cuts live sessions; nothing to end is no error. (opensAccess)
   */
  closeAccess(target: Target, access: CredentialSecret | null, call: Call): Promise<void>;

  /** Removes the thing and all that any operation on it left; already gone is no error. */
  destroy(target: Target, call: Call): Promise<void>;

  /**
   * Everything outside that bears our label, of this driver's pool `pool`; some at a time where
   * there may be much, so that it never lies in memory whole. What is removed meanwhile must not
   * make it skip anything else.
   */
  list(pool: string, call: Call): AsyncIterable<DiscoveredResource[]>;

  /** Removes one thing that `list` found, by its handle. Already gone is no error. */
  remove(found: DiscoveredResource, call: Call): Promise<void>;

  /** Gives back connections; the driver is not used afterwards. */
  close(): Promise<void>;
}

/** What a pool's settings must look like, and how a driver is made from them. */
export interface DriverFactory<Settings = unknown> {
  readonly name: string;
  /** Kinds it can lend. */
  readonly kinds: readonly Kind[];
  readonly settings: z.ZodType<Settings>;
  /**
   * Environment variables that it reads, by name, each with the check of a value that is set. All
   * pools share them; `.env.example` lists them with an empty default.
   */
  readonly variables?: DriverVariables;
  /** What a driver with these settings would be able to do; read without opening anything. */
  capabilities(settings: Settings): Capabilities;
  create(settings: Settings, env: DriverEnv): Driver;
}

/** Checks of environment variables, by name. */
export type DriverVariables = Readonly<Record<string, z.ZodType<string, string>>>;

/** What drivers get from the process they run in. */
export interface DriverEnv {
  /** Absolute path where Holdfast keeps its data. */
  dataDir: string;
  /**
   * Marks what this installation made, so that two installations on one back end do not sweep each
   * other's.
   */
  installation: string;
  /** The environment variables that the registered drivers name, those that are set. */
  variables: Readonly<Record<string, string | undefined>>;
  random: RandomSource;
}

/** Injected randomness. */
export interface RandomSource {
  /** `bytes` random bytes, base64url. */
  secret(bytes: number): string;
  /** A number in [0, 1). */
  fraction(): number;
}
