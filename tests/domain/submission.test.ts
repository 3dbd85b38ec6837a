import type { Change } from '../../src/domain/change';
import { loadSubmission } from '../../src/domain/loans/loading';
import type { Resource } from '../../src/domain/lifecycle/resource';
import { turnaroundOf } from '../../src/domain/lifecycle/turnaround';
import type { RequestItem } from '../../src/domain/loans/reservation';
import { MAX_RESOURCES, submit, type Submission } from '../../src/domain/loans/submission';
import { NO_CAPS } from '../../src/domain/queue/caps';
import { MAX_CLASSES } from '../../src/domain/queue/matching';
import { aPool, aReservation, aResource, anEntry } from './support/objects';
import { codeOf } from './support/thrown';
import { aContext, aWorld, NOW, run, type World } from './support/world';

/** What becomes of a request: a loan at once, a place in the queues, or a refusal. */

const pool = aPool({ size: 3 });
const free = [aResource('r1'), aResource('r2'), aResource('r3')];
const item = (fields: Partial<RequestItem> = {}): RequestItem => ({
  pool: 'pool',
  count: 1,
  ...fields,
});

function submission(fields: Partial<Submission> = {}): Submission {
  const unset = { apiTokenId: null, access: null, sealedAccess: null, note: null, requestId: null };
  return {
    id: 'v9',
    userId: 'u1',
    items: [item()],
    priority: 0,
    maxPriority: 0,
    queueTimeout: null,
    ...unset,
    onRelease: 'clean',
    via: 'v1',
    ...fields,
  };
}

function submitted(world: World, fields: Partial<Submission> = {}) {
  const asked = submission(fields);
  const snapshot = run(loadSubmission(asked, NOW), world);
  return submit(snapshot, asked, aContext());
}

const world = (things: Partial<World> = {}) => aWorld([pool], { resources: free, ...things });
const refusal = (of: World, fields: Partial<Submission>) => codeOf(() => submitted(of, fields));
const allocated = (changes: Change[]) =>
  changes.flatMap((change) => (change.do === 'allocate' ? change.allocation.resourceId : []));
const queued = (changes: Change[]) =>
  changes.flatMap((change) => (change.do === 'enqueue' ? change.entry : []));

it('what is available is lent at once, and the lease begins', () => {
  const { changes, value } = submitted(world(), { items: [item({ count: 2 })] });
  expect(allocated(changes)).toEqual(['r1', 'r2']);
  expect(value.reservation).toMatchObject({
    id: 'v9',
    status: 'active',
    startsAt: NOW,
    endsAt: NOW + pool.policy.lease.default!,
  });
  expect(queued(changes)).toEqual([]);
});

it('a loan on which access must be opened is prepared first, and its lease has not begun', () => {
  const opens = { ...pool, capabilities: { ...pool.capabilities, opensAccess: true } };
  const { value } = submitted(aWorld([opens], { resources: free }));
  expect(value.reservation).toMatchObject({
    status: 'preparing',
    startsAt: null,
    deadlineAt: NOW + pool.policy.lease.prepare,
  });
});

describe('a bundle is lent as a whole or waits as a whole', () => {
  const other = aPool({ id: 'p2', name: 'other', size: 1 });
  const both = [item(), item({ pool: 'other' })];
  const asked = (things: Resource[]) =>
    submitted(aWorld([pool, other], { resources: [...free, ...things] }), { items: both });
  const lent = { poolId: 'p2', classId: 2, status: 'allocated', backAt: NOW + 5 } as const;
  const holds = (changes: Change[]) =>
    changes.flatMap((change) =>
      change.do === 'setResource' ? { id: change.id, ...change.set } : [],
    );

  it('and keeps what falls to it until the rest comes, however much there is of it', () => {
    const { changes, value } = asked([aResource('r4', lent)]);
    expect(allocated(changes)).toEqual([]);
    expect(value.reservation).toMatchObject({ status: 'queued', deadlineAt: null });
    expect(queued(changes).map(({ item: index, classId }) => [index, classId])).toEqual([
      [0, 1],
      [1, 2],
    ]);
    const heldUntil = NOW + 5 + turnaroundOf(other);
    expect(holds(changes)).toEqual([{ id: 'r1', heldFor: 'v9', heldItem: 0, heldUntil }]);
  });

  it('and keeps nothing if no time brings the rest', () => {
    const { changes } = asked([aResource('r4', { ...lent, adminState: 'maintenance' })]);
    expect(queued(changes)).toHaveLength(2);
    expect(holds(changes)).toEqual([]);
    expect(changes).toContainEqual({ do: 'setParked', reservationId: 'v9', parked: true });
  });

  it('and takes what is held for another only until then', () => {
    const held = { ...lent, status: 'available', heldFor: 'v1', heldItem: 0 } as const;
    const until = (heldUntil: number) => asked([aResource('r4', { ...held, heldUntil })]).changes;
    const back = NOW + pool.policy.lease.default! + turnaroundOf(other);
    expect(allocated(until(back))).toEqual(['r1', 'r4']);
    expect(allocated(until(back - 1))).toEqual([]);
  });
});

