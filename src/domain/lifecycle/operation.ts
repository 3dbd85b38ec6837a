/**
 * The driver calls that change or check a resource; `list` and the credential check have no row.
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

/** `call`: the driver is being asked. `prove`: it did its part and the result is being proven. */
export type OperationStep = 'call' | 'prove';

export type OperationOutcome = 'done' | 'failed' | 'superseded';

/**
 * An intended driver call, committed before the call is made; its id labels what the call makes
 * outside. A cleaning goes on under its id as the credential that is made after it, and as the end
 * of the old one (docs/decisions/004).
 */
export interface Operation {
  id: string;
  resourceId: string;
  poolId: string;
  /** The kind of the step that the operation has reached. */
  kind: OperationKind;
  step: OperationStep;
  /** The resource's generation when the operation began: results for another one are dropped. */
  generation: number;
  allocationId: string | null;
  /** Rises with every claim; results of an earlier claim are dropped. */
  attempt: number;
  claimedBy: string | null;
  claimedUntil: number;
  outcome: OperationOutcome | null;
  error: string | null;
  /** The X-Request-ID of the call that caused it, sent on to drivers. */
  requestId: string | null;
  createdAt: number;
  finishedAt: number | null;
}

/** The abilities of a pool's driver. A missing one is skipped, and the answers say so. */
export interface Capabilities {
  /** Makes and removes resources itself; without it resources are imported. */
  provisions: boolean;
  /** Issues new credentials and retires old ones. */
  rotates: boolean;
  /** Opens access for one holder, who gets credentials of their own. */
  opensAccess: boolean;
  /** Access by SSH key as well as by password. */
  accessByKey: boolean;
  /** Resources have a standing credential that the holder is shown. */
  staticCredential: boolean;
  /** Needs no cleaning: nothing of a holder can stay behind. */
  leavesNothing: boolean;
}
