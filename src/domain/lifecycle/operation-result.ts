import type { DetailFields } from '../change';
import type { Evidence } from '../returns/evidence';
import type { Step } from './operation-steps';

/** The value of each successful driver call; its only secrets are sealed. */
export interface StepValues {
  provision: { handle: string; details?: DetailFields };
  clean: { handle: string; details?: DetailFields };
  verify: { details?: DetailFields };
  issueCredential: { sealed: string; details?: DetailFields };
  proveCredential: null;
  retireCredential: null;
  openAccess: { sealed: string };
  closeAccess: null;
  destroy: null;
}

/** Step `S` succeeded. */
export interface StepDone<S extends Step> {
  step: S;
  ok: true;
  value: StepValues[S];
  /** When the call began; epoch ms. Absent: when it is reported. */
  began?: number;
  shown?: Evidence;
}

/**
 * The step has not failed and cannot end yet: the driver is to be called again at `until` (epoch
 * ms). `sealedMemo` is handed to it then; without one, it gets that of its last pause.
 */
export interface Pause {
  scope: 'pause';
  reason: string;
  until: number;
  sealedMemo?: string;
}

/**
 * The scope of a failure. `resource`: only this one is affected; `hopeless` if an early retry will
 * not help. `backend`: the whole back end is unavailable. `reason` holds no secret.
 */
export type Fault =
  | { scope: 'resource'; reason: string; hopeless?: boolean }
  | { scope: 'backend'; reason: string }
  | Pause;

/** Step `S` failed. */
export type StepFailed<S extends Step = Step> = { step: S; ok: false; began?: number } & Fault;

/** How one driver call ended. */
export type StepOutcome<S extends Step = Step> = S extends Step
  ? StepDone<S> | StepFailed<S>
  : never;

/** A new credential is reported together with its proof. */
export type IssueResult =
  | readonly [StepOutcome<'issueCredential'>]
  | readonly [StepDone<'issueCredential'>, StepOutcome<'proveCredential'>];

/**
 * A worker's report: the outcome of each driver call since its claim, in order. Steps that can
 * safely be repeated are reported together, and only the last of them can have failed.
 */
export type OperationResult =
  readonly [StepOutcome] | IssueResult | readonly [StepDone<'clean'>, ...IssueResult];
