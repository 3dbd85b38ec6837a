import { loadRefusal, refuseHopeless } from '../../src/domain/loans/refusal';
import type { Pool } from '../../src/domain/pools/pool';
import type { Resource } from '../../src/domain/lifecycle/resource';
import { aPool, aReservation, aResource, anEntry } from './support/objects';
import { aContext, aWorld, NOW, run } from './support/world';

/** The end of `v1`, which waits for two of the pool, or for r1 alone. */
function outcome(pool: Partial<Pool>, named?: Partial<Resource>) {
  const wait = named ? { resourceId: 'r1', count: 1 } : { count: 2 };
  const world = aWorld([aPool(pool)], {
    resources: [aResource('r1', named)],
    reservations: [aReservation('v1', { status: 'queued' })],
    entries: [anEntry('v1', { ...wait, missing: wait.count })],
  });
  const { changes } = refuseHopeless(run(loadRefusal('v1', NOW), world)!, aContext());
  return changes.find((change) => change.do === 'setReservation')?.set;
}

test('a request for more than its pool could lend is refused', () => {
  expect(outcome({ size: 1 })).toMatchObject({
    endReason: 'refused',
    endDetail: expect.stringContaining('smaller') as string,
  });
  expect(outcome({ size: 2, deletingAt: NOW })).toMatchObject({ endReason: 'refused' });
});

test('a request that its pool could serve stays', () => {
  expect(outcome({ size: 2 })).toBeUndefined();
});

test('a request for a resource that leaves is refused, unless it stays after all', () => {
  expect(outcome({ size: 2 }, { adminState: 'draining' })).toMatchObject({
    endReason: 'refused',
    endDetail: expect.stringContaining('removed') as string,
  });
  expect(outcome({ size: 2 }, { adminState: 'maintenance' })).toBeUndefined();
});

test('a request that has been served meanwhile stays', () => {
  const world = aWorld([aPool({ size: 1 })], { reservations: [aReservation('v1')] });
  const snapshot = run(loadRefusal('v1', NOW), world)!;
  expect(refuseHopeless(snapshot, aContext()).changes).toEqual([]);
});
