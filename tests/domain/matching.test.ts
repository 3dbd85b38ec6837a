import { loadSubmission } from '../../src/domain/loans/loading';
import type { RequestItem } from '../../src/domain/loans/reservation';
import {
  isLeaving,
  matchClasses,
  matchNamed,
  MAX_CLASSES,
  unknownPoolOf,
  unsatisfiable,
} from '../../src/domain/queue/matching';
import { aPool, aReservation, aResource, anEntry } from './support/objects';
import { aWorld, NOW, run, runTold } from './support/world';

/** Which classes an item matches, and what is loaded of them. */

const types = (...names: string[]) => names.map((name) => ({ name, share: 1, spec: {} }));
const small = aPool({ id: 'p1', name: 'small', types: types('free', 'lite') });
const large = aPool({ id: 'p2', name: 'large', kind: 'vm', labels: { zone: 'us', gpu: 'yes' } });
const going = aPool({ id: 'p3', name: 'going', kind: 'vm', deletingAt: 1 });
const world = aWorld([small, large, going]);
const item = (fields: Partial<RequestItem>): RequestItem => ({ count: 1, ...fields });
const entries = world.pools.map((pool) => ({
  pool,
  classes: world.classes.filter(({ poolId }) => poolId === pool.id),
}));

const matched = (fields: Partial<RequestItem>) =>
  matchClasses(item(fields), entries).map(({ poolId, type }) => `${poolId} ${type}`);

describe('an item matches', () => {
  it.each<[string, Partial<RequestItem>, string[]]>([
    ['all classes of the pool that it names', { pool: 'small' }, ['p1 free', 'p1 lite']],
    ['of a pool the type that it asks for', { pool: 'small', type: 'lite' }, ['p1 lite']],
    ['pools of its kind', { kind: 'vm' }, ['p2 free']],
    ['pools with all its labels', { labels: { zone: 'us', gpu: 'yes' } }, ['p2 free']],
    ['no pool with another value of a label', { labels: { zone: 'moon' } }, []],
    ['several pools together', { pools: ['large', 'small'] }, ['p1 free', 'p1 lite', 'p2 free']],
    ['no pool of another kind, though it names it', { pool: 'small', kind: 'vm' }, []],
    ['no pool that is being deleted', { pool: 'going' }, []],
  ])('%s', (_name, fields, expected) => expect(matched(fields)).toEqual(expected));

  it('no class of a type that its pool has ceased to offer', () => {
    const before = { pool: { ...small, types: types('lite') }, classes: entries[0]!.classes };
    expect(matchClasses(item({}), [before]).map(({ type }) => type)).toEqual(['lite']);
  });

  it('no more classes than show that there are too many', () => {
    const many = Array.from({ length: 40 }, () => entries[1]!);
    expect(matchClasses(item({}), many)).toHaveLength(MAX_CLASSES + 1);
  });
});

describe('a named resource', () => {
  const found = (fields: Partial<RequestItem>, resource = aResource('r1')) =>
    matchNamed(item({ resource: 'r1', ...fields }), resource, small).length;

  it('is had where the rest of the item fits it', () => {
    expect([found({}), found({ type: 'free' }), found({ pool: 'small' })]).toEqual([1, 1, 1]);
    expect([found({ type: 'lite' }), found({ pool: 'large' }), found({ kind: 'vm' })]).toEqual([
      0, 0, 0,
    ]);
  });

  it('is not had while it is being removed, even if it is still lent', () => {
    const draining = aResource('r1', { status: 'allocated', adminState: 'draining' });
    expect([isLeaving(draining), found({}, draining)]).toEqual([true, 0]);
    expect(isLeaving(aResource('r1', { status: 'destroying' }))).toBe(true);
    expect(isLeaving(aResource('r1', { status: 'destroyed', destroyedAt: 1 }))).toBe(true);
    expect(isLeaving(aResource('r1', { adminState: 'maintenance' }))).toBe(false);
  });
});

