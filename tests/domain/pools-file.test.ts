import { mergeChanges, mergePatch, sameJson } from '../../src/domain/merge';
import { defaultPolicy, type Pool } from '../../src/domain/pools/pool';
import {
  comparePools,
  type PoolCopy,
  type PoolsFileComparison,
} from '../../src/domain/pools/pools-file';

const HOUR = 3_600_000;
const policy = defaultPolicy('account');
const nothing = { changes: [], warnings: [] };

function copy(fields: Partial<PoolCopy> = {}): PoolCopy {
  return {
    name: 'lab',
    kind: 'account',
    driver: 'simulated',
    settings: { image: 'busy', limits: { cpu: 1, memory: 512 } },
    simulate: false,
    sizing: 'managed',
    size: 5,
    spares: 0,
    types: [{ name: 'free', share: 1, spec: {} }],
    labels: { zone: 'eu', tier: 'low' },
    policy,
    listed: [],
    ...fields,
  };
}

/** Listed resources of these names, without fields. */
function listedAs(...names: string[]): PoolCopy['listed'] {
  return names.map((name) => ({ name, fields: {} }));
}

/** The pool as it came of a copy, and what an admin did to it since. */
function pool(from: PoolCopy, fields: Partial<Pool> = {}): Pool {
  const { listed, ...rest } = from;
  const capabilities = {
    provisions: listed.length === 0,
    rotates: true,
    opensAccess: false,
    accessByKey: false,
    staticCredential: true,
    leavesNothing: false,
    simulates: false,
    replaces: false,
  };
  return {
    id: `id-${from.name}`,
    ...rest,
    capabilities,
    origin: 'file',
    deletingAt: null,
    version: 1,
    createdAt: 0,
    ...fields,
  };
}

/** One pool, as it was in the file, is there now, and as an admin left it. */
function compare(
  before: Partial<PoolCopy>,
  after: Partial<PoolCopy>,
  admin: Partial<Pool> = {},
): PoolsFileComparison {
  return comparePools({
    previous: [copy(before)],
    next: [copy(after)],
    current: [pool(copy(before), admin)],
  });
}

describe('comparePools: pools', () => {
  it('makes what is new, in the order of the file', () => {
    const next = [copy({ name: 'b' }), copy({ name: 'a', listed: listedAs('one') })];
    expect(comparePools({ previous: [], next, current: [] })).toEqual({
      changes: [
        { change: 'create', name: 'b', pool: next[0] },
        { change: 'create', name: 'a', pool: next[1] },
      ],
      warnings: [],
      loaded: next,
    });
  });

  it('does nothing the second time', () => {
    const next = [copy({ listed: listedAs('one') })];
    expect(comparePools({ previous: next, next, current: next.map((each) => pool(each)) })).toEqual(
      { ...nothing, loaded: next },
    );
  });

  it('removes what has gone from the file', () => {
    expect(comparePools({ previous: [copy()], next: [], current: [pool(copy())] })).toEqual({
      changes: [{ change: 'delete', name: 'lab' }],
      warnings: [],
      loaded: [],
    });
  });

  it.each<[string, Pool[]]>([
    ['gone already', []],
    ['going already', [pool(copy(), { deletingAt: 5 })]],
    ['replaced by one of the API', [pool(copy(), { origin: 'api' })]],
  ])('does not remove what is %s', (_, current) => {
    expect(comparePools({ previous: [copy()], next: [], current })).toEqual({
      ...nothing,
      loaded: [],
    });
  });

  it('touches no pool that the file never named', () => {
    const current = [
      pool(copy({ name: 'mine' }), { origin: 'api' }),
      pool(copy({ name: 'stray' })),
    ];
    expect(comparePools({ previous: [], next: [], current })).toEqual({ ...nothing, loaded: [] });
  });

  it.each<[string, PoolCopy[]]>([
    ['new in the file', []],
    ['known to the file', [copy()]],
  ])(
    'leaves a pool of the API alone where one of its name is %s, and tries again next time',
    (_, previous) => {
      const current = [pool(copy(), { origin: 'api' })];
      const result = comparePools({ previous, next: [copy({ size: 9 })], current });
      expect(result).toEqual({
        changes: [],
        warnings: [
          expect.stringContaining(
            'pool lab was left out: there is one of that name made by the API',
          ),
        ],
        loaded: [],
      });
      const later = comparePools({
        previous: result.loaded,
        next: [copy({ size: 9 })],
        current: [],
      });
      expect(later.changes).toMatchObject([{ change: 'create', name: 'lab' }]);
    },
  );

  it.each<[string, Pool[]]>([
    ['gone', []],
    ['going', [pool(copy(), { deletingAt: 5 })]],
  ])(
    'does not bring back what an admin removed, be it %s, until it has been out of the file',
    (_, current) => {
      const next = [copy({ size: 9 })];
      const result = comparePools({ previous: [copy()], next, current });
      expect(result).toEqual({
        changes: [],
        warnings: [expect.stringContaining('an admin removed it')],
        loaded: next,
      });
      const without = comparePools({ previous: result.loaded, next: [], current: [] });
      expect(without).toEqual({ ...nothing, loaded: [] });
      expect(comparePools({ previous: without.loaded, next, current: [] }).changes).toMatchObject([
        { change: 'create' },
      ]);
    },
  );

  it('makes no second one while the old one of that name is still going', () => {
    const result = comparePools({
      previous: [],
      next: [copy()],
      current: [pool(copy(), { deletingAt: 5 })],
    });
    expect(result).toEqual({
      changes: [],
      warnings: [expect.stringContaining('still being removed')],
      loaded: [],
    });
  });

  it('takes a pool as it is where the last copy was lost, and sees that its accounts are there', () => {
    const next = [copy({ size: 1, listed: listedAs('one') })];
    const result = comparePools({ previous: [], next, current: [pool(copy())] });
    expect(result).toEqual({
      changes: [{ change: 'addListed', name: 'lab', names: ['one'] }],
      warnings: [expect.stringContaining('its settings are kept')],
      loaded: next,
    });
  });

  it.each([{ kind: 'vm' as const }, { driver: 'docker' }])(
    'leaves out a change of %j, with all that comes with it',
    (change) => {
      const result = compare({}, { ...change, size: 9 });
      expect(result).toEqual({
        changes: [],
        warnings: [expect.stringContaining('kind and driver of a pool cannot change')],
        loaded: [copy()],
      });
    },
  );
});

