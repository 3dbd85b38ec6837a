import type { Draft } from '../lifecycle/draft';
import type { StepOutcome } from '../lifecycle/operation-result';
import type { Step } from '../lifecycle/operation-steps';
import { joined } from './joining';
import { wayBackFrom, type ReturnCause, type ReturnStep } from './way-back';

/** Steps that begin a way back of their own when none is under way. */
const BEGINNING: Partial<Record<Step, ReturnCause>> = {
  provision: 'new',
  clean: 'cleaning',
  closeAccess: 'cleaning',
};

/**
 * Notes the end of one call on the way back, and what it has shown. The maintenance of an idle
 * resource is no way back.
 */
export function noteStep(draft: Draft, outcome: StepOutcome, now: number): void {
  const { step, began = now } = outcome;
  if (step === 'openAccess') return;
  const cause = BEGINNING[step];
  const way = draft.resource.wayBack ?? (cause ? wayBackFrom(cause, began) : null);
  if (!way) return;
  const shown = outcome.ok ? joined(way.shown, outcome.shown ?? {}) : way.shown;
  draft.set({ wayBack: { ...way, shown, steps: withCall(way.steps, outcome, began, now) } });
}

function withCall(
  steps: readonly ReturnStep[],
  outcome: StepOutcome,
  began: number,
  now: number,
): readonly ReturnStep[] {
  const { step } = outcome;
  const failure = outcome.ok || outcome.scope === 'pause' ? null : outcome.reason;
  const known = steps.find((one) => one.step === step);
  const before = known ?? { step, since: began, until: now, calls: 0, failures: 0, failure: null };
  const noted: ReturnStep = {
    ...before,
    until: now,
    calls: before.calls + 1,
    failures: before.failures + (failure === null ? 0 : 1),
    failure: failure ?? before.failure,
  };
  return known ? steps.map((one) => (one === known ? noted : one)) : [...steps, noted];
}
