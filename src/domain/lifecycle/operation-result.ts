import type { DetailFields } from '../change';
import type { Step } from './operation-steps';

/** What a driver call that succeeded gives; the only secrets in it are sealed. */
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
}

/**
 * Whose fault it is. `resource`: this one's; `hopeless` if trying again soon will not help.
 * `backend`: the whole back end is away. `reason` holds no secret.
 */
export type Fault =
  { scope: 'resource'; reason: string; hopeless?: boolean } | { scope: 'backend'; reason: string };

/** Step `S` failed. */
export type StepFailed<S extends Step = Step> = { step: S; ok: false } & Fault;

/** How one driver call ended. */
export type StepOutcome<S extends Step = Step> = S extends Step
  ? StepDone<S> | StepFailed<S>
  : never;

/** A new credential is reported together with its proof. */
export type IssueResult =
  | readonly [StepOutcome<'issueCredential'>]
  | readonly [StepDone<'issueCredential'>, StepOutcome<'proveCredential'>];

/**
 * What a worker reports: the outcome of each driver call that it made since its claim, in order.
 * Steps that can safely be repeated are reported together, and only the last of them can have
 * failed.
 */
export type OperationResult =
  readonly [StepOutcome] | IssueResult | readonly [StepDone<'clean'>, ...IssueResult];