describe('comparePools: fields', () => {
  it.each<[string, Partial<PoolCopy>]>([
    ['size', { size: 9 }],
    ['sizing', { sizing: 'manual' }],
    ['types', { types: [{ name: 'free', share: 1, spec: { cpu: 2 } }] }],
    ['labels', { labels: { zone: 'us', tier: 'low' } }],
    ['settings', { settings: { image: 'other', limits: { cpu: 1, memory: 512 } } }],
    ['policy', { policy: { ...policy, pick: 'random' } }],
  ])('applies a changed %s and nothing else', (_, change) => {
    const result = compare({}, change);
    expect(result).toEqual({
      changes: [{ change: 'update', name: 'lab', set: change }],
      warnings: [],
      loaded: [copy(change)],
    });
  });

  it.each<Partial<Pool>>([
    { size: 2 },
    { sizing: 'manual' },
    { types: [{ name: 'free', share: 2, spec: {} }] },
    { labels: { zone: 'us' } },
    { settings: {} },
    { policy: { ...policy, concurrency: 1 } },
  ])('leaves an admin’s %j where the file did not change', (admin) => {
    expect(compare({}, {}, admin)).toEqual({ ...nothing, loaded: [copy()] });
  });

  it('applies a change of the file over an admin’s of the same field', () => {
    expect(compare({ size: 5 }, { size: 9 }, { size: 2 }).changes).toEqual([
      { change: 'update', name: 'lab', set: { size: 9 } },
    ]);
  });

  it('has nothing to do where an admin did the same', () => {
    expect(compare({ size: 5 }, { size: 9 }, { size: 9 })).toEqual({
      ...nothing,
      loaded: [copy({ size: 9 })],
    });
  });

  it('applies each change once: an admin may undo it', () => {
    const next = copy({ size: 9 });
    const first = compare({ size: 5 }, next);
    expect(
      comparePools({ previous: first.loaded, next: [next], current: [pool(next, { size: 5 })] })
        .changes,
    ).toEqual([]);
  });

  it('compares policies leaf by leaf', () => {
    const admin = {
      ...policy,
      lease: { ...policy.lease, default: HOUR / 2 },
      cleaning: { ...policy.cleaning, retries: 1 },
    };
    const file = { ...policy, lease: { ...policy.lease, maximum: 2 * HOUR } };
    const merged = { ...admin, lease: { ...admin.lease, maximum: 2 * HOUR } };
    expect(compare({}, { policy: file }, { policy: admin }).changes).toEqual([
      { change: 'update', name: 'lab', set: { policy: merged } },
    ]);
  });

  it('compares labels and nested settings leaf by leaf', () => {
    const admin = {
      labels: { zone: 'eu', tier: 'high', owner: 'ops' },
      settings: { image: 'busy', limits: { cpu: 8, memory: 512 } },
    };
    const file = {
      labels: { zone: 'us' },
      settings: { image: 'busy', limits: { cpu: 1, memory: 1024 }, network: 'lab' },
    };
    expect(compare({}, file, admin).changes).toEqual([
      {
        change: 'update',
        name: 'lab',
        set: {
          labels: { zone: 'us', owner: 'ops' },
          settings: { image: 'busy', limits: { cpu: 8, memory: 1024 }, network: 'lab' },
        },
      },
    ]);
  });

  it('sets no size in a pool that is manual or becomes so', () => {
    expect(compare({ size: 5 }, { size: 0, sizing: 'manual' }).changes).toEqual([
      { change: 'update', name: 'lab', set: { sizing: 'manual' } },
    ]);
    expect(compare({ size: 5 }, { size: 9 }, { sizing: 'manual' }).changes).toEqual([]);
    const back = { size: 3, sizing: 'managed' as const };
    expect(compare({ size: 0, sizing: 'manual' }, back).changes).toEqual([
      { change: 'update', name: 'lab', set: back },
    ]);
  });

  it('changes neither the pools nor the copies it was given', () => {
    const situation = {
      previous: [copy()],
      next: [copy({ labels: { tier: 'x' } })],
      current: [pool(copy(), { labels: { own: '1' } })],
    };
    const before = JSON.stringify(situation);
    comparePools(situation);
    expect(JSON.stringify(situation)).toBe(before);
  });
});

