import type { Level } from '../returns/level';

/**
 * The driver calls that change or check a resource. `list` and the credential check have no row.
 */
export const OPERATION_KINDS = [
  'openAccess',
  'closeAccess',
  'clean',
  'issueCredential',
  'retireCredential',
  'verify',
  'provision',
  'destroy',
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** `call`: the driver call itself. `prove`: the call succeeded and its result is being proven. */
export type OperationStep = 'call' | 'prove';

export type OperationOutcome = 'done' | 'failed' | 'superseded';

/**
 * An intended driver call, committed before the call is made; its id labels whatever the call
 * creates outside. A cleaning keeps its id while it issues the new credential and retires the old
 * one (docs/decisions/004).
 */
export interface Operation {
  id: string;
  resourceId: string;
  poolId: string;
  /** The kind of the current step. */
  kind: OperationKind;
  step: OperationStep;
  /**
   * The generation of the resource when the operation began; results for another one are dropped.
   */
  generation: number;
  allocationId: string | null;
  /** Rises with every claim; results of an earlier claim are dropped. */
  attempt: number;
  claimedBy: string | null;
  claimedUntil: number;
  outcome: OperationOutcome | null;
  error: string | null;
  /** The driver's note to itself for the next call of its step; sealed. */
  sealedMemo: string | null;
  /** The X-Request-ID of the call that caused it, sent on to drivers. */
  requestId: string | null;
  /** The traceparent (W3C) of that call, sent on as well. */
  traceparent: string | null;
  createdAt: number;
  finishedAt: number | null;
}

/** The abilities of a pool's driver. A step that it lacks is skipped, and the API says so. */
export interface Capabilities {
  /** Makes and removes resources; without this they have to be imported. */
  provisions: boolean;
  /** Issues new credentials and retires old ones. */
  rotates: boolean;
  /** Opens access for each holder, with credentials of their own. */
  opensAccess: boolean;
  /** Opens access by SSH key as well as by password. */
  accessByKey: boolean;
  /** Resources have a static credential, which the holder is shown. */
  staticCredential: boolean;
  /** Needs no cleaning: holders leave nothing behind. */
  leavesNothing: boolean;
  /** Only pretends: what it lends exists in a file of this server and nowhere else. */
  simulates: boolean;
  /**
   * Cleaning puts a new resource in the place of the old one, which is gone then with every access
   * to it, and proves the new one as a verification would. So nothing is closed before a cleaning,
   * and nothing is verified after it.
   */
  replaces: boolean;
  /**
   * Lends things as they are and changes nothing: no step cleans a resource after a loan, it is only
   * verified. Absent means no.
   */
  lendsAsIs?: boolean;
  /** The highest level that a return can show; absent means R0. */
  proves?: Level;
}
