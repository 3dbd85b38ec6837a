import { wayBackFrom } from '../../src/domain/returns/way-back';
import { GENERATION_STEP, invalidateRestored, withdraw } from '../../src/domain/lifecycle/restored';
import { retire } from '../../src/domain/lifecycle/retirement';
import type { Resource } from '../../src/domain/lifecycle/resource';
import { updatedTwice } from '../helpers/writing-once';
import { context, find, NOW, poolOf } from './support/lifecycle';
import { aResource } from './support/objects';

/** Resources that are not to be trusted any more, or not to be any more. */

const pools = { p1: poolOf() };
const restore = (fields: Partial<Resource>) => {
  const resources = [aResource('r1', { generation: 3, ...fields })];
  const { changes, value } = invalidateRestored({ resources, pools }, context());
  expect(updatedTwice(changes)).toEqual([]);
  expect(value).toBe(1);
  return { changes, set: find(changes, 'setResource', 'r1')?.set };
};
const RAISED = {
  generation: 3 + GENERATION_STEP,
  failures: 0,
  unprovenSince: NOW,
  wayBack: wayBackFrom('restore', NOW),
};

describe('a resource from a backup', () => {
  it('that is available is withdrawn before anything else happens', () => {
    const resources = [aResource('r1'), aResource('r2')];
    const { changes, value } = withdraw({ resources, pools }, context());
    expect(value).toBe(2);
    for (const id of ['r1', 'r2'])
      expect(find(changes, 'setResource', id)!.set).toMatchObject({
        status: 'dirty',
        nextOperation: 'clean',
        dueAt: NOW,
      });
  });

  it.each(['available', 'dirty', 'cleaning'] as const)(
    'that is %s is fenced from all that came after the backup, and cleaned',
    (status) => {
      const { changes, set } = restore({ status, failures: 2, operationId: 'op' });
      expect(set).toMatchObject({
        ...RAISED,
        status: 'dirty',
        nextOperation: 'clean',
        dueAt: NOW,
        operationId: null,
      });
      expect(find(changes, 'setOperation', 'op')!.set.outcome).toBe('superseded');
      expect(find(changes, 'setAllocation', 'r1.2')!.set).toEqual({
        sealedAccess: null,
      });
      expect(changes).toContainEqual({
        do: 'append',
        event: {
          type: 'resource.restored',
          poolId: 'p1',
          resourceId: 'r1',
          data: { generation: RAISED.generation },
        },
      });
    },
  );

  it.each<Partial<Resource>>([
    { status: 'provisioning', nextOperation: 'provision' },
    { status: 'destroying', nextOperation: 'destroy' },
    { status: 'quarantined', nextOperation: 'provision', handle: 'h' },
    { status: 'quarantined', nextOperation: 'destroy', handle: 'h' },
    { status: 'quarantined', nextOperation: 'clean', handle: null },
  ])('that is being made or removed goes on with that: %j', (fields) => {
    const { changes, set } = restore({ dueAt: NOW + 5, operationId: 'op', ...fields });
    expect(set).toEqual({ ...RAISED, operationId: null, dueAt: NOW });
    expect(find(changes, 'setOperation', 'op')!.set.outcome).toBe('superseded');
    const idle = restore({ ...fields, operationId: null });
    expect(idle.changes.some((change) => change.do === 'setOperation')).toBe(false);
  });

  it('that is quarantined for anything else is cleaned', () => {
    const { set } = restore({ status: 'quarantined', nextOperation: 'verify', handle: 'h' });
    expect(set).toMatchObject({ status: 'dirty', nextOperation: 'clean' });
  });

  it('that is gone stays gone', () => {
    expect(restore({ status: 'destroyed' }).changes).toEqual([]);
  });
});

describe('a resource that is removed for good', () => {
  it.each(['available', 'dirty', 'cleaning', 'provisioning', 'quarantined'] as const)(
    'goes at once where it is %s, whatever it did and whoever had it held',
    (status) => {
      const held = { heldFor: 'v1', heldItem: 0, heldUntil: NOW + 1 };
      const fields = { operationId: 'op', ...held, failures: 2, reason: 'x' };
      const changes = retire(aResource('r1', { status, ...fields }), context());
      expect(find(changes, 'setResource', 'r1')!.set).toEqual({
        status: 'destroying',
        adminState: 'draining',
        heldFor: null,
        heldItem: null,
        heldUntil: null,
        nextOperation: 'destroy',
        dueAt: NOW,
        operationId: null,
        failures: 0,
        reason: null,
        changedAt: NOW,
      });
      expect(find(changes, 'setOperation', 'op')!.set.outcome).toBe('superseded');
      expect(changes).toContainEqual({ do: 'releaseHold', reservationId: 'v1', item: 0 });
    },
  );

  it('goes when its loan ends where it is lent', () => {
    const [set, event, ...rest] = retire(aResource('r1', { status: 'allocated' }), context());
    expect(set).toEqual({ do: 'setResource', id: 'r1', set: { adminState: 'draining' } });
    expect(event).toMatchObject({ event: { type: 'resource.admin_state' } });
    expect(rest).toEqual([]);
  });

  it.each(['destroying', 'destroyed'] as const)('that is %s already is left alone', (status) => {
    expect(retire(aResource('r1', { status }), context())).toEqual([]);
  });
});
