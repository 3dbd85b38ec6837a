import type { ReservationSnapshot } from '../../src/domain/loans/ending';
import { anAllocation, aReservation, aResource } from '../store/rows';
import {
  AWAY,
  done,
  failed,
  find,
  NO_QUEUES,
  NOW,
  poolOf,
  report,
  SECOND,
  standingAt,
} from './support/lifecycle';

/** How a resource gets to its next holder, told on plain rows. */

describe('a pool whose resources rest after cleaning', () => {
  const pool = poolOf({ cleaning: { cooldown: 30 * SECOND } });
  const verified = (cleanedAt: number) =>
    report(standingAt('verify', { pool, resource: { cleanedAt } }), [done('verify')]);

  it('lends none before that, and verifies each once more then', () => {
    const { resource, operation } = verified(NOW - 30 * SECOND + 1);
    expect(resource).toMatchObject({
      status: 'dirty',
      nextOperation: 'verify',
      dueAt: NOW + 1,
      operationId: null,
    });
    expect(operation.outcome).toBe('done');
  });

  it('lends it when the time is over', () => {
    expect(verified(NOW - 30 * SECOND).resource.status).toBe('available');
  });
});

describe('a resource that is ready', () => {
  const waiting = {
    reservationId: 'loan',
    rank: 1,
    requestedAt: 1,
    overtaken: 0,
    lasts: null,
    parked: false,
    items: [{ classes: [1], resourceId: null, count: 1, missing: 1 }],
  };
  const reservations = { loan: aReservation('loan', { status: 'queued' }) };
  const queued = (resource = {}) =>
    report(
      standingAt('verify', {
        queues: { ...NO_QUEUES, requests: [waiting] },
        reservations,
        resource: { generation: 4, ...resource },
        operation: { generation: 4 },
      }),
      [done('verify')],
    );

  it('goes to the first in its queue at once, in one update of its row', () => {
    const after = queued();
    expect(after.resource).toMatchObject({
      status: 'allocated',
      generation: 5,
      nextOperation: null,
      dueAt: null,
      verifiedAt: NOW,
    });
    expect(find(after.changes, 'setReservation', 'loan')!.set).toMatchObject({ status: 'active' });
    expect(after.changes).toContainEqual(
      expect.objectContaining({
        do: 'allocate',
        allocation: expect.objectContaining({ id: 'r1.5', reservationId: 'loan' }),
      }),
    );
    expect(after.operation.outcome).toBe('done');
  });

  it.each([
    ['is in maintenance', { adminState: 'maintenance' as const }],
    ['has expired', { expiresAt: NOW }],
  ])('goes to nobody where it %s', (_why, fields) => {
    const after = queued(fields);
    expect(after.resource).toMatchObject({ status: 'available', generation: 4 });
    expect(find(after.changes, 'setReservation', 'loan')).toBeUndefined();
  });
});

describe('access that is opened for a holder', () => {
  const reservation = aReservation('loan', { status: 'preparing', deadlineAt: NOW + 1 });
  const allocation = anAllocation('r1', 'loan', { access: 'opening' });
  const opening = (others: 'opening' | 'open' | null, fields: Partial<typeof reservation> = {}) => {
    const snapshot = standingAt('openAccess', {
      pool: poolOf({ can: { opensAccess: true } }),
      allocation,
      credentials: [],
      resource: { status: 'allocated', generation: 1, failures: 1, reason: 'It was away.' },
      operation: { generation: 1 },
    });
    const other = anAllocation('r2', 'loan', { access: others ?? 'open' });
    const beside = { allocation: other, resource: aResource('r2', { status: 'allocated' }) };
    const { resource } = snapshot.task;
    const loan: ReservationSnapshot = {
      ...snapshot,
      reservation: { ...reservation, ...fields },
      holdings: [{ allocation, resource }, ...(others ? [beside] : [])],
      held: [],
    };
    return { ...snapshot, loan };
  };

  it('begins the lease', () => {
    const after = report(opening(null), [done('openAccess')]);
    expect(find(after.changes, 'setAllocation', 'r1.1')!.set).toEqual({
      access: 'open',
      sealedAccess: 'sealed access',
    });
    expect(find(after.changes, 'setReservation', 'loan')!.set).toMatchObject({
      status: 'active',
      startsAt: NOW,
      endsAt: NOW + 60_000,
    });
    expect(after.resource).toMatchObject({
      status: 'allocated',
      nextOperation: null,
      dueAt: null,
      operationId: null,
      failures: 0,
    });
  });

  it('shows no failure of the attempts before', () => {
    const after = report(opening(null), [done('openAccess')]);
    expect(after.resource.reason).toBeNull();
  });

  it('begins the lease only when it is open for all of the loan', () => {
    const first = report(opening('opening'), [done('openAccess')]);
    expect(find(first.changes, 'setReservation', 'loan')).toBeUndefined();
    const last = report(opening('open'), [done('openAccess')]);
    expect(find(last.changes, 'setReservation', 'loan')!.set.status).toBe('active');
  });

  it('too late ends the loan, and the resource goes to be cleaned', () => {
    const after = report(opening(null, { deadlineAt: NOW }), [done('openAccess')]);
    expect(find(after.changes, 'setReservation', 'loan')!.set).toMatchObject({
      status: 'ended',
      endReason: 'failed',
      endDetail: 'Access could not be opened in time.',
    });
    expect(find(after.changes, 'setAllocation', 'r1.1')!.set).toEqual({
      access: 'open',
      sealedAccess: 'sealed access',
      endedAt: NOW,
    });
    expect(after.resource).toMatchObject({
      status: 'dirty',
      generation: 2,
      nextOperation: 'closeAccess',
      operationId: null,
    });
    expect(after.operation.outcome).toBe('done');
  });

  it('begins the lease of a loan without a deadline', () => {
    const after = report(opening(null, { deadlineAt: null }), [done('openAccess')]);
    expect(find(after.changes, 'setReservation', 'loan')!.set.status).toBe('active');
  });

  it('or cannot be opened, by the fault of one resource, ends the whole loan', () => {
    const after = report(opening('open'), [failed('openAccess')]);
    expect(find(after.changes, 'setReservation', 'loan')!.set).toMatchObject({
      endReason: 'failed',
      endDetail: 'Access could not be opened.',
    });
    expect(after.resource).toMatchObject({ status: 'dirty', generation: 2, operationId: null });
    expect(after.resource.reason).toBe('It broke.');
    expect(find(after.changes, 'setResource', 'r2')!.set.status).toBe('dirty');
    expect(after.operation).toMatchObject({ outcome: 'failed', error: 'It broke.' });
  });

  it('waits where the back end is away: the loan may still begin', () => {
    const after = report(opening(null), [failed('openAccess', AWAY)]);
    expect(find(after.changes, 'setReservation', 'loan')).toBeUndefined();
    expect(after.operation.outcome).toBeNull();
  });
});
