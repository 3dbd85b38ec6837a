import type { Change } from '../../src/domain/change';
import {
  cleanAgain,
  deleteResource,
  setAdminState,
  undrain,
  unquarantine,
} from '../../src/domain/lifecycle/admin';
import { giveCredential, requireNewValue } from '../../src/domain/lifecycle/given-credential';
import { loadCredentials, loadResource } from '../../src/domain/lifecycle/loading';
import { accessRevoked } from '../../src/domain/loans/ending';
import type { Resource } from '../../src/domain/lifecycle/resource';
import type { Pool } from '../../src/domain/pools/pool';
import { aPool, anAllocation, aReservation, aResource, anEntry } from './support/objects';
import { codeOf } from './support/thrown';
import { aContext, aWorld, NOW, run, type World } from './support/world';

/** What an admin does to a resource. */

const makesNone = { ...aPool().capabilities, provisions: false };
const world = (
  fields: Partial<Resource> = {},
  pool: Partial<Pool> = {},
  things: Partial<World> = {},
) => aWorld([aPool(pool)], { resources: [aResource('r1', fields)], ...things });
const snapshot = (of: World) => run(loadResource('r1', NOW), of)!;
const context = aContext();
const sizes = (changes: Change[]) =>
  changes.flatMap((change) => (change.do === 'setPool' ? change.set.size : []));
const fields = (changes: Change[]) =>
  Object.assign(
    {},
    ...changes.map((change) => (change.do === 'setResource' ? change.set : {})),
  ) as Partial<Resource>;

describe('the load of a resource', () => {
  it('has who holds it while it is lent, and who waits for it', () => {
    const lent = world(
      { status: 'allocated' },
      {},
      {
        reservations: [aReservation('v1'), aReservation('v2', { status: 'queued' })],
        allocations: [anAllocation('r1', 'v1')],
        entries: [anEntry('v2', { resourceId: 'r1', count: 1, missing: 1 })],
      },
    );
    expect(snapshot(lent).holder).toMatchObject({ id: 'v1' });
    expect(snapshot(lent).queues.requests.map(({ reservationId }) => reservationId)).toEqual([
      'v2',
    ]);
    expect(snapshot(world()).holder).toBeNull();
  });

  it('finds it by name; there is none without its pool', () => {
    expect(run(loadResource('pool-r1', NOW), world())).toMatchObject({ resource: { id: 'r1' } });
    expect(run(loadResource('none', NOW), world())).toBeNull();
    expect(run(loadResource('r1', NOW), { ...world(), pools: [] })).toBeNull();
  });
});

describe('out of service', () => {
  it('nobody gets it, and who had it held lacks it again', () => {
    const { changes } = setAdminState(
      snapshot(world({ heldFor: 'v1', heldItem: 0 })),
      'maintenance',
      context,
    );
    expect(fields(changes)).toMatchObject({ adminState: 'maintenance', heldFor: null });
    expect(changes).toContainEqual({ do: 'releaseHold', reservationId: 'v1', item: 0 });
  });

  it('and back, it goes to whoever waits', () => {
    const waited = world(
      { adminState: 'maintenance' },
      {},
      {
        reservations: [aReservation('v1', { status: 'queued', items: [{ count: 1 }] })],
        entries: [anEntry('v1', { count: 1, missing: 1 })],
      },
    );
    const { changes } = setAdminState(snapshot(waited), 'in_service', context);
    expect(changes.filter((change) => change.do === 'allocate')).toHaveLength(1);
  });

  it('is no state for what is gone or going, and changes nothing where it is one already', () => {
    const set = (of: Partial<Resource>) => () =>
      setAdminState(snapshot(world(of)), 'maintenance', context);
    expect(codeOf(set({ status: 'destroyed' }))).toBe('not_found');
    expect(codeOf(set({ status: 'destroying' }))).toBe('conflict');
    expect(set({ adminState: 'maintenance' })().changes).toEqual([]);
  });
});

