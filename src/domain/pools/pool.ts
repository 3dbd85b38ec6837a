import type { Capabilities } from '../lifecycle/operation';
import type { Level } from '../returns/level';

/**
 * The kinds of resources. A host is a machine that exists already; an item is anything that is none
 * of the others: a licence, a device, a place.
 */
export const KINDS = ['account', 'vm', 'container', 'token', 'host', 'item'] as const;
export type Kind = (typeof KINDS)[number];

export type Sizing = 'managed' | 'manual';
export type Labels = Record<string, string>;

/**
 * A type of resource in a pool: its share of the pool's size, and the specification for the driver.
 */
export interface PoolType {
  name: string;
  share: number;
  /** The least number of it, whatever the shares, as far as the size allows. */
  minimum?: number;
  spec: Record<string, string | number>;
}

/** Durations in ms; `maximum` counts from `startsAt`; null means without bound. */
export interface LeasePolicy {
  default: number | null;
  maximum: number | null;
  /** A lease ends when its holder is silent for this long; null: no heartbeat is needed. */
  heartbeat: number | null;
  /** How late a heartbeat may come before the lease ends, in ms. */
  grace: number;
  /** May a request ask for a lease without an end? */
  openEnded: boolean;
  /** How long `preparing` may last before the reservation fails. */
  prepare: number;
  /** How long before its end a lease is announced to end, in ms; 0: not; absent: see noticeAt. */
  notice?: number;
  /** An idle resource of a manual pool is removed after this long; null: never. */
  idleExpiry: number | null;
}

export interface CleaningPolicy {
  /** How start-up treats resources without a live lease. */
  onStart: 'clean' | 'verify' | 'nothing';
  /** A resource is quarantined after more than this many failures in a row. */
  retries: number;
  /** The first pause after a failure, doubled each time up to `backoffMaximum`, both in ms. */
  backoff: number;
  backoffMaximum: number;
  /** The pause between two attempts on a quarantined resource, in ms. */
  quarantineRetry: number;
  /** Rest between cleaning and the next loan, in ms. */
  cooldown: number;
  /** Deadline of one driver call, in ms. */
  deadline: number;
}

export interface VerificationPolicy {
  /** Pause between two verifications of an idle resource, in ms; null: never. */
  interval: number | null;
}

export interface RotationPolicy {
  /** Rotate the credential after every lease. */
  afterLease: boolean;
  /** Rotate the credential of an idle resource after this long, in ms; null: never. */
  interval: number | null;
}

/** The available resource to lend first. */
export type PickOrder = 'lowest' | 'random' | 'longest_idle';

export interface PoolPolicy {
  lease: LeasePolicy;
  cleaning: CleaningPolicy;
  verification: VerificationPolicy;
  rotation: RotationPolicy;
  pick: PickOrder;
  /** The most driver calls of this pool at once. */
  concurrency: number;
  /**
   * The level below which a resource is not lent again; null or absent: the highest that its driver
   * can show.
   */
  minProof?: Level | null;
  /**
   * Tokens and sessions made from a login: `dead` before the next loan (absent means that), or
   * accepted until they expire by themselves.
   */
  derived?: DerivedPolicy;
  /** May every user read the names of those who hold something, or wait? Absent: no. */
  shareHolders?: boolean;
}

export const DERIVED_POLICIES = ['dead', 'acceptUntilExpiry'] as const;
export type DerivedPolicy = (typeof DERIVED_POLICIES)[number];

export type PoolOrigin = 'file' | 'api';

export interface Pool {
  id: string;
  name: string;
  kind: Kind;
  driver: string;
  settings: Record<string, unknown>;
  /**
   * With a driver that only pretends: real things may be imported all the same, and whoever says so
   * knows that their passwords are replaced by made-up ones.
   */
  simulate: boolean;
  sizing: Sizing;
  /** The number of resources to keep; meaningless in a manual pool. */
  size: number;
  /** How many more to keep ready than may be lent at once, so that a return delays nobody. */
  spares: number;
  types: PoolType[];
  labels: Labels;
  policy: PoolPolicy;
  /**
   * The abilities of its driver, as the driver stated them when the pool was made or last loaded.
   */
  capabilities: Capabilities;
  origin: PoolOrigin;
  /** Set when the pool is to be deleted; its resources are drained first. */
  deletingAt: number | null;
  /** Rises with every change; the ETag. */
  version: number;
  createdAt: number;
}

/** One type of one pool. Requests for it wait in its queue. */
export interface ResourceClass {
  id: number;
  poolId: string;
  type: string;
}

/** How far a changed policy has reached the idle resources of a pool. */
export interface Replanning {
  /** The id after which they are yet to be planned anew. */
  after: string;
  /** Does their idle expiry begin anew, too? */
  expiry: boolean;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The lease of every kind of pool that says nothing else; durations in ms. */
export const DEFAULT_LEASE: Readonly<LeasePolicy> = {
  default: HOUR,
  maximum: 24 * HOUR,
  heartbeat: null,
  grace: 0,
  openEnded: false,
  prepare: 2 * MINUTE,
  idleExpiry: null,
};

/** The part of the cleaning that is the same for every kind of pool; durations in ms. */
export const DEFAULT_CLEANING: Readonly<Omit<CleaningPolicy, 'onStart'>> = {
  retries: 5,
  backoff: 10_000,
  backoffMaximum: 10 * MINUTE,
  quarantineRetry: HOUR,
  cooldown: 0,
  deadline: MINUTE,
};

/** The policy of a pool that sets none; accounts are always cleaned and rotated. */
export function defaultPolicy(kind: Kind): PoolPolicy {
  const account = kind === 'account';
  return {
    lease: { ...DEFAULT_LEASE },
    cleaning: {
      onStart: account ? 'clean' : kind === 'token' ? 'nothing' : 'verify',
      ...DEFAULT_CLEANING,
    },
    verification: { interval: kind === 'token' ? null : HOUR },
    rotation: { afterLease: kind !== 'token', interval: account ? 24 * HOUR : null },
    pick: kind === 'token' ? 'random' : 'lowest',
    concurrency: 8,
    minProof: null,
    derived: 'dead',
    shareHolders: false,
  };
}