describe('comparePools: a lease policy that does not fit an admin’s', () => {
  const admin = {
    policy: { ...policy, lease: { ...policy.lease, default: HOUR / 4, maximum: HOUR / 2 } },
  };
  const file = copy({
    size: 9,
    policy: { ...policy, concurrency: 1, lease: { ...policy.lease, default: 2 * HOUR } },
  });

  it('is left out, the rest is applied', () => {
    const result = compare({}, file, admin);
    expect(result.changes).toEqual([
      {
        change: 'update',
        name: 'lab',
        set: { size: 9, policy: { ...admin.policy, concurrency: 1 } },
      },
    ]);
    expect(result.warnings).toEqual([
      expect.stringContaining('lease policy of pool lab was left out'),
    ]);
  });

  it('is tried again, and applied once the admin’s fits', () => {
    const { loaded } = compare({}, file, admin);
    expect(
      comparePools({ previous: loaded, next: [file], current: [pool(file, admin)] }).warnings,
    ).toHaveLength(1);
    const fitting = pool(file, { policy: { ...file.policy, lease: policy.lease } });
    const later = comparePools({ previous: loaded, next: [file], current: [fitting] });
    expect(later).toEqual({
      changes: [{ change: 'update', name: 'lab', set: { policy: file.policy } }],
      warnings: [],
      loaded: [file],
    });
  });

  it('is no reason to touch one that an admin made so', () => {
    const odd = { policy: { ...policy, lease: { ...policy.lease, default: null } } };
    expect(compare({}, { size: 9 }, odd)).toEqual({
      changes: [{ change: 'update', name: 'lab', set: { size: 9 } }],
      warnings: [],
      loaded: [copy({ size: 9 })],
    });
  });
});

