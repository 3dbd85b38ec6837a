import type { ComponentChildren } from 'preact';
import { FieldError } from './field-error';

/** The hint of a field; if it was refused, the reason instead. */
export function hintFor(
  failure: unknown,
  field: string,
  hint?: ComponentChildren,
): ComponentChildren {
  if (!(failure instanceof FieldError)) return hint;
  const isIts = failure.field === field || failure.field.startsWith(`${field}[`);
  return isIts ? <span class="field-problem">{failure.problem}</span> : hint;
}

/** Leads the reader to the field that was refused. */
export function focusProblem(): void {
  const field = document.querySelector('.field-problem')?.closest('.field');
  field?.querySelector<HTMLElement>('input, select, textarea')?.focus();
}
