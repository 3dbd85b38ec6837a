import type { Breaker } from '../../src/domain/change';
import type { Resource } from '../../src/domain/lifecycle/resource';
import { turnaroundOf } from '../../src/domain/lifecycle/turnaround';
import type { Pool } from '../../src/domain/pools/pool';
import { OPEN_LOAN_PATIENCE } from '../../src/domain/queue/outlook';
import { QUEUE_DEPTH } from '../../src/domain/queue/ranks';
import { loadQueues } from '../../src/domain/queue/loading';
import { loadReview, review } from '../../src/domain/queue/review';
import { schedule } from '../../src/domain/queue/scheduling';
import { aPool, aReservation, aResource, anEntry } from './support/objects';
import { aWorld, NOW, run, type World } from './support/world';

/**
 * A bundle of two waits: one of `wide`, where something is available, and one of `rare`, where the
 * only resource cannot be lent now. Does it hold what it can get, and until when may others have that?
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const wide = aPool({ id: 'p1', name: 'wide' });
const rare = aPool({ id: 'p2', name: 'rare' });
const TURNAROUND = turnaroundOf(rare);
const MAKING = TURNAROUND + rare.policy.cleaning.deadline;

/** It asked a minute ago. */
const asked = { status: 'queued', requestedAt: NOW - MINUTE } as const;
const bundle = aReservation('bundle', { ...asked, items: [{ count: 1 }, { count: 1 }] });
const entry = (item: number, classId: number, fields = {}) =>
  anEntry('bundle', {
    item,
    classId,
    count: 1,
    missing: 1,
    rank: asked.requestedAt,
    requestedAt: asked.requestedAt,
    ...fields,
  });
const inWide = (id: string, fields: Partial<Resource> = {}) =>
  aResource(id, { poolId: 'p1', classId: 1, ...fields });
const inRare = (fields: Partial<Resource> = {}) =>
  aResource('r9', { poolId: 'p2', classId: 2, ...fields });

interface Waiting {
  /** The only resource of `rare`; null: there is none. */
  part: Partial<Resource> | null;
  pool?: Partial<Pool>;
  /** The back end of `rare` fails. */
  fails?: boolean;
  /** The bundle asks for it by name. */
  byName?: boolean;
}

const broken: Breaker = { poolId: 'p2', failures: 1, openUntil: NOW + 1, reason: '', since: 1 };

function worldOf({ part, pool = {}, fails = false, byName = false }: Waiting): World {
  return aWorld([wide, { ...rare, ...pool }], {
    resources: [inWide('r1'), ...(part ? [inRare(part)] : [])],
    reservations: [bundle],
    entries: [entry(0, 1), entry(1, 2, { resourceId: byName ? 'r9' : null })],
    breakers: fails ? [broken] : [],
  });
}

const served = (world: World) =>
  schedule(run(loadQueues({ classIds: [1], need: QUEUE_DEPTH }, NOW), world).queues, NOW);

const lent = (backAt: number | null, since = NOW - HOUR): Partial<Resource> => ({
  status: 'allocated',
  backAt,
  changedAt: since,
});

/** Everything that a missing part can wait for and that no time brings. */
const NEVER: [string, Waiting][] = [
  ['is in maintenance', { part: { adminState: 'maintenance' } }],
  [
    'is lent until soon, and then in maintenance',
    { part: { ...lent(NOW + 1), adminState: 'maintenance' } },
  ],
  ['is drained by an admin', { part: { ...lent(NOW + 1), adminState: 'draining' } }],
  ['is being removed', { part: { status: 'destroying', adminState: 'draining' } }],
  ['is quarantined', { part: { status: 'quarantined', dueAt: NOW + 1, nextOperation: 'clean' } }],
  ['is lent without an end', { part: lent(null) }],
  [
    'is lent without an end since it asked, but for long',
    { part: lent(null, NOW - OPEN_LOAN_PATIENCE) },
  ],
  ['does not exist, in an empty pool', { part: null, pool: { sizing: 'manual' } }],
  ['does not exist, since the driver makes none', { part: null, pool: { size: 1 } }],
  ['is dirty while the back end fails', { part: { status: 'dirty' }, fails: true }],
  ['is being made while the back end fails', { part: { status: 'provisioning' }, fails: true }],
  ['is lent, and must be cleaned, while the back end fails', { part: lent(NOW + 1), fails: true }],
];