it('nobody jumps the queue, unless by priority', () => {
  const waiting = {
    reservations: [
      aReservation('v1', { status: 'queued', items: [{ count: 3 }], requestedAt: NOW - 1 }),
    ],
    entries: [anEntry('v1', { count: 3, missing: 3, rank: NOW - 1, requestedAt: NOW - 1 })],
    resources: [
      free[0]!,
      ...['r2', 'r3'].map((id) => aResource(id, { status: 'allocated', backAt: NOW + 1 })),
    ],
  };
  expect(allocated(submitted(world(waiting)).changes)).toEqual([]);
  expect(allocated(submitted(world(waiting), { priority: 5, maxPriority: 5 }).changes)).toEqual([
    'r1',
  ]);
});

describe('a request is refused', () => {
  const none = world({ resources: [] });
  it.each<[string, Partial<Submission>, string]>([
    ['for a pool that does not exist', { items: [item({ pool: 'none' })] }, 'not_found'],
    ['for what no pool lends', { items: [{ kind: 'vm', count: 1 }] }, 'not_found'],
    ['for a resource that does not exist', { items: [item({ resource: 'r8' })] }, 'not_found'],
    ['for more than the pool can ever hold', { items: [item({ count: 4 })] }, 'unsatisfiable'],
    ['with a higher priority than its credential allows', { priority: 1 }, 'invalid'],
    ['for too much at once', { items: [item({ count: MAX_RESOURCES + 1 })] }, 'invalid'],
    ['for a named resource twice over', { items: [item({ resource: 'r1', count: 2 })] }, 'invalid'],
    [
      'for a resource that it names twice',
      { items: [item({ resource: 'r1' }), item({ resource: 'pool-r1' })] },
      'invalid',
    ],
    ['for longer than the policy allows', { duration: 1e12 }, 'over_maximum'],
    ['for a lease without an end', { duration: null }, 'invalid'],
  ])('%s', (_name, fields, code) => expect(refusal(world(), fields)).toBe(code));

  it.each<[Partial<Submission>, unknown]>([
    [{ items: [item(), item({ pool: 'none' })] }, ['items', 1, 'pool']],
    [{ items: [{ pools: ['pool', 'none'], count: 1 }] }, ['items', 0, 'pools', 1]],
    [{ items: [{ kind: 'vm', count: 1 }] }, ['items', 0]],
    [{ items: [item({ resource: 'r8' })] }, ['items', 0, 'resource']],
    [{ items: [item(), item({ count: 4 })] }, ['items', 1, 'count']],
    [{ items: [item({ resource: 'r1', count: 2 })] }, ['items', 0, 'count']],
    [{ items: [item({ count: MAX_RESOURCES + 1 })] }, 'items'],
    [{ access: { username: 'me' } }, 'access'],
    [{ priority: 1 }, 'priority'],
  ])('for %j by the name of its field', (fields, field) => {
    expect(() => submitted(world(), fields)).toThrow(expect.objectContaining({ field }));
  });

  it('for more classes of resources than can be looked at, by one item or by all', () => {
    const types = Array.from({ length: MAX_CLASSES + 1 }, (_, n) => `t${n}`).map((name) => ({
      name,
      share: 1,
      spec: {},
    }));
    const wide = (count: number) =>
      aWorld([aPool({ size: count, types: types.slice(0, count) })], { resources: [] });
    expect(refusal(wide(MAX_CLASSES), {})).toBeUndefined();
    expect(() => submitted(wide(MAX_CLASSES + 1), {})).toThrow(
      expect.objectContaining({ code: 'too_many_classes', field: ['items', 0] }),
    );
  });

  it('no sooner than it asks for one too many', () => {
    const large = aWorld([aPool({ size: MAX_RESOURCES })], { resources: [] });
    expect(refusal(large, { items: [item({ count: MAX_RESOURCES })] })).toBeUndefined();
  });

  it('where it would have to wait and will not', () =>
    expect(refusal(none, { queueTimeout: 0 })).toBe('unavailable_now'));

  it('over a cap of its user or of the queue', () => {
    const has = (status: 'active' | 'queued') => ({
      reservations: [aReservation('v1', { status })],
      entries: status === 'queued' ? [anEntry('v1')] : [],
    });
    const caps = (fields: object) => ({ caps: { ...NO_CAPS, ...fields } });
    expect(refusal(world(has('active')), caps({ active: 1 }))).toBe('too_many_active');
    expect(refusal({ ...none, ...has('queued') }, caps({ queued: 1 }))).toBe('too_many_queued');
    expect(refusal({ ...none, ...has('queued') }, caps({ queue: 1 }))).toBe('queue_full');
    expect(refusal(world(has('active')), caps({ active: 2 }))).toBeUndefined();
  });
});

it('a request waits no longer than it says, and one that leaves nothing waits where it may', () => {
  const { value, changes } = submitted(world({ resources: [] }), { queueTimeout: 50 });
  expect(value.reservation).toMatchObject({ status: 'queued', deadlineAt: NOW + 50 });
  expect(queued(changes)).toEqual([
    expect.objectContaining({ reservationId: 'v9', classId: 1, count: 1, missing: 1, rank: NOW }),
  ]);
});
