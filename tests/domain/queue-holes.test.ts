import { turnaroundOf } from '../../src/domain/lifecycle/turnaround';
import { loadClasses, loadQueues, type QueueAsk } from '../../src/domain/queue/loading';
import type { QueuedItem } from '../../src/domain/queue/queues';
import { HOLE_DEPTH } from '../../src/domain/queue/ranks';
import { aPool, aReservation, aResource, anEntry } from './support/objects';
import { aWorld, NOW, runTold, type World } from './support/world';

/** What is loaded so that nothing idles: what may be lent meanwhile, and when the rest comes. */

const LATER = NOW + 10_000_000;
const pool = aPool();
const heldUntil = (id: string, until: number | null) =>
  aResource(id, { heldFor: 'bundle', heldItem: 0, heldUntil: until });

/** `count` requests for one resource each wait in queue 1. */
function queueOf(count: number, things: Partial<World> = {}): World {
  const ids = Array.from({ length: count }, (_, n) => `v${String(n).padStart(2, '0')}`);
  return aWorld([pool], {
    reservations: ids.map((id) => aReservation(id, { status: 'queued' })),
    entries: ids.map((id, rank) => anEntry(id, { rank, count: 1, missing: 1 })),
    ...things,
  });
}

/** One request for two of class 1 lacks one of them. */
function bundleIn(things: Partial<World> = {}, fields: Parameters<typeof anEntry>[1] = {}): World {
  return aWorld([pool], {
    reservations: [aReservation('bundle', { status: 'queued' })],
    entries: [anEntry('bundle', { count: 2, missing: 1, ...fields })],
    ...things,
  });
}

function load(of: World, ask: Partial<QueueAsk> = {}) {
  const { snapshot, asked } = runTold(loadQueues({ classIds: [1], need: 0, ...ask }, NOW), of);
  return { ...snapshot.queues, asked: asked.map((query) => query.ask) };
}
/** A new request for so many of class 1. */
const asking = (count: number): QueuedItem[] => [
  { classes: [1], resourceId: null, count, missing: count },
];
const OUTLOOK = ['pools', 'stateCounts', 'returning', 'lentOpenly', 'heldIn'];

describe('what is held and may be lent meanwhile', () => {
  const resources = [
    aResource('r1'),
    heldUntil('r2', LATER),
    heldUntil('r3', LATER + 2),
    heldUntil('r4', LATER + 1),
    heldUntil('r5', NOW),
    heldUntil('r6', null),
  ];
  const lendable = (ask: Partial<QueueAsk>) =>
    load(aWorld([pool], { resources }), ask).lendable.map(({ resourceId }) => resourceId);

  it.each<[QueueAsk['holes'], number, string[]]>([
    [undefined, 2, []],
    ['none', 2, []],
    ['ifShort', 1, []],
    ['ifShort', 2, ['r3', 'r4']],
    ['all', 1, ['r3']],
    ['all', 9, ['r3', 'r4', 'r2']],
  ])('is loaded, the longest first, where asked for: %p of %i', (holes, need, expected) => {
    expect(lendable({ need, holes, incoming: asking(need) })).toEqual(expected);
  });

  it('has to be back in time to be cleaned', () => {
    const { lendable: found } = load(aWorld([pool], { resources }), { need: 1, holes: 'all' });
    expect(turnaroundOf(pool)).toBeGreaterThan(0);
    expect(found[0]).toMatchObject({
      heldFor: 'bundle',
      heldItem: 0,
      lendUntil: LATER + 2 - turnaroundOf(pool),
    });
  });

  it.each([
    ['something may be lent', [heldUntil('r2', LATER), aResource('r1')], HOLE_DEPTH],
    ['nothing may be lent', [heldUntil('r2', NOW), aResource('r1')], 2],
  ])('has takers looked for further back only where %s', (_which, held, depth) => {
    const of = queueOf(HOLE_DEPTH + 1, { resources: held });
    const ask = { need: 2, holes: 'ifShort', incoming: asking(2) } as const;
    const { requests, queueCutoffs } = load(of, ask);
    expect(requests).toHaveLength(depth);
    expect(queueCutoffs[1]!.reservationId).toBe(requests.at(-1)!.reservationId);
  });
});

test('available resources that are named are loaded once, with those who name them', () => {
  const resources = ['r1', 'r2', 'r3'].map((id) => aResource(id));
  const of = aWorld([pool], {
    resources: [...resources, aResource('r4', { status: 'dirty' })],
    reservations: [aReservation('v1', { status: 'queued' })],
    entries: [anEntry('v1', { resourceId: 'r2', count: 1, missing: 1 })],
  });
  const { available, requests, asked } = load(of, { need: 1, named: ['r1', 'r2', 'r4'] });
  expect(available.map(({ resourceId }) => resourceId)).toEqual(['r1', 'r2']);
  expect(requests.map(({ reservationId }) => reservationId)).toEqual(['v1']);
  expect(asked).toContain('availableById');
  expect(load(of, { need: 3, named: ['r1', 'r2'] }).asked).not.toContain('availableById');
});