describe('comparePools: accounts', () => {
  it('imports new names, drains those that have gone, and leaves the others alone', () => {
    const result = compare(
      { listed: listedAs('one', 'two') },
      { listed: listedAs('two', 'three') },
    );
    expect(result.changes).toEqual([
      { change: 'addListed', name: 'lab', names: ['three'] },
      { change: 'removeListed', name: 'lab', names: ['one'] },
    ]);
  });

  it('does not mind their order', () => {
    expect(
      compare({ listed: listedAs('one', 'two') }, { listed: listedAs('two', 'one') }).changes,
    ).toEqual([]);
  });

  it('imports a name again only after it has been out of the file', () => {
    const gone = compare({ size: 1, listed: listedAs('one') }, { size: 0, listed: [] });
    const back = comparePools({
      previous: gone.loaded,
      next: [copy({ size: 1, listed: listedAs('one') })],
      current: [pool(copy())],
    });
    expect(back.changes).toEqual([{ change: 'addListed', name: 'lab', names: ['one'] }]);
  });

  it('sets no size where just they come and go: it follows each of them', () => {
    const types = (share: number) => [{ name: 'free', share, spec: {} }];
    const result = compare(
      { size: 1, listed: listedAs('one'), types: types(1) },
      { size: 2, listed: listedAs('one', 'two'), types: types(2) },
    );
    expect(result.changes).toEqual([
      { change: 'update', name: 'lab', set: { types: types(2) } },
      { change: 'addListed', name: 'lab', names: ['two'] },
    ]);
  });
});

describe('comparePools: the fields of listed resources', () => {
  const at = (host: string, name = 'one') => ({ name, fields: { host } });

  it('follow the file where they changed, and only there', () => {
    const before = { listed: [at('a'), at('a', 'two'), at('a', 'three')] };
    const after = { listed: [at('b'), at('a', 'two'), at('c', 'four')] };
    expect(compare(before, after).changes).toEqual([
      { change: 'addListed', name: 'lab', names: ['four'] },
      { change: 'setFields', name: 'lab', listed: [at('b')] },
      { change: 'removeListed', name: 'lab', names: ['three'] },
    ]);
  });
});

describe('comparePools: a pool that begins or ceases to list accounts', () => {
  const listed = { size: 2, listed: listedAs('one', 'two') };

  it('has what the file wants beside them', () => {
    expect(compare({ size: 5 }, listed).changes).toContainEqual({
      change: 'resize',
      name: 'lab',
      more: 0,
    });
    expect(compare(listed, { size: 5 }).changes).toContainEqual({
      change: 'resize',
      name: 'lab',
      more: 5,
    });
    expect(
      compare({ size: 0, sizing: 'manual', listed: listedAs('one') }, listed).changes,
    ).toContainEqual({ change: 'resize', name: 'lab', more: 0 });
    expect(
      compare(listed, { size: 0, sizing: 'manual' }).changes.map(({ change }) => change),
    ).toEqual(['update', 'removeListed']);
  });
});

describe('mergeChanges', () => {
  it.each<[unknown, unknown, unknown, unknown]>([
    [1, 1, 2, 2],
    [1, 3, 2, 3],
    [undefined, 3, 2, 3],
    [[1], [1], [2], [2]],
    [[1], [1, 2], [2], [1, 2]],
    [{ a: 1 }, { a: 1, b: 2 }, {}, { b: 2 }],
    [{ a: 1, b: 2 }, { a: 1 }, { a: 5, b: 6 }, { a: 5 }],
    [{ a: { b: 1, c: 1 } }, { a: { b: 2, c: 1 } }, { a: { b: 1, c: 9 } }, { a: { b: 2, c: 9 } }],
    [{ a: { b: 1 } }, { a: { b: 2 } }, { a: null }, { a: { b: 2 } }],
    [{ a: null }, { a: { b: 2 } }, { a: { c: 3 } }, { a: { b: 2 } }],
  ])('from %j to %j over %j is %j', (previous, next, current, merged) => {
    expect(mergeChanges(previous, next, current)).toEqual(merged);
  });
});

describe('mergePatch', () => {
  // The examples of RFC 7396, appendix A; in a pool the two sides are always objects.
  it.each<[unknown, unknown, unknown]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  it('takes no key for anything but a key', () => {
    const merged = mergePatch({}, JSON.parse('{ "__proto__": { "polluted": true } }'));
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  });
});

describe('sameJson', () => {
  it.each<[unknown, unknown, boolean]>([
    [1, 1, true],
    [1, '1', false],
    [null, undefined, false],
    [null, {}, false],
    [[], {}, false],
    [[1, 2], [2, 1], false],
    [[1], [1, undefined], false],
    [{ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 }, true],
    [{ a: undefined }, {}, true],
    [{ a: null }, {}, false],
  ])('%j and %j: %p', (a, b, same) => {
    expect(sameJson(a, b)).toBe(same);
    expect(sameJson(b, a)).toBe(same);
  });
});