describe('an unknown pool', () => {
  const unknown = (fields: Partial<RequestItem>, names: string[]) => {
    const named = names.map((name) => entries.find(({ pool }) => pool.name === name) ?? null);
    return unknownPoolOf(item(fields), named, matchClasses(item(fields), named));
  };

  it('is the first that does not exist, also where another of a list fits', () => {
    expect(unknown({ pool: 'none' }, ['none'])).toBe('none');
    expect(unknown({ pools: ['small', 'x', 'y'] }, ['small', 'x', 'y'])).toBe('x');
  });

  it('is one that is being deleted, where nothing else fits', () => {
    expect(unknown({ pool: 'going' }, ['going'])).toBe('going');
    expect(unknown({ pools: ['small', 'going'] }, ['small', 'going'])).toBeNull();
  });
});

describe('what the pools could serve if all were free', () => {
  const choice = (classId: number, poolId: string, type: string) => ({
    classId,
    poolId,
    type,
    resourceId: null,
  });
  const pools = { p1: { ...small, size: 4 }, p2: { ...large, size: 1 } };
  const [free, lite, vm] = [
    choice(1, 'p1', 'free'),
    choice(2, 'p1', 'lite'),
    choice(3, 'p2', 'free'),
  ];

  it('is enough for every set of items together', () => {
    expect(unsatisfiable({ choices: [[free], [free, lite]], pools }, [2, 2])).toBeNull();
    expect(unsatisfiable({ choices: [[free], [free, lite]], pools }, [2, 3])).toBe(1);
    expect(unsatisfiable({ choices: [[vm], [vm]], pools }, [1, 1])).toBe(1);
  });

  it('is without bound in a pool that admins grow by hand, and nothing in one that goes', () => {
    const manual = { ...large, sizing: 'manual' as const };
    expect(unsatisfiable({ choices: [[vm]], pools: { p2: manual } }, [99])).toBeNull();
    expect(
      unsatisfiable({ choices: [[vm]], pools: { p2: { ...manual, deletingAt: 1 } } }, [1]),
    ).toBe(0);
  });
});

describe('the load of a request', () => {
  const resources = [
    aResource('r1'),
    aResource('r2', { adminState: 'maintenance' }),
    aResource('r3', { expiresAt: NOW }),
    aResource('r4', { rank: -1 }),
    aResource('r5'),
  ];

  it('has as many available resources as are asked for, best first', () => {
    const { queues, choices } = run(
      loadSubmission({ items: [item({ pool: 'small', type: 'free', count: 2 })] }, NOW),
      aWorld([small], { resources }),
    );
    expect(choices[0]!.map(({ classId }) => classId)).toEqual([1]);
    expect(queues.available.map(({ resourceId }) => resourceId)).toEqual(['r4', 'r1']);
  });

  it('has a resource that is named, unless it is not available, and never twice', () => {
    const load = (...names: string[]) =>
      run(
        loadSubmission({ items: names.map((resource) => item({ resource })) }, NOW),
        aWorld([small], { resources }),
      ).queues.available.map(({ resourceId }) => resourceId);
    expect([load('r5'), load('pool-r5'), load('r2'), load('r3')]).toEqual([['r5'], ['r5'], [], []]);
  });

  it('counts only what caps bound, and queues only where the request may wait', () => {
    const waiting = {
      reservations: [aReservation('v1', { status: 'queued' })],
      entries: [anEntry('v1', { classId: 1 })],
    };
    const asked = (caps: object, things: object) =>
      runTold(
        loadSubmission(
          {
            items: [item({ pool: 'small', type: 'free' })],
            userId: 'u1',
            caps: { active: null, queued: null, queue: null, ...caps },
          },
          NOW,
        ),
        aWorld([small], { resources, ...things }),
      );
    expect(asked({ active: 1 }, waiting).snapshot.usage).toEqual({
      active: 0,
      queued: 0,
      queue: 0,
    });
    expect(asked({ queued: 1, queue: 1 }, waiting).snapshot.usage).toEqual({
      active: 0,
      queued: 1,
      queue: 1,
    });
    const names = asked({ queue: 1 }, {}).asked.map(({ ask }) => ask);
    expect(names).not.toContain('queueLengths');
    expect(names).not.toContain('userCounts');
  });
});