test('the class of a named resource is loaded, too, with all that can be lent', () => {
  const resources = [
    aResource('r1'),
    aResource('r2', { classId: 2, heldFor: 'bundle', heldItem: 0, heldUntil: LATER }),
  ];
  const two = aPool({ types: ['a', 'b'].map((name) => ({ name, share: 1, spec: {} })) });
  const of = aWorld([two], { resources });
  const found = (ask: Parameters<typeof loadClasses>[0]) => {
    const { available, lendable } = runTold(loadClasses(ask, NOW), of).snapshot.queues;
    return [available, lendable].map((list) => list.map(({ resourceId }) => resourceId));
  };
  expect(found({ classIds: [1], named: ['r2'], holes: true })).toEqual([['r1'], ['r2']]);
  expect(found({ classIds: [1], named: ['r2'] })).toEqual([['r1'], []]);
  expect(found({ classIds: [1], holes: true })).toEqual([['r1'], []]);
});

describe('when the rest comes', () => {
  it('is asked for requests that may hold something, and for no others', () => {
    expect(load(queueOf(3)).asked).not.toContain('breakers');
    expect(load(bundleIn({}, { missing: 2 })).asked.slice(-6)).toEqual(['breakers', ...OUTLOOK]);
    expect(load(queueOf(3)).outlooks).toEqual({ classes: {}, named: {} });
  });

  it('is asked of the resource where that is named, unless it is what comes', () => {
    const r9 = aResource('r9', { status: 'allocated', backAt: LATER });
    const of = bundleIn({ resources: [r9] }, { resourceId: 'r9', count: 1 });
    of.entries.push(anEntry('bundle', { item: 1, count: 1, missing: 0 }));
    const { outlooks, asked } = load(of, { named: ['r9'] });
    expect(asked.slice(-3)).toEqual(['breakers', 'resourcesCalled', 'poolsById']);
    expect(outlooks).toMatchObject({
      classes: {},
      named: { r9: { classId: 1, absent: { resourceId: 'r9', backAt: LATER } } },
    });
    expect(load(of, { candidates: [r9] }).outlooks.named).toEqual({});
  });

  it.each<[string, Partial<QueueAsk>, World, boolean]>([
    ['where there is not enough', { need: 2 }, queueOf(0, { resources: [aResource('r1')] }), true],
    [
      'where others wait',
      { need: 2 },
      queueOf(1, { resources: [aResource('r1'), aResource('r2')] }),
      true,
    ],
    ['not where nothing can be given', { need: 2 }, queueOf(1), false],
    [
      'not where everything is there',
      { need: 2 },
      queueOf(0, { resources: [aResource('r1'), aResource('r2')] }),
      false,
    ],
  ])('is asked for a new request %s', (_where, ask, of, isAsked) => {
    expect(load(of, { ...ask, incoming: asking(2) }).asked.includes('heldIn')).toBe(isAsked);
  });

  it('counts what the schedule does not give away itself', () => {
    const freed = aResource('r5', { status: 'dirty' });
    const of = bundleIn({
      resources: [
        aResource('r1'),
        aResource('r2'),
        aResource('r3', { adminState: 'maintenance' }),
        aResource('r4', { status: 'cleaning' }),
        freed,
        aResource('r6', { status: 'allocated', backAt: LATER }),
        aResource('r7', { status: 'allocated', backAt: LATER - 1 }),
        aResource('r8', { status: 'allocated', changedAt: NOW - 1 }),
        heldUntil('r9', LATER),
        aResource('r10', { status: 'spare' }),
      ],
    });
    const told = (ask: Partial<QueueAsk>) => {
      const { available, underWay, absent } = load(of, ask).outlooks.classes[1]!;
      return [available, underWay, absent.map(({ resourceId }) => resourceId)];
    };
    const absent = ['r7', 'r6', 'r8', 'r9'];
    expect(told({})).toEqual([2, 2, absent]);
    expect(told({ need: 1 })).toEqual([1, 2, absent]);
    expect(told({ candidates: [freed] })).toEqual([1, 1, absent]);
    expect(told({ candidates: [of.resources[6]!] })).toEqual([1, 2, ['r6', 'r8', 'r9']]);
  });

  it('is not known where the back end fails', () => {
    const isStuck = (things: Partial<World>) => load(bundleIn(things)).outlooks.classes[1]!.isStuck;
    const breaker = { poolId: 'p1', failures: 1, openUntil: NOW, reason: '', since: 1 };
    expect([isStuck({}), isStuck({ breakers: [breaker] })]).toEqual([false, true]);
    expect(isStuck({ breakers: [{ ...breaker, poolId: 'other' }] })).toBe(false);
  });
});
