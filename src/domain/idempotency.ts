import { nothing, type Decision, type IdempotencyRecord } from './change';
import { DomainError } from './errors';

/** Identifies a request that may be repeated: the caller, the call, and the hash of its body. */
export interface IdempotencyKey {
  principal: string;
  method: string;
  path: string;
  key: string;
  requestHash: string;
}

/** How long a key is remembered by default, in ms. */
export const IDEMPOTENCY_KEPT_FOR = 24 * 3_600_000;

/** Makes a write with the result `T` happen only once under a key. */
export interface Once<T> {
  key: IdempotencyKey;
  /**
   * Says what to store about the first result. v1 stores the id and shows the thing as it is when a
   * request is repeated, so the status of the answer may differ. `answer`: the bytes of the first
   * answer, for a legacy API that repeats them.
   */
  save(result: T): { resultId: string; answer?: string };
  /** Returns the result of a repeated request from the record of the first. */
  replay(record: IdempotencyRecord): T;
}

/** For a write whose result is the id of what it made. Without a key, the write is not guarded. */
export function onceById(key: IdempotencyKey | null): Once<string> | undefined {
  if (!key) return undefined;
  return { key, save: (resultId) => ({ resultId }), replay: ({ resultId }) => resultId };
}

/**
 * Decides at most once under a key: a repeated request changes nothing and gets the first result.
 * `record` is the stored record of the key, null for none; it counts for `keptFor` ms, whether or
 * not a job has removed it; `now` in epoch ms. The new record is saved in the same transaction as
 * the effect. Failures are not saved. Errors: `idempotency_mismatch` when the key was used for a
 * different request, and those of `decide`.
 */
export function decideOnce<T>(
  once: Once<T>,
  record: IdempotencyRecord | null,
  now: number,
  keptFor: number,
  decide: () => Decision<T>,
): Decision<T> {
  const { key } = once;
  if (record && record.createdAt + keptFor > now) {
    if (record.requestHash !== key.requestHash) throw mismatch();
    return nothing(once.replay(record));
  }
  const { changes, value } = decide();
  const { resultId, answer = null } = once.save(value);
  const saved = { ...key, resultId, answer, createdAt: now };
  return { changes: [...changes, { do: 'saveIdempotencyRecord', record: saved }], value };
}

function mismatch(): DomainError {
  const message = 'This idempotency key was used for another request.';
  return new DomainError('idempotency_mismatch', message, 'idempotencyKey');
}
