import type { z } from 'zod';
import type { Capabilities } from '../domain/lifecycle/operation';
import type { DerivedPolicy, Kind } from '../domain/pools/pool';
import type { AccessWish } from '../domain/loans/reservation';
import type { Evidence } from '../domain/returns/evidence';

/** A resource as a driver sees it. */
export interface Target {
  resourceId: string;
  pool: string;
  name: string;
  kind: Kind;
  type: string;
  /** The spec of its type in the pool. */
  spec: Record<string, string | number>;
  /** The open part of a listed resource, such as host and port; empty if it is not listed. */
  fields: Readonly<Record<string, string | number>>;
  generation: number;
  /** The handle that the latest call returned; null before the first. */
  handle: string | null;
}

/** The operation behind a call, and the call's deadline. */
export interface Call {
  /**
   * Id of the committed operation. Everything made outside is labelled with it, so that a retry
   * finds its own orphans.
   */
  operationId: string;
  /** Rises with each try of the same operation. */
  attempt: number;
  requestId: string | null;
  /** The traceparent (W3C) of the API call that caused it; absent or null without one. */
  traceparent?: string | null;
  /** The memo of this step's last NotYet; null if it had none. May hold secrets. */
  memo: string | null;
  /**
   * Notes what the call has shown about the last holder, for the return record; later words of the
   * same kind replace earlier ones. It counts if the call succeeds. Holds no secret.
   */
  show: (evidence: Evidence) => void;
  /** The pool's demand on tokens and sessions made from a login; absent: they have to be dead. */
  derived?: DerivedPolicy;
  /** Aborts at the deadline; the driver stops then, and nothing it does later counts. */
  signal: AbortSignal;
}

/** The secret with which a holder logs in. Extra fields are shown to the holder as they are. */
export interface CredentialSecret {
  username?: string;
  password?: string;
  privateKey?: string;
  [field: string]: string | number | undefined;
}

/** The address and state of a resource, without secrets. Shown in the resource's `details`. */
export interface Details {
  host?: string;
  port?: number;
  hostKey?: string;
  powerState?: 'running' | 'stopped' | 'paused' | 'unknown';
  [field: string]: string | number | undefined;
}

export interface ProvisionResult {
  /**
   * An immutable id outside: a container's id, an overlay's path; never a name that its successor
   * will also have.
   */
  handle: string;
  details: Details;
}

export type HealthCheck = { ok: true; details?: Details } | { ok: false; reason: string };

/** A resource found outside that has our label. */
export interface DiscoveredResource {
  handle: string;
  resourceId: string;
  operationId: string;
}

/**
 * `resource`: this one resource is at fault, and the failure counts towards its quarantine.
 * `backend`: the back end as a whole does not answer; the failure counts towards the pool's circuit
 * breaker and is held against no resource.
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
 * The call has not failed, and cannot end yet: it is to be repeated, with the same operation id, at
 * `until` (epoch ms) or a little later. Nothing counts as a failure; the resource shows `reason`,
 * which holds no secret. `memo` is committed, sealed, before the repeated call gets it; without one,
 * that call gets the memo of this call. Other steps of the operation never see it.
 */
export class NotYet extends Error {
  constructor(
    readonly until: number,
    readonly reason: string,
    readonly memo?: string,
  ) {
    super(reason);
    this.name = 'NotYet';
  }
}

/**
 * Lends resources of one technology. After a crash any call may be repeated with the same operation
 * id; it must then find and remove, or adopt, whatever the earlier attempt left. Methods fail with
 * a DriverError only; every method that is a step of an operation, except `openAccess`, may also
 * throw NotYet. A method whose capability is absent is never called.
 */
export interface Driver {
  readonly capabilities: Capabilities;

  /** Makes the resource, and removes anything that an earlier attempt of this operation made. */
  provision(target: Target, call: Call): Promise<ProvisionResult>;

  /** Checks that the resource exists and works; changes nothing that a holder could see. */
  verify(target: Target, credential: CredentialSecret | null, call: Call): Promise<HealthCheck>;

  /**
   * Removes every trace of the last holder. The resource may come back under another handle; the
   * old one is gone then. An earlier attempt may have gone on to `issueCredential` before it was
   * interrupted: the credential it issued is removed too. (replaces: also ends every access to the
   * old one, even if the call fails later on, and proves the new one as `verify` does.)
   */
  clean(target: Target, credential: CredentialSecret | null, call: Call): Promise<ProvisionResult>;

  /**
   * Makes a second working credential, named by the operation's id; `current` keeps working. If
   * that is null there is none yet, and any credential issued earlier, for an operation that was
   * abandoned, is revoked. (rotates)
   */
  issueCredential(
    target: Target,
    current: CredentialSecret | null,
    call: Call,
  ): Promise<CredentialSecret>;

