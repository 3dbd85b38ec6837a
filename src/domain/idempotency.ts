import type { Change, Decision, Remembered } from './change';
import { DomainError } from './errors';

/** A request that may come again: who asks, where, under which key, and the hash of what is asked. */
export interface Once {
  principal: string;
  method: string;
  path: string;
  key: string;
  requestHash: string;
}

/**
 * The id of what the same request made before, or null if it is new.
 * Errors: `idempotency_mismatch` when the key came with another request.
 */
export function recall(once: Once | null, remembered: Remembered | null): string | null {
  if (!once || !remembered) return null;
  if (remembered.requestHash !== once.requestHash) {
    throw new DomainError('idempotency_mismatch', 'This Idempotency-Key was used for another request.', 'Idempotency-Key');
  }
  return remembered.resultId;
}

/** Makes a decision happen once under its key: again, it changes nothing and gives what it gave. */
export function decideOnce(once: Once | null, remembered: Remembered | null, now: number, decide: () => Decision<string>): Decision<string> {
  const before = recall(once, remembered);
  if (before) return { changes: [], value: before };
  const { changes, value } = decide();
  return { changes: [...changes, ...remember(once, value, now)], value };
}

/** The change that makes a request remembered, committed together with its effect. */
export function remember(once: Once | null, resultId: string, now: number): Change[] {
  return once ? [{ do: 'remember', remembered: { ...once, resultId, createdAt: now } }] : [];
}