describe('a resource that changes its state', () => {
  const waited = (of: Partial<Resource>) =>
    world(
      of,
      {},
      {
        reservations: [aReservation('v1', { status: 'queued', items: [{ count: 1 }] })],
        entries: [anEntry('v1', { count: 1, missing: 1 })],
      },
    );
  const lends = (changes: Change[]) => changes.some((change) => change.do === 'allocate');

  it('goes on with what is under way, and no more is written than that', () => {
    const { changes } = setAdminState(
      snapshot(world({ operationId: 'op' })),
      'maintenance',
      context,
    );
    expect(changes).toEqual([
      {
        do: 'setResource',
        id: 'r1',
        set: { adminState: 'maintenance', heldFor: null, heldItem: null, heldUntil: null },
      },
      {
        do: 'append',
        event: {
          type: 'resource.admin_state',
          poolId: 'p1',
          resourceId: 'r1',
          data: { from: 'in_service', to: 'maintenance' },
        },
      },
    ]);
  });

  it('goes to whoever waits only when it is in service, clean, and was not before', () => {
    const set = (of: Partial<Resource>, to: 'maintenance' | 'in_service') =>
      lends(setAdminState(snapshot(waited(of)), to, context).changes);
    expect(set({ adminState: 'maintenance' }, 'in_service')).toBe(true);
    expect(set({ adminState: 'maintenance', status: 'dirty' }, 'in_service')).toBe(false);
    expect(set({}, 'maintenance')).toBe(false);
    const kept = setAdminState(
      snapshot(world({ heldFor: 'v9', heldItem: 0, adminState: 'maintenance' })),
      'in_service',
      context,
    );
    expect(kept.changes.some((change) => change.do === 'releaseHold')).toBe(false);
  });
});

describe('the size of a managed pool', () => {
  it('falls with a resource that is deleted, and with a drained one where none can be made', () => {
    const drain = (pool: Partial<Pool>) =>
      sizes(setAdminState(snapshot(world({}, pool)), 'draining', context).changes);
    expect(sizes(deleteResource(snapshot(world()), context).changes)).toEqual([2]);
    expect([drain({}), drain({ capabilities: makesNone })]).toEqual([[], [2]]);
    expect(
      sizes(deleteResource(snapshot(world({}, { sizing: 'manual' })), context).changes),
    ).toEqual([]);
  });

  it('falls by one version, and no lower than nothing; the resource remembers that', () => {
    const deleted = (pool: Partial<Pool>) =>
      deleteResource(snapshot(world({}, pool)), context).changes;
    const written = (changes: Change[]) =>
      changes.flatMap((change) => (change.do === 'setPool' ? [change.set] : []));
    expect(written(deleted({ size: 1, version: 4 }))).toMatchObject([{ size: 0, version: 5 }]);
    expect(fields(deleted({}))).toMatchObject({ adminState: 'draining', shrinks: true });
    expect(written(deleted({ size: 0 }))).toEqual([]);
    expect(fields(deleted({ size: 0 }))).not.toHaveProperty('shrinks');
    const lent = { status: 'allocated', adminState: 'draining', shrinks: true } as const;
    expect(fields(undrain(snapshot(world(lent)), context).changes)).toMatchObject({
      adminState: 'in_service',
      shrinks: false,
    });
  });

  it('does not change for what is deleted already, or was never to go', () => {
    const going = { status: 'allocated', adminState: 'draining' } as const;
    expect(deleteResource(snapshot(world(going)), context).changes).toEqual([]);
    expect(codeOf(() => deleteResource(snapshot(world({ status: 'destroyed' })), context))).toBe(
      'not_found',
    );
    for (const staying of [{ status: 'allocated' }, { adminState: 'draining' }] as const)
      expect(undrain(snapshot(world(staying)), context).changes).toEqual([]);
  });

  it('comes back with a resource that stays after all, once', () => {
    const lent = { status: 'allocated', adminState: 'draining' } as const;
    const kept = (of: Partial<Resource>) => sizes(undrain(snapshot(world(of)), context).changes);
    expect(kept({ ...lent, shrinks: true })).toEqual([4]);
    expect(kept(lent)).toEqual([4]);
    expect(kept({ adminState: 'draining' })).toEqual([]);
  });
});

