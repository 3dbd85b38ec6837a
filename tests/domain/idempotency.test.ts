import type { IdempotencyRecord } from '../../src/domain/change';
import { decideOnce, onceById, type IdempotencyKey } from '../../src/domain/idempotency';
import { codeOf } from './support/thrown';

/** A request under a key takes effect once, for as long as the key is remembered. */

const NOW = 10_000;
const KEPT_FOR = 1_000;
const key: IdempotencyKey = {
  principal: 'u1',
  method: 'POST',
  path: '/v1/reservations',
  key: 'k',
  requestHash: 'hash',
};
const record = (fields: Partial<IdempotencyRecord> = {}): IdempotencyRecord => ({
  ...key,
  resultId: 'first',
  answer: null,
  createdAt: NOW,
  ...fields,
});
const effect = { do: 'dequeue', reservationId: 'second' } as const;

/** Asks at `now` under the key that has left this record. */
function ask(left: IdempotencyRecord | null, now: number, once = onceById(key)!) {
  const decide = jest.fn(() => ({ changes: [effect], value: 'second' }));
  return { ...decideOnce(once, left, now, KEPT_FOR, decide), decided: decide.mock.calls.length };
}

it('the first request takes effect, and leaves a record in the same decision', () => {
  const saved = record({ resultId: 'second' });
  expect(ask(null, NOW)).toEqual({
    changes: [effect, { do: 'saveIdempotencyRecord', record: saved }],
    value: 'second',
    decided: 1,
  });
});

it.each([NOW, NOW + KEPT_FOR - 1])('a repeated one gets the first result, at %i', (now) => {
  expect(ask(record(), now)).toEqual({ changes: [], value: 'first', decided: 0 });
});

it('a key that is past its time is as good as new, whether or not a job has removed it', () => {
  const now = NOW + KEPT_FOR;
  expect(ask(record(), now)).toMatchObject({ value: 'second', decided: 1 });
  expect(ask(record({ requestHash: 'other' }), now).changes).toContainEqual({
    do: 'saveIdempotencyRecord',
    record: record({ resultId: 'second', createdAt: now }),
  });
});

it('another request under the key is refused, and decides nothing', () => {
  expect(codeOf(() => ask(record({ requestHash: 'other' }), NOW))).toBe('idempotency_mismatch');
});

it('a request that fails leaves no record', () => {
  const fail = () => {
    throw new Error('refused');
  };
  expect(() => decideOnce(onceById(key)!, null, NOW, KEPT_FOR, fail)).toThrow('refused');
});

it('the bytes of an answer are kept where they are repeated', () => {
  const once = {
    key,
    save: (resultId: string) => ({ resultId, answer: `said ${resultId}` }),
    replay: ({ answer }: IdempotencyRecord) => answer!,
  };
  const [, saved] = ask(null, NOW, once).changes;
  expect(saved).toMatchObject({ record: { answer: 'said second' } });
  expect(ask(record({ answer: 'said first' }), NOW, once).value).toBe('said first');
});

it('a write without a key is not guarded', () => {
  expect(onceById(null)).toBeUndefined();
});
