import { end } from '../../src/domain/loans/ending';
import { loadReservation } from '../../src/domain/loans/loading';
import type { Evidence } from '../../src/domain/returns/evidence';
import { wayBackFrom } from '../../src/domain/returns/way-back';
import { anAllocation, aReservation, aResource } from './support/objects';
import {
  context,
  credential,
  done,
  find,
  NOW,
  poolOf,
  report,
  standingAt,
} from './support/lifecycle';
import { aContext, aWorld, NOW as WORLD_NOW, run } from './support/world';

/** What counts as shown at the end of a return, and for whom. */

const LENT = { endpoint: 'lent', times: 3, since: 1, until: 2, accepted: 3 };
const OTHER = { ...LENT, endpoint: 'never lent', since: NOW, until: NOW };
const DAY = 86_400_000;

/** A pool that asks for R2, whose policy no longer lets tokens live on. */
const pool = poolOf({ can: { proves: 'R2' } });

/** The end of a way back whose last step shows `last`, after `before` was shown. */
function endOf(before: Evidence, last: Evidence, on = pool) {
  const wayBack = { ...wayBackFrom('loan', 1, 'loan'), shown: before };
  const credentials = [credential('new', 'current'), credential('old', 'retiring')];
  const after = report(
    standingAt('retireCredential', { pool: on, resource: { wayBack }, credentials }),
    [{ ...done('retireCredential'), shown: last }],
  );
  const record = after.changes.flatMap((change) =>
    change.do === 'addReturn' ? [change.record] : [],
  )[0]!;
  return { ...after, record };
}

describe('a token of the last holder that may live on', () => {
  const pending = (until: number | null): Evidence => ({
    refused: LENT,
    derived: { how: 'acceptedUntilExpiry', until },
  });
  const next: Evidence = { refused: OTHER, derived: { how: 'refused', until: NOW } };

  it.each([NOW + 1, null])('is not dead because that of a later login is (until %s)', (until) => {
    const { record, resource } = endOf(pending(until), next);
    expect(record).toMatchObject({ outcome: 'refused', level: 'R1', shown: pending(until) });
    expect(resource).toMatchObject({ status: 'quarantined', wayBack: { shown: pending(until) } });
  });

  it('is dead once it has expired', () => {
    const { record, resource } = endOf(pending(NOW), next);
    expect(record).toMatchObject({
      outcome: 'returned',
      level: 'R2',
      shown: { refused: LENT, derived: { how: 'expired', until: NOW } },
    });
    expect(resource).toMatchObject({ status: 'available', wayBack: null });
  });
});

it('the login that was lent stays refused, whichever login is tried after it', () => {
  expect(endOf({ refused: LENT }, { refused: OTHER }).record.shown).toEqual({ refused: LENT });
  const noControl = { ...LENT, accepted: 0 };
  expect(endOf({ refused: noControl }, { refused: OTHER }).record.shown.refused).toEqual(OTHER);
});

it.each([NOW + DAY, null])('tokens that are said to have expired at %s have not', (until) => {
  const { record } = endOf({}, { refused: LENT, derived: { how: 'expired', until } });
  expect(record).toMatchObject({ outcome: 'refused', level: 'R1' });
});

it.each([
  ['the old one is gone, and it is another', 'old', 'R4', 'returned'],
  ['it is the one that is said to be gone', 'handle', 'R0', 'refused'],
])('a resource is a new one if %s', (_why, gone, level, outcome) => {
  const strict = poolOf({ can: { proves: 'R4' } });
  expect(endOf({}, { replaced: { gone } }, strict).record).toMatchObject({ level, outcome });
});

describe('a pool that asks for more than it has steps to show', () => {
  const bare = poolOf({ can: { leavesNothing: true, rotates: false } });
  const strict = { ...bare, policy: { ...bare.policy, minProof: 'R1' as const } };

  it('lends nothing again when a loan ends', () => {
    const world = aWorld([strict], {
      resources: [aResource('r1', { status: 'allocated', generation: 1 })],
      allocations: [anAllocation('r1', 'v1')],
      reservations: [aReservation('v1')],
    });
    const snapshot = run(loadReservation('v1', WORLD_NOW), world)!;
    const { changes } = end(snapshot, 'released', null, aContext());
    expect(find(changes, 'setResource', 'r1')!.set).toMatchObject({
      status: 'quarantined',
      generation: 2,
      reason: 'The return has shown R0, and the pool asks for R1.',
      nextOperation: 'verify',
      wayBack: { cause: 'loan', reservationId: 'v1' },
    });
    const events = changes.flatMap((change) => (change.do === 'append' ? change.event : []));
    const reason = 'The return has shown R0, and the pool asks for R1.';
    expect(events.map(({ type, data }) => [type, data])).toEqual(
      expect.arrayContaining([
        ['resource.return_refused', { level: 'R0', needed: 'R1' }],
        ['resource.quarantined', { from: 'dirty', reason, failures: 1 }],
      ]),
    );
    expect(changes).toContainEqual(
      expect.objectContaining({
        do: 'addReturn',
        record: expect.objectContaining({ outcome: 'refused' }) as object,
      }),
    );
  });

  it('looks again at what it keeps', () => {
    const { resource } = endOf({}, {}, strict);
    expect(resource).toMatchObject({ status: 'quarantined', nextOperation: 'verify' });
    expect(resource.dueAt).toBe(context().now + strict.policy.cleaning.quarantineRetry);
  });
});