describe('cleaned again', () => {
  it('it goes the whole way before anybody gets it', () => {
    const { changes } = cleanAgain(snapshot(world({ handle: 'h' })), context);
    expect(fields(changes)).toMatchObject({ status: 'dirty', nextOperation: 'clean', dueAt: NOW });
  });

  it.each(['dirty', 'quarantined'] as const)(
    'a login that is still to be closed is closed first, where it is %s',
    (status) => {
      const pending = { status, handle: 'h', nextOperation: 'closeAccess' } as const;
      const of = world(pending, {}, { credentials: [] });
      const given = giveCredential(
        run(loadCredentials('r1', NOW), of)!,
        { id: 'c', resourceId: 'r1', state: 'current', sealed: 's', createdAt: 1 },
        {},
        context,
      );
      for (const { changes } of [cleanAgain(snapshot(of), context), given]) {
        expect(fields(changes)).toMatchObject({ status: 'dirty', nextOperation: 'closeAccess' });
        const resource = { ...aResource('r1', pending), ...fields(changes) };
        const allocation = { ...anAllocation('r1', 'v1'), access: 'open' as const, endedAt: NOW };
        expect(accessRevoked({ allocation, resource })).toBe(false);
      }
    },
  );

  it.each<[Partial<Resource>, string]>([
    [{ status: 'allocated' }, 'in_use'],
    [{ status: 'destroying' }, 'conflict'],
    [{ status: 'provisioning' }, 'conflict'],
    [{ status: 'quarantined', adminState: 'draining' }, 'conflict'],
    [{ status: 'destroyed' }, 'not_found'],
  ])('it is not while %j', (of, code) =>
    expect(codeOf(() => cleanAgain(snapshot(world(of)), context))).toBe(code),
  );

  it('one that was never made is made now', () => {
    const unmade = { status: 'quarantined', nextOperation: 'provision' } as const;
    expect(fields(cleanAgain(snapshot(world(unmade)), context).changes)).toEqual({ dueAt: NOW });
    expect(() => cleanAgain(snapshot(world({ status: 'provisioning' })), context)).toThrow(
      'pool-r1 is provisioning.',
    );
  });

  it('one that may have nothing behind it goes the whole way of a loan', () => {
    const opens = { ...aPool().capabilities, opensAccess: true };
    const from = (handle: string | null) =>
      fields(
        cleanAgain(snapshot(world({ handle, status: 'dirty' }, { capabilities: opens })), context)
          .changes,
      ).nextOperation;
    expect([from(null), from('h')]).toEqual(['closeAccess', 'clean']);
  });

  it('a quarantined one is tried again at once, and an event says that it was forced', () => {
    const forced = unquarantine(snapshot(world({ status: 'quarantined' })), context).changes[1];
    expect(forced).toMatchObject({ event: { data: { forced: true } } });
  });

  it('a quarantined one is tried again at once', () => {
    const { changes } = unquarantine(snapshot(world({ status: 'quarantined' })), context);
    expect(fields(changes)).toEqual({ dueAt: NOW });
    expect(codeOf(() => unquarantine(snapshot(world()), context))).toBe('conflict');
  });
});

describe('a credential that an admin brings', () => {
  const credential = (id: string) =>
    ({ id, resourceId: 'r1', state: 'current', sealed: 's', createdAt: 1 }) as const;
  const given = (pool: Partial<Pool>) => {
    const of = world({}, pool, { credentials: [credential('old')] });
    const loaded = run(loadCredentials('r1', NOW), of)!;
    return giveCredential(loaded, credential('new'), {}, context).changes;
  };

  it('retires those before it, or replaces them where the driver cannot retire', () => {
    expect(given({})[0]).toEqual({ do: 'setCredential', id: 'old', state: 'retiring' });
    const fixed = { ...aPool().capabilities, rotates: false };
    expect(given({ capabilities: fixed })[0]).toEqual({ do: 'dropCredential', id: 'old' });
    expect(fields(given({}))).toMatchObject({ status: 'dirty', unprovenSince: NOW });
  });

  it('is of no use where the resource lends none of its own', () => {
    const none = { ...aPool().capabilities, staticCredential: false };
    expect(codeOf(() => given({ capabilities: none }))).toBe('unsupported');
  });
});

describe('an action that expects more of a resource', () => {
  const lent = snapshot(world({ status: 'allocated' }));

  it('is refused if its state is another, or if it is lent', () => {
    expect(
      codeOf(() => setAdminState(lent, 'draining', context, { expected: ['maintenance'] })),
    ).toBe('precondition_failed');
    expect(
      codeOf(() => setAdminState(lent, 'draining', context, { expected: ['in_service'] })),
    ).toBeUndefined();
    expect(codeOf(() => deleteResource(lent, context, { onlyIdle: true }))).toBe('in_use');
    expect(codeOf(() => deleteResource(lent, context))).toBeUndefined();
  });

  it('is refused if the value of a new token is that of another', () => {
    const token = { ...lent.resource, kind: 'token' as const };
    expect(codeOf(() => requireNewValue(token, 'another'))).toBe('conflict');
    expect(codeOf(() => requireNewValue(token, token.id))).toBeUndefined();
    expect(codeOf(() => requireNewValue(token, null))).toBeUndefined();
  });
});
