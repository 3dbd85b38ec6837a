import type { Change, Decision, IdempotencyRecord } from './change';
import { DomainError } from './errors';

/**
 * A request that may come again: who asks, where, under which key, and the hash of what is asked.
 */
export interface IdempotencyKey {
  principal: string;
  method: string;
  path: string;
  key: string;
  requestHash: string;
}

/** A key stands for its request this long, in ms. */
export const REMEMBERED_FOR = 24 * 3_600_000;

/**
 * What the same request came to before, or null if it is new or too long ago.
 * Errors: `idempotency_mismatch` when the key came with another request.
 */
export function recall(
  once: IdempotencyKey | null,
  remembered: IdempotencyRecord | null,
  now: number,
): IdempotencyRecord | null {
  if (!once || !remembered || remembered.createdAt + REMEMBERED_FOR <= now) return null;
  if (remembered.requestHash !== once.requestHash) {
    throw new DomainError(
      'idempotency_mismatch',
      'This idempotency key was used for another request.',
      'idempotencyKey',
    );
  }
  return remembered;
}

/** Makes a decision happen once under its key: again, it changes nothing and gives what it gave. */
export function decideOnce(
  once: IdempotencyKey | null,
  remembered: IdempotencyRecord | null,
  now: number,
  decide: () => Decision<string>,
): Decision<string> {
  const before = recall(once, remembered, now);
  if (before) return { changes: [], value: before.resultId };
  const { changes, value } = decide();
  return { changes: [...changes, ...remember(once, value, now)], value };
}

/**
 * The change that makes a request remembered, committed together with its effect. `answer`: its
 * bytes, if promised.
 */
export function remember(
  once: IdempotencyKey | null,
  resultId: string,
  now: number,
  answer: string | null = null,
): Change[] {
  return once
    ? [{ do: 'remember', remembered: { resultId, answer, createdAt: now, ...once } }]
    : [];
}

/**
 * The same for the API that promises the answer's very bytes: gives them, the first time and again.
 * `decide` gives what is answered; its `id` is remembered beside the bytes.
 */
export function answerOnce(
  once: IdempotencyKey,
  remembered: IdempotencyRecord | null,
  now: number,
  decide: () => Decision<{ id: string }>,
): Decision<string> {
  const before = recall(once, remembered, now);
  if (before && before.answer !== null) return { changes: [], value: before.answer };
  const { changes, value } = decide();
  const answer = JSON.stringify(value);
  return { changes: [...changes, ...remember(once, value.id, now, answer)], value: answer };
}