/** Everything that time brings, and when at the latest. */
const COMING: [string, Waiting, number | null][] = [
  ['is lent for a day', { part: lent(NOW + 24 * HOUR) }, NOW + 24 * HOUR + TURNAROUND],
  ['was to be back already', { part: lent(NOW - 1) }, NOW + TURNAROUND],
  ['is dirty', { part: { status: 'dirty' } }, NOW + MAKING],
  ['is being cleaned', { part: { status: 'cleaning' } }, NOW + MAKING],
  ['is being made', { part: { status: 'provisioning' } }, NOW + MAKING],
  [
    'is held for another until a known time',
    { part: { heldFor: 'other', heldItem: 0, heldUntil: NOW + HOUR } },
    NOW + HOUR,
  ],
  ['is held for another', { part: { heldFor: 'other', heldItem: 0 } }, null],
  ['is lent without an end since it asked', { part: lent(null, NOW - 1) }, null],
  [
    'needs no cleaning, and its back end fails',
    {
      part: lent(NOW + 5),
      pool: { capabilities: { ...rare.capabilities, leavesNothing: true, rotates: false } },
      fails: true,
    },
    NOW + 5,
  ],
];

const both = <T extends [string, Waiting, ...unknown[]]>(rows: T[]): T[] =>
  rows.flatMap(([name, waiting, ...rest]) => [
    [name, waiting, ...rest] as T,
    ...(waiting.part ? [[`${name}, by name`, { ...waiting, byName: true }, ...rest] as T] : []),
  ]);

describe('a bundle holds nothing and blocks nobody while the part that it misses', () => {
  it.each(both(NEVER))('%s', (_name, waiting) => {
    const { held, parked, promotions } = served(worldOf(waiting));
    expect([held, promotions]).toEqual([[], []]);
    expect(parked).toEqual([{ reservationId: 'bundle', released: [] }]);
  });

  it.each(both(NEVER))('%s: a request behind it is served at once', (_name, waiting) => {
    const world = worldOf(waiting);
    world.reservations.push(aReservation('small', { ...asked, requestedAt: NOW, duration: null }));
    world.entries.push(anEntry('small', { count: 1, missing: 1, rank: NOW, requestedAt: NOW }));
    expect(served(world).grants.map(({ reservationId }) => reservationId)).toEqual(['small']);
  });

  it.each(both(NEVER))('%s: a review takes back what it holds', (_name, waiting) => {
    const world = worldOf(waiting);
    world.resources[0] = inWide('r1', { heldFor: 'bundle', heldItem: 0, heldUntil: NOW + 1 });
    world.entries[0]!.missing = 0;
    const changes = review(run(loadReview('bundle', NOW), world)!, NOW);
    expect(changes).toEqual([
      { do: 'setParked', reservationId: 'bundle', parked: true },
      { do: 'setResource', id: 'r1', set: { heldFor: null, heldItem: null, heldUntil: null } },
      { do: 'releaseHold', reservationId: 'bundle', item: 0 },
    ]);
  });
});

describe('a bundle holds what it can get, for the time until it has everything, if its part', () => {
  it.each(both(COMING))('%s', (_name, waiting, until) => {
    const { held, parked, promotions } = served(worldOf(waiting));
    expect(parked).toEqual([]);
    expect(held.map(({ pick, ...rest }) => [pick.candidate.resourceId, rest.until])).toEqual([
      ['r1', until],
    ]);
    expect(promotions).toHaveLength(1);
  });

  it.each(both(COMING))('%s: a review ends that it is parked', (_name, waiting) => {
    const world = worldOf(waiting);
    for (const each of world.entries) each.parked = true;
    expect(review(run(loadReview('bundle', NOW), world)!, NOW)).toEqual([
      { do: 'setParked', reservationId: 'bundle', parked: false },
    ]);
  });
});