  /**
   * Revokes `old` and every other credential that this driver has issued for the resource: an
   * abandoned operation may have left one that nobody knows. `current` keeps working, and
   * credentials made by others are not touched. (rotates)
   */
  retireCredential(
    target: Target,
    old: CredentialSecret,
    current: CredentialSecret,
    call: Call,
  ): Promise<void>;

  /**
   * Tries to log in. Returns `accepted` or `refused` only as the endpoint's own answer about this
   * credential. A time-out, a reset or an unreachable endpoint is a DriverError, never `refused`.
   */
  checkCredential(
    target: Target,
    credential: CredentialSecret,
    call: Call,
  ): Promise<'accepted' | 'refused'>;

  /**
   * Opens access for one holder, and makes a name or password that is not wished for. The wished
   * authorized keys give access as well. (opensAccess)
   */
  openAccess(target: Target, wish: AccessWish, call: Call): Promise<CredentialSecret>;

  /**
   * Closes the access that `openAccess` opened and cuts live sessions. No error if there is none.
   * (opensAccess; if it also `replaces`, only for loans that ended before it did)
   */
  closeAccess(target: Target, access: CredentialSecret | null, call: Call): Promise<void>;

  /** Removes the resource and everything that any operation on it left. No error if it is gone. */
  destroy(target: Target, call: Call): Promise<void>;

  /**
   * Everything outside with our label in this driver's pool `pool`, in pieces if there may be much,
   * so that it never has to fit in memory. Removing items meanwhile must not make it skip others.
   */
  list(pool: string, call: Call): AsyncIterable<DiscoveredResource[]>;

  /** Removes, by its handle, one item that `list` found. No error if it is gone. */
  remove(found: DiscoveredResource, call: Call): Promise<void>;

  /** Closes connections; the driver is not used afterwards. */
  close(): Promise<void>;
}

/** Checks a pool's settings and makes a driver from them. */
export interface DriverFactory<Settings = unknown> {
  readonly name: string;
  /** The kinds of resources that it can lend. */
  readonly kinds: readonly Kind[];
  readonly settings: z.ZodType<Settings>;
  /**
   * The settings that name commands, sockets, images, keys, hosts, addresses or networks, or that
   * otherwise decide what runs, or is reached, outside. The API refuses to set them, also as keys of
   * a type's `spec` and as fields of a listed resource: only the pools file may. An admin could
   * otherwise read what holders are given.
   */
  readonly fileOnly: readonly string[];
  /**
   * Environment variables that it reads, by name, each with the check of a value that is set. All
   * pools share them; `.env.example` lists them with an empty default.
   */
  readonly variables?: DriverVariables;
  /** The rules for listed resources of a driver with these settings; none by default. */
  listing?(settings: Settings): ListingRules;
  /** The capabilities of a driver with these settings; opens nothing. */
  capabilities(settings: Settings): Capabilities;
  create(settings: Settings, env: DriverEnv): Driver;
}

/**
 * A driver's rules for the resources that a list gives it. Values stay as they were written, so a
 * schema may coerce; one that allows further keys lets a list say more.
 */
export interface ListingRules {
  /** Checks the open part of a listed resource. */
  fields?: z.ZodType;
  /** Checks its secrets. */
  secrets?: z.ZodType;
  /**
   * The fields that only the pools file may give, because they decide what is reached or runs. They
   * come on top of `fileOnly` of the factory, which holds for fields, too.
   */
  fileOnly?: readonly string[];
}

/** Checks of environment variables, by name. */
export type DriverVariables = Readonly<Record<string, z.ZodType<string, string>>>;

/** The process in which a driver runs, as far as drivers may know it. */
export interface DriverEnv {
  /** Absolute path of the data directory. */
  dataDir: string;
  /**
   * Labels the resources of this installation, so that two installations on one back end leave each
   * other's alone.
   */
  installation: string;
  /** The environment variables that the registered drivers name, those that are set. */
  variables: Readonly<Record<string, string | undefined>>;
  random: RandomSource;
  /** The time in epoch ms; absent where neither signatures nor rates depend on it. */
  now?: () => number;
  /**
   * Takes a line for the service's log, with its fields; neither may hold a secret. Absent where
   * no log is kept.
   */
  log?: (fields: Readonly<Record<string, unknown>>, line: string) => void;
}

/** Injected randomness. */
export interface RandomSource {
  /** `bytes` random bytes, base64url. */
  secret(bytes: number): string;
  /** A number in [0, 1). */
  fraction(): number;
}