describe('a bundle of several of one class', () => {
  const three = (resources: Resource[], count: number) =>
    served(
      aWorld([wide], {
        resources,
        reservations: [aReservation('bundle', { ...asked, items: [{ count }] })],
        entries: [entry(0, 1, { count, missing: count })],
      }),
    );
  const away = (id: string, at: number | null) => inWide(id, lent(at));

  it('waits for the last that it needs, not for the last there is', () => {
    const resources = [inWide('r1'), away('r2', NOW + HOUR), away('r3', NOW + 5 * HOUR)];
    expect(three(resources, 2).held.map(({ until }) => until)).toEqual([NOW + HOUR + TURNAROUND]);
  });

  it('does not take what it has itself for what is still to come', () => {
    const resources = [inWide('r1'), inWide('r2'), inWide('r3', { adminState: 'maintenance' })];
    const { held, parked } = three(resources, 3);
    expect([held, parked.length]).toEqual([[], 1]);
  });

  it.each([
    ['holds', 3],
    ['gets', 2],
  ])('waits for what an older request %s in the same decision', (_what, count) => {
    const before = { rank: asked.requestedAt - 1, requestedAt: asked.requestedAt - 1 };
    const world = aWorld([wide, rare], {
      resources: [inWide('r1'), inWide('r2'), inWide('r3', { status: 'dirty' }), inRare()],
      reservations: [
        aReservation('older', { ...asked, items: [{ count }] }),
        aReservation('bundle', { ...asked, items: [{ count: 3 }, { count: 1 }] }),
      ],
      entries: [
        anEntry('older', { count, missing: count, ...before }),
        entry(0, 1, { count: 3, missing: 3 }),
        entry(1, 2),
      ],
    });
    const loaded = run(loadQueues({ classIds: [1, 2], need: QUEUE_DEPTH }, NOW), world);
    const { held, parked } = schedule(loaded.queues, NOW);
    expect(parked).toEqual([]);
    expect(held.at(-1)).toMatchObject({
      reservationId: 'bundle',
      pick: { candidate: { resourceId: 'r9' } },
    });
  });

  it('gives back what it holds of one item when the last can come no more', () => {
    const world = aWorld([wide], {
      resources: [
        inWide('r1', { heldFor: 'bundle', heldItem: 0 }),
        inWide('r2', { status: 'quarantined' }),
      ],
      reservations: [aReservation('bundle', { ...asked, items: [{ count: 2 }] })],
      entries: [entry(0, 1, { count: 2, missing: 1 })],
    });
    const changes = review(run(loadReview('bundle', NOW), world)!, NOW);
    expect(changes[0]).toEqual({ do: 'setParked', reservationId: 'bundle', parked: true });
    expect(served(world).parked).toHaveLength(1);
  });

  it('waits for one that is held for another, though its own are held until then, too', () => {
    const until = NOW + HOUR;
    const world = aWorld([wide], {
      resources: [
        inWide('r1', { heldFor: 'bundle', heldItem: 0, heldUntil: until }),
        inWide('r2', { heldFor: 'other', heldItem: 0, heldUntil: until }),
      ],
      reservations: [aReservation('bundle', { ...asked, items: [{ count: 2 }] })],
      entries: [entry(0, 1, { count: 2, missing: 1 })],
    });
    expect(review(run(loadReview('bundle', NOW), world)!, NOW)).toEqual([]);
  });

  it('holds nothing in a pool that has fewer', () => {
    const { held, parked } = three([inWide('r1'), inWide('r2')], 3);
    expect([held, parked.length]).toEqual([[], 1]);
  });
});

describe('what is held until a known time', () => {
  const until = NOW + HOUR;
  /** Held for the bundle, whose part is lent until then; `small` comes later and lasts this long. */
  function withSmall(lasts: number | null, fields: Partial<Resource> = {}): World {
    const world = worldOf({ part: lent(until - TURNAROUND) });
    world.resources[0] = inWide('r1', {
      heldFor: 'bundle',
      heldItem: 0,
      heldUntil: until,
      ...fields,
    });
    Object.assign(world.entries[0]!, { missing: 0, rank: -9e14 });
    Object.assign(world.entries[1]!, { rank: -9e14 });
    world.reservations.push(
      aReservation('small', { ...asked, requestedAt: NOW, duration: lasts, prepare: 0 }),
    );
    world.entries.push(anEntry('small', { count: 1, missing: 1, rank: NOW, requestedAt: NOW }));
    return world;
  }
  const filled = (world: World) =>
    schedule(
      run(loadQueues({ classIds: [1], need: QUEUE_DEPTH, holes: 'all' }, NOW), world).queues,
      NOW,
    );
  const room = HOUR - turnaroundOf(wide);

  it('is lent to a request that is done with it before, cleaning included', () => {
    const { grants, taken, promotions } = filled(withSmall(room));
    expect(grants.map(({ reservationId }) => reservationId)).toEqual(['small']);
    expect(taken).toEqual([{ reservationId: 'bundle', item: 0 }]);
    expect(promotions).toEqual([]);
  });

  it.each<[string, number | null, Partial<Resource>]>([
    ['by one that lasts longer', room + 1, {}],
    ['by one without an end', null, {}],
    ['when the time has passed', 1, { heldUntil: NOW }],
    ['when no time is known', 1, { heldUntil: null }],
  ])('is not taken %s', (_name, lasts, fields) => {
    expect(filled(withSmall(lasts, fields)).grants).toEqual([]);
  });

  it('is found for a request that stands far back, behind others that last too long', () => {
    const world = withSmall(1);
    for (let made = 0; made < 4 * QUEUE_DEPTH; made += 1) {
      const id = `long-${10 + made}`;
      const rank = NOW - 100 + made;
      world.reservations.push(aReservation(id, { ...asked, duration: null }));
      world.entries.push(anEntry(id, { count: 1, missing: 1, rank, requestedAt: rank }));
    }
    expect(filled(world).grants.map(({ reservationId }) => reservationId)).toEqual(['small']);
  });

  it('is brought forward when everything comes sooner, and never put off before it has passed', () => {
    const reviewed = (heldUntil: number | null) => {
      const changes = review(run(loadReview('bundle', NOW), withSmall(1, { heldUntil }))!, NOW);
      return changes.map((change) => change.do === 'setResource' && change.set.heldUntil);
    };
    expect(reviewed(until + 1)).toEqual([until]);
    expect(reviewed(until)).toEqual([]);
    expect(reviewed(until - 1)).toEqual([]);
    expect(reviewed(NOW)).toEqual([until]);
    expect(reviewed(null)).toEqual([until]);
  });
});
